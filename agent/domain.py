"""The records that travel through the house, their statuses, and the moves a case may make.

Records are frozen: a stage takes one and returns another. Nothing here fetches, decides or formats. Money is an
integer number of minor units with its currency; times are aware and in UTC; calendar days are plain dates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from knowledge.documents import Clause
from scoring.records import Reason, RiskScore


class Language(StrEnum):
    ZH = "zh"
    EN = "en"


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"
    PUSH = "push"
    CHAT = "chat"


class Purpose(StrEnum):
    """Why a message is sent. Decides half the rules; a service message that sells is marketing."""

    MARKETING = "marketing"
    SERVICE = "service"
    REPLY = "reply"


class Tone(StrEnum):
    WARM = "warm"
    PLAIN = "plain"
    FORMAL = "formal"
    LIVELY = "lively"


# --- money, people, brand ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Money:
    """`minor` units of `currency` (ISO 4217): Money(1999, "CNY") is ¥19.99, Money(500, "JPY") is ¥500."""

    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Consent:
    """A customer's answer for one channel. `granted` None means nobody knows, which is never a yes."""

    granted: bool | None
    at: datetime | None = None
    proof: str | None = None
    purpose: str | None = None


@dataclass(frozen=True, slots=True)
class Customer:
    """A person we may write to, as far as we know them.

    `assumed` names the fields that came from the brand's stated defaults rather than from the customer's own record;
    `made_up` marks a customer of a simulated shop or a trial, whose contact details are nobody's.
    """

    id: str
    brand_id: str
    name: str | None
    language: Language
    given_name: str | None = None
    gender: str | None = None
    timezone: str | None = None
    country: str | None = None
    email: str | None = None
    phone: str | None = None
    age: int | None = None
    tier: str | None = None
    points: int | None = None
    member_since: date | None = None
    consents: Mapping[Channel, Consent] = field(default_factory=dict)
    suppressed: bool = False
    account_status: str = "active"
    flags: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    made_up: bool = False


@dataclass(frozen=True, slots=True)
class Brand:
    """Who is speaking. Read from a TOML file that a marketer edits."""

    id: str
    name: str
    postal_address: str
    timezone: str
    currency: str
    languages: tuple[Language, ...]
    domains: tuple[str, ...]
    names: Mapping[Language, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    signature: str = ""
    phones: tuple[str, ...] = ()
    competitors: tuple[str, ...] = ()
    from_email: str = ""
    unsubscribe_url: str = ""
    shop_url: str = ""
    sign_off: Mapping[Language, str] = field(default_factory=dict)
    assumed_language: Language | None = None
    assumed_timezone: str | None = None
    assumed_consent: Mapping[Channel, str] = field(default_factory=dict)
    margin_pct: Decimal = Decimal(30)
    made_up: bool = False

    def name_in(self, language: Language) -> str:
        """The name that readers of this language know."""
        return self.names.get(language, self.name)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a customer: an order line, a view, a review, a ticket, a message."""

    id: str
    customer_id: str
    at: datetime
    kind: str
    order_id: str | None = None
    item: str | None = None
    quantity: float | None = None
    amount: Money | None = None
    rating: float | None = None
    topic: str | None = None
    status: str | None = None
    text: str | None = None


# --- offers -----------------------------------------------------------------------------------------------------------


class OfferKind(StrEnum):
    PERCENT = "percent"
    AMOUNT = "amount"
    FREE_SHIPPING = "free_shipping"
    POINTS = "points"
    CONTENT = "content"
    ENGAGEMENT = "engagement"
    SERVICE_ACT = "service_act"
    HUMAN_CALL = "human_call"


MONEY_KINDS = frozenset({OfferKind.PERCENT, OfferKind.AMOUNT, OfferKind.FREE_SHIPPING, OfferKind.POINTS})


@dataclass(frozen=True, slots=True)
class Offer:
    """What one customer is offered: the row that was reserved, not the brief.

    `value` is percent off for PERCENT (20 = 8折), major units for AMOUNT, a count for POINTS, 0 otherwise. `expires_on`
    is inclusive, in the customer's zone. `cost` is what the ledger holds for it.
    """

    id: str
    kind: OfferKind
    value: Decimal
    currency: str
    cost: Money
    code: str | None = None
    min_spend: Decimal = Decimal(0)
    expires_on: date | None = None
    exclusions: Mapping[Language, str] = field(default_factory=dict)
    stackable: bool = False
    reservation_id: str | None = None


class OfferStatus(StrEnum):
    OFFERED = "offered"
    HELD_OUT = "held_out"
    NO_OFFER = "no_offer"


@dataclass(frozen=True, slots=True)
class OfferDecision:
    """What was decided before any word was written, and why.

    `because` is for the rep; `situation` is what we write about; `acts` are the promises that would help; `help` is the
    kind of help that was chosen, money or not (None: words alone).
    """

    status: OfferStatus
    situation: str
    because: str
    offer: Offer | None = None
    acts: tuple[str, ...] = ()
    help: OfferKind | None = None


# --- the fact sheet: all that a writer may know ---------------------------------------------------------------------


class SlotType(StrEnum):
    NAME = "name"
    SALUTATION = "salutation"
    ITEM = "item"
    MONEY = "money"
    DATE = "date"
    DAYS = "days"
    COUNT = "count"
    CODE = "code"
    OFFER = "offer"
    URL = "url"
    TEXT = "text"


class Sensitivity(StrEnum):
    """QUOTE may be said to the customer; STEER may shape the words but never appear in them."""

    QUOTE = "quote"
    STEER = "steer"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact comes from. `type`: customer, event, offer, ledger, brand, clause, act, clock."""

    type: str
    id: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One slot a writer may use: `{slot}` or `{slot|form}`. The realiser turns `value` into words.

    `value` by type: NAME, CODE, URL, TEXT str · SALUTATION the Customer's name parts · ITEM str · MONEY Money ·
    DATE date · DAYS, COUNT int · OFFER Offer.
    """

    slot: str
    type: SlotType
    value: Any
    source: Source
    sensitivity: Sensitivity = Sensitivity.QUOTE
    required: bool = False


@dataclass(frozen=True, slots=True)
class LicensedAct:
    """A promise we may make, because a clause in force backs it. Written as `{act:key}`."""

    key: str
    clause: Clause


@dataclass(frozen=True, slots=True)
class FactSheet:
    """Everything a writer is given about one case, and nothing else."""

    case_id: str
    language: Language
    channel: Channel
    purpose: Purpose
    situation: str
    tone: Tone
    brand: Brand
    facts: tuple[Fact, ...]
    acts: tuple[LicensedAct, ...] = ()
    offer: Offer | None = None
    clauses: tuple[Clause, ...] = ()
    steer: tuple[str, ...] = ()
    now: datetime | None = None

    def fact(self, slot: str) -> Fact | None:
        return next((fact for fact in self.facts if fact.slot == slot), None)


# --- words ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChatMessage:
    role: str
    content: str


@dataclass(frozen=True, slots=True)
class WriteRequest:
    """What a writer is asked. Chat models read `messages`; the composer reads `sheet` and `flags`."""

    messages: tuple[ChatMessage, ...]
    sheet: FactSheet
    flags: tuple[str, ...] = ()
    seed: int = 0
    max_tokens: int = 400
    timeout_s: float = 60.0


@dataclass(frozen=True, slots=True)
class WriterReply:
    """Raw words with slots, as they came. `finished` is False when the writer ran into its token limit."""

    text: str
    tokens_in: int = 0
    tokens_out: int = 0
    finished: bool = True


BY_HAND = "a person"
"""The name on a stamp where no model and no phrasebook wrote, but somebody of the shop."""


@dataclass(frozen=True, slots=True)
class WriterStamp:
    """Who wrote a draft, with what, at what price. `fell_back_from` names the writers that failed before, in order."""

    name: str
    revision: str
    prompt: str
    seed: int
    ms: int
    tokens: int
    attempts: int
    fell_back_from: tuple[str, ...] = ()
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Span:
    """Characters [start, end) of `field` that the realiser filled: the citation of a fact.

    `kind` is fact, offer, clause or act.
    """

    field: str
    start: int
    end: int
    slot: str
    kind: str
    source: Source


@dataclass(frozen=True, slots=True)
class Realised:
    """A template filled from its sheet, mandatory parts included, with the citation of every filled character."""

    subject: str | None
    body: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Instruction:
    """A rep's wish, read: the flags that will be kept, and the words that nobody understood."""

    text: str = ""
    understood: tuple[str, ...] = ()
    not_understood: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A message as written and as filled. `subject` is None where the channel has none; for push it is the title."""

    draft_id: str
    case_id: str
    language: Language
    channel: Channel
    purpose: Purpose
    situation: str
    subject_template: str | None
    body_template: str
    subject: str | None
    body: str
    spans: tuple[Span, ...]
    writer: WriterStamp
    instruction: Instruction = field(default_factory=Instruction)


# --- the gate ---------------------------------------------------------------------------------------------------------


class Severity(StrEnum):
    """BLOCK never goes · HUMAN a person looks · FIX a machine repairs it and all rules run again · WARN is logged."""

    BLOCK = "block"
    HUMAN = "human"
    FIX = "fix"
    WARN = "warn"


class Decision(StrEnum):
    PASS = "pass"
    REVIEW = "review"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that spoke. Offsets count code points of the raw field, end exclusive; None for field "context"."""

    rule: str
    severity: Severity
    message: str
    field: str
    start: int | None = None
    end: int | None = None
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """The text of a message. `subject` is None where there is none."""

    subject: str | None
    body: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says about one text in one context. `text_hash` ties it to the words that were judged."""

    decision: Decision
    findings: tuple[Finding, ...]
    text_hash: str
    rules: str
    checked_at: datetime | None = None
    fixed: Words | None = None
    deferred_until: datetime | None = None
    alternatives: tuple[Channel, ...] = ()


# --- from case to outcome --------------------------------------------------------------------------------------------


class CaseStatus(StrEnum):
    SCORED = "scored"
    OFFERED = "offered"
    HELD_OUT = "held_out"
    NO_OFFER = "no_offer"
    DRAFTED = "drafted"
    CHECKED = "checked"
    BLOCKED = "blocked"
    NEEDS_PERSON = "needs_person"
    APPROVED = "approved"
    REJECTED = "rejected"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"
    DELIVERED = "delivered"
    REDEEMED = "redeemed"
    UNSUBSCRIBED = "unsubscribed"
    STAYED = "stayed"
    LEFT = "left"


S = CaseStatus
AFTER_SEND = frozenset({S.DELIVERED, S.REDEEMED, S.UNSUBSCRIBED, S.STAYED, S.LEFT})
DECIDED_ANEW = frozenset({S.OFFERED, S.NO_OFFER, S.HELD_OUT})
ALLOWED: Mapping[CaseStatus, frozenset[CaseStatus]] = {
    S.SCORED: frozenset({S.OFFERED, S.HELD_OUT, S.NO_OFFER}),
    S.OFFERED: frozenset({S.DRAFTED, S.NEEDS_PERSON}),
    S.NO_OFFER: frozenset({S.DRAFTED, S.NEEDS_PERSON}),
    S.HELD_OUT: frozenset({S.STAYED, S.LEFT}),
    S.DRAFTED: frozenset({S.CHECKED, S.BLOCKED, S.NEEDS_PERSON}),
    S.CHECKED: frozenset({S.DRAFTED, S.APPROVED, S.NEEDS_PERSON, S.BLOCKED, S.REJECTED}),
    S.BLOCKED: frozenset({S.APPROVED, S.DRAFTED, S.CHECKED, S.NEEDS_PERSON, S.REJECTED}) | DECIDED_ANEW,
    S.NEEDS_PERSON: frozenset({S.APPROVED, S.REJECTED, S.DRAFTED, S.BLOCKED, S.CHECKED}) | DECIDED_ANEW,
    S.APPROVED: frozenset({S.QUEUED, S.NEEDS_PERSON, S.BLOCKED}),
    S.QUEUED: frozenset({S.SENDING, S.BLOCKED, S.NEEDS_PERSON}),
    S.SENDING: frozenset({S.SENT, S.FAILED, S.UNKNOWN, S.QUEUED}),
    S.FAILED: frozenset({S.QUEUED}),
    S.UNKNOWN: frozenset({S.SENT, S.FAILED}) | AFTER_SEND,
    S.SENT: AFTER_SEND,
    S.DELIVERED: AFTER_SEND,
    S.REDEEMED: AFTER_SEND,
    S.UNSUBSCRIBED: AFTER_SEND,
    S.REJECTED: frozenset({S.STAYED, S.LEFT}) | DECIDED_ANEW,
    S.STAYED: AFTER_SEND,
    S.LEFT: AFTER_SEND,
}
WAITING_FOR_PERSON = frozenset({S.NEEDS_PERSON, S.BLOCKED})


@dataclass(frozen=True, slots=True)
class Case:
    """One customer, one moment, one reason to write: the thread that everything else hangs on.

    `language` is set when somebody asked for another one than the customer's own.
    """

    case_id: str
    brand_id: str
    customer_id: str
    channel: Channel
    purpose: Purpose
    status: CaseStatus
    opened_at: datetime
    situation: str = ""
    campaign_id: str | None = None
    language: Language | None = None
    score: RiskScore | None = None
    decision: OfferDecision | None = None

    @property
    def reasons(self) -> tuple[Reason, ...]:
        return self.score.reasons if self.score else ()


class CampaignStatus(StrEnum):
    """RUNNING is at work, or waits for a worker · PAUSED neither drafts nor sends · CANCELLED never will again."""

    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """A campaign as it stands: `reached` of `total` flagged customers were gone through."""

    id: str
    status: CampaignStatus
    plan: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime
    reached: int = 0
    total: int = 0
    by: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """A person's word on a draft. `words` is set when the person changed the text."""

    draft_id: str
    decision: str
    reviewer: str
    at: datetime
    note: str = ""
    words: Words | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """What was approved, to the last character.

    `key` is the idempotency key. `text_hash` covers recipient, channel, subject, body and headers.
    """

    key: str
    case_id: str
    draft_id: str
    brand_id: str
    customer_id: str
    channel: Channel
    purpose: Purpose
    recipient: str
    subject: str | None
    body: str
    headers: Mapping[str, str]
    text_hash: str
    made_up: bool = False


class DeliveryStatus(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a message. `where` is the provider's id, or the path in the sink.

    `fault` is set when the channel was in the way and not the message. `not_before` is set on one that goes back to the
    queue: it is not tried again before.
    """

    key: str
    status: DeliveryStatus
    at: datetime
    where: str | None = None
    detail: str = ""
    fault: bool = False
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class SendingState:
    """The kill switch: whether sending is stopped, who said so last, and when. `at` None: nobody ever touched it."""

    stopped: bool = False
    by: str = ""
    at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened afterwards, as rows to learn from. `kind`: delivered, redeemed, unsubscribed, stayed, left."""

    case_id: str
    kind: str
    at: datetime
    source: str
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One line of a case's story: which step, when, with what in hand, and what came out."""

    case_id: str
    step: str
    at: datetime
    data: Mapping[str, Any]

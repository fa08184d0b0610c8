"""What the gate is told about a case beside the words. None means unknown, never yes.

Knows nothing about the rules that will read it, nor how it came in (`reading`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from agent.channels import ChannelRules, QuietHours
from agent.channels.templates import ApprovedText
from agent.domain import Channel, Consent, Purpose
from agent.guardrails.books import Book, book_for


@dataclass(frozen=True, slots=True)
class LedgerState:
    """The row's standing in the ledger. None means that nothing was said; `unanswered` names what came back empty."""

    remaining_budget: Decimal | None
    customer_uses_left: Decimal | None
    margin_after_pct: Decimal | None
    margin_floor_pct: Decimal | None
    unanswered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OfferTerms:
    """The reserved coupon row, money in major units. `ledger_given` tells an unanswered ledger from an absent one."""

    kind: str
    value: Decimal
    currency: str
    code: str | None
    min_spend: Decimal
    expires_on: date | None
    exclusions: str
    stackable: bool | None
    max_uses: int | None
    ledger: LedgerState | None
    ledger_given: bool


@dataclass(frozen=True, slots=True)
class PolicyText:
    """One clause that may be quoted."""

    id: str
    text: str
    valid_from: date | None = None
    valid_to: date | None = None
    acts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sender:
    """The brand as the text may name it."""

    name: str
    aliases: tuple[str, ...] = ()
    signature: str = ""
    domains: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    postal_address: str = ""
    competitors: tuple[str, ...] = ()
    unsubscribe_url: str = ""
    sign_off: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for name in (self.name, self.signature, *self.aliases) if name))


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom the message is for. `suppressed` None means nobody looked."""

    name: str | None
    first_name: str | None
    language: str
    timezone: str | None
    consent: Mapping[Channel, Consent]
    suppressed: bool | None
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """A case of this customer; `details` are all its texts."""

    type: str
    status: str
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        return self.status.casefold() not in {"closed", "resolved", "done", "已关闭", "已解决", "cancelled"}


@dataclass(frozen=True, slots=True)
class Limits:
    """Lengths, hours and cap that hold for this message."""

    max_per_7_days: int
    quiet: QuietHours | None
    sms_max_segments: int
    push_title: int
    push_body: int
    subject: int


@dataclass(frozen=True, slots=True)
class GateContext:
    """All inputs of the rules beside the words. `now` is the only clock."""

    channel: Channel
    purpose: Purpose
    customer: Recipient
    brand: Sender
    now: datetime
    limits: Limits
    channel_rules: ChannelRules
    offer: OfferTerms | None = None
    policy: tuple[PolicyText, ...] = ()
    sent_last_7_days: int | None = None
    open_ticket: OpenTicket | None = None
    jurisdiction: str | None = None
    acts: tuple[str, ...] = ()
    templates: tuple[ApprovedText, ...] | None = None
    templates_alone: bool | None = None
    price_history: Any = None
    sent_texts: tuple[str, ...] = ()
    headers: Mapping[str, str] | None = None
    ai_disclosed: bool | None = None

    @property
    def book(self) -> Book:
        """The rulebook of the place where the recipient is."""
        return book_for(self.jurisdiction, self.customer.timezone)

    @property
    def local_now(self) -> datetime:
        """The clock where the customer is; where that is unknown, the clock as it was given."""
        zone = self.customer.timezone
        return self.now.astimezone(_zone(zone)) if zone else self.now


@cache
def _zone(key: str) -> ZoneInfo:
    """Kept for good: `zoneinfo` itself keeps eight, and reads the ninth from its file again and again."""
    return ZoneInfo(key)

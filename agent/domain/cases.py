"""A case, the moves that it may make, and the campaign that it belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from agent.domain.drafts import Words
from agent.domain.offers import OfferDecision
from agent.domain.people import Channel, Language, Money, Purpose
from scoring.records import Reason, RiskScore


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

    `language` is set when somebody asked for another one than the customer's own. `arm`: which of the campaign's arms
    the customer is in; None where it has none, or the customer is held out or served. `step`: the number, from 0, of
    the step of its flow that this is the message of.
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
    arm: str | None = None
    step: int | None = None

    @property
    def reasons(self) -> tuple[Reason, ...]:
        return self.score.reasons if self.score else ()


class CampaignStatus(StrEnum):
    """REVIEW waits for a second person · SCHEDULED for its day · RUNNING is at work, or waits for a worker · PAUSED
    neither drafts nor sends · CANCELLED never will again."""

    REVIEW = "review"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    DONE = "done"


class FlowStatus(StrEnum):
    """ACTIVE waits for its next step · GOAL reached it · DONE went through all steps · HELD_OUT is in the control group
    and met the first message · LEFT cannot be reached any more."""

    ACTIVE = "active"
    GOAL = "goal"
    DONE = "done"
    HELD_OUT = "held_out"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class FlowState:
    """Where one customer stands in a flow: `step` is the number of the next one, to be taken at `due_at`.

    `entry` counts from 0 how often the customer entered before. `waited` counts how often the step could not be taken
    and was put off.
    """

    campaign_id: str
    customer_id: str
    entry: int
    entered_at: datetime
    step: int
    due_at: datetime
    status: FlowStatus = FlowStatus.ACTIVE
    waited: int = 0


@dataclass(frozen=True, slots=True)
class Decided:
    """Of one decided case: whose it is, at which risk, and whether it carried a money offer."""

    customer_id: str
    probability: float
    offered: bool


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


class HowFar(StrEnum):
    """How far a campaign got with one customer, the furthest first: only the first has had a message for certain."""

    WRITTEN_TO = "written_to"
    UNKNOWN = "unknown"
    QUEUED = "queued"
    DRAFTED = "drafted"
    WAITING = "waiting"
    FAILED = "failed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Followed:
    """One customer of a campaign as its result sees them. `stayed` None: not known yet.

    `writer` and `cell` (the words were written for a whole cell) are of the newest draft; "" without one.
    `far` says nothing of who is held out.
    `redeemed`: what the redeemed offer cost. `unsubscribed`: after the case was opened. `arm`: "" without one.
    """

    case_id: str
    customer_id: str
    channel: str
    opened_at: datetime
    held_out: bool
    offer_id: str
    writer: str
    cell: bool
    far: HowFar
    redeemed: Money | None
    unsubscribed: bool
    stayed: bool | None
    arm: str = ""

    @property
    def sent(self) -> bool:
        """A message left, or may have."""
        return self.far in (HowFar.WRITTEN_TO, HowFar.UNKNOWN)


@dataclass(frozen=True, slots=True)
class CampaignStep:
    """One line of a campaign's history: proposed, signed, scheduled, started, paused, resumed, cancelled, done.

    `plan` is the hash of the plan that it was about.
    """

    campaign_id: str
    step: str
    by: str
    at: datetime
    plan: str
    note: str = ""


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
class TraceStep:
    """One line of a case's story: which step, when, with what in hand, and what came out."""

    case_id: str
    step: str
    at: datetime
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened afterwards, as rows to learn from. `kind`: delivered, redeemed, unsubscribed, stayed, left."""

    case_id: str
    kind: str
    at: datetime
    source: str
    amount: Money | None = None

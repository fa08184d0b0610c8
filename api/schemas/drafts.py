"""Drafts, decisions about them, and their traces."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from agent.domain import Channel, Language, Purpose, Tone
from api.schemas.base import Id, Line, Name, Strict, Wish


class DraftRequest(Strict):
    customer_id: Id
    channel: Channel
    purpose: Purpose = Purpose.MARKETING
    situation: Name | None = None
    language: Language | None = None
    tone: Tone | None = None
    instruction: Wish = ""


class Source(BaseModel):
    type: str
    id: str


class SpanAnswer(BaseModel):
    field: str
    start: int
    end: int
    slot: str
    kind: str
    source: Source


class Violation(BaseModel):
    rule: str
    severity: Literal["block", "human", "fix", "warn"]
    message: str
    field: str
    start: int | None
    end: int | None
    quote: str | None
    says: dict[Literal["zh", "en"], str]


class OfferAnswer(BaseModel):
    id: str
    kind: str
    value: float
    currency: str
    code: str | None
    expires_on: str | None


class InstructionAnswer(BaseModel):
    understood: list[str]
    not_understood: list[str]
    passed_on: list[str]


class VoiceOff(BaseModel):
    kind: str
    words: str
    instead: str


class VoiceAnswer(BaseModel):
    """How much a draft sounds like the brand: 100 less what each thing that is off costs."""

    score: int
    off: list[VoiceOff]


class Rerouted(BaseModel):
    """The channel that was asked for, the one that the message takes instead, and why."""

    from_: Channel = Field(alias="from")
    to: Channel
    because: str


class DraftAnswer(BaseModel):
    """The `draft` contract, the same as `holdfast draft --json`."""

    status: Literal["drafted", "held_out", "no_offer", "blocked", "waiting"]
    draft_id: str | None
    case_id: str
    customer_id: str
    situation: str
    channel: Channel
    rerouted: Rerouted | None
    subject: str | None
    body: str | None
    spans: list[SpanAnswer]
    offer: OfferAnswer | None
    offer_because: str
    verdict: Literal["pass", "review", "block"] | None
    violations: list[Violation]
    deferred_until: str | None
    writer: dict[str, Any] | None
    explanation: dict[str, Any]
    voice: VoiceAnswer | None
    instruction: InstructionAnswer


class WaitingAnswer(BaseModel):
    """One row of the queue, most at stake first."""

    case_id: str
    draft_id: str | None
    customer_id: str
    status: str
    situation: str
    channel: Channel
    risk: float | None
    value_minor: int | None
    persuadable: float | None
    priority: float
    findings: list[str]
    waits_because: str
    why: dict[Language, str]


class WaitingPage(BaseModel):
    data: list[WaitingAnswer]
    has_more: bool
    next_cursor: str | None
    formula: str


class EditRequest(Strict):
    """Words in the place of the draft's. Without `subject` it stays as it was."""

    subject: Line | None = None
    body: Annotated[str, StringConstraints(min_length=1, max_length=20_000, pattern=r"^[^\x00]+$")]


class RegenerateRequest(Strict):
    instruction: Wish = ""


class VariantsRequest(Strict):
    count: int = Field(3, ge=2, le=5)
    instruction: Wish = ""


class ChooseRequest(Strict):
    variant: Id


class VariantAnswer(BaseModel):
    """One of several drafts side by side; `variant` is what to choose it by."""

    variant: str
    subject: str | None
    body: str
    spans: list[SpanAnswer]
    verdict: Literal["pass", "review", "block"]
    violations: list[Violation]
    writer: dict[str, Any]


class VariantsAnswer(BaseModel):
    case_id: str
    variants: list[VariantAnswer]


class DecisionRequest(Strict):
    note: Wish = ""


class ApproveRequest(DecisionRequest):
    """`hold_s`: how long the approval may be taken back before the message can leave."""

    hold_s: Annotated[int, Field(ge=0, le=3600)] = 10


class CaseAnswer(BaseModel):
    case_id: str
    draft_id: str | None
    status: str
    not_before: datetime | None = None


class TraceAnswer(BaseModel):
    case_id: str
    steps: list[dict[str, Any]]

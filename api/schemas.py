"""The shapes of the HTTP door, for reading and for /openapi.json. Answers gain keys, they never lose or rename one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from agent.domain import Channel, Language, Purpose, Tone
from scoring.records import Harm

# A null character is no text: PostgreSQL cannot store it, and nobody means it.
Id = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
Line = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00\r\n]*$")]
Text = Annotated[str, StringConstraints(max_length=20_000, pattern=r"^[^\x00]*$")]
Wish = Annotated[str, StringConstraints(max_length=2_000, pattern=r"^[^\x00]*$")]


class Strict(BaseModel):
    """A request body: a key that nobody knows is a slip, and is said."""

    model_config = ConfigDict(extra="forbid")


SSE_EVENT: dict[str, Any] = {"type": "object", "properties": {"data": {"type": "string"}}, "required": ["data"]}
"""One server-sent event, as OpenAPI describes a stream: by its events."""


class ProblemDocument(BaseModel):
    """RFC 9457. `error` says the same in OpenAI's shape, where OpenAI's clients come."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    remedy: str
    errors: list[dict[str, Any]] = []
    request_id: str
    error: dict[str, Any] | None = None


# --- drafts -----------------------------------------------------------------------------------------------------------


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


class DraftAnswer(BaseModel):
    """The `draft` contract, the same as `holdfast draft --json`."""

    status: Literal["drafted", "held_out", "no_offer", "blocked", "waiting"]
    draft_id: str | None
    case_id: str
    customer_id: str
    situation: str
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


# --- the gate ---------------------------------------------------------------------------------------------------------


class EditCheck(Strict):
    """Words in the place of those of a draft or case of ours: our own state is the context."""

    draft_id: Id
    subject: Line | None = None
    body: Text


class GateLine(BaseModel):
    """A draft from anywhere with its own context: the shape of a line of `holdfast gate`. What lacks is a finding."""

    model_config = ConfigDict(extra="allow")

    id: Any = None
    lang: Any = None
    channel: Any = None
    context: Any = None
    draft: Any = None


class CheckAnswer(BaseModel):
    id: Any
    verdict: Literal["pass", "review", "block"]
    violations: list[Violation]
    fixed: dict[str, str | None] | None
    deferred_until: str | None
    alternatives: list[str]


# --- customers --------------------------------------------------------------------------------------------------------


class ReasonAnswer(BaseModel):
    code: str
    feature: str
    value: float | str | None
    contribution: float
    text: dict[str, str]


class ScoreAnswer(BaseModel):
    customer_id: str
    probability: float
    logit: float
    base: float
    band: Literal["low", "medium", "high"]
    as_of: datetime
    model: str
    value_minor: int | None
    reasons: list[ReasonAnswer]


class CustomerAnswer(BaseModel):
    customer_id: str
    name: str | None
    language: Language
    timezone: str | None
    country: str | None
    email: str | None
    phone: str | None
    tier: str | None
    points: int | None
    account_status: str
    suppressed: bool
    consents: dict[str, dict[str, Any]]
    assumed: list[str]
    made_up: bool
    score: ScoreAnswer | None


class EventAnswer(BaseModel):
    id: str
    at: datetime
    kind: str
    order_id: str | None
    item: str | None
    quantity: float | None
    amount_minor: int | None
    currency: str | None
    rating: float | None
    topic: str | None
    status: str | None
    text: str | None


# --- campaigns, offers, ledger ----------------------------------------------------------------------------------------


class ArmRequest(Strict):
    """One arm of a campaign; what is not said is as the plan and the strategies say. `share`: for each arm, or none."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    share: Annotated[float, Field(gt=0, lt=1)] | None = None
    offer: Annotated[str, StringConstraints(max_length=100)] | None = None
    writer: Annotated[str, StringConstraints(max_length=200)] | None = None
    prompt: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}$")] | None = None
    instruction: Annotated[str, StringConstraints(max_length=500)] = ""
    channels: Annotated[list[Channel], Field(max_length=4)] = []


class PlanRequest(Strict):
    """What a manager decides; `budget` in major units of the brand's currency.

    With `steps` it is a flow: `enter`, `goal`, `again_after`, `title` and each step are written as in a plan's file
    (`holdfast campaign flows --out FOLDER` shows some), and it runs until it is cancelled. `bandit` learns which of a
    few sizes of an offer keeps most: {"offers": [...]}. `band`: high, and for a flow low, where nothing is said.
    """

    id: Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    band: Literal["low", "medium", "high"] | None = None
    top: Annotated[int, Field(ge=1, le=10_000_000)] | None = None
    channels: Annotated[list[Channel], Field(min_length=1, max_length=4)] = [Channel.EMAIL, Channel.PUSH, Channel.SMS]
    budget: Annotated[str, StringConstraints(pattern=r"^\d{1,12}(\.\d{1,4})?$")] | None = None
    auto_send: bool = False
    audit_share: Annotated[float, Field(ge=0, le=1)] = 0.1
    cells: bool = False
    individual: Annotated[int, Field(ge=0, le=1_000_000)] = 50
    contact_cost: Annotated[float, Field(ge=0, lt=1000)] = 0.0
    limits: dict[Harm, Annotated[float, Field(gt=0, lt=1)]] = {}
    arms: Annotated[list[ArmRequest], Field(max_length=8)] = []
    priority: Annotated[int, Field(ge=-1000, le=1000)] = 0
    not_with: Annotated[list[str], Field(max_length=50)] = []
    starts_at: AwareDatetime | None = None
    title: dict[Literal["zh", "en"], Annotated[str, StringConstraints(max_length=100)]] | None = None
    enter: dict[str, Any] | None = None
    goal: Annotated[list[str], Field(max_length=20)] | None = None
    again_after: Annotated[str, StringConstraints(max_length=20)] | None = None
    steps: Annotated[list[dict[str, Any]], Field(max_length=30)] | None = None
    bandit: dict[str, Any] | None = None


class MoneyAnswer(BaseModel):
    minor: int
    currency: str


class MessageSample(BaseModel):
    """One message of a cell, as its first customer would get it, and how many share its words."""

    situation: str
    channel: str
    language: str
    customers: int
    subject: str | None
    body: str


class MessagesAnswer(BaseModel):
    """What would be sent, filled and judged as of today."""

    model_config = ConfigDict(populate_by_name=True)

    passed: int = Field(alias="pass")
    review: int
    block: int
    one_by_one: int
    samples: list[MessageSample]


class RedeemedAnswer(BaseModel):
    low: int
    expected: float
    high: int


class CostForecast(BaseModel):
    """What it will cost if all of it leaves: redeemed coupons and sending, with an interval of 95 %.

    `judged_by_others`: offers without a past of their own; `unknown`: offers of which nothing is known, where any share
    may come. `of_first_message`: of a flow, this is about the first message alone.
    """

    low: MoneyAnswer
    expected: MoneyAnswer
    high: MoneyAnswer
    sending: MoneyAnswer
    redeemed: RedeemedAnswer
    learnt_coupons: int
    learnt_campaigns: int
    judged_by_others: list[str]
    unknown: list[str]
    of_first_message: bool


class PreviewAnswer(BaseModel):
    """`cost`: what is reserved, so the most that the coupons come to; `forecast`: what it will cost."""

    scored: int
    flagged: int
    recipients: int
    served: int
    held_out: int
    excluded: dict[str, int]
    offers: dict[str, int]
    without_offer: int
    cost: MoneyAnswer
    forecast: CostForecast
    smallest_effect: float | None
    budgets_frozen: bool
    arms: dict[str, int]
    warnings: list[str]
    messages: MessagesAnswer | None


class LiftAnswer(BaseModel):
    """`always_valid`: the interval for whoever looks while it runs; null while an arm is too small for it."""

    written_to: dict[str, float]
    held_out: dict[str, float]
    difference: float
    low: float
    high: float
    p: float
    always_valid: dict[str, float] | None
    final: bool
    verdict: str


class CampaignStepAnswer(BaseModel):
    """Who did what with a campaign, when, and which plan (by its hash) that was about."""

    step: str
    by: str
    at: datetime
    plan: str
    note: str


class CampaignAnswer(BaseModel):
    id: str
    status: Literal["review", "scheduled", "running", "paused", "cancelled", "done"]
    plan: dict[str, Any]
    by: str
    created_at: datetime
    reached: int
    total: int
    cases: dict[str, int]
    outcomes: dict[str, dict[str, int]]
    lift: LiftAnswer | None
    history: list[CampaignStepAnswer]


class OfferRow(BaseModel):
    id: str
    kind: str
    value: float
    currency: str
    cost_minor: int
    budget_minor: int | None
    reserved_minor: int | None
    spent_minor: int | None
    left_minor: int | None
    codes_left: int | None


class BudgetAnswer(BaseModel):
    budget_id: str
    currency: str
    amount_minor: int
    reserved_minor: int
    spent_minor: int
    left_minor: int


class BudgetRequest(Strict):
    amount_minor: Annotated[int, Field(ge=0, le=10**15)]


class CodesRequest(Strict):
    codes: Annotated[list[Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{3,64}$")]], Field(max_length=10_000)]


class ReservationAnswer(BaseModel):
    reservation_id: str
    case_id: str
    customer_id: str
    offer_id: str
    amount_minor: int
    currency: str
    status: str
    code: str | None
    at: datetime


# --- policies, jobs, sending ------------------------------------------------------------------------------------------


class ClauseAnswer(BaseModel):
    document: str
    clause: str
    text: str
    score: float
    language: str
    valid_from: str | None
    valid_to: str | None
    clause_id: str
    section: list[str]
    region: list[str]
    tier: list[str]


class RetrieveRequest(Strict):
    query: Annotated[str, StringConstraints(min_length=1, max_length=2_000, pattern=r"^[^\x00]+$")]
    language: Language | None = None
    region: Annotated[str, StringConstraints(max_length=100)] | None = None
    tier: Annotated[str, StringConstraints(max_length=100)] | None = None
    k: Annotated[int, Field(ge=1, le=50)] = 5


class RetrieveAnswer(BaseModel):
    results: list[ClauseAnswer]
    covered: bool
    language: Language
    because: str | None
    """Why nothing was found, in words; null when something was."""


class JobAnswer(BaseModel):
    job_id: str
    kind: str
    status: Literal["running", "done", "failed"]
    created_at: datetime
    updated_at: datetime
    result: dict[str, Any] | None

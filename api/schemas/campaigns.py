"""Campaigns: plans, previews, what came of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from agent.domain import Channel, Language
from api.power import Power
from api.schemas.base import Strict
from scoring.records import Harm


class ArmRequest(Strict):
    """One arm of a campaign; what is not said is as the plan and the strategies say. `share`: for each arm, or none."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    share: Annotated[float, Field(gt=0, lt=1)] | None = None
    offer: Annotated[str, StringConstraints(max_length=100)] | None = None
    writer: Annotated[str, StringConstraints(max_length=200)] | None = None
    prompt: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}$")] | None = None
    instruction: Annotated[str, StringConstraints(max_length=500)] = ""
    channels: Annotated[list[Channel], Field(max_length=4, default_factory=list)]


USUAL_CHANNELS = (Channel.EMAIL, Channel.PUSH, Channel.SMS)


class PlanRequest(Strict):
    """What a manager decides; `budget` in major units of the brand's currency.

    With `steps` it is a flow: `enter`, `goal`, `again_after`, `title` and each step are written as in a plan's file
    (`holdfast campaign flows --out FOLDER` shows some), and it runs until it is cancelled. `bandit` learns which of a
    few sizes of an offer keeps most: {"offers": [...]}. `band`: high, and for a flow low, where nothing is said.
    """

    id: Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    band: Literal["low", "medium", "high"] | None = None
    top: Annotated[int, Field(ge=1, le=10_000_000)] | None = None
    channels: Annotated[list[Channel], Field(min_length=1, max_length=4, default_factory=lambda: list(USUAL_CHANNELS))]
    budget: Annotated[str, StringConstraints(pattern=r"^\d{1,12}(\.\d{1,4})?$")] | None = None
    auto_send: bool = False
    audit_share: Annotated[float, Field(ge=0, le=1)] = 0.1
    cells: bool = False
    individual: Annotated[int, Field(ge=0, le=1_000_000)] = 50
    contact_cost: Annotated[float, Field(ge=0, lt=1000)] = 0.0
    limits: Annotated[dict[Harm, Annotated[float, Field(gt=0, lt=1)]], Field(default_factory=dict)]
    arms: Annotated[list[ArmRequest], Field(max_length=8, default_factory=list)]
    priority: Annotated[int, Field(ge=-1000, le=1000)] = 0
    not_with: Annotated[list[str], Field(max_length=50, default_factory=list)]
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
    waits: int
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


class PowerAnswer(BaseModel):
    """What groups of these sizes could show: `smallest_effect` in words, or why none could be shown."""

    kind: Power
    says: dict[Language, str]


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
    power: PowerAnswer
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

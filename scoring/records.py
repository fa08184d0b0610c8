"""What the rest of the house sees of scoring: a score with its reasons, and nothing about how it was made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class RiskBand(StrEnum):
    """A risk score in one word. The thresholds travel inside the model."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Harm(StrEnum):
    """What a campaign may do to customers that stops it."""

    UNSUBSCRIBED = "unsubscribed"
    COMPLAINED = "complained"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Reason:
    """One contribution to a score, with what a rep may read and what a customer may read.

    `contribution` is in logits, positive = towards leaving. `text` and `customer_text` map a language ("zh", "en") to
    a finished sentence; `customer_text` is None where the reason must never be told to a customer.
    """

    code: str
    feature: str
    value: float | str | None
    contribution: float
    text: Mapping[str, str]
    customer_text: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class RiskScore:
    """How likely one customer is to leave within the model's horizon, as of a moment.

    `base` plus all contributions of the model equals `logit` (within 1e-9), and `probability` is its logistic;
    `reasons` holds the strongest of those contributions, strongest first. `method` is "exact", or "sampled" where a
    model has no exact contributions; `residual` is then the gap. `value_minor` is what the customer spent in the 365
    days before `as_of`, in minor units of the brand's currency; None when the table carries no money.
    """

    customer_id: str
    probability: float
    logit: float
    base: float
    band: RiskBand
    reasons: tuple[Reason, ...]
    as_of: datetime
    model: str
    value_minor: int | None = None
    method: str = "exact"
    residual: float = 0.0

"""Customers, their scores with reasons, and what happened to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from agent.domain import Language


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

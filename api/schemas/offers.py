"""Offers, budgets, codes and the ledger."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from api.schemas.base import Strict


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

"""Offers, their codes, and the ledger: what is reserved, what is spent, what is left."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import Path
from pydantic import BaseModel

from agent.access import Caller, Scope
from agent.domain import Money
from agent.errors import InputError, NotFound
from api import offering
from api.answers import budget_answer, reservation_answer
from api.auth import EVERYBODY, MANAGERS, Shop, allowed
from api.pages import Cursor, Limit, Page, page, read_cursor
from api.routes.router import v1
from api.schemas import BudgetAnswer, BudgetRequest, CodesRequest, Id, OfferRow, ReservationAnswer

router = v1("offers")
Reader = Annotated[Caller, allowed(EVERYBODY, Scope.OFFERS)]
Manager = Annotated[Caller, allowed(MANAGERS, Scope.OFFERS)]
BUDGETS_ELSEWHERE = "offer:"


class OfferList(BaseModel):
    currency: str
    budgets_frozen: bool
    data: list[OfferRow]


class CodesAdded(BaseModel):
    offer_id: str
    added: int
    codes_left: int


class LedgerAnswer(BaseModel):
    data: list[BudgetAnswer]


class ReservationPage(Page):
    data: list[ReservationAnswer]


@router.get("/offers", response_model=OfferList)
def offers(shop: Shop, by: Reader) -> dict[str, Any]:
    """Every offer with what is left of its budget and its codes."""
    frozen = shop.store.ledger.frozen() is not None
    return {"currency": shop.brand.currency, "budgets_frozen": frozen, "data": offering.offers(shop)}


@router.post("/offers/{offer_id}/codes", response_model=CodesAdded)
def add_codes(shop: Shop, by: Manager, offer_id: Annotated[Id, Path()], body: CodesRequest) -> dict[str, Any]:
    """Single-use codes of the till into the pool. Known ones are left as they are."""
    added = offering.add_codes(shop, offer_id, body.codes)
    return {"offer_id": offer_id, "added": added, "codes_left": shop.store.ledger.codes_left(offer_id)}


@router.get("/ledger", response_model=LedgerAnswer)
def ledger(shop: Shop, by: Reader) -> dict[str, Any]:
    """Every budget: amount, reserved, spent, left."""
    _ = shop.catalogue  # the budgets of the offers are in the ledger once the catalogue was read
    return {"data": [budget_answer(budget) for budget in shop.store.ledger.budgets()]}


@router.put("/ledger/{budget_id}", response_model=BudgetAnswer)
def set_budget(shop: Shop, by: Manager, budget_id: Annotated[Id, Path()], body: BudgetRequest) -> dict[str, Any]:
    """Change a campaign's budget; never below what is reserved or spent."""
    if budget_id.startswith(BUDGETS_ELSEWHERE):
        raise InputError(f"{budget_id} is set in offers.toml", "edit it there: it takes effect at once")
    if shop.store.ledger.budget(budget_id) is None:
        raise NotFound(f"no budget {budget_id!r}", "see: GET /v1/ledger")
    above, known = shop.four_eyes_above, shop.store.ledger.budget(budget_id)
    if above is not None and known is not None and body.amount_minor > max(above.minor, known.amount.minor):
        raise InputError(
            f"{body.amount_minor} is more than one person may spend",
            "start the campaign again with that budget: somebody else then signs it",
        )
    shop.store.ledger.set_budget(budget_id, Money(body.amount_minor, shop.brand.currency))
    budget = shop.store.ledger.budget(budget_id)
    assert budget is not None, "it was just set"
    return budget_answer(budget)


@router.get("/ledger/reservations", response_model=ReservationPage)
def reservations(shop: Shop, by: Reader, limit: Limit = 50, cursor: Cursor = None) -> Page:
    """What was reserved for whom, newest first."""
    place = read_cursor(cursor, (str, str))
    after = (_moment(place[0]), place[1]) if place else None
    rows = shop.store.ledger.reservations(limit + 1, after)
    return page(rows, limit, lambda row: [row.at.isoformat(), row.id], reservation_answer)


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise NotFound("this cursor is not one of ours", "start again without a cursor") from error
    if at.tzinfo is None:
        raise NotFound("this cursor is not one of ours", "start again without a cursor")
    return at

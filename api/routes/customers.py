"""Customers: profile, timeline, score with reasons; and an unsubscribe that acts at once."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import BaseModel

from agent import feedback
from agent.access import Caller, Scope
from agent.errors import NotFound
from api.answers import customer_answer, event_answer, score_answer
from api.auth import EVERYBODY, Shop, allowed
from api.pages import Cursor, Limit, Page, page, read_cursor
from api.routes.router import v1
from api.schemas import CustomerAnswer, EventAnswer, Id, ScoreAnswer

router = v1("customers")
Reader = Annotated[Caller, allowed(EVERYBODY, Scope.CUSTOMERS)]
CustomerId = Annotated[Id, Path(description="Customer id, as the shop writes it.")]


class CustomerPage(Page):
    data: list[CustomerAnswer]


class TimelinePage(Page):
    data: list[EventAnswer]


class Unsubscribed(BaseModel):
    customer_id: str
    suppressed: bool
    at: datetime


@router.get("/customers", response_model=CustomerPage)
def customers(
    shop: Shop,
    by: Reader,
    q: Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$", description="How id, name or address begins.")] = "",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page:
    """Customers by id, with their newest score."""
    place = read_cursor(cursor, (str,))
    found = shop.store.people.find(limit + 1, place[0] if place else None, q)
    scores = shop.store.scores.of_many([customer.id for customer in found])
    return page(found, limit, lambda x: [x.id], lambda x: customer_answer(x, scores.get(x.id)))


@router.get("/customers/{customer_id}", response_model=CustomerAnswer)
def customer(shop: Shop, by: Reader, customer_id: CustomerId) -> dict[str, Any]:
    return customer_answer(shop.store.people.get(customer_id), shop.store.scores.of(customer_id))


@router.get("/customers/{customer_id}/timeline", response_model=TimelinePage)
def timeline(shop: Shop, by: Reader, customer_id: CustomerId, limit: Limit = 50, cursor: Cursor = None) -> Page:
    """What happened to this customer, newest first."""
    shop.store.people.get(customer_id)
    place = read_cursor(cursor, (str, str))
    events = sorted(
        shop.house.history.timeline(customer_id, shop.clock.now()), key=lambda e: (e.at, e.id), reverse=True
    )
    if place is not None:
        events = [event for event in events if (event.at.isoformat(), event.id) < (place[0], place[1])]
    return page(events[: limit + 1], limit, lambda e: [e.at.isoformat(), e.id], event_answer)


@router.get("/customers/{customer_id}/score", response_model=ScoreAnswer)
def score(shop: Shop, by: Reader, customer_id: CustomerId) -> dict[str, Any]:
    """The newest score with its reasons; base and contributions add up to the logit."""
    shop.store.people.get(customer_id)
    found = shop.store.scores.of(customer_id)
    if found is None:
        raise NotFound(f"customer {customer_id} was never scored", "run: holdfast score")
    return score_answer(found)


@router.post("/customers/{customer_id}/unsubscribe", response_model=Unsubscribed)
def unsubscribe(shop: Shop, by: Reader, customer_id: CustomerId) -> dict[str, Any]:
    """Marketing to this customer ends now, on every channel. Doing it twice is harmless."""
    now = shop.clock.now()
    feedback.unsubscribe(customer_id, now, f"api {by.name}", shop.house)
    return {"customer_id": customer_id, "suppressed": True, "at": now}

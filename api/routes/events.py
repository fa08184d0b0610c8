"""Events in, in the shape that Segment's clients send: a client that is pointed here works as it is.

`/v1/batch` answers 200 with what was refused by place and key: the good events are kept. A single event that cannot be
used is a problem document, but for a name that nobody knows yet or a clock that is wrong: those a shop sends all day,
and they are named in `refused`. Whatever was refused is set aside and counted, never dropped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from agent.access import Caller, Role, Scope
from api.arrivals import TakenIn, take_in
from api.auth import PEOPLE, Shop, allowed
from api.bootstrap import Workshop
from api.errors import Problem
from api.routes.router import v1
from api.schemas import Id

router = v1("events")
Sender = Annotated[Caller, allowed(frozenset({Role.INTEGRATOR, Role.ADMIN}), Scope.EVENTS)]
Reader = Annotated[Caller, allowed(PEOPLE, Scope.EVENTS)]
Anything = dict[str, Any]
SAYS_WHO: list[Any] = [
    {"required": [name], "properties": {name: {"type": "string", "minLength": 1, "pattern": "^[A-Za-z0-9]+$"}}}
    for name in ("userId", "anonymousId")
]
SET_ASIDE = frozenset({"event", "timestamp"})
"""A name that nobody knows yet, a clock that is wrong: kept for when somebody looks, and no fault of the call."""


class Message(BaseModel):
    """What all messages share; keys that we do not know are let be."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"anyOf": SAYS_WHO})

    userId: Id | int | None = None  # noqa: N815, Segment's own spelling
    anonymousId: Id | int | None = None  # noqa: N815
    messageId: str | None = None  # noqa: N815
    timestamp: datetime | str | None = None
    context: Anything | None = None


class Track(Message):
    event: str
    properties: Anything | None = None


class Page(Message):
    name: str | None = None
    properties: Anything | None = None


class Identify(Message):
    traits: Anything | None = None


class Alias(Message):
    userId: Id | int  # noqa: N815
    previousId: Annotated[str, StringConstraints(min_length=1, max_length=200)]  # noqa: N815


class Group(Message):
    groupId: str | int | None = None  # noqa: N815
    traits: Anything | None = None


class Batch(BaseModel):
    model_config = ConfigDict(extra="allow")

    batch: Annotated[list[Anything], Field(max_length=10_000)]


class Refusal(BaseModel):
    index: int
    field: str
    message: str


class Taken(BaseModel):
    """`known`: the same message came before. `ignored`: traits that cannot be read; the others were kept."""

    success: bool = True
    accepted: int
    known: int
    refused: list[Refusal]
    ignored: list[Refusal] = []


class Aside(BaseModel):
    message_id: str
    received_at: datetime
    refused: str


class AsideList(BaseModel):
    counts: dict[str, int]
    data: list[Aside]


@router.post("/track", response_model=Taken)
def track(request: Request, shop: Shop, by: Sender, body: Track) -> Anything:
    """One event of one customer."""
    return _one(request, shop, "track", body)


@router.post("/page", response_model=Taken)
def page(request: Request, shop: Shop, by: Sender, body: Page) -> Anything:
    """A page was looked at."""
    return _one(request, shop, "page", body)


@router.post("/screen", response_model=Taken)
def screen(request: Request, shop: Shop, by: Sender, body: Page) -> Anything:
    """A screen of an app was looked at."""
    return _one(request, shop, "screen", body)


@router.post("/identify", response_model=Taken)
def identify(request: Request, shop: Shop, by: Sender, body: Identify) -> Anything:
    """Traits of one customer; what is not said stays as it was."""
    return _one(request, shop, "identify", body)


@router.post("/alias", response_model=Taken)
def alias(request: Request, shop: Shop, by: Sender, body: Alias) -> Anything:
    """previousId was this customer before anybody knew."""
    return _one(request, shop, "alias", body)


@router.post("/group", response_model=Taken)
def group(request: Request, shop: Shop, by: Sender, body: Group) -> Anything:
    """Taken and let be: which company somebody belongs to is nothing that we use."""
    return _one(request, shop, "group", body)


@router.post("/batch", response_model=Taken)
def batch(request: Request, shop: Shop, by: Sender, body: Batch) -> Anything:
    """Many messages at once, at most 500 KB; each is judged by itself."""
    return _answer(_taken(request, shop, body.batch))


@router.get("/events/refused", response_model=AsideList)
def refused(shop: Shop, by: Reader) -> Anything:
    """The newest hundred messages that could not be used, with the reason; and how many wait."""
    rows = shop.store.arrivals.refused()
    data = [{"message_id": row.message_id, "received_at": row.received_at, "refused": row.refused} for row in rows]
    return {"counts": shop.store.arrivals.counts(), "data": data}


def _one(request: Request, shop: Workshop, kind: str, body: Message) -> Anything:
    told = _taken(request, shop, [{**body.model_dump(mode="json", exclude_none=True), "type": kind}])
    if told.refused and told.refused[0]["field"] not in SET_ASIDE:
        first = told.refused[0]
        status = 413 if "bytes" in first["message"] else 422
        code = "too_large" if status == 413 else "bad_input"
        raise Problem(status, code, f"{first['field']}: {first['message']}", "correct it and send it again")
    return _answer(told)


def _taken(request: Request, shop: Workshop, messages: Sequence[Mapping[str, Any]]) -> TakenIn:
    told = take_in(messages, shop)
    counter = request.app.state.metrics.events
    for name, count in (("accepted", told.accepted), ("known", told.known), ("refused", len(told.refused))):
        counter.labels(name).inc(count)
    return told


def _answer(told: TakenIn) -> Anything:
    return {
        "success": True,
        "accepted": told.accepted,
        "known": told.known,
        "refused": told.refused,
        "ignored": told.ignored,
    }

"""The outbox and its switch: what is on its way, and the stop that holds every message back within a second."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel

from agent.access import Caller, Scope
from api.auth import MANAGERS, PEOPLE, Shop, allowed
from api.bootstrap import Workshop
from api.routes.router import v1
from api.schemas import DecisionRequest

router = v1("sending")
Watcher = Annotated[Caller, allowed(PEOPLE, Scope.SETTINGS)]


Starter = Annotated[Caller, allowed(MANAGERS, Scope.SETTINGS)]


class SendingAnswer(BaseModel):
    """`real`: the channels that reach somebody; every other one ends in the sink."""

    stopped: bool
    by: str
    at: datetime | None
    note: str
    real: list[str]
    outbox: dict[str, int]


@router.get("/sending", response_model=SendingAnswer)
def sending(shop: Shop, by: Watcher) -> dict[str, Any]:
    """Whether sending is stopped, by whom, which channels are real, and how many messages stand where."""
    return _answer(shop)


@router.post("/sending/stop", response_model=SendingAnswer)
def stop(shop: Shop, by: Watcher, body: DecisionRequest | None = None) -> dict[str, Any]:
    """No further message leaves, by any worker. Whoever sees that something is wrong may do it."""
    shop.store.sending.set(True, by.name, shop.clock.now(), body.note if body else "")
    return _answer(shop)


@router.post("/sending/start", response_model=SendingAnswer)
def start(shop: Shop, by: Starter, body: DecisionRequest | None = None) -> dict[str, Any]:
    """Messages may leave again; each is judged once more before it does."""
    shop.store.sending.set(False, by.name, shop.clock.now(), body.note if body else "")
    return _answer(shop)


def _answer(shop: Workshop) -> dict[str, Any]:
    state = shop.store.sending.state()
    return {
        "stopped": state.stopped,
        "by": state.by,
        "at": state.at,
        "note": state.note,
        "real": sorted(channel.value for channel in shop.reach.real),
        "outbox": {status.value: count for status, count in shop.store.outbox.counts().items()},
    }

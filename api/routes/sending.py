"""The outbox and its switch: what is on its way, and the stop that holds every message back within a second."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel

from agent.access import Caller, Scope
from api.auth import PEOPLE, Shop, allowed
from api.routes.router import v1

router = v1("sending")
Watcher = Annotated[Caller, allowed(PEOPLE, Scope.SETTINGS)]


class SendingAnswer(BaseModel):
    outbox: dict[str, int]


@router.get("/sending", response_model=SendingAnswer)
def sending(shop: Shop, by: Watcher) -> dict[str, Any]:
    """How many messages stand where."""
    return {"outbox": {status.value: count for status, count in shop.store.outbox.counts().items()}}

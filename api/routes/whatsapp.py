"""WhatsApp's one address: what became of our messages, and what people wrote. Signed by the app that posts.

The first call is a GET that shows a word which only we and the app know; it gets its challenge back.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel

from agent.access import Caller, Role, Scope
from agent.receipts import read_whatsapp
from api.answering import take_answers
from api.auth import Shop
from api.callbacks import Raw, by_whatsapp, by_whatsapps_word, signed
from api.receiving import take_receipts
from api.routes.router import v1
from api.routes.webhooks import as_json
from api.webhook_bodies import WHATSAPP

router = v1("webhooks")
MACHINES = frozenset({Role.INTEGRATOR, Role.ADMIN})
Meta = Annotated[Caller, signed(by_whatsapp, MACHINES, Scope.EVENTS)]
Subscriber = Annotated[Caller, signed(by_whatsapps_word, MACHINES, Scope.EVENTS)]
Challenge = Annotated[str, Query(alias="hub.challenge", max_length=500, pattern=r"^[\w-]*$")]


class ToldByWhatsApp(BaseModel):
    """Receipts as for any carrier, and answers: ended marketing, became tickets, or came from nobody's number."""

    receipts: dict[str, int]
    answers: dict[str, int]


@router.post("/webhooks/receipts/whatsapp", response_model=ToldByWhatsApp, openapi_extra=WHATSAPP)
def told(request: Request, shop: Shop, by: Meta, raw: Raw) -> dict[str, Any]:
    """Statuses, messages and preferences, with the app's signature (X-Hub-Signature-256), or with a key."""
    receipts, answers = read_whatsapp(as_json(raw), shop.clock.now())
    return {"receipts": take_receipts(receipts, shop), "answers": take_answers(answers, shop)}


@router.get("/webhooks/receipts/whatsapp", response_class=PlainTextResponse)
def subscribe(by: Subscriber, challenge: Challenge = "") -> PlainTextResponse:
    """The handshake by which WhatsApp learns that this address is meant: its challenge, as it came."""
    return PlainTextResponse(challenge)

"""WeCom's one address: it knocks, signed and sealed, and what customers wrote is then fetched from WeCom itself."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import PlainTextResponse

from agent.access import Caller, Role, Scope
from agent.wecom_seal import tags
from api.auth import Shop
from api.callbacks import Raw, by_wecom, signed, wecom_said
from api.routes.router import v1
from api.webhook_bodies import WECOM
from api.wecom_inbox import read_wecom_inbox

router = v1("webhooks")
MACHINES = frozenset({Role.INTEGRATOR, Role.ADMIN})
WeCom = Annotated[Caller, signed(by_wecom, MACHINES, Scope.EVENTS)]
Sealed = Annotated[str, Query(max_length=2_000)]


@router.get("/webhooks/receipts/wecom", response_class=PlainTextResponse)
def subscribe(request: Request, shop: Shop, by: WeCom, raw: Raw, echostr: Sealed = "") -> PlainTextResponse:
    """The handshake: what is sealed in echostr, in plain words."""
    return PlainTextResponse(wecom_said(request, raw, shop))


@router.post("/webhooks/receipts/wecom", response_class=PlainTextResponse, openapi_extra=WECOM)
def told(request: Request, shop: Shop, by: WeCom, raw: Raw) -> Any:
    """A knock (kf_msg_or_event): messages and failures are read at once. Other events are let be."""
    said = tags(wecom_said(request, raw, shop))
    if said.get("Event") == "kf_msg_or_event":
        read_wecom_inbox(shop, said.get("Token", ""))
    return PlainTextResponse("success")

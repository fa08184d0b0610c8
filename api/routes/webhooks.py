"""What comes back: mails that bounced or were reported, receipts of providers and of the firm's own gateway.

Everything here may come twice and is acted on once. The answer says how many were taken; 2xx means that none need be
sent again.
"""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import Request
from pydantic import BaseModel

from agent.access import Caller, Role, Scope
from agent.errors import InputError
from agent.receipts import read_aliyun, read_gateway, read_huawei, read_mail, read_tencent, read_twilio
from api.auth import Shop, allowed
from api.callbacks import Raw, by_gateway, by_twilio, form_of, signed
from api.receiving import take_receipts
from api.routes.router import v1
from api.webhook_bodies import GATEWAY, HUAWEI, MAIL, PUSHED, TWILIO

router = v1("webhooks")
MACHINES = frozenset({Role.INTEGRATOR, Role.ADMIN})
Machine = Annotated[Caller, allowed(MACHINES, Scope.EVENTS)]
Twilio = Annotated[Caller, signed(by_twilio, MACHINES, Scope.EVENTS)]
Gateway = Annotated[Caller, signed(by_gateway, MACHINES, Scope.EVENTS)]


class ReceiptsTaken(BaseModel):
    """`known`: told before · `nobodys`: no message of ours · `ignored`: an opening or click of somebody who did not
    agree to be followed."""

    taken: int
    known: int
    nobodys: int
    ignored: int


class PushAnswer(ReceiptsTaken):
    """The same, with the words by which a provider knows that it need not push again."""

    code: int | None = None
    msg: str | None = None
    result: int | None = None
    errmsg: str | None = None


@router.post("/webhooks/mail", response_model=ReceiptsTaken, openapi_extra=MAIL)
def mail(request: Request, shop: Shop, by: Machine, raw: Raw) -> dict[str, int]:
    """One mail from the mailbox that bounces and answers go to, as it came (message/rfc822).

    A delivery report or a complaint closes the address or ends marketing, an answer becomes a ticket or the way out. A
    mail that speaks of no message of ours is counted as nobody's and not kept.
    """
    found = read_mail(raw, shop.clock.now(), shop.mail_stamp.is_ours)
    told = take_receipts(found, shop)
    return told if found else {**told, "nobodys": 1}


@router.post("/webhooks/receipts", response_model=ReceiptsTaken, openapi_extra=GATEWAY)
def receipts(request: Request, shop: Shop, by: Gateway, raw: Raw) -> dict[str, int]:
    """Receipts of the firm's own gateway, signed as it is signed to (Standard Webhooks), or with a key."""
    return take_receipts(read_gateway(as_json(raw), shop.clock.now()), shop)


@router.post("/webhooks/receipts/twilio", response_model=ReceiptsTaken, openapi_extra=TWILIO)
def twilio(request: Request, shop: Shop, by: Twilio, raw: Raw) -> dict[str, int]:
    """Twilio's status callback, with its own signature (X-Twilio-Signature), or with a key."""
    return take_receipts(read_twilio(form_of(raw), shop.clock.now()), shop)


@router.post("/webhooks/receipts/aliyun", response_model=PushAnswer, openapi_extra=PUSHED)
def aliyun(request: Request, shop: Shop, by: Machine, raw: Raw) -> dict[str, Any]:
    """Alibaba Cloud's SmsReport. It signs nothing: give it the address with a key as the user name of Basic."""
    return {**take_receipts(read_aliyun(as_json(raw), shop.clock.now()), shop), "code": 0, "msg": "ok"}


@router.post("/webhooks/receipts/tencent", response_model=PushAnswer, openapi_extra=PUSHED)
def tencent(request: Request, shop: Shop, by: Machine, raw: Raw) -> dict[str, Any]:
    """Tencent Cloud's status callback. It signs nothing: give it the address with a key as the user name of Basic."""
    return {**take_receipts(read_tencent(as_json(raw), shop.clock.now()), shop), "result": 0, "errmsg": "OK"}


@router.post("/webhooks/receipts/huawei", response_model=ReceiptsTaken, openapi_extra=HUAWEI)
def huawei(request: Request, shop: Shop, by: Machine, raw: Raw) -> dict[str, int]:
    """Huawei Cloud's status report. It signs nothing: give it the address with a key as the user name of Basic."""
    return take_receipts(read_huawei(form_of(raw), shop.clock.now()), shop)


def as_json(raw: bytes) -> Any:
    """Raises InputError for what is none."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise InputError("the body is no JSON", "send application/json in UTF-8") from error

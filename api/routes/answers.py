"""What people write back by SMS: pushed by whoever carries it, and what came from numbers that nobody knows.

A wish to get nothing more is carried out before we answer; anything else is a ticket. Everything may come twice and is
acted on once. Twilio signs; the Chinese providers sign nothing, and get the address with a key as its user name.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from fastapi import Query, Request, Response
from pydantic import BaseModel

from agent.access import Caller, Role, Scope
from agent.receipts import read_aliyun_answers, read_huawei_answer, read_tencent_answer, read_twilio_answer
from api.answering import take_answers
from api.auth import PEOPLE, Shop, allowed
from api.callbacks import Raw, by_twilio_answer, form_of, signed
from api.routes.router import v1
from api.routes.webhooks import as_json
from api.webhook_bodies import ANSWER, ANSWERS, HUAWEI_ANSWER, TWILIO_ANSWER

router = v1("webhooks")
MACHINES = frozenset({Role.INTEGRATOR, Role.ADMIN})
Machine = Annotated[Caller, allowed(MACHINES, Scope.EVENTS)]
Twilio = Annotated[Caller, signed(by_twilio_answer, MACHINES, Scope.EVENTS)]
Reader = Annotated[Caller, allowed(PEOPLE, Scope.CUSTOMERS)]
SILENCE = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
"""TwiML for: say nothing back."""


class AnswersTaken(BaseModel):
    """`stopped`: ended marketing · `tickets`: a person answers · `known`: told before · `nobodys`: kept, and shown."""

    stopped: int
    tickets: int
    known: int
    nobodys: int
    code: int | None = None
    msg: str | None = None
    result: int | None = None
    errmsg: str | None = None


class NobodysAnswer(BaseModel):
    """`stopped`: it was a wish to get nothing more; whoever turns up with this number gets no marketing."""

    id: str
    channel: str
    address: str
    at: datetime
    source: str
    stopped: bool
    text: str


class NobodysAnswers(BaseModel):
    data: list[NobodysAnswer]


@router.post(
    "/webhooks/answers/twilio",
    response_class=Response,
    responses={200: {"content": {"application/xml": {"schema": {"type": "string"}}}, "description": "Nothing to say."}},
    openapi_extra=TWILIO_ANSWER,
)
def twilio(request: Request, shop: Shop, by: Twilio, raw: Raw) -> Response:
    """A message to our number, with Twilio's signature (X-Twilio-Signature), or with a key."""
    take_answers(read_twilio_answer(form_of(raw), shop.clock.now()), shop)
    return Response(SILENCE, media_type="application/xml")


@router.post("/webhooks/answers/aliyun", response_model=AnswersTaken, openapi_extra=ANSWERS)
def aliyun(request: Request, shop: Shop, by: Machine, raw: Raw) -> dict[str, Any]:
    """Alibaba Cloud's SmsUp."""
    return {**take_answers(read_aliyun_answers(as_json(raw), shop.clock.now()), shop), "code": 0, "msg": "ok"}


@router.post("/webhooks/answers/tencent", response_model=AnswersTaken, openapi_extra=ANSWER)
def tencent(request: Request, shop: Shop, by: Machine, raw: Raw) -> dict[str, Any]:
    """Tencent Cloud's reply callback."""
    return {**take_answers(read_tencent_answer(as_json(raw), shop.clock.now()), shop), "result": 0, "errmsg": "OK"}


@router.post("/webhooks/answers/huawei", response_model=AnswersTaken, openapi_extra=HUAWEI_ANSWER)
def huawei(request: Request, shop: Shop, by: Machine, raw: Raw) -> dict[str, Any]:
    """Huawei Cloud's upstream message."""
    return take_answers(read_huawei_answer(form_of(raw), shop.clock.now()), shop)


@router.get("/webhooks/answers", response_model=NobodysAnswers)
def of_nobody(shop: Shop, by: Reader, limit: Annotated[int, Query(ge=1, le=1_000)] = 100) -> dict[str, Any]:
    """Answers from numbers that no customer had, newest first, with their words."""
    return {"data": [asdict(answer) for answer in shop.store.answers.of_nobody(limit)]}

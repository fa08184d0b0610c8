"""The chat, as OpenAI's clients speak: completions, whole or streamed, and the one model there is.

An answer that a model words takes as long as the model, so it is found in a drafting thread; without a model it is a
matter of milliseconds. Words are streamed only after the gate has judged them. A client that goes away hurts nobody.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Path, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, StreamingResponse
from fastapi.sse import format_sse_event

from agent.access import Caller, Scope
from agent.chat import Answer, Conversation, Intent, intent_of, reply_to
from agent.errors import NotFound
from api.auth import EVERYBODY, Shop, allowed
from api.bootstrap import Workshop
from api.chatting import (
    MODEL,
    Completion,
    CompletionRequest,
    ModelAnswer,
    ModelList,
    chunks,
    completion,
    conversation_of,
)
from api.errors import Problem, answer_of
from api.logs import logger
from api.routes.router import v1
from api.schemas import SSE_EVENT, Id, TraceAnswer

router = v1("chat")
Talker = Annotated[Caller, allowed(EVERYBODY, Scope.CHAT)]
BEAT_S = 10.0


@router.post(
    "/chat/completions",
    response_model=Completion,
    responses={200: {"content": {"text/event-stream": {"schema": SSE_EVENT}}}},
)
async def chat(request: Request, shop: Shop, by: Talker, body: CompletionRequest) -> Response:
    """An answer from the policies in force, with its citations; or the honest word that they do not cover it."""
    customer_id = await run_in_threadpool(_who, body, by, shop)
    conversation = conversation_of(body, customer_id)
    task = asyncio.ensure_future(_answer(request, conversation, shop))
    if not body.stream:
        whole = completion(await task, conversation, shop.clock.now())
        return JSONResponse(whole.model_dump(mode="json"))
    await asyncio.wait({task}, timeout=BEAT_S)
    if task.done():
        task.result()  # an error while nothing was sent yet is a problem document like any other
    usage = bool(body.stream_options and body.stream_options.include_usage)
    return StreamingResponse(_stream(task, conversation, shop, usage), media_type="text/event-stream")


@router.get("/models", response_model=ModelList)
def models(by: Talker) -> ModelList:
    return ModelList(data=[ModelAnswer()])


@router.get("/models/{model}", response_model=ModelAnswer)
def model(by: Talker, model: Annotated[Id, Path(description="There is one: holdfast.")]) -> ModelAnswer:
    if model != MODEL:
        raise NotFound(f"there is no model {model}", f"ask for {MODEL}")
    return ModelAnswer()


@router.get("/chat/traces/{trace_id}", response_model=TraceAnswer)
def trace(shop: Shop, by: Talker, trace_id: Annotated[Id, Path(description="`trace_id` of an answer.")]) -> Any:
    """Why an answer said what it said: clauses, verdict, writer. The user's own words are not kept."""
    steps = [step for step in shop.store.cases.story(trace_id) if step.step == "chat"]
    if not steps:
        raise NotFound(f"there is no answer {trace_id}", "give the trace_id of a chat answer")
    return {
        "case_id": trace_id,
        "steps": [{"step": step.step, "at": step.at.isoformat(), "data": dict(step.data)} for step in steps],
    }


def _who(body: CompletionRequest, by: Caller, shop: Workshop) -> str | None:
    """The customer who is talking, when the caller may speak of customers; else somebody we do not know.

    Clients put all kinds of things into `user`, so there what we do not know is nobody. Who names a customer in
    `metadata.customer_id` means it: raises Problem 403 or NotFound.
    """
    may = by.may(EVERYBODY, Scope.CUSTOMERS)
    if (named := body.metadata.customer_id if body.metadata else None) is not None:
        if not may:
            raise Problem(403, "may_not", f"{by.name} may not speak of customers.", "use a key that opens customers")
        return shop.store.people.get(named).id
    if not body.user or not may:
        return None
    return body.user if shop.store.people.get_many([body.user]) else None


async def _answer(request: Request, conversation: Conversation, shop: Workshop) -> Answer:
    house = shop.house

    def work() -> Answer:
        return reply_to(conversation, house)

    if len(house.writers) > 1 and intent_of(conversation.question) is not Intent.UNSUBSCRIBE:
        answer: Answer = await request.app.state.doors.draft(work)
    else:
        answer = await run_in_threadpool(work)
    request.app.state.metrics.answered(answer)
    return answer


async def _stream(
    task: asyncio.Future[Answer], conversation: Conversation, shop: Workshop, with_usage: bool
) -> AsyncIterator[bytes]:
    while not task.done():
        yield b": ping\n\n"
        await asyncio.wait({task}, timeout=BEAT_S)
    if (error := task.exception()) is not None:
        yield format_sse_event(data_str=_failure(error))
        return
    for data in chunks(task.result(), conversation, shop.clock.now(), with_usage):
        yield format_sse_event(data_str=data)


def _failure(error: BaseException) -> str:
    """An error in the midst of a stream, in the shape that OpenAI's clients raise."""
    import json

    told = answer_of(error, "/v1/chat/completions") if isinstance(error, Exception) else None
    if told is None:
        logger.error("a chat failed by a fault of ours", exc_info=error)
    fields = json.loads(bytes(told.body)) if told else {"code": "fault", "detail": "a fault of ours; it was logged"}
    return json.dumps({"error": {"message": fields["detail"], "type": "holdfast", "code": fields["code"]}})

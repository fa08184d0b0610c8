"""Drafts: ask for one, read the queue, edit, regenerate, approve, reject, take back.

A draft takes as long as its writer, so it is written in one of the few drafting threads. Three ways to wait for it:
the answer itself; `Prefer: respond-async` for a job; `Accept: text/event-stream` for events. Words are streamed only
after the gate has judged them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any

from fastapi import Header, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, StreamingResponse

from agent.access import Caller, Scope
from agent.domain import Case, CaseStatus, Words
from agent.errors import TransitionNotAllowed
from agent.pipeline import Prepared
from api import jobs, reviewing, streams
from api.answers import case_answer, variant_answer, waiting_answer
from api.auth import EVERYBODY, PEOPLE, Shop, allowed
from api.bootstrap import Workshop
from api.drafting import Ask, answer, draft_for, shown
from api.idempotency import HEADER
from api.pages import Cursor, Limit, page, read_cursor
from api.routes.router import v1
from api.schemas import (
    SSE_EVENT,
    ApproveRequest,
    CaseAnswer,
    ChooseRequest,
    DecisionRequest,
    DraftAnswer,
    DraftRequest,
    EditRequest,
    Id,
    JobAnswer,
    RegenerateRequest,
    TraceAnswer,
    VariantsAnswer,
    VariantsRequest,
    WaitingPage,
)

router = v1("drafts")
Drafter = Annotated[Caller, allowed(EVERYBODY, Scope.DRAFTS)]
Reviewer = Annotated[Caller, allowed(PEOPLE, Scope.REVIEW)]
DraftId = Annotated[Id, Path(description="Draft id or case id.")]
IfMatch = Annotated[str | None, Header(max_length=200, description="The draft that you saw; 409 when it was replaced.")]
EVENTS: dict[str, Any] = {"text/event-stream": {"schema": SSE_EVENT}}


@router.post(
    "/drafts",
    response_model=DraftAnswer,
    responses={
        200: {"content": EVENTS},
        202: {"model": JobAnswer, "description": "Being written; follow `Location`."},
    },
)
async def draft(
    request: Request,
    shop: Shop,
    by: Drafter,
    body: DraftRequest,
    prefer: Annotated[str, Header(max_length=200)] = "",
    accept: Annotated[str, Header(max_length=500)] = "",
) -> Response | dict[str, Any]:
    """One draft for one customer: offer decided, facts cited, judged by the gate. Nothing is sent."""
    ask = Ask(**body.model_dump(), case_id=_case_id(request, by))
    write = _writing(request, ask, shop)
    if "text/event-stream" in accept:
        stream = streams.draft_events(lambda: _draft(request, write), shop)
        return StreamingResponse(stream, media_type="text/event-stream")
    if "respond-async" in prefer:
        job = await jobs.start(request, shop, "draft", by.name, write)
        return JSONResponse(jobs.job_answer(job), 202, {"Location": f"/v1/jobs/{job.job_id}"})
    return answer(await _draft(request, write), shop)


def _case_id(request: Request, by: Caller) -> str | None:
    """The same idempotency key means the same case, even where the first answer was lost with its process."""
    key = request.headers.get(HEADER)
    return "case_" + hashlib.sha256(f"{by.id}\x1f{key}".encode()).hexdigest()[:20] if key else None


def _writing(request: Request, ask: Ask, shop: Workshop) -> Callable[[], Prepared]:
    def write() -> Prepared:
        prepared = draft_for(ask, shop)
        request.app.state.metrics.drafted(prepared)
        return prepared

    return write


async def _draft(request: Request, write: Callable[[], Prepared]) -> Prepared:
    prepared: Prepared = await request.app.state.doors.draft(write)
    return prepared


@router.get("/drafts", response_model=WaitingPage)
def queue(
    shop: Shop,
    by: Drafter,
    status: Annotated[list[CaseStatus] | None, Query(description="What waits for a decision, when not given.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> dict[str, Any]:
    """What waits, most at stake first: risk × value × persuadable."""
    place = read_cursor(cursor, (float, str))
    rows = reviewing.queue(shop, limit + 1, status or reviewing.TO_DECIDE, (place[0], place[1]) if place else None)
    found = page(rows, limit, lambda row: [float(row.stake), row.case.case_id], waiting_answer)
    return {**found.model_dump(), "formula": reviewing.FORMULA}


@router.get("/drafts/{draft_id}", response_model=DraftAnswer)
def read(shop: Shop, by: Drafter, draft_id: DraftId, response: Response) -> dict[str, Any]:
    """The newest draft of a case, with its facts, its findings and why."""
    case, newest = reviewing.find(shop, draft_id)
    if newest is not None:
        response.headers["ETag"] = f'"{newest.draft_id}"'
    return shown(case, newest, shop)


@router.get("/drafts/{draft_id}/events", response_class=StreamingResponse, responses={200: {"content": EVENTS}})
async def again(
    shop: Shop,
    by: Drafter,
    draft_id: DraftId,
    last_event_id: Annotated[str | None, Header(max_length=200, description="Go on after this event.")] = None,
) -> StreamingResponse:
    """The events of a draft that is written, for whoever lost the stream."""
    case, newest = await run_in_threadpool(reviewing.find, shop, draft_id)
    told = await run_in_threadpool(shown, case, newest, shop)
    return StreamingResponse(streams.replayed(told, last_event_id), media_type="text/event-stream")


@router.patch("/drafts/{draft_id}", response_model=DraftAnswer)
def edit(shop: Shop, by: Reviewer, draft_id: DraftId, body: EditRequest, if_match: IfMatch = None) -> dict[str, Any]:
    """Your words in the place of the draft's, judged and kept. Nothing is sent."""
    _require_match(shop, draft_id, if_match)
    _, newest = reviewing.find(shop, draft_id)
    subject = body.subject if "subject" in body.model_fields_set or newest is None else newest.subject
    prepared = reviewing.edit(shop, draft_id, Words(subject, body.body), by.name)
    return answer(replace(prepared, sheet=None), shop)


@router.post("/drafts/{draft_id}/regenerate", response_model=DraftAnswer)
async def regenerate(
    request: Request, shop: Shop, by: Drafter, draft_id: DraftId, body: RegenerateRequest, if_match: IfMatch = None
) -> dict[str, Any]:
    """Other words for the same case; the offer stays what it was."""

    def write() -> Prepared:
        _require_match(shop, draft_id, if_match)
        return reviewing.regenerate(shop, draft_id, body.instruction)

    return answer(await _draft(request, write), shop)


@router.post("/drafts/{draft_id}/variants", response_model=VariantsAnswer)
async def variants(
    request: Request, shop: Shop, by: Drafter, draft_id: DraftId, body: VariantsRequest | None = None
) -> dict[str, Any]:
    """Several drafts side by side: other words, the same facts and offer, each judged. The draft itself stays."""
    wish = body or VariantsRequest()

    def write() -> tuple[Case, list[reviewing.Variant]]:
        return reviewing.variants(shop, draft_id, wish.count, wish.instruction)

    case, written = await request.app.state.doors.draft(write)
    return {"case_id": case.case_id, "variants": [variant_answer(*variant) for variant in written]}


@router.post("/drafts/{draft_id}/choose", response_model=DraftAnswer)
def choose(shop: Shop, by: Drafter, draft_id: DraftId, body: ChooseRequest) -> dict[str, Any]:
    """One of the variants becomes the draft."""
    return answer(reviewing.choose(shop, draft_id, body.variant, by.name), shop)


@router.post("/drafts/{draft_id}/approve", response_model=CaseAnswer)
def approve(
    shop: Shop, by: Reviewer, draft_id: DraftId, body: ApproveRequest | None = None, if_match: IfMatch = None
) -> dict[str, Any]:
    """Into the outbox, judged once more now. What the gate blocks cannot be approved."""
    _require_match(shop, draft_id, if_match)
    wish = body or ApproveRequest()
    hold = timedelta(seconds=wish.hold_s)
    case = reviewing.approve(shop, draft_id, by.name, wish.note, hold)
    return {**case_answer(case, shop.store.cases.latest_draft(case.case_id)), "not_before": shop.clock.now() + hold}


@router.post("/drafts/{draft_id}/reject", response_model=CaseAnswer)
def reject(
    shop: Shop, by: Reviewer, draft_id: DraftId, body: DecisionRequest | None = None, if_match: IfMatch = None
) -> dict[str, Any]:
    """No. What was reserved goes back."""
    _require_match(shop, draft_id, if_match)
    case = reviewing.reject(shop, draft_id, by.name, body.note if body else "")
    return case_answer(case, shop.store.cases.latest_draft(case.case_id))


@router.post("/drafts/{draft_id}/undo", response_model=CaseAnswer)
def undo(shop: Shop, by: Reviewer, draft_id: DraftId) -> dict[str, Any]:
    """Take an approval back while the message is still in the outbox."""
    case = reviewing.undo(shop, draft_id, by.name)
    return case_answer(case, shop.store.cases.latest_draft(case.case_id))


@router.get("/drafts/{draft_id}/trace", response_model=TraceAnswer)
def trace(shop: Shop, by: Drafter, draft_id: DraftId) -> dict[str, Any]:
    """Every step of the case, from score to outcome."""
    case, _ = reviewing.find(shop, draft_id)
    steps = shop.store.cases.story(case.case_id)
    return {
        "case_id": case.case_id,
        "steps": [{"step": step.step, "at": step.at.isoformat(), "data": dict(step.data)} for step in steps],
    }


def _require_match(shop: Workshop, draft_id: str, if_match: str | None) -> None:
    """Raises TransitionNotAllowed when the caller saw another draft than the newest."""
    if if_match in (None, "*"):
        return
    _, newest = reviewing.find(shop, draft_id)
    seen = (if_match or "").removeprefix("W/").strip('"')
    if newest is not None and seen != newest.draft_id:
        raise TransitionNotAllowed(f"draft {seen} was replaced by {newest.draft_id}", "look at the newer one first")

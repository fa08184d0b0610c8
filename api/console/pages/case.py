"""One case on one screen, and a person's word on it: approve, edit, ask for other words, reject, take back.

Every form carries the draft that the person saw, so that a newer one is never decided in its place; what they typed is
shown again when it could not be taken.
"""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Form, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from agent.access import Caller, Scope
from agent.domain import Decision, Words
from agent.errors import GateRefused, HoldfastError, InputError, TransitionNotAllowed
from agent.pipeline import Prepared
from api import reviewing
from api.auth import PEOPLE, Shop
from api.bootstrap import Workshop
from api.console.flash import Flash
from api.console.pages.router import pages
from api.console.render import go, page, say_for
from api.console.screen import Kept, screen_of
from api.console.session import acts, sees
from api.errors import STATUS
from api.remedies import on_a_page

router = pages()
Reader = Annotated[Caller, sees(PEOPLE, Scope.DRAFTS)]
Reviewer = Annotated[Caller, acts(PEOPLE, Scope.REVIEW)]
Drafter = Annotated[Caller, acts(PEOPLE, Scope.DRAFTS)]
CaseId = Annotated[str, Path(max_length=200)]
Line = Annotated[str, Form(max_length=500)]
Text = Annotated[str, Form(max_length=20_000)]
Wish = Annotated[str, Form(max_length=2_000)]
VARIANTS = 3
CASE = re.compile(r"/cases/([\w.-]+)(?:\?.*)?")


def case_in(path: str) -> str | None:
    """The case that a path shows; None for any other page."""
    match = CASE.fullmatch(path)
    return match[1] if match else None


@router.get("/cases/{case_id}")
def read(
    request: Request, shop: Shop, by: Reader, case_id: CaseId, edit: Annotated[str, Query(max_length=5)] = ""
) -> Response:
    return show(request, shop, by, case_id, editing=bool(edit))


def show(
    request: Request, shop: Workshop, by: Caller, case_id: str, kept: Kept | None = None, said: Flash | None = None,
    status: int = 200, editing: bool = False,
) -> Response:  # fmt: skip
    """The screen of a case, by its id or that of one of its drafts. `kept`: words that were typed and not saved."""
    case, _ = reviewing.find(shop, case_id)
    screen = screen_of(reviewing.view(case, shop), shop, say_for(request))
    near = reviewing.neighbours(shop, case.case_id)
    return page(
        request, "case.html", by, status, said, f"/cases/{case.case_id}",
        s=screen, near=near, kept=kept or Kept(), editing=editing or bool(kept and kept.words),
    )  # fmt: skip


@router.post("/cases/{case_id}/approve")
def approve(request: Request, shop: Shop, by: Reviewer, case_id: CaseId, seen: Line = "", note: Wish = "") -> Response:
    """Into the outbox, where it can be taken back for a few seconds; then on to the next case."""
    try:
        return _approved(request, shop, by, case_id, seen or case_id, note)
    except HoldfastError as error:
        return _not_taken(request, shop, by, case_id, error, Kept(note=note))


def _approved(request: Request, shop: Workshop, by: Caller, case_id: str, seen: str, note: str) -> Response:
    after = _next(shop, case_id)
    case = reviewing.approve(shop, seen, by.name, note, hold=reviewing.UNDO_WINDOW)
    customer = shop.store.people.get(case.customer_id)
    flash = Flash("said.approved", {"name": customer.name or customer.id}, undo=case.case_id)
    return go(request, after, flash)


@router.post("/cases/{case_id}/edit")
def edit(
    request: Request, shop: Shop, by: Reviewer, case_id: CaseId,
    seen: Line = "", subject: Line = "", body: Text = "", then: Line = "",
) -> Response:  # fmt: skip
    """Keep these words as the newest draft; with `then=approve` send them, if the gate lets them."""
    words = _words(subject, body)
    kept = Kept(subject, words.body)
    try:
        if not words.body.strip():
            raise InputError("the message is empty", "write it, or reject the draft")
        prepared = reviewing.edit(shop, seen or case_id, words, by.name)
        if then != "approve":
            return go(request, f"/cases/{case_id}", Flash("said.saved"))
    except HoldfastError as error:
        return _not_taken(request, shop, by, case_id, error, kept)
    return _saved_and_sent(request, shop, by, case_id, prepared)


def _saved_and_sent(request: Request, shop: Workshop, by: Caller, case_id: str, prepared: Prepared) -> Response:
    """The words are safe by now: a refusal leaves them as the newest draft, with the reason."""
    assert prepared.draft is not None
    assert prepared.verdict is not None
    if prepared.verdict.decision is Decision.REVIEW:
        return go(request, f"/cases/{case_id}", Flash("said.saved_look", tone="warn"))
    try:
        return _approved(request, shop, by, case_id, prepared.draft.draft_id, "")
    except GateRefused:
        return go(request, f"/cases/{case_id}", Flash("said.saved_blocked", tone="bad"))
    except HoldfastError as error:
        return _not_taken(request, shop, by, case_id, error, Kept())


def _words(subject: str, body: str) -> Words:
    """A form sends line breaks as CR LF; a message has LF. No subject stays no subject."""
    return Words(" ".join(subject.split()) or None, body.replace("\r\n", "\n").replace("\r", "\n").strip("\n"))


@router.post("/cases/{case_id}/regenerate")
async def regenerate(
    request: Request, shop: Shop, by: Drafter, case_id: CaseId, seen: Line = "", instruction: Wish = ""
) -> Response:
    """Other words for the same case. What nobody understood of the wish is told beside the new draft."""
    try:
        prepared: Prepared = await request.app.state.doors.draft(
            lambda: reviewing.regenerate(shop, seen or case_id, instruction)
        )
    except HoldfastError as error:
        kept = Kept(instruction=instruction)
        return await run_in_threadpool(_not_taken, request, shop, by, case_id, error, kept)
    if prepared.draft is None:
        return go(request, f"/cases/{case_id}", Flash("said.no_draft", {"because": prepared.because}, tone="bad"))
    missed = prepared.draft.instruction.not_understood
    return go(
        request,
        f"/cases/{case_id}",
        Flash("said.partly" if missed else "said.redrafted", tone="warn" if missed else "ok"),
    )


@router.post("/cases/{case_id}/variants")
async def write_variants(
    request: Request, shop: Shop, by: Drafter, case_id: CaseId, instruction: Wish = ""
) -> Response:
    """Three drafts side by side; the one that stands keeps standing until another is chosen."""
    try:
        await request.app.state.doors.draft(lambda: reviewing.variants(shop, case_id, VARIANTS, instruction))
    except HoldfastError as error:
        kept = Kept(instruction=instruction)
        return await run_in_threadpool(_not_taken, request, shop, by, case_id, error, kept)
    return go(request, f"/cases/{case_id}/variants")


@router.get("/cases/{case_id}/variants")
def variants(request: Request, shop: Shop, by: Reader, case_id: CaseId) -> Response:
    case, newest = reviewing.find(shop, case_id)
    written = shop.store.cases.variants(case.case_id)
    return page(request, "variants.html", by, case=case, newest=newest, variants=written)


@router.post("/cases/{case_id}/choose")
def choose(request: Request, shop: Shop, by: Drafter, case_id: CaseId, variant: Line = "") -> Response:
    try:
        reviewing.choose(shop, case_id, variant, by.name)
    except HoldfastError as error:
        return _not_taken(request, shop, by, case_id, error, Kept())
    return go(request, f"/cases/{case_id}", Flash("said.chosen"))


@router.post("/cases/{case_id}/reject")
def reject(request: Request, shop: Shop, by: Reviewer, case_id: CaseId, seen: Line = "", note: Wish = "") -> Response:
    after = _next(shop, case_id)
    try:
        case = reviewing.reject(shop, seen or case_id, by.name, note)
    except HoldfastError as error:
        return _not_taken(request, shop, by, case_id, error, Kept(note=note))
    customer = shop.store.people.get(case.customer_id)
    return go(request, after, Flash("said.rejected", {"name": customer.name or customer.id}))


@router.post("/cases/{case_id}/undo")
def undo(request: Request, shop: Shop, by: Reviewer, case_id: CaseId) -> Response:
    """Back from the outbox, as long as nobody has begun to send it."""
    try:
        case = reviewing.undo(shop, case_id, by.name)
    except TransitionNotAllowed:
        return go(request, f"/cases/{case_id}", Flash("said.too_late", tone="bad"))
    return go(request, f"/cases/{case.case_id}", Flash("said.taken_back"))


def _next(shop: Workshop, case_id: str) -> str:
    """Where a rep goes after a decision: the next case of the queue, or the empty desk."""
    near = reviewing.neighbours(shop, case_id)
    following = near.after or near.before
    return f"/cases/{following}" if following else "/"


def _not_taken(
    request: Request, shop: Workshop, by: Caller, case_id: str, error: HoldfastError, kept: Kept
) -> Response:
    """The same screen with the newest state, the reason, and what was typed."""
    status = STATUS.get(error.code, 422)
    key = "said.moved_on" if status == 409 else "said.refused"
    said = Flash(key, {"detail": error.message, "remedy": on_a_page(error.remedy)}, tone="bad")
    return show(request, shop, by, case_id, kept, said, status)

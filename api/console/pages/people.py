"""Customers: find one, see their record, ask for a draft."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from agent.access import Caller, Scope
from agent.domain import Channel, Purpose
from agent.errors import HoldfastError
from agent.pipeline import Prepared
from agent.situations import situations
from api.auth import PEOPLE, Shop
from api.bootstrap import Workshop
from api.console.flash import Flash
from api.console.pages.router import pages
from api.console.render import go, page, say_for
from api.console.session import acts, sees
from api.console.view import customer_rows, customer_view
from api.drafting import Ask, draft_for
from api.pages import read_cursor, write_cursor
from api.remedies import on_a_page

router = pages()
Reader = Annotated[Caller, sees(PEOPLE, Scope.CUSTOMERS)]
Drafter = Annotated[Caller, acts(PEOPLE, Scope.DRAFTS)]
CustomerId = Annotated[str, Path(max_length=200)]
Words = Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")]
Pick = Annotated[str, Form(max_length=100)]
ROWS = 30


@router.get("/customers")
def customers(
    request: Request, shop: Shop, by: Reader, q: Words = "", cursor: Annotated[str | None, Query(max_length=500)] = None
) -> Response:
    place = read_cursor(cursor, (str,))
    found = shop.store.people.find(ROWS + 1, place[0] if place else None, q.strip())
    more = write_cursor([found[ROWS - 1].id]) if len(found) > ROWS else None
    rows = customer_rows(found[:ROWS], shop, say_for(request))
    strangers = shop.store.answers.of_nobody(ROWS) if not q and not cursor else ()
    return page(request, "customers.html", by, rows=rows, q=q, more=more, strangers=strangers)


@router.get("/customers/{customer_id}")
def customer(
    request: Request, shop: Shop, by: Reader, customer_id: CustomerId,
    instruction: Annotated[str, Query(max_length=2_000)] = "",
) -> Response:  # fmt: skip
    return _show(request, shop, by, customer_id, instruction)


def _show(
    request: Request,
    shop: Workshop,
    by: Caller,
    customer_id: str,
    instruction: str,
    said: Flash | None = None,
    status: int = 200,
) -> Response:
    return page(
        request, "customer.html", by, status, said, f"/customers/{customer_id}",
        c=customer_view(shop.store.people.get(customer_id), shop, say_for(request)),
        channels=[name.value for name in Channel],
        purposes=[name.value for name in Purpose],
        situations=sorted(situations().by_key),
        instruction=instruction,
    )  # fmt: skip


@router.post("/customers/{customer_id}/draft")
async def draft(
    request: Request,
    shop: Shop,
    by: Drafter,
    customer_id: CustomerId,
    channel: Annotated[Channel, Form()] = Channel.EMAIL,
    purpose: Annotated[Purpose, Form()] = Purpose.MARKETING,
    situation: Pick = "",
    instruction: Annotated[str, Form(max_length=2_000)] = "",
) -> Response:
    """One draft, as a rep asks for it; then its case. Nothing is sent."""
    ask = Ask(customer_id, channel, purpose, situation or None, instruction=instruction)

    def write() -> Prepared:
        prepared = draft_for(ask, shop)
        request.app.state.metrics.drafted(prepared)
        return prepared

    try:
        prepared = await request.app.state.doors.draft(write)
    except HoldfastError as error:
        said = Flash("said.refused", {"detail": error.message, "remedy": on_a_page(error.remedy)}, tone="bad")
        return await run_in_threadpool(_show, request, shop, by, customer_id, instruction, said, 422)
    case = prepared.case
    if prepared.draft is None:
        return go(request, f"/cases/{case.case_id}", Flash("said.no_draft", {"because": prepared.because}, tone="warn"))
    return go(request, f"/cases/{case.case_id}", Flash("said.drafted"))

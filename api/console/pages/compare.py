"""Two drafts of one made-up case, nobody told who wrote which, and a vote; below, how the writers stand."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form, Request, Response
from fastapi.concurrency import run_in_threadpool

from agent.access import Caller, Scope
from api import comparing
from api.auth import PEOPLE, Shop
from api.console.flash import Flash
from api.console.pages.router import pages
from api.console.render import go, page, say_for
from api.console.session import acts, sees

router = pages()
Reader = Annotated[Caller, sees(PEOPLE, Scope.DRAFTS)]
Voter = Annotated[Caller, acts(PEOPLE, Scope.DRAFTS)]


@router.get("/compare")
async def compare(request: Request, shop: Shop, by: Reader) -> Response:
    """In the rep's own language: a draft can be judged only by who reads it as a customer would."""
    say = say_for(request)
    pair = await request.app.state.doors.draft(lambda: comparing.next_pair(shop, say.language, by.name))

    def shown() -> Response:
        votes = shop.store.votes.all()
        own = sum(vote.by == by.name for vote in votes)
        return page(request, "compare.html", by, pair=pair, own=own, votes=len(votes), rows=comparing.standings(votes))

    return await run_in_threadpool(shown)


@router.post("/compare")
async def vote(
    request: Request,
    shop: Shop,
    by: Voter,
    number: Annotated[int, Form(ge=0, le=10_000)],
    choice: Annotated[str, Form(max_length=5)] = "tie",
) -> Response:
    language = say_for(request).language
    taken = await request.app.state.doors.draft(lambda: comparing.vote(shop, language, number, choice, by.name))
    return go(
        request, "/compare", Flash("compare.taken" if taken else "compare.not_taken", tone="ok" if taken else "warn")
    )

"""The queue: what waits for a decision, most at stake first, with the sum that puts it there."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request, Response

from agent.access import Caller, Scope
from agent.domain import Channel
from api import reviewing
from api.auth import PEOPLE, Shop
from api.console.pages.router import pages
from api.console.render import page, say_for
from api.console.session import sees
from api.console.view import VIEWS, counts, queue_rows
from api.pages import read_cursor, write_cursor

router = pages()
Reader = Annotated[Caller, sees(PEOPLE, Scope.DRAFTS)]
View = Annotated[str, Query(max_length=20)]
ROWS = 30


@router.get("/")
def queue(
    request: Request, shop: Shop, by: Reader, view: View = "all", channel: View = "",
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> Response:  # fmt: skip
    view = view if view in VIEWS else "all"
    only = Channel(channel) if channel in set(Channel) else None
    place = read_cursor(cursor, (float, str))
    found = reviewing.queue(shop, ROWS + 1, VIEWS[view], (place[0], place[1]) if place else None, only)
    shown = found[:ROWS]
    more = write_cursor([float(shown[-1].stake), shown[-1].case.case_id]) if len(found) > ROWS else None
    return page(
        request,
        "queue.html",
        by,
        rows=queue_rows(shown, shop, say_for(request)),
        counts=counts(shop),
        view=view,
        channel=only.value if only else "",
        channels=[name.value for name in Channel],
        more=more,
        continued=cursor is not None,
        scored=bool(shop.store.people.count()),
    )

"""Pages by cursor: `?limit=&cursor=` in, `{data, has_more, next_cursor}` out. A cursor outlives inserts."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

from fastapi import Query
from pydantic import BaseModel

from agent.errors import NotFound

T = TypeVar("T")
Limit = Annotated[int, Query(ge=1, le=200, description="Rows a page.")]
Cursor = Annotated[str | None, Query(max_length=500, description="`next_cursor` of the page before.")]


class Page(BaseModel):
    data: list[Any]
    has_more: bool
    next_cursor: str | None


def page(rows: Sequence[T], limit: int, place: Callable[[T], list[Any]], show: Callable[[T], Any]) -> Page:
    """One page of rows that were asked for with `limit + 1`, so that we know whether more follow."""
    shown, more = list(rows[:limit]), len(rows) > limit
    cursor = write_cursor(place(shown[-1])) if more and shown else None
    return Page(data=[show(row) for row in shown], has_more=more, next_cursor=cursor)


def write_cursor(place: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def read_cursor(cursor: str | None, kinds: tuple[type, ...]) -> list[Any] | None:
    """The place that a cursor stands for. Raises NotFound when it is not one that we wrote."""
    if cursor is None:
        return None
    try:
        place = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as error:
        raise NotFound("this cursor is not one of ours", "start again without a cursor") from error
    if not isinstance(place, list) or [type(part) for part in place] != list(kinds):
        raise NotFound("this cursor is not one of ours", "start again without a cursor")
    return place

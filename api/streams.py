"""A draft as server-sent events: `token`, `citation`, `check`, `done`, or `error`; a heart-beat while it is written.

Tokens are pieces of the words that the gate has judged already, so nothing unchecked ever leaves. Every event has an
id, `<draft or case>:<n>`; whoever lost the stream asks for the rest with `Last-Event-ID`.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from typing import Any

from fastapi.sse import format_sse_event

from agent.pipeline import Prepared
from api.bootstrap import Workshop
from api.drafting import answer
from api.errors import answer_of
from api.logs import logger

BEAT_S = 10.0
PIECE = re.compile(r"\s*(?:[\u3000-\u9fff\uff00-\uffef]{1,4}|[^\s\u3000-\u9fff\uff00-\uffef]+)|\s+")


async def draft_events(write: Callable[[], Awaitable[Prepared]], shop: Workshop) -> AsyncIterator[bytes]:
    task = asyncio.ensure_future(write())
    yield b": writing\n\n"
    while True:
        done, _ = await asyncio.wait({task}, timeout=BEAT_S)
        if done:
            break
        yield b": ping\n\n"
    if (error := task.exception()) is not None:
        yield _failed(error)
        return
    for event in events_of(answer(task.result(), shop)):
        yield event


async def replayed(told: Mapping[str, Any], last_event_id: str | None) -> AsyncIterator[bytes]:
    """The events after `last_event_id`; all of them when it is not one of this draft's."""
    name, _, number = (last_event_id or "").rpartition(":")
    seen = int(number) if name == _name(told) and number.isdecimal() else -1
    for place, event in enumerate(events_of(told)):
        if place > seen:
            yield event


def events_of(told: Mapping[str, Any]) -> Iterator[bytes]:
    for number, (kind, data) in enumerate(_events(told)):
        yield format_sse_event(
            data_str=json.dumps(data, ensure_ascii=False, default=str), event=kind, id=f"{_name(told)}:{number}"
        )


def _events(told: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for field in ("subject", "body"):
        for piece in PIECE.findall(told[field] or ""):
            yield "token", {"field": field, "text": piece}
    for span in told["spans"]:
        yield "citation", span
    yield "check", {"verdict": told["verdict"], "violations": told["violations"]}
    yield "done", told


def _name(told: Mapping[str, Any]) -> str:
    return str(told["draft_id"] or told["case_id"])


def _failed(error: BaseException) -> bytes:
    problem = answer_of(error, "/v1/drafts") if isinstance(error, Exception) else None
    if problem is None:
        logger.error("a stream failed by a fault of ours", exc_info=error)
    data = bytes(problem.body).decode() if problem else '{"code": "fault", "detail": "a fault of ours; it was logged"}'
    return format_sse_event(data_str=data, event="error")

"""`Idempotency-Key` on POST: worked on once, answered alike every time.

Same key and same body: the stored answer again. Same key, other body: 422. While the first is still being worked on:
409. Refusals that changed nothing (4xx, 5xx) are not stored, so that the caller may put them right and try again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute

from api.auth import Permission, identify, workshop_of
from api.errors import Problem

HEADER = "idempotency-key"
KEY = re.compile(r"[\x21-\x7e]{1,255}")
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class IdempotentRoute(APIRoute):
    """The route class of every router under /v1."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()
        guards = [below.call for below in self.dependant.dependencies if isinstance(below.call, Permission)]

        async def once(request: Request) -> Response:
            key = request.headers.get(HEADER)
            if key is None or request.method != "POST":
                return await handle(request)
            if not KEY.fullmatch(key):
                raise Problem(400, "usage", "this Idempotency-Key cannot be", "1 to 255 printable ASCII characters")
            caller = await run_in_threadpool(identify, request)
            if caller is None or not all(caller.may(guard.roles, guard.scope) for guard in guards):
                return await handle(request)  # it refuses in its own words, whatever it answered before
            return await _once(request, handle, caller.id, key)

        return once


async def _once(request: Request, handle: Handler, caller: str, key: str) -> Response:
    workshop = await run_in_threadpool(workshop_of, request)
    replies = workshop.store.replies
    body = await request.body()
    digest = hashlib.sha256(f"{request.url.path}?{request.url.query}\n".encode() + body).hexdigest()
    known = await run_in_threadpool(replies.begin, caller, key, digest, workshop.clock.now())
    if known is not None:
        if known.request_hash != digest:
            raise Problem(422, "key_reused", "this Idempotency-Key came with another request", "use a new key")
        if known.status is None:
            raise Problem(409, "in_progress", "the first request with this key is still at work", "wait", 2)
        replay = {"Idempotency-Replayed": "true"}
        return Response(known.body, known.status, replay, known.content_type or None)
    try:
        response = await handle(request)
    except BaseException:
        await run_in_threadpool(replies.forget, caller, key)
        raise
    if response.status_code >= 400 or not hasattr(response, "body") or hasattr(response, "body_iterator"):
        await run_in_threadpool(replies.forget, caller, key)
        return response
    kind = response.headers.get("content-type", "")
    await run_in_threadpool(replies.finish, caller, key, response.status_code, kind, bytes(response.body))
    return response

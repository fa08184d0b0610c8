"""Around every request: its id, its line in the log, its place in the metrics, and headers that protect a reader."""

from __future__ import annotations

import logging
import re
import time
import uuid
import zlib
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import problem
from api.logs import log, set_request_id
from api.metrics import Metrics

SANE_ID = re.compile(r"[\w.:-]{1,64}", re.ASCII)
POLICY = "default-src 'self'; img-src 'self' data:; style-src 'self'; frame-ancestors 'none'; form-action 'self'"
DOCS_POLICY = (
    POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'") + "; script-src 'self' 'unsafe-inline'"
)
PROTECT = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}


class Surroundings:
    def __init__(self, app: ASGIApp, metrics: Metrics, largest: int) -> None:
        self._app = app
        self._metrics = metrics
        self._largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        identity = given if SANE_ID.fullmatch(given) else uuid.uuid4().hex
        set_request_id(identity)
        started, status = time.perf_counter(), 500

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(MutableHeaders(scope=message), scope, identity)
            await send(message)

        try:
            if _declared(scope) > self._largest:
                too_large = f"the body has more than {self._largest} bytes"
                await problem(413, "too_large", too_large, scope["path"], "send less at once")(scope, receive, answer)
            else:
                await self._app(scope, receive, answer)
        finally:
            seconds = time.perf_counter() - started
            route = _pattern(scope)
            self._metrics.requests.labels(scope["method"], route, str(status)).inc()
            self._metrics.seconds.labels(scope["method"], route).observe(seconds)
            caller = scope.get("state", {}).get("caller")
            log(
                logging.INFO,
                f"{scope['method']} {route} answered {status}",
                method=scope["method"],
                route=route,
                status=status,
                ms=round(seconds * 1000),
                caller=caller.name if caller else None,
            )


def _declared(scope: Scope) -> int:
    """How long the body says it is; what comes in pieces is counted on its way."""
    length = Headers(scope=scope).get("content-length", "0")
    return int(length) if length.isdecimal() else 0


def _pattern(scope: Scope) -> str:
    """The route as it is written, never the path as it was called: a path can hold a token or an id."""
    route: Any = scope.get("route")
    return str(getattr(route, "path", "unknown"))


def _add_headers(headers: MutableHeaders, scope: Scope, identity: str) -> None:
    headers["X-Request-Id"] = identity
    for name, value in PROTECT.items():
        headers.setdefault(name, value)
    headers.setdefault("Content-Security-Policy", DOCS_POLICY if scope["path"] == "/docs" else POLICY)
    if (rate := scope.get("state", {}).get("rate")) is not None:
        headers["RateLimit-Limit"] = str(rate.limit)
        headers["RateLimit-Remaining"] = str(rate.remaining)
        headers["RateLimit-Reset"] = str(rate.reset_s)
    # A browser asks each time whether a file of ours changed, so that no page meets the script of another version.
    headers.setdefault("Cache-Control", "no-cache" if scope["path"].startswith("/static/") else "no-store")


class Unzipped:
    """A request body that came gzipped, as trackers like to send it. Unpacked it may be no larger than any other."""

    def __init__(self, app: ASGIApp, largest: int) -> None:
        self._app = app
        self._largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or Headers(scope=scope).get("content-encoding", "").lower() != "gzip":
            await self._app(scope, receive, send)
            return
        packed = b""
        while True:
            message = await receive()
            packed += message.get("body", b"")
            if message["type"] != "http.request" or len(packed) > self._largest or not message.get("more_body", False):
                break
        try:
            body = _unzip(packed, self._largest)
        except ValueError as error:
            status = 413 if "large" in str(error) else 400
            answer = problem(status, "too_large" if status == 413 else "usage", str(error), scope["path"])
            await answer(scope, receive, send)
            return
        kept = [
            (name, value) for name, value in scope["headers"] if name not in (b"content-encoding", b"content-length")
        ]
        headers = [*kept, (b"content-length", str(len(body)).encode())]
        given = False

        async def unpacked() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app({**scope, "headers": headers}, unpacked, send)


def _unzip(packed: bytes, largest: int) -> bytes:
    unzipper = zlib.decompressobj(wbits=31)
    try:
        body = unzipper.decompress(packed, largest + 1)
    except zlib.error as error:
        raise ValueError("the body says that it is gzipped, and it is not") from error
    if len(body) <= largest and (not unzipper.eof or unzipper.unused_data):
        raise ValueError("the gzipped body was cut off, or has more than one part")
    if len(body) > largest:
        raise ValueError(f"the body is too large: more than {largest} bytes when unpacked")
    return body

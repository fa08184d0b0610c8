"""One POST, and an honest word on how far it got: shared by every channel that speaks HTTP.

Not reached: certainly nothing left. Broken off, or silent, once the request was on its way: nobody can know. What an
answer means is the caller's business. It knows nothing of messages.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

from agent.errors import ChannelUnavailable, DeliveryUnknown
from agent.ports import Clock

NOT_REACHED = (
    httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL
)  # fmt: skip
READ_AT_MOST = 16_384
LOOK = "look into the log of the other side before it is sent again"


@dataclass(frozen=True, slots=True)
class Reply:
    """The status line, and as much of the body as came before it ended or broke off."""

    host: str
    status: int
    body: bytes
    retry_after: timedelta | None = None

    @property
    def said(self) -> str:
        words = " ".join(self.body.decode("utf-8", "replace").split())[:300]
        return f"{self.host} answered {self.status}{': ' if words else ''}{words}"

    def json(self) -> Any:
        """None when it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


class Poster:
    """`setting` is named where the other side cannot be reached; of a reply so many bytes are read."""

    def __init__(self, setting: str, clock: Clock, timeout_s: float, read_at_most: int = READ_AT_MOST) -> None:
        self._setting = setting
        self._read_at_most = read_at_most
        self._clock = clock
        # A connection of its own for each message: one that was kept open may die unseen, and then nobody can know
        # whether the request was read. No proxy of the environment stands between.
        self._client = httpx.Client(
            timeout=timeout_s,
            trust_env=False,
            verify=ssl.create_default_context(),
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Raises ChannelUnavailable when nothing left, DeliveryUnknown when something may have. Redirects stand."""
        return self._ask("POST", url, body, headers)

    def get(self, url: str) -> Reply:
        """The same for what only asks."""
        return self._ask("GET", url, None, {})

    def _ask(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
        host = urlsplit(url).hostname or ""
        try:
            with self._client.stream(
                method, url, content=body, headers={"accept-encoding": "identity", **headers}
            ) as reply:
                begun = beginning(reply, self._read_at_most)
                return Reply(host, reply.status_code, begun, retry_after(reply, self._clock.now()))
        except NOT_REACHED as error:
            raise ChannelUnavailable(f"{host} cannot be reached: {error}", f"check {self._setting}") from error
        except httpx.HTTPError as error:
            raise DeliveryUnknown(
                f"{host} broke off after the message was on its way: {error or type(error).__name__}", LOOK
            ) from error


def retry_after(reply: httpx.Response, now: datetime) -> timedelta | None:
    """The patience that was asked for, in seconds or as a date; None when there is none or it cannot be read."""
    text = reply.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text), 10**8))
    try:
        return max(parsedate_to_datetime(text) - now, timedelta(0))
    except (TypeError, ValueError):
        return None


def beginning(reply: httpx.Response, most: int = READ_AT_MOST) -> bytes:
    """The first bytes of the reply's body, as many as came before it ended or broke off."""
    read = b""
    try:
        for chunk in reply.iter_raw():
            read += chunk
            if len(read) >= most:
                break
    except httpx.HTTPError:
        pass
    return read[:most]

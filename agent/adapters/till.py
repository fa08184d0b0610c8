"""The shop's till learns codes before anybody may get one: a signed POST, Standard Webhooks, as messages are signed.

Takes an offer and fresh codes, gives nothing: it returns when the shop took them all (2xx), and raises otherwise. After
anything else nobody knows which of them the till takes, so none may be used. It knows nothing of pools and budgets.
"""

from __future__ import annotations

import hashlib
import json
import ssl
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import httpx

from agent.errors import ChannelUnavailable
from agent.ports import Clock
from agent.webhooks import signed

TIMEOUT_S = 20.0


class TillWebhook:
    """Registers single-use codes at the firm's own address."""

    def __init__(self, url: str, secrets: Sequence[bytes], clock: Clock, timeout_s: float = TIMEOUT_S) -> None:
        self._url = url
        self._host = urlsplit(url).hostname or ""
        self._secrets = tuple(secrets)
        self._clock = clock
        self._timeout_s = timeout_s

    def register(self, offer: Mapping[str, Any], codes: Sequence[str]) -> None:
        """`offer` is told as it stands, beside the codes. Raises ChannelUnavailable unless all were taken."""
        now = self._clock.now()
        told = {"type": "codes.register", "timestamp": now.isoformat(), "data": {"offer": offer, "codes": list(codes)}}
        body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
        key = "codes_" + hashlib.sha256("\n".join(codes).encode()).hexdigest()[:24]
        headers = {"content-type": "application/json", **signed(key, now, body, self._secrets)}
        remedy = "none of these codes will be used; see what the shop says, then run it again"
        try:
            with httpx.Client(timeout=self._timeout_s, trust_env=False, verify=ssl.create_default_context()) as client:
                reply = client.post(self._url, content=body, headers=headers)
        except httpx.HTTPError as error:
            raise ChannelUnavailable(f"{self._host} took no codes: {error or type(error).__name__}", remedy) from error
        if not reply.is_success:
            said = " ".join(reply.text.split())[:200]
            raise ChannelUnavailable(f"{self._host} took no codes: {reply.status_code} {said}".rstrip(), remedy)

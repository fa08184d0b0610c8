"""WeCom's door: a token for two hours from the firm's id and secret, and calls with it that answer in JSON.

Takes a path and a body, gives what was answered. A token that is no longer good is fetched anew once: nothing was done
with it. https://developer.work.weixin.qq.com/document/path/91039
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from agent.adapters.channels.held_token import HeldToken
from agent.adapters.channels.posting import Poster, Reply
from agent.chat_url import ChatAccount
from agent.errors import ChannelUnavailable, DeliveryUnknown
from agent.ports import Clock

STALE = frozenset({40001, 40014, 42001})
"""The secret or token is not, or no longer, good."""
TWO_HOURS_S = 7200
MOST = 2_000_000
"""Bytes of a reply: what customers wrote comes by the hundred."""


class WeComApi:
    """One account. Safe to share between threads."""

    def __init__(self, account: ChatAccount, clock: Clock) -> None:
        self._account = account
        self._poster = Poster("HOLDFAST_CHAT_URL", clock, account.timeout_s, MOST)
        self._token = HeldToken(self._fetch, clock, TWO_HOURS_S)

    def post(self, path: str, body: bytes) -> Reply:
        """Raises ChannelUnavailable when nothing was done, DeliveryUnknown when something may have been."""
        token = self._token.get()
        reply = self._post(path, body, token)
        if code_of(reply) in STALE:
            reply = self._post(path, body, self._token.get(unlike=token))
        return reply

    def _post(self, path: str, body: bytes, token: str) -> Reply:
        url = f"{self._account.base_url}/cgi-bin/{path}?{urlencode({'access_token': token})}"
        return self._poster.post(url, body, {"content-type": "application/json"})

    def _fetch(self, now: datetime) -> tuple[str, Any]:  # noqa: ARG002
        asked = urlencode({"corpid": self._account.firm, "corpsecret": self._account.token})
        try:
            reply = self._poster.get(f"{self._account.base_url}/cgi-bin/gettoken?{asked}")
        except DeliveryUnknown as error:  # of a token, not of a message
            raise ChannelUnavailable(error.message, "WeCom gave no token: it is tried again later") from error
        told = reply.json()
        if reply.status != 200 or not isinstance(told, dict) or not told.get("access_token"):
            raise ChannelUnavailable(
                f"{reply.host} gave no access token: {code_of(reply) or reply.status}",
                "see that the secret is the one of 微信客服, and that this address is among the trusted ones",
            )
        return str(told["access_token"]), told.get("expires_in")


def code_of(reply: Reply) -> int | None:
    """WeCom's errcode; None where the answer has none."""
    told = reply.json()
    code = told.get("errcode") if isinstance(told, dict) else None
    return code if isinstance(code, int) else None


def as_body(told: Mapping[str, Any]) -> bytes:
    """Raises UnicodeEncodeError for half a character."""
    return json.dumps(told, ensure_ascii=False).encode()

"""JPush (极光), Push API v3: one notification to one registration id, with Basic authorization.

Takes a message whose recipient is a registration id, gives a Delivery. Phone makers in mainland China treat news and
notices apart, so each message says which it is.
https://docs.jiguang.cn/jpush/server/push/rest_api_v3_push
"""

from __future__ import annotations

import base64
import json
from typing import Any

from agent.adapters.channels.posting import LOOK, Poster, Reply
from agent.channels import objections, provider_rules
from agent.domain import Delivery, DeliveryStatus, Message, Purpose, Words
from agent.errors import ChannelUnavailable, DeliveryUnknown, InputError
from agent.ports import Clock
from agent.push_url import PushAccount
from agent.send import is_own_name

NOBODY = 1011
"""No device answers to this registration id, or it has been silent for most of a year."""
NOT_NOW = frozenset({401, 403, 404, 405, 410, 429, 503})
NEWS, NOTICE = 0, 1


class JPush:
    """Fits the DeliveryChannel port."""

    def __init__(self, account: PushAccount, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        self._poster = Poster("HOLDFAST_PUSH_URL", clock, account.timeout_s)
        signed = base64.b64encode(f"{account.user}:{account.secret}".encode()).decode()
        self._headers = {"content-type": "application/json", "authorization": f"Basic {signed}"}

    @property
    def name(self) -> str:
        return "jpush"

    def deliver(self, message: Message) -> Delivery:
        if is_own_name(message.recipient):
            raise InputError("no device of this customer is on record", "import push_token, or identify with one")
        words = Words(message.subject, message.body)
        if against := objections(provider_rules(self.name), words, message.purpose, "zh"):
            raise InputError(against[0], "choose shorter words, or another channel")
        return self._outcome(
            message, self._poster.post(f"{self._account.base_url}/v3/push", _body(message), self._headers)
        )

    def _outcome(self, message: Message, reply: Reply) -> Delivery:
        told, now = reply.json(), self._clock.now()
        if reply.status == 200:
            where = str(told.get("msg_id") or "") or None if isinstance(told, dict) else None
            return Delivery(message.key, DeliveryStatus.SENT, now, where=where, detail=reply.said)
        if _code(told) == NOBODY:
            return Delivery(message.key, DeliveryStatus.FAILED, now, detail=reply.said, gone=True)
        if reply.status in NOT_NOW:
            raise ChannelUnavailable(reply.said, "see what JPush says", reply.retry_after)
        if reply.status in range(400, 500):
            return Delivery(message.key, DeliveryStatus.FAILED, now, detail=reply.said)
        raise DeliveryUnknown(reply.said, LOOK)


def _body(message: Message) -> bytes:
    extras = {"key": message.key}
    title = message.subject or ""
    told = {
        "platform": "all",
        "audience": {"registration_id": [message.recipient]},
        "notification": {
            "android": {"title": title, "alert": message.body, "extras": extras},
            "ios": {"alert": {"title": title, "body": message.body}, "extras": extras},
        },
        "options": {
            "apns_production": True,
            "apns_collapse_id": message.key,
            "classification": NEWS if message.purpose is Purpose.MARKETING else NOTICE,
        },
    }
    try:
        return json.dumps(told, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise InputError(f"message {message.key} holds half a character", "correct the text") from error


def _code(told: Any) -> int | None:
    error = told.get("error") if isinstance(told, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, int) else None

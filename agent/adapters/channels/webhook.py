"""Messages to the firm's own gateway (SMS, push, chat, mail): one signed POST each, Standard Webhooks.

The reply says what became of it: 2xx taken, busy or not reached → back to the queue, another no → final, silence or a
fault after the request was on its way → nobody knows. The body is documented in agent/README.md. It knows nothing of
cases, stores or who may be written to.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from agent.adapters.channels.mail_html import as_html
from agent.adapters.channels.posting import LOOK, Poster, Reply
from agent.domain import Channel, Delivery, DeliveryStatus, Message
from agent.errors import ChannelUnavailable, DeliveryUnknown, InputError
from agent.ports import Clock
from agent.webhooks import signed

TIMEOUT_S = 20.0
NOT_NOW = frozenset({301, 307, 308, 401, 407, 408, 425, 429, 503})
"""Nothing was done: the gateway is busy, has moved, or does not know us. Our fault or its own, never the message's."""
TAKEN_BEFORE = 409
"""The gateway says that it has had this id: then somebody must look what became of the first one."""


class WebhookChannel:
    """Fits the DeliveryChannel port."""

    def __init__(self, url: str, secrets: Sequence[bytes], clock: Clock, timeout_s: float = TIMEOUT_S) -> None:
        self._url = url
        self._secrets = tuple(secrets)
        self._clock = clock
        self._poster = Poster("HOLDFAST_WEBHOOK_URL", clock, timeout_s)

    @property
    def name(self) -> str:
        return "webhook"

    def deliver(self, message: Message) -> Delivery:
        now = self._clock.now()
        body = _body(message, now)
        headers = {"content-type": "application/json", **signed(message.key, now, body, self._secrets)}
        return self._outcome(message, self._poster.post(self._url, body, headers))

    def _outcome(self, message: Message, reply: Reply) -> Delivery:
        """What the status line says. A body that breaks off changes nothing about it."""
        if reply.status in range(200, 300):
            where = _id(reply)
            return Delivery(message.key, DeliveryStatus.SENT, self._clock.now(), where=where, detail=reply.said)
        if reply.status in NOT_NOW:
            raise ChannelUnavailable(reply.said, "see what the gateway says", reply.retry_after)
        if reply.status in range(400, 500) and reply.status != TAKEN_BEFORE:
            return Delivery(message.key, DeliveryStatus.FAILED, self._clock.now(), detail=reply.said)
        raise DeliveryUnknown(reply.said, LOOK)


def _body(message: Message, now: datetime) -> bytes:
    """The documented body. Keys are added, never renamed: gateways rely on them."""
    data = {
        "key": message.key,
        "channel": message.channel.value,
        "purpose": message.purpose.value,
        "recipient": message.recipient,
        "subject": message.subject,
        "text": message.body,
        "html": as_html(message.body) if message.channel is Channel.EMAIL else None,
        "headers": dict(message.headers),
        "brand_id": message.brand_id,
        "customer_id": message.customer_id,
        "case_id": message.case_id,
    }
    told = {"type": "message.send", "timestamp": now.isoformat(), "data": data}
    try:
        return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError as error:
        raise InputError(f"message {message.key} holds half a character", "correct the text") from error


def _id(reply: Reply) -> str | None:
    """The gateway's own id of the message, where its reply is JSON with one."""
    data = reply.json()
    return str(data["id"]) if isinstance(data, dict) and data.get("id") is not None else None

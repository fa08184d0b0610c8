"""Messages to the firm's own gateway (SMS, push, chat, mail): one signed POST each, Standard Webhooks.

The reply says what became of it: 2xx taken, busy or not reached → back to the queue, another no → final, silence or a
fault after the request was on its way → nobody knows. The body is documented in agent/README.md. It knows nothing of
cases, stores or who may be written to.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx

from agent.adapters.channels.mail_html import as_html
from agent.domain import Channel, Delivery, DeliveryStatus, Message
from agent.errors import ChannelUnavailable, DeliveryUnknown, InputError
from agent.ports import Clock
from agent.webhooks import signed

TIMEOUT_S = 20.0
NOT_NOW = frozenset({301, 307, 308, 401, 407, 408, 425, 429, 503})
"""Nothing was done: the gateway is busy, has moved, or does not know us. Our fault or its own, never the message's."""
TAKEN_BEFORE = 409
"""The gateway says that it has had this id: then somebody must look what became of the first one."""
NOT_REACHED = (
    httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL
)  # fmt: skip
READ_AT_MOST = 4096


class WebhookChannel:
    """Fits the DeliveryChannel port."""

    def __init__(self, url: str, secrets: Sequence[bytes], clock: Clock, timeout_s: float = TIMEOUT_S) -> None:
        self._url = url
        self._host = urlsplit(url).hostname or ""
        self._secrets = tuple(secrets)
        self._clock = clock
        # A connection of its own for each message: one that was kept open may die unseen, and then nobody can know
        # whether the request was read. No proxy of the environment stands between: the gateway is the firm's own.
        self._client = httpx.Client(
            timeout=timeout_s,
            trust_env=False,
            verify=ssl.create_default_context(),
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    @property
    def name(self) -> str:
        return "webhook"

    def deliver(self, message: Message) -> Delivery:
        now = self._clock.now()
        body = _body(message, now)
        headers = {
            "content-type": "application/json",
            "accept-encoding": "identity",
            **signed(message.key, now, body, self._secrets),
        }
        try:
            with self._client.stream("POST", self._url, content=body, headers=headers) as reply:
                return self._outcome(message, reply)
        except NOT_REACHED as error:
            raise ChannelUnavailable(
                f"{self._host} cannot be reached: {error}", "check HOLDFAST_WEBHOOK_URL"
            ) from error
        except httpx.HTTPError as error:
            raise DeliveryUnknown(
                f"{self._host} broke off after the message was on its way: {error or type(error).__name__}",
                "look into the gateway's log before it is sent again",
            ) from error

    def _outcome(self, message: Message, reply: httpx.Response) -> Delivery:
        """What the status line says. A body that breaks off changes nothing about it."""
        status, read = reply.status_code, _beginning(reply)
        words = " ".join(read.decode("utf-8", "replace").split())[:300]
        said = f"{self._host} answered {status}{': ' if words else ''}{words}"
        if reply.is_success:
            return Delivery(message.key, DeliveryStatus.SENT, self._clock.now(), where=_id(read), detail=said)
        if status in NOT_NOW:
            raise ChannelUnavailable(said, "see what the gateway says", retry_after(reply, self._clock.now()))
        if reply.is_client_error and status != TAKEN_BEFORE:
            return Delivery(message.key, DeliveryStatus.FAILED, self._clock.now(), detail=said)
        raise DeliveryUnknown(said, "look into the gateway's log before it is sent again")


def retry_after(reply: httpx.Response, now: datetime) -> timedelta | None:
    """The patience that was asked for, in seconds or as a date; None when there is none or it cannot be read."""
    text = reply.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text), 10**8))
    try:
        return max(parsedate_to_datetime(text) - now, timedelta(0))
    except (TypeError, ValueError):
        return None


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


def _beginning(reply: httpx.Response) -> bytes:
    """The first bytes of the reply's body, as many as came before it ended or broke off."""
    read = b""
    try:
        for chunk in reply.iter_raw():
            read += chunk
            if len(read) >= READ_AT_MOST:
                break
    except httpx.HTTPError:
        pass
    return read[:READ_AT_MOST]


def _id(read: bytes) -> str | None:
    """The gateway's own id of the message, where its reply is JSON with one."""
    try:
        data = json.loads(read)
    except ValueError:
        return None
    return str(data["id"]) if isinstance(data, dict) and data.get("id") is not None else None

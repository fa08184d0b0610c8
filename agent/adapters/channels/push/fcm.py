"""Firebase Cloud Messaging, HTTP v1: one notification to one device.

Takes a message whose recipient is a device token, gives a Delivery. FCM knows no idempotency key; should a message ever
arrive twice all the same, both carry one mark by which the phone shows the newer in the place of the older.
https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages/send
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from agent.adapters.channels.posting import LOOK, Poster, Reply
from agent.adapters.channels.push.google_token import GoogleToken
from agent.channels import objections, provider_rules
from agent.domain import Delivery, DeliveryStatus, Message, Words
from agent.errors import ChannelUnavailable, DeliveryUnknown, InputError
from agent.ports import Clock
from agent.push_url import PushAccount
from agent.send import is_own_name

GONE = "UNREGISTERED"
NOT_NOW = frozenset({401, 403, 429, 503})
"""Our key or project, a quota, an overload: nothing was done, and it is no fault of the message."""


class FcmPush:
    """Fits the DeliveryChannel port."""

    def __init__(self, account: PushAccount, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        self._poster = Poster("HOLDFAST_PUSH_URL", clock, account.timeout_s)
        self._token = GoogleToken(account, self._poster, clock)
        self._url = f"{account.base_url}/v1/projects/{quote(account.project, safe='')}/messages:send"

    @property
    def name(self) -> str:
        return "fcm"

    def deliver(self, message: Message) -> Delivery:
        if is_own_name(message.recipient):
            raise InputError("no device of this customer is on record", "import push_token, or identify with one")
        words = Words(message.subject, message.body)
        if against := objections(provider_rules("fcm"), words, message.purpose, "en"):
            raise InputError(against[0], "choose shorter words, or another channel")
        body = _body(message)
        token = self._token.get()
        reply = self._post(body, token)
        if reply.status == 401:  # revoked within its hour: nothing left, so one fresh token is tried
            reply = self._post(body, self._token.get(unlike=token))
        return self._outcome(message, reply)

    def _post(self, body: bytes, token: str) -> Reply:
        headers = {"content-type": "application/json", "authorization": f"Bearer {token}"}
        return self._poster.post(self._url, body, headers)

    def _outcome(self, message: Message, reply: Reply) -> Delivery:
        now, code = self._clock.now(), _code(reply.json())
        if reply.status == 200:
            told = reply.json()
            where = str(told.get("name") or "") or None if isinstance(told, dict) else None
            return Delivery(message.key, DeliveryStatus.SENT, now, where=where, detail=reply.said)
        if code == GONE:  # the app was taken off, or the token is too old: another one may come
            return Delivery(message.key, DeliveryStatus.FAILED, now, detail=reply.said, gone=True)
        if reply.status in NOT_NOW or reply.status == 404:  # 404 of a device has its code; this one is of our project
            raise ChannelUnavailable(reply.said, "see what Firebase says", reply.retry_after)
        if reply.status in range(400, 500):
            return Delivery(message.key, DeliveryStatus.FAILED, now, detail=reply.said)
        raise DeliveryUnknown(reply.said, LOOK)


def _body(message: Message) -> bytes:
    told = {
        "token": message.recipient,
        "notification": {"title": message.subject or "", "body": message.body},
        "data": {"key": message.key},
        "android": {"notification": {"tag": message.key}},
        "apns": {"headers": {"apns-collapse-id": message.key}},
    }
    try:
        return json.dumps({"message": told}, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise InputError(f"message {message.key} holds half a character", "correct the text") from error


def _code(told: Any) -> str:
    """FCM's own code among the details of a refusal; "" when there is none."""
    error = told.get("error") if isinstance(told, dict) else None
    details = error.get("details") if isinstance(error, dict) else None
    codes = [str(row.get("errorCode")) for row in details or () if isinstance(row, dict) and row.get("errorCode")]
    return codes[0] if codes else ""

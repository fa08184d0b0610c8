"""Twilio: free text to numbers outside mainland China, with Basic authorization.

Takes a message, gives a Delivery. Twilio knows no idempotency key for messages, so a request whose answer was lost is
never made again by itself. https://www.twilio.com/docs/messaging/api/message-resource
"""

from __future__ import annotations

import base64
from urllib.parse import quote, urlencode

from agent.adapters.channels.posting import LOOK, Poster, Reply
from agent.domain import Delivery, DeliveryStatus, Message
from agent.errors import ChannelUnavailable, DeliveryUnknown
from agent.ports import Clock
from agent.sms_url import SmsAccount

NOT_NOW = frozenset({301, 307, 308, 401, 403, 408, 425, 429, 503})
QUEUE_FULL, NOT_OURS = 21611, frozenset({20003, 20005, 20008, 21606, 21603, 21660, 21703, 21704})
"""Our key, our account, our sender: to put right by us, and no fault of the message."""


class TwilioSms:
    """Fits the Provider port of `carrier.py`."""

    def __init__(self, account: SmsAccount, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        self._poster = Poster("HOLDFAST_SMS_URL", clock, account.timeout_s)

    @property
    def name(self) -> str:
        return "twilio"

    def hand_over(self, message: Message, number: str) -> Delivery:
        account = self._account
        form = {
            "To": number,
            "Body": message.body,
            **({"MessagingServiceSid": account.service} if account.service else {"From": account.sender}),
            **({"StatusCallback": account.callback} if account.callback else {}),
        }
        secret = base64.b64encode(f"{account.user}:{account.secret}".encode()).decode()
        headers = {"content-type": "application/x-www-form-urlencoded", "authorization": f"Basic {secret}"}
        url = f"{account.base_url}/2010-04-01/Accounts/{quote(account.user)}/Messages.json"
        return self._outcome(message, self._poster.post(url, urlencode(form).encode(), headers))

    def _outcome(self, message: Message, reply: Reply) -> Delivery:
        told, now = reply.json(), self._clock.now()
        row = told if isinstance(told, dict) else {}
        if reply.status in range(200, 300):
            where = str(row.get("sid") or "") or None
            return Delivery(message.key, DeliveryStatus.SENT, now, where=where, detail=reply.said)
        code = row.get("code")
        if reply.status in NOT_NOW or code == QUEUE_FULL or code in NOT_OURS:
            raise ChannelUnavailable(reply.said, "see what Twilio says", reply.retry_after)
        if reply.status in range(400, 500):
            return Delivery(message.key, DeliveryStatus.FAILED, now, detail=reply.said)
        raise DeliveryUnknown(reply.said, LOOK)

"""Huawei Cloud SMS: batchSendSms to one number, signed with X-WSSE.

Takes a message whose words are an approved template's, gives a Delivery. The answer has a word of its own on the one
number that was asked for; that word counts.
https://support.huaweicloud.com/api-msgsms/sms_05_0046.html
"""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from agent.adapters.channels.posting import LOOK, Reply
from agent.adapters.channels.sms.wording import TemplateSms
from agent.domain import Delivery, DeliveryStatus, Message
from agent.errors import ChannelUnavailable, DeliveryUnknown
from agent.sms_url import SmsAccount

GOOD = "000000"
OURS = frozenset({"E200015", "E200026", "E200030", "E200031", "E200034"})
"""A limit, a channel number, a template that is not active: to put right by us, and no fault of the message."""


class HuaweiSms(TemplateSms):
    """Fits the Provider port of `carrier.py`."""

    name = "huawei"

    def hand_over(self, message: Message, number: str) -> Delivery:
        account = self._account
        template, values = self.approved(message)
        form = {
            "from": account.sender,
            "to": number,
            "templateId": template.provider_id,
            "signature": account.sign,
            "extend": message.key,
            **({"templateParas": json.dumps(list(values.values()), ensure_ascii=False)} if values else {}),
            **({"statusCallback": account.callback} if account.callback else {}),
        }
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            **signed_headers(account, self._clock.now(), uuid.uuid4().hex),
        }
        url = f"{account.base_url}/sms/batchSendSms/v1"
        return self._outcome(message, self._poster.post(url, urlencode(form).encode(), headers))

    def _outcome(self, message: Message, reply: Reply) -> Delivery:
        code, sms_id = _word(reply.json())
        now = self._clock.now()
        if reply.status == 200 and code == GOOD:
            return Delivery(message.key, DeliveryStatus.SENT, now, where=sms_id, detail=reply.said)
        if reply.status == 503 or reply.status == 429:
            raise ChannelUnavailable(reply.said, "Huawei Cloud is busy", reply.retry_after)
        if not code.startswith("E") or reply.status >= 500:
            raise DeliveryUnknown(reply.said, LOOK)
        if code.startswith("E000") or code in OURS:
            raise ChannelUnavailable(reply.said, "see what Huawei Cloud says", reply.retry_after)
        return Delivery(message.key, DeliveryStatus.FAILED, now, detail=reply.said)


def _word(told: Any) -> tuple[str, str | None]:
    """The code for the one number, else the code of the whole call; "" when the answer says neither."""
    if not isinstance(told, dict):
        return "", None
    rows = told.get("result")
    if isinstance(rows, list) and len(rows) == 1 and isinstance(rows[0], dict) and rows[0].get("status"):
        return str(rows[0]["status"]), str(rows[0].get("smsMsgId") or "") or None
    code = str(told.get("code") or "")
    return ("" if code == GOOD else code), None


def signed_headers(account: SmsAccount, at: datetime, nonce: str) -> dict[str, str]:
    """The digest is the base64 of the digits of a SHA-256, not of its bytes: so the document's own example shows."""
    created = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    digits = hashlib.sha256(f"{nonce}{created}{account.secret}".encode()).hexdigest()
    digest = base64.b64encode(digits.encode()).decode()
    return {
        "authorization": 'WSSE realm="SDP",profile="UsernameToken",type="Appkey"',
        "x-wsse": (
            f'UsernameToken Username="{account.user}",PasswordDigest="{digest}",Nonce="{nonce}",Created="{created}"'
        ),
    }

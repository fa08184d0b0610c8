"""Tencent Cloud SMS: SendSms, signed with TC3-HMAC-SHA256.

Takes a message whose words are an approved template's, gives a Delivery. The answer has a word of its own on the one
number that was asked for; that word counts.
https://cloud.tencent.com/document/api/382/52071
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

from agent.adapters.channels.posting import LOOK, Reply
from agent.adapters.channels.sms.wording import TemplateSms
from agent.domain import Delivery, DeliveryStatus, Message
from agent.errors import ChannelUnavailable, DeliveryUnknown
from agent.sms_url import SmsAccount

ALGORITHM, SERVICE = "TC3-HMAC-SHA256", "sms"
CONTENT = "application/json; charset=utf-8"
FINAL = (
    "InvalidParameterValue.IncorrectPhoneNumber", "FailedOperation.PhoneNumberInBlacklist",
    "FailedOperation.ContainSensitiveWord", "InvalidParameterValue.ContentLengthLimit",
    "InvalidParameterValue.TemplateParameterFormatError", "InvalidParameterValue.TemplateParameterLengthLimit",
    "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter", "FailedOperation.MissingTemplateToModify",
    "FailedOperation.MarketingSendTimeConstraint",
)  # fmt: skip
"""A no to this very message."""
UNKNOWN = ("InternalError", "FailedOperation.FailResolvePacket", "")


class TencentSms(TemplateSms):
    """Fits the Provider port of `carrier.py`."""

    name = "tencent"

    def hand_over(self, message: Message, number: str) -> Delivery:
        template, values = self.approved(message)
        asked = {
            "PhoneNumberSet": [number],
            "SmsSdkAppId": self._account.app,
            "SignName": self._account.sign,
            "TemplateId": template.provider_id,
            "TemplateParamSet": list(values.values()),
            "SessionContext": message.key,
        }
        body = json.dumps(asked, ensure_ascii=False).encode()
        headers = signed_headers(self._account, body, self._clock.now())
        return self._outcome(message, self._poster.post(f"{self._account.base_url}/", body, headers))

    def _outcome(self, message: Message, reply: Reply) -> Delivery:
        code, serial = _word(reply.json())
        now = self._clock.now()
        if reply.status == 200 and code == "Ok":
            return Delivery(message.key, DeliveryStatus.SENT, now, where=serial, detail=reply.said)
        if any(code == name or (name and code.startswith(f"{name}.")) for name in UNKNOWN):
            if reply.status == 503:
                raise ChannelUnavailable(reply.said, "Tencent Cloud is busy", reply.retry_after)
            raise DeliveryUnknown(reply.said, LOOK)
        if code in FINAL:
            return Delivery(message.key, DeliveryStatus.FAILED, now, detail=reply.said)
        # a limit, an empty account, a key or template that it does not know: ours to put right, not the message's
        raise ChannelUnavailable(reply.said, "see what Tencent Cloud says", reply.retry_after)


def _word(told: Any) -> tuple[str, str | None]:
    """The code for the one number, else the code of the whole call; "" when the answer says neither."""
    reply = told.get("Response") if isinstance(told, dict) else None
    if not isinstance(reply, dict):
        return "", None
    if isinstance(error := reply.get("Error"), dict):
        return str(error.get("Code", "")), None
    rows = reply.get("SendStatusSet")
    if not isinstance(rows, list) or len(rows) != 1 or not isinstance(rows[0], dict):
        return "", None
    return str(rows[0].get("Code", "")), str(rows[0].get("SerialNo") or "") or None


def signed_headers(account: SmsAccount, body: bytes, at: datetime) -> dict[str, str]:
    stamp, day = str(int(at.timestamp())), at.astimezone(UTC).strftime("%Y-%m-%d")
    names = "content-type;host"
    asked = f"POST\n/\n\ncontent-type:{CONTENT}\nhost:{account.host}\n\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{day}/{SERVICE}/tc3_request"
    to_sign = f"{ALGORITHM}\n{stamp}\n{scope}\n{hashlib.sha256(asked.encode()).hexdigest()}"
    key = f"TC3{account.secret}".encode()
    for part in (day, SERVICE, "tc3_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    mark = hmac.digest(key, to_sign.encode(), "sha256").hex()
    return {
        "content-type": CONTENT,
        "host": account.host,
        "x-tc-action": "SendSms",
        "x-tc-version": "2021-01-11",
        "x-tc-region": account.region,
        "x-tc-timestamp": stamp,
        "authorization": f"{ALGORITHM} Credential={account.user}/{scope}, SignedHeaders={names}, Signature={mark}",
    }

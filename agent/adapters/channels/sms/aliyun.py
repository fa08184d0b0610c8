"""Alibaba Cloud SMS: SendSms, signed with ACS3-HMAC-SHA256.

Takes a message whose words are an approved template's, gives a Delivery. What the answer's code means is a table; a
code that nobody knows leaves the outcome unknown, because the request was read.
https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature
"""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

from agent.adapters.channels.posting import LOOK, Reply
from agent.adapters.channels.sms.wording import TemplateSms
from agent.domain import Delivery, DeliveryStatus, Message
from agent.errors import ChannelUnavailable, DeliveryUnknown
from agent.sms_url import SmsAccount

ALGORITHM, ACTION, VERSION = "ACS3-HMAC-SHA256", "SendSms", "2017-05-25"
FINAL = frozenset(
    {
        "isv.MOBILE_NUMBER_ILLEGAL", "isv.MOBILE_COUNT_OVER_LIMIT", "isv.BLACK_KEY_CONTROL_LIMIT",
        "isv.PARAM_LENGTH_LIMIT", "isv.PARAM_NOT_SUPPORT_URL", "isv.INVALID_PARAMETERS", "isv.TEMPLATE_PARAMS_ILLEGAL",
        "isv.TEMPLATE_MISSING_PARAMETERS", "isv.DENY_IP_RANGE", "isv.SMS_CONTENT_ILLEGAL",
    }
)  # fmt: skip
"""A no to this very message."""
UNKNOWN = ("isp.", "InternalError", "ServiceUnavailable")


class AliyunSms(TemplateSms):
    """Fits the Provider port of `carrier.py`."""

    name = "aliyun"

    def hand_over(self, message: Message, number: str) -> Delivery:
        template, values = self.approved(message)
        query = {
            "PhoneNumbers": number.removeprefix("+86"),
            "SignName": self._account.sign,
            "TemplateCode": template.provider_id,
            "OutId": message.key,
            **({"TemplateParam": json.dumps(values, ensure_ascii=False)} if values else {}),
        }
        url, headers = signed_request(self._account, query, self._clock.now(), uuid.uuid4().hex)
        return self._outcome(message, self._poster.post(url, b"", headers))

    def _outcome(self, message: Message, reply: Reply) -> Delivery:
        told, now = reply.json(), self._clock.now()
        code = str(told.get("Code", "")) if isinstance(told, dict) else ""
        if reply.status == 200 and code == "OK":
            where = str(told.get("BizId") or "") or None
            return Delivery(message.key, DeliveryStatus.SENT, now, where=where, detail=reply.said)
        if not code or code.startswith(UNKNOWN):
            if reply.status == 503:
                raise ChannelUnavailable(reply.said, "Alibaba Cloud is busy", reply.retry_after)
            raise DeliveryUnknown(reply.said, LOOK)
        if code in FINAL:
            return Delivery(message.key, DeliveryStatus.FAILED, now, detail=reply.said)
        # a limit, an empty account, a key or signature that it does not know: ours to put right, not the message's
        raise ChannelUnavailable(reply.said, "see what Alibaba Cloud says", reply.retry_after)


def signed_request(
    account: SmsAccount,
    query: Mapping[str, str],
    at: datetime,
    nonce: str,
    action: str = ACTION,
    version: str = VERSION,
) -> tuple[str, dict[str, str]]:
    """The URL and the headers of an empty POST that asks for `query`."""
    line = "&".join(f"{_escaped(name)}={_escaped(query[name])}" for name in sorted(query))
    headers = {
        "host": account.host,
        "x-acs-action": action,
        "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        "x-acs-date": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce,
        "x-acs-version": version,
    }
    names = ";".join(sorted(headers))
    canonical = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    asked = f"POST\n/\n{line}\n{canonical}\n{names}\n{headers['x-acs-content-sha256']}"
    to_sign = f"{ALGORITHM}\n{hashlib.sha256(asked.encode()).hexdigest()}"
    mark = hmac.digest(account.secret.encode(), to_sign.encode(), "sha256").hex()
    headers["authorization"] = f"{ALGORITHM} Credential={account.user},SignedHeaders={names},Signature={mark}"
    return f"{account.base_url}/?{line}", headers


def _escaped(text: str) -> str:
    return quote(text, safe="-_.~")

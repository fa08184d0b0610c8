"""What SMS providers push about a message: lists of Alibaba and Tencent Cloud, forms of Huawei Cloud and Twilio.

Takes the parsed body, gives receipts by the provider's own id of the message. What a code does not say plainly is a
soft bounce: a number is given up only where the provider says that it is nobody's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from agent.domain import Receipt, ReceiptKind
from agent.errors import InputError

K = ReceiptKind
MOST = 1_000
TWILIO_HARD = frozenset({"21211", "21614", "30005", "30006"})
"""No number, not a mobile one, unknown, a landline."""
TWILIO_STOP = "21610"
"""The recipient wrote STOP to the number that sends."""
NOBODYS = ("空号", "停机销号", "号码不存在", "MOBILE_NOT_EXIST", "EMPTY_NUMBER", "INVALID_NUMBER")
STOPPED = ("退订", "BLACK_LIST_UNSUBSCRIBE", "UNSUBSCRIBE")


def read_aliyun(body: Any, now: datetime) -> list[Receipt]:
    """SmsReport: a list of objects. `out_id` is our key, `biz_id` the receipt of the sending."""
    found = []
    for row in _rows(body, "Alibaba Cloud"):
        good = row.get("success") is True or str(row.get("success")).casefold() == "true"
        said = f"{row.get('err_code', '')} {row.get('err_msg', '')}".strip()
        key = str(row.get("out_id") or "") or None
        found.append(_receipt("aliyun", str(row.get("biz_id") or ""), key, _kind(good, said), said, now))
    return found


def read_tencent(body: Any, now: datetime) -> list[Receipt]:
    """The status callback: a list of objects. `sid` is the serial number that sending gave."""
    found = []
    for row in _rows(body, "Tencent Cloud"):
        good = str(row.get("report_status")).upper() == "SUCCESS"
        said = f"{row.get('errmsg', '')} {row.get('description', '')}".strip()
        found.append(_receipt("tencent", str(row.get("sid") or ""), None, _kind(good, said), said, now))
    return found


def read_huawei(form: Mapping[str, str], now: datetime) -> list[Receipt]:
    """The status report: one form. `extend` is our key, `smsMsgId` what sending gave."""
    sms_id, status = form.get("smsMsgId", ""), form.get("status", "")
    if not sms_id or not status:
        raise InputError("the form has no smsMsgId or status", "point Huawei Cloud's status callback here")
    kind = K.DELIVERED if status == "DELIVRD" else K.SOFT_BOUNCE
    return [_receipt("huawei", sms_id, form.get("extend") or None, kind, status, now)]


def read_twilio(form: Mapping[str, str], now: datetime) -> list[Receipt]:
    """The status callback: one form a change. What is still under way says nothing yet."""
    sid, status = form.get("MessageSid") or form.get("SmsSid") or "", form.get("MessageStatus", "").casefold()
    code = form.get("ErrorCode", "")
    said = f"{status} {code}".strip()
    if not sid:
        raise InputError("the form has no MessageSid", "point Twilio's status callback here, and nothing else")
    if status == "delivered":
        return [_receipt("twilio", sid, None, K.DELIVERED, said, now)]
    if status not in ("undelivered", "failed"):
        return []
    kind = K.UNSUBSCRIBED if code == TWILIO_STOP else K.HARD_BOUNCE if code in TWILIO_HARD else K.SOFT_BOUNCE
    return [_receipt("twilio", sid, None, kind, said, now)]


def _kind(good: bool, said: str) -> ReceiptKind:
    if good:
        return K.DELIVERED
    if any(word in said for word in STOPPED):
        return K.UNSUBSCRIBED
    return K.HARD_BOUNCE if any(word in said for word in NOBODYS) else K.SOFT_BOUNCE


def _rows(body: Any, who: str) -> list[Mapping[str, Any]]:
    if not isinstance(body, list) or len(body) > MOST or not all(isinstance(row, Mapping) for row in body):
        raise InputError(f"this is no list of receipts as {who} pushes it", "see agent/README.md")
    return list(body)


def _receipt(source: str, provider_id: str, key: str | None, kind: ReceiptKind, said: str, now: datetime) -> Receipt:
    provider_id, said = provider_id.replace("\x00", ""), said.replace("\x00", "")
    key = key.replace("\x00", "") if key else key
    identity = hashlib.sha256(f"{source}\x1f{provider_id}\x1f{key}\x1f{kind}".encode("utf-8", "surrogatepass"))
    return Receipt(identity.hexdigest()[:32], kind, now, source, key, provider_id or None, said[:300])

"""What people write back by SMS, as carriers push it: forms of Twilio and Huawei Cloud, JSON of Alibaba and Tencent.

Takes the parsed body, gives answers. Numbers are E.164 where they are numbers at all. Tencent Cloud names no id, so
number, moment and words together are one; the same word in the same second from one phone means the same anyway.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from agent.domain import Channel, InboundText
from agent.errors import InputError
from agent.phones import e164

MOST = 1_000
LONGEST = 2_000
SHANGHAI = ZoneInfo("Asia/Shanghai")
TWILIO_STOP = "STOP"


def read_twilio_answer(form: Mapping[str, str], now: datetime) -> list[InboundText]:
    """One form a message. `OptOutType` is there where Twilio keeps the list itself and has answered already."""
    sid = form.get("MessageSid") or form.get("SmsSid") or ""
    if not sid or not form.get("From"):
        raise InputError("the form has no MessageSid or From", "point the number's incoming messages here")
    stop = form.get("OptOutType", "").upper() == TWILIO_STOP
    return [_answer("twilio", sid, form["From"], form.get("Body", ""), now, stop)]


def read_aliyun_answers(body: Any, now: datetime) -> list[InboundText]:
    """SmsUp: a list of objects. `sequence_id` is the answer's own."""
    rows = body if isinstance(body, list) else [body]
    if len(rows) > MOST or not all(isinstance(row, Mapping) and row.get("phone_number") for row in rows):
        raise InputError("this is no list of answers as Alibaba Cloud pushes it", "see agent/README.md")
    return [
        _answer("aliyun", _told(row, "sequence_id", "send_time", "content"), *_words(row, "phone_number", "content"),
                _moment(row.get("send_time"), now))
        for row in rows
    ]  # fmt: skip


def read_tencent_answer(body: Any, now: datetime) -> list[InboundText]:
    """The reply callback: one object, `time` in seconds, the number without its country beside `nationcode`."""
    rows = body if isinstance(body, list) else [body]
    if len(rows) > MOST or not all(isinstance(row, Mapping) and row.get("mobile") for row in rows):
        raise InputError("this is no answer as Tencent Cloud pushes it", "see agent/README.md")
    found = []
    for row in rows:
        number, text = _words(row, "mobile", "text")
        code = str(row.get("nationcode") or "86").lstrip("+")
        at = _moment(row.get("time"), now)
        number = number if number.startswith("+") else f"+{code}{number}"
        found.append(_answer("tencent", _told(row, "time", "text", "extend"), number, text, at))
    return found


def read_huawei_answer(form: Mapping[str, str], now: datetime) -> list[InboundText]:
    """The upstream message: one form; `createTime` only where it was asked for."""
    sms_id, number = form.get("smsMsgId", ""), form.get("from", "")
    if not sms_id or not number:
        raise InputError("the form has no smsMsgId or from", "set Huawei Cloud's address for upstream messages to this")
    return [_answer("huawei", sms_id, number, form.get("body", ""), _moment(form.get("createTime"), now))]


def _words(row: Mapping[str, Any], number: str, text: str) -> tuple[str, str]:
    return str(row.get(number)), str(row.get(text) or "")


def _told(row: Mapping[str, Any], own: str, *others: str) -> str:
    """The answer's own id; without one all that makes it this answer."""
    return "\x1f".join(str(row.get(name)) for name in (own, *(others if own == "time" or not row.get(own) else ())))


def _answer(source: str, told: str, number: str, text: str, at: datetime, stop: bool = False) -> InboundText:
    number = _number(number)
    said = f"{source}\x1f{number}\x1f{told}".encode("utf-8", "surrogatepass")
    text = text.replace("\x00", "").encode("utf-8", "replace").decode()[:LONGEST].strip()
    return InboundText(hashlib.sha256(said).hexdigest()[:32], Channel.SMS, number, text, at, source, stop)


def _number(text: str) -> str:
    """E.164. A bare number of eleven digits comes from a Chinese carrier; what is no number is kept as it came."""
    text = text.replace("\x00", "").strip()[:64]
    try:
        return e164(text, chinese_shop=True)
    except InputError:
        return text


def _moment(value: Any, now: datetime) -> datetime:
    """Seconds, ISO 8601, or Shanghai's clock; what cannot be read, or is still to come, is now."""
    try:
        if isinstance(value, int | float) or (isinstance(value, str) and value.isascii() and value.isdigit()):
            at = datetime.fromtimestamp(float(value), UTC)
        else:
            at = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
            at = (at if at.tzinfo else at.replace(tzinfo=SHANGHAI)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return now
    return min(at, now)

"""What WeCom's customer service keeps for us: what customers wrote, and which of our messages did not arrive.

Takes its messages, gives receipts and answers. What colleagues wrote there, and pictures' bytes, are passed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from agent.domain import Channel, InboundText, Receipt, ReceiptKind
from agent.receipts.told import id_of, moment_of, text_of

SOURCE = "wecom"
OF_THE_CUSTOMER = 3
REFUSED = "10"
LONGEST = 2_000
WITHOUT_WORDS = frozenset({"image", "voice", "video", "file", "location", "link", "miniprogram", "business_card"})


def read_wecom(messages: Iterable[Mapping[str, Any]], now: datetime) -> tuple[list[Receipt], list[InboundText]]:
    """Whoever refuses our messages in WeChat gets none: that is a wish to be left alone."""
    receipts: list[Receipt] = []
    answers: list[InboundText] = []
    for row in messages:
        if row.get("msgtype") == "event":
            receipts += _failed(row, now)
        elif row.get("origin") == OF_THE_CUSTOMER:
            answers += _answer(row, now)
    return receipts, answers


def _failed(row: Mapping[str, Any], now: datetime) -> list[Receipt]:
    event = row.get("event")
    if not isinstance(event, Mapping) or event.get("event_type") != "msg_send_fail":
        return []
    ours, why = text_of(event.get("fail_msgid")), text_of(event.get("fail_type"))
    if not ours:
        return []
    kind = ReceiptKind.UNSUBSCRIBED if why == REFUSED else ReceiptKind.SOFT_BOUNCE
    return [
        Receipt(
            id_of(SOURCE, ours, why), kind, moment_of(row.get("send_time"), now), SOURCE, ours, ours, f"fail_type {why}"
        )
    ]


def _answer(row: Mapping[str, Any], now: datetime) -> list[InboundText]:
    identity, sender, kind = (text_of(row.get(name)) for name in ("msgid", "external_userid", "msgtype"))
    text = row.get("text")
    words = text.get("content") if isinstance(text, Mapping) else None
    if not identity or not sender or (words is None and kind not in WITHOUT_WORDS):
        return []
    said = text_of(words)[:LONGEST].strip()
    return [
        InboundText(id_of(SOURCE, identity), Channel.CHAT, sender, said, moment_of(row.get("send_time"), now), SOURCE)
    ]

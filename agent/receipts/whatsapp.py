"""What WhatsApp tells its webhook: what became of messages, what people wrote, who wants nothing more.

Takes the parsed body, gives receipts and answers; both come through one address. What it does not say plainly is a soft
bounce: an undeliverable message has many reasons, and a number is given up only after several.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from agent.domain import Channel, InboundText, Receipt, ReceiptKind
from agent.errors import InputError
from agent.receipts.told import id_of, moment_of, text_of

K = ReceiptKind
SOURCE = "whatsapp"
KINDS = {"delivered": K.DELIVERED, "read": K.OPENED, "failed": K.SOFT_BOUNCE}
WANTS_NO_MORE = 131050
LONGEST = 2_000


def read_whatsapp(body: Any, now: datetime) -> tuple[list[Receipt], list[InboundText]]:
    """Raises InputError for what is no notification of WhatsApp; what it tells besides is passed over."""
    if not isinstance(body, Mapping) or body.get("object") != "whatsapp_business_account":
        raise InputError("the body is no notification of WhatsApp", "subscribe this address to messages, nothing else")
    receipts: list[Receipt | None] = []
    answers: list[InboundText | None] = []
    for value in _values(body):
        receipts += [_receipt(row, now) for row in _rows(value, "statuses")]
        answers += [_answer(row, now) for row in _rows(value, "messages")]
        answers += [_wish(row, now) for row in _rows(value, "user_preferences")]
    return [one for one in receipts if one is not None], [one for one in answers if one is not None]


def _values(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for entry in _rows(body, "entry"):
        for change in _rows(entry, "changes"):
            if isinstance(change.get("value"), Mapping):
                yield change["value"]


def _rows(owner: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    rows = owner.get(name)
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _receipt(row: Mapping[str, Any], now: datetime) -> Receipt | None:
    """None for `sent`, which we know, and for what nobody knows."""
    wamid, kind = text_of(row.get("id")), KINDS.get(str(row.get("status")))
    if not wamid or kind is None:
        return None
    errors = _rows(row, "errors")
    if kind is K.SOFT_BOUNCE and any(error.get("code") == WANTS_NO_MORE for error in errors):
        kind = K.UNSUBSCRIBED
    said = "; ".join(f"{error.get('code')} {error.get('title') or error.get('message') or ''}" for error in errors)
    key = text_of(row.get("biz_opaque_callback_data")) or None
    return Receipt(
        id_of(SOURCE, wamid, kind.value),
        kind,
        moment_of(row.get("timestamp"), now),
        SOURCE,
        key,
        wamid,
        text_of(said)[:300],
    )


def _answer(row: Mapping[str, Any], now: datetime) -> InboundText | None:
    """A text, or the words on a button that somebody pressed; a picture comes without words."""
    wamid, sender = text_of(row.get("id")), text_of(row.get("from"))
    if not wamid or not sender or row.get("type") in ("reaction", "system"):
        return None
    text, button, pressed = (row.get(name) for name in ("text", "button", "interactive"))
    words = text.get("body") if isinstance(text, Mapping) else None
    if words is None and isinstance(button, Mapping):
        words = button.get("text")
    if words is None and isinstance(pressed, Mapping):
        reply = pressed.get("button_reply") or pressed.get("list_reply")
        words = reply.get("title") if isinstance(reply, Mapping) else None
    said = text_of(words or "")[:LONGEST].strip()
    return InboundText(
        id_of(SOURCE, wamid), Channel.CHAT, _number(sender), said, moment_of(row.get("timestamp"), now), SOURCE
    )


def _wish(row: Mapping[str, Any], now: datetime) -> InboundText | None:
    """Somebody pressed "stop" on our marketing, in WhatsApp itself. "resume" is no consent of ours: nothing changes."""
    sender = text_of(row.get("wa_id"))
    if not sender or row.get("value") != "stop":
        return None
    identity = id_of(SOURCE, "stop", sender, str(row.get("timestamp")))
    return InboundText(
        identity, Channel.CHAT, _number(sender), "", moment_of(row.get("timestamp"), now), SOURCE, stop=True
    )


def _number(text: str) -> str:
    return f"+{text}" if text.isascii() and text.isdigit() else text

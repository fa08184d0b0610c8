"""Receipts as the firm's own gateway tells them: one JSON object, documented in agent/README.md.

Takes the parsed body, gives receipts. Raises InputError naming the key: a gateway is ours to put right.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from agent.domain import Receipt, ReceiptKind
from agent.errors import InputError

MOST = 1_000
REMEDY = 'write it like {"type": "message.receipt", "data": {"key": "msg_…", "kind": "delivered"}}'


def read_gateway(body: Any, now: datetime) -> list[Receipt]:
    if not isinstance(body, Mapping) or body.get("type") != "message.receipt":
        raise InputError("the body is no message.receipt", REMEDY)
    rows = body.get("data")
    rows = [rows] if isinstance(rows, Mapping) else rows
    if not isinstance(rows, list) or not rows or len(rows) > MOST:
        raise InputError(f"data is a receipt, or a list of 1 to {MOST} of them", REMEDY)
    return [_receipt(row, f"data[{n}]", now) for n, row in enumerate(rows)]


def _receipt(row: Any, where: str, now: datetime) -> Receipt:
    if not isinstance(row, Mapping):
        raise InputError(f"{where} is no object", REMEDY)
    key, provider_id = _text(row, "key", where), _text(row, "id", where)
    if not key and not provider_id:
        raise InputError(f"{where} says of no message: it has neither key nor id", REMEDY)
    try:
        kind = ReceiptKind(str(row.get("kind")))
    except ValueError as error:
        raise InputError(f"{where}.kind is not known", f"use one of {', '.join(ReceiptKind)}") from error
    at = _moment(row.get("at"), where, now)
    told = _text(row, "receipt_id", where) or f"{key}\x1f{provider_id}\x1f{kind}\x1f{row.get('at')}"
    identity = hashlib.sha256(f"gateway\x1f{told}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
    detail, text = _text(row, "detail", where)[:300], _text(row, "text", where)[:2_000]
    return Receipt(identity, kind, at, "gateway", key or None, provider_id or None, detail, text)


def _text(row: Mapping[str, Any], name: str, where: str) -> str:
    value = row.get(name)
    if value is None:
        return ""
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise InputError(f"{where}.{name} is no text", REMEDY)
    return str(value).replace("\x00", "")[:4_000]  # no database keeps a null character, and nobody means it


def _moment(value: Any, where: str, now: datetime) -> datetime:
    """When it happened; a clock that is ahead of ours, or out of all time, is taken for now."""
    if value is None:
        return now
    try:
        at = datetime.fromisoformat(str(value).upper().replace("Z", "+00:00"))
        at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        return now
    except ValueError as error:
        raise InputError(f"{where}.at is no ISO 8601 moment", "write it like 2026-11-27T02:30:00Z") from error
    return min(at, now)

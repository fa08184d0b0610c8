"""What providers' messages have in common: a value as text, a moment in seconds, an id that is the same each time."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any


def text_of(value: Any) -> str:
    """Without what no database keeps: a null, half a character."""
    return str(value if value is not None else "").replace("\x00", "").encode("utf-8", "replace").decode()


def moment_of(seconds: Any, now: datetime) -> datetime:
    """Seconds since 1970, however they are written; `now` where they are none, or lie ahead."""
    try:
        return min(datetime.fromtimestamp(float(str(seconds)), UTC), now)
    except (ValueError, OverflowError, OSError):
        return now


def id_of(source: str, *parts: str) -> str:
    return hashlib.sha256("\x1f".join((source, *parts)).encode("utf-8", "surrogatepass")).hexdigest()[:32]

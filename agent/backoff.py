"""When a message that came back is tried again: later each time, never all at once, never later than a day.

Takes the moment and how often it was tried; gives the next moment. It knows nothing of channels or stores.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

FIRST = timedelta(minutes=2)
FACTOR = 3
LONGEST = timedelta(hours=12)
JITTER = 0.25
WAIT_AT_MOST = timedelta(days=1)
"""A server may ask for more patience than we have; a day later the offer and the gate have the next word."""


def next_try(key: str, attempts: int, now: datetime, not_before: datetime | None = None) -> datetime:
    """After the nth try: 2, 6, 18, 54 minutes, … up to 12 hours, each ± a quarter; eight tries take about a day.

    `not_before` is what the channel asked for (Retry-After): honoured up to a day. The jitter is a function of key and
    try, so that a thousand messages that failed together do not come back together, and a replay waits alike.
    """
    waits: timedelta = min(FIRST * int(FACTOR ** min(attempts - 1, 20)), LONGEST)
    ours = now + waits * (1 + JITTER * (2 * _dice(key, attempts) - 1))
    if not_before is None:
        return ours
    return max(ours, min(not_before, now + WAIT_AT_MOST))


def _dice(key: str, attempts: int) -> float:
    digest = hashlib.sha256(f"{key}:{attempts}".encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32

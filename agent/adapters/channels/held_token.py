"""An access token that is kept until shortly before it ends, and fetched by one thread at a time.

Takes how to fetch one, gives one that holds for some minutes yet. What a token is for is the business of whoever asks.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from agent.ports import Clock

EARLY = timedelta(minutes=5)
LONGEST_S = 10**6


class HeldToken:
    """`fetch` gives a token and the answer's own word on how many seconds it lasts; `else_s` where that is none."""

    def __init__(self, fetch: Callable[[datetime], tuple[str, Any]], clock: Clock, else_s: int) -> None:
        self._fetch = fetch
        self._clock = clock
        self._else_s = else_s
        self._one_at_a_time = threading.Lock()
        self._token, self._until = "", datetime.min.replace(tzinfo=UTC)

    def get(self, unlike: str = "") -> str:
        """A token that is not `unlike`, which was refused. Raises what `fetch` raises."""
        with self._one_at_a_time:
            now = self._clock.now()
            if not self._token or self._token == unlike or now >= self._until:
                token, lasts = self._fetch(now)
                seconds = lasts if isinstance(lasts, int | float) and 0 < lasts < LONGEST_S else self._else_s
                self._token, self._until = token, now + max(timedelta(seconds=seconds) - EARLY, timedelta(0))
            return self._token

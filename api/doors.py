"""What all requests of one `holdfast serve` share: the opened home, the limits, the counters, the drafting threads."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import anyio
import anyio.to_thread

from agent.errors import HoldfastError
from api.bootstrap import Workshop, reopened
from api.errors import Problem
from api.logs import log

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.strategies import FixedWindowRateLimiter

T = TypeVar("T")
SIGN_INS_PER_NAME = "10/5 minutes"
"""Attempts for one name from one address. Whoever guesses passwords gets to wait; whoever mistypes does not notice."""
SIGN_INS_PER_ADDRESS = "60/5 minutes"
WAITING_PER_DRAFTER = 8
"""Requests for a draft that may wait for each drafting thread; more are told to come back later."""


@dataclass(frozen=True, slots=True)
class Rate:
    """What is left of a caller's requests in this window."""

    limit: int
    remaining: int
    reset_s: int
    allowed: bool


class Doors:
    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop
        self._files = files_of(workshop)
        self._lock = threading.Lock()
        self._limiter, self._rate = _limiter(workshop.settings.rate_limit)
        self._drafters = workshop.settings.drafters
        self._room: anyio.CapacityLimiter | None = None

    def workshop(self) -> Workshop:
        """The home as it is now: brand, offers and strategies that a marketer edited take effect without a restart.

        An edit that cannot be meant is said in the log, and what was in force stays in force: a slip in a file must not
        close the doors, least of all the way out.
        """
        with self._lock:
            if (files := files_of(self._workshop)) != self._files:
                self._files = files
                try:
                    fresh = reopened(self._workshop)
                    _ = fresh.house
                    self._workshop = fresh
                except HoldfastError as error:
                    log(logging.ERROR, f"an edited file is not taken: {error.message}", remedy=error.remedy)
            return self._workshop

    def hit(self, caller: str) -> Rate:
        """Count one request of this caller."""
        import time

        allowed = self._limiter.hit(self._rate, caller)
        window = self._limiter.get_window_stats(self._rate, caller)
        reset = max(0, round(window.reset_time - time.time()))
        return Rate(self._rate.amount, window.remaining, reset, allowed)

    def may_sign_in(self, name: str, address: str) -> bool:
        """Count one attempt to sign in; False when there were too many lately."""
        from limits import parse

        by_name = self._limiter.hit(parse(SIGN_INS_PER_NAME), "sign-in", name.casefold(), address)
        return self._limiter.hit(parse(SIGN_INS_PER_ADDRESS), "sign-in", address) and by_name

    async def draft(self, work: Callable[[], T]) -> T:
        """Run a writer in a thread of the few that draft, so that nobody else waits. Raises Problem 429 when full."""
        if self._room is None:
            self._room = anyio.CapacityLimiter(self._drafters)
        if self._room.statistics().tasks_waiting >= self._drafters * WAITING_PER_DRAFTER:
            raise Problem(429, "too_many", "All writers are busy.", "try again in a moment", retry_after_s=5)
        return await anyio.to_thread.run_sync(work, limiter=self._room)


def files_of(workshop: Workshop) -> tuple[tuple[str, int], ...]:
    """Names and times of the files that a person edits in the home folder."""
    root = workshop.home.root
    names = [workshop.home.brand, root / "offers.toml", root / "strategies.toml", workshop.home.templates]
    return tuple((path.name, _changed(path)) for path in names)


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _limiter(text: str) -> tuple[FixedWindowRateLimiter, RateLimitItem]:
    from limits import parse
    from limits.storage import MemoryStorage
    from limits.strategies import FixedWindowRateLimiter

    return FixedWindowRateLimiter(MemoryStorage()), parse(text)

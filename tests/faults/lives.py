"""Processes that live to be killed: imports are paid once, in a fork server; a life then costs milliseconds.

Most lives end by their own hand at an instrumented point, so that every gap between two statements is hit; every
fourth is killed from outside at no point in particular, so that the gaps inside a statement are hit as well.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerProcess

import sqlalchemy as sa

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["__main__", "tests.faults.writer", "tests.faults.warm"])
LONGEST_LIFE_S = 0.08
WITHOUT_A_POINT = 4

Life = Callable[..., None]


class Fate:
    """Counts the points that a life passes and ends it at its last one; None: whoever waits outside does."""

    def __init__(self, last: int | None) -> None:
        self._left = last

    def point(self, *_: object, **__: object) -> None:
        if self._left is None:
            return
        self._left -= 1
        if self._left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, engine: sa.Engine) -> None:
        """Before and after every statement, before every commit, and after it (at the next begin)."""
        for moment in ("begin", "before_cursor_execute", "after_cursor_execute", "commit"):
            sa.event.listen(engine, moment, self.point)


def live_and_die(
    life: Life,
    arguments: tuple[object, ...],
    lives: int,
    at_once: int,
    seed: int,
    points: int,
    least_killed: float = 0.8,
) -> Iterator[int]:
    """Keep `at_once` of them alive until `lives` have died; gives the number of the dead after each death.

    A life is called with its number, its last point (or None) and the arguments. One that ends by itself was out of
    work; one that fails says why on stderr, and is an error here, and so is a share of the killed below `least_killed`.
    """
    dice = random.Random(seed)
    alive: dict[int, tuple[ForkServerProcess, float]] = {}
    born = dead = killed = 0
    while dead < lives:
        while len(alive) < at_once and born < lives:
            outside = dice.randrange(WITHOUT_A_POINT) == 0
            last = None if outside else dice.randint(1, points)
            process = CONTEXT.Process(target=life, args=(born, last, *arguments))
            process.start()
            born += 1
            end = time.monotonic() + LONGEST_LIFE_S * dice.random() if outside else float("inf")
            alive[process.sentinel] = (process, end)
        _kill_who_is_due(alive)
        for sentinel in wait(list(alive), timeout=LONGEST_LIFE_S / 8):
            process, _ = alive.pop(sentinel)  # type: ignore[call-overload]
            process.join()
            assert process.exitcode in (-signal.SIGKILL, 0), f"life ended with {process.exitcode}; see its traceback"
            killed += process.exitcode != 0
            process.close()
            dead += 1
            tell(dead, lives)
            yield dead
    sys.stderr.write(f"  {killed:,} of {lives:,} were killed, the others were out of work\n")
    assert killed >= lives * least_killed, f"only {killed} of {lives} were killed: that proves little"


def _kill_who_is_due(alive: dict[int, tuple[ForkServerProcess, float]]) -> None:
    now = time.monotonic()
    for process, end in alive.values():
        if now >= end:
            process.kill()


def tell(done: int, of: int) -> None:
    """Progress, where it is long enough to be waited for; pytest keeps it to itself unless it runs with -s."""
    if of >= 100 and done % (of // 20) == 0:
        sys.stderr.write(f"  {done:,} of {of:,} died\n")

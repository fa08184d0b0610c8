"""A few things at once, in the order of their rows: threads for work that waits for something else.

Takes a function and rows, gives its results in order. Never more than the asked number are begun beyond the one that is
waited for, so that stopping early leaves little behind.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")


def at_once(work: Callable[[A], B], rows: Iterable[A], most: int) -> Iterator[B]:
    """With `most` 1 everything happens in the caller's own thread."""
    if most <= 1:
        yield from map(work, rows)
        return
    begun: deque[Future[B]] = deque()
    with ThreadPoolExecutor(most, thread_name_prefix="drafter") as pool:
        try:
            for row in rows:
                begun.append(pool.submit(work, row))
                if len(begun) >= most:
                    yield begun.popleft().result()
            while begun:
                yield begun.popleft().result()
        finally:
            for future in begun:
                future.cancel()

"""Several customers in one transaction, where writing takes milliseconds: a commit costs more than a message.

All of a group is stored or none of it, so a crash repeats a group and doubles nothing. The groups grow from one, so
that the first message can be read, and the campaign paused, at once. A group in which something fails is done again one
by one, so that one customer's fault keeps nobody else from being stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from time import monotonic
from typing import TypeVar

from agent.errors import HoldfastError
from agent.house import House

A = TypeVar("A")
B = TypeVar("B")
MOST, HOLD_S = 512, 0.2
"""Customers that share a transaction at most, and about how long another writer waits for one."""


class Together:
    """Remembers how many of its rows fit into a transaction."""

    def __init__(self, house: House) -> None:
        self._house, self._size = house, 1

    def over(self, work: Callable[[A], B], rows: Iterable[A]) -> Iterator[B]:
        """`work` on every row, in order."""
        waiting = iter(rows)
        while group := list(islice(waiting, self._size)):
            began = monotonic()
            done = _one_by_one(work, group) if len(group) == 1 else _together(work, group, self._house)
            held_s = monotonic() - began
            if len(group) == self._size:
                self._size = next_size(len(group), held_s)
            else:  # a smaller rest may say that fewer fit, and not that more do
                self._size = min(self._size, _that_fit(len(group), held_s))
            yield from done


def next_size(size: int, held_s: float) -> int:
    """How many share the next transaction, when `size` held the last one for so long."""
    return min(2 * max(size, 1), MOST, _that_fit(size, held_s))


def _that_fit(size: int, held_s: float) -> int:
    return max(2, int(size * HOLD_S / max(held_s, 1e-6)))


def _together(work: Callable[[A], B], group: list[A], house: House) -> list[B]:
    try:
        with house.store.write():
            return [work(row) for row in group]
    except HoldfastError:  # nothing of the group is stored
        return _one_by_one(work, group)


def _one_by_one(work: Callable[[A], B], group: list[A]) -> list[B]:
    return [work(row) for row in group]

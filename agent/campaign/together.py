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


def in_groups(
    work: Callable[[A], B], rows: Iterable[A], house: House, together: Callable[[list[A]], list[B]] | None = None
) -> Iterator[B]:
    """`work` on every row, in order. `together`: the same for a group at once, where that is quicker."""
    waiting, size = iter(rows), 1
    while group := list(islice(waiting, size)):
        began = monotonic()
        done = _one_by_one(work, group) if size == 1 else _together(work, group, house, together)
        took = max(monotonic() - began, 1e-6)
        yield from done
        size = max(2, min(2 * size, MOST, int(size * HOLD_S / took)))


def _together(
    work: Callable[[A], B], group: list[A], house: House, together: Callable[[list[A]], list[B]] | None
) -> list[B]:
    try:
        with house.store.write():
            return together(group) if together is not None else [work(row) for row in group]
    except HoldfastError:  # nothing of the group is stored
        return _one_by_one(work, group)


def _one_by_one(work: Callable[[A], B], group: list[A]) -> list[B]:
    return [work(row) for row in group]

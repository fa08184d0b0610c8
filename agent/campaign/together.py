"""Several customers in one transaction, where writing takes milliseconds: a commit costs more than a message.

All of a group is stored or none of it, so a crash repeats a group and doubles nothing. The groups grow from one, so
that the first message can be read, and the campaign paused, at once. A group in which something fails is done again one
by one, so that one customer's fault keeps nobody else from being stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

from agent.errors import HoldfastError
from agent.house import House

A = TypeVar("A")
B = TypeVar("B")
MOST = 32
"""Customers that share a transaction: some two tenths of a second, for which another writer waits."""


def in_groups(work: Callable[[A], B], rows: Iterable[A], house: House) -> Iterator[B]:
    """`work` on every row, in order."""
    waiting, size = iter(rows), 1
    while group := list(islice(waiting, size)):
        yield from _one_by_one(work, group) if size == 1 else _together(work, group, house)
        size = min(MOST, 2 * size)


def _together(work: Callable[[A], B], group: list[A], house: House) -> Iterator[B]:
    try:
        with house.store.write():
            done = [work(row) for row in group]
    except HoldfastError:  # nothing of the group is stored
        yield from _one_by_one(work, group)
        return
    yield from done


def _one_by_one(work: Callable[[A], B], group: list[A]) -> Iterator[B]:
    yield from map(work, group)

"""Replays old messages through other rules, on all cores. The rules in this process stay as they are."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.domain import Span, Verdict, Words
from agent.errors import InputError
from agent.guardrails import check, context_from_json
from agent.replay import Change, Judged, Replay, compare
from agent.resources import use_overrides

if TYPE_CHECKING:
    from api.bootstrap import Workshop

BATCH = 250
_AHEAD = 4


def replay(
    workshop: Workshop,
    since: datetime,
    until: datetime,
    rules: Path | None,
    tell: Callable[[str, float], None] = lambda _step, _share: None,
) -> Replay:
    """Judge what was judged for sending in [since, until) once more; `rules` is a folder of overrides, None: today's.

    Raises InputError when the folder is no folder or one of its files cannot be used: before anything is judged.
    """
    if rules is not None and not rules.is_dir():
        raise InputError(f"{rules} is no folder", "give a folder of the same shape as overrides/ in the home")
    folder = rules or (workshop.home.overrides if workshop.home.overrides.is_dir() else None)
    total, found = workshop.store.judged.count(since, until), Replay()
    with ProcessPoolExecutor(os.cpu_count(), initializer=_begin, initargs=(folder,)) as pool:
        pool.submit(_try_rules).result()
        batches = _batches(workshop.store.judged.between(since, until))
        for size, changes in _in_parallel(pool, batches):
            found.add(size, changes)
            tell(f"{found.messages:,} of {total:,}", found.messages / max(total, 1))
    found.left_out = total - found.messages
    return found


def _in_parallel(pool: ProcessPoolExecutor, batches: Iterator[list[Judged]]) -> Iterator[tuple[int, list[Change]]]:
    """A few batches ahead of the processes and no more, so that memory stays flat however long the history is."""
    waiting: list[tuple[int, Future[list[Change]]]] = []
    for batch in batches:
        waiting.append((len(batch), pool.submit(_compare_all, batch)))
        if len(waiting) >= _AHEAD * (os.cpu_count() or 1):
            size, done = waiting.pop(0)
            yield size, done.result()
    for size, done in waiting:
        yield size, done.result()


def _batches(messages: Iterable[Judged]) -> Iterator[list[Judged]]:
    left = iter(messages)
    while batch := list(islice(left, BATCH)):
        yield batch


# --- in the other processes -------------------------------------------------------------------------------------------


def _begin(folder: Path | None) -> None:
    use_overrides(folder)


def _try_rules() -> None:
    """Read every file of the rules once: one that cannot be used is named before the work begins."""
    from agent.guardrails.books import read_books
    from agent.guardrails.lexicon import read_lexicons

    read_books()
    read_lexicons()


def _compare_all(batch: list[Judged]) -> list[Change]:
    return [change for old in batch if (change := compare(old, _judge)) is not None]


def _judge(words: Words, context: Mapping[str, Any], act_spans: tuple[Span, ...]) -> Verdict:
    return check(words, context_from_json(context), act_spans)

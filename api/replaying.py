"""Replays old messages through other rules, on all cores. The rules in this process stay as they are."""

from __future__ import annotations

import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
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
ROOMS = ("agent", "scoring", "knowledge", "prompts")
READ = frozenset({".toml", ".md", ".json", ".jsonl", ".txt", ".j2", ".jinja"})
"""What the files are called that stand in the place of ours."""
_AHEAD = 4


def replay(
    workshop: Workshop,
    since: datetime,
    until: datetime,
    rules: Path | None,
    tell: Callable[[str, float], None] = lambda _step, _share: None,
    cores: int | None = None,
) -> Replay:
    """Judge what was judged for sending in [since, until) once more; `rules` is a folder of overrides, None: today's.

    Interrupted, it gives what it found so far and the moment that it reached. `cores`: None is all of them. Raises
    InputError when the folder is no folder or one of its files cannot be used: before anything is judged.
    """
    if rules is not None and not rules.is_dir():
        raise InputError(f"{rules} is no folder", "give a folder of the same shape as overrides/ in the home")
    if rules is not None and not any(_takes_a_place(path.relative_to(rules)) for path in rules.rglob("*.*")):
        raise InputError(
            f"{rules} has no file where rules are read",
            "name files as in overrides/, agent/guardrails/lexicons/….toml for instance: holdfast rules list",
        )
    folder = rules or (workshop.home.overrides if workshop.home.overrides.is_dir() else None)
    cores = cores or os.cpu_count() or 1
    total, found, begun = workshop.store.judged.count(since, until), Replay(), time.monotonic()
    reached = since
    with ProcessPoolExecutor(cores, initializer=_begin, initargs=(folder,)) as pool:
        for tried in [pool.submit(_try_rules) for _ in range(cores)]:  # about one each, at the same time
            tried.result()
        batches = _batches(workshop.store.judged.between(since, until))
        try:
            for batch, changes in _in_parallel(pool, batches, _AHEAD * cores):
                found.add(batch.size, changes)
                reached = batch.last
                rate = found.messages / (time.monotonic() - begun)
                tell(f"{found.messages:,} of {total:,}, {rate:,.0f} a second", found.messages / max(total, 1))
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            found.reached = reached
            return found
    found.left_out = total - found.messages
    return found


@dataclass(frozen=True, slots=True)
class _Batch:
    """What was handed to a process: how many messages, and when the last of them was judged."""

    size: int
    last: datetime


def _takes_a_place(path: Path) -> bool:
    """Whether a file of this relative path would be read in the place of ours, or beside them."""
    top, *inside = path.parts[:-1] or ("",)
    return top in ROOMS and path.suffix in READ and files(top).joinpath(*inside).is_dir()


def _in_parallel(
    pool: ProcessPoolExecutor, batches: Iterator[list[Judged]], ahead: int
) -> Iterator[tuple[_Batch, list[Change]]]:
    """A few batches ahead of the processes and no more, so that memory stays flat however long the history is."""
    waiting: deque[tuple[_Batch, Future[list[Change]]]] = deque()
    for batch in batches:
        waiting.append((_Batch(len(batch), batch[-1].at), pool.submit(_compare_all, batch)))
        if len(waiting) >= ahead:
            told, done = waiting.popleft()
            yield told, done.result()
    for told, done in waiting:
        yield told, done.result()


def _batches(messages: Iterable[Judged]) -> Iterator[list[Judged]]:
    left = iter(messages)
    while batch := list(islice(left, BATCH)):
        yield batch


# --- in the other processes -------------------------------------------------------------------------------------------


def _begin(folder: Path | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends it to all; the first process ends the others
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

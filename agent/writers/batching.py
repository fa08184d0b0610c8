"""Many prompts on one model at once: who is let in first, and what happens when memory or patience runs out.

Takes prompts as token ids, gives answers as token ids. The engine below it decodes everything that was let in together
and shares the beginnings of prompts; this file decides the order (a rep before a campaign), lets in fewer when the
memory was not enough, takes out what nobody waits for any more, and starts the engine again when it has gone silent.
"""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from agent.errors import WriterUnavailable

MOST = 64
"""How many are decoded together at first; what does not fit into memory halves it."""
SILENT_S = 30.0
"""An engine that gave no token for so long, with work in hand, is started again."""
Follow = Callable[[], Any]
"""Makes what holds an answer to its grammar; afresh for each try."""
TRIES = 2
"""How often a prompt is put to the engine before its writer's turn passes."""
POLL_S = 0.05
MEMORY_WORDS = ("out of memory", "outofmemory", "not enough memory")


@dataclass(frozen=True, slots=True)
class Progress:
    """What an engine tells of one prompt: all its tokens until now. `error` is set when it was given up."""

    key: str
    tokens: tuple[int, ...]
    finished: bool = False
    error: str = ""


def is_memory(error: str) -> bool:
    """Whether an engine's words say that the memory was not enough."""
    return any(word in error.lower() for word in MEMORY_WORDS)


class Engine(Protocol):
    """Decodes what it is given, all together. One thread calls it."""

    def submit(self, key: str, prompt: Sequence[int], room: int, follow: Follow | None = None) -> None: ...
    def cancel(self, key: str) -> None: ...
    def poll(self, seconds: float) -> list[Progress]:
        """What is new within that time; empty when nothing is."""
        ...

    def restart(self, most: int) -> None:
        """Drop everything and begin anew, with room for so many at once."""
        ...

    def close(self) -> None: ...


@dataclass(slots=True)
class _Job:
    """One prompt and who waits for it."""

    prompt: Sequence[int]
    room: int
    told: Callable[[Sequence[int]], None] | None
    follow: Follow | None = None
    done: threading.Event = field(default_factory=threading.Event)
    tokens: tuple[int, ...] = ()
    error: str = ""
    tries: int = 0
    cancelled: bool = False


class Batcher:
    """The queue in front of an engine. Threads call `ask`; one thread of its own talks to the engine."""

    def __init__(self, engine: Engine, most: int = MOST, silent_s: float = SILENT_S) -> None:
        self._engine, self.most, self._silent_s = engine, most, silent_s
        self._waiting: list[tuple[int, int, str, _Job]] = []
        self._inside: dict[str, _Job] = {}
        self._count = itertools.count()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._heard = time.monotonic()
        self._closed = False
        self.restarts = 0

    def ask(
        self,
        prompt: Sequence[int],
        room: int,
        seconds: float,
        urgent: bool = True,
        told: Callable[[Sequence[int]], None] | None = None,
        follow: Follow | None = None,
    ) -> tuple[int, ...]:
        """The answer's tokens. `told` hears all tokens so far, again and again, while they come; `follow` holds them to
        a grammar.

        Raises WriterUnavailable when there is no answer within that time or the engine gave it up; whatever was begun
        is taken out of the engine then.
        """
        job = _Job(prompt, room, told, follow)
        with self._changed:
            number = next(self._count)
            heapq.heappush(self._waiting, (0 if urgent else 1, number, f"p{number}", job))
            self._start()
            self._changed.notify()
        if not job.done.wait(seconds):
            job.cancelled = True
            with self._changed:
                self._changed.notify()
            raise WriterUnavailable(f"The model was not done in {seconds:.0f} seconds.", "Give it more time.")
        if job.error:
            raise WriterUnavailable(f"The model gave up: {job.error}", "See `holdfast doctor`.")
        return job.tokens

    def close(self) -> None:
        """No more; whoever waits is told so, and the engine is stopped."""
        with self._changed:
            self._closed = True
            self._start()
            self._changed.notify()

    # --- the one thread that talks to the engine --------------------------------------------------------------------

    def _start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._heard = time.monotonic()
            self._thread = threading.Thread(target=self._run, name="batcher", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._inside and not self._closed:
                    self._changed.wait()
                    self._heard = time.monotonic()
                if self._closed:
                    self._fail_all("it was closed")
                    self._engine.close()
                    return
            try:
                self._step()
            except Exception as error:  # whatever broke in the engine: those inside try once more, on a fresh one
                self._broke(f"{type(error).__name__}: {error}")

    def _step(self) -> None:
        self._take_out()
        self._let_in()
        news = self._engine.poll(POLL_S)
        if starved := next((one.error for one in news if is_memory(one.error)), ""):
            self._broke(starved)
            return
        if news:
            self._heard = time.monotonic()
        for one in news:
            self._hear(one)
        if self._inside and time.monotonic() - self._heard > self._silent_s:
            self._again(f"silent for {self._silent_s:.0f} seconds")

    def _take_out(self) -> None:
        for key in [key for key, job in self._inside.items() if job.cancelled]:
            self._engine.cancel(key)
            del self._inside[key]

    def _let_in(self) -> None:
        """The urgent first, then in the order they came."""
        with self._changed:
            while self._waiting and len(self._inside) < self.most:
                _, _, key, job = heapq.heappop(self._waiting)
                if not job.cancelled:
                    job.tries += 1
                    self._inside[key] = job
                    self._engine.submit(key, job.prompt, job.room, job.follow)

    def _hear(self, news: Progress) -> None:
        job = self._inside.get(news.key)
        if job is None:
            return
        job.tokens = news.tokens
        if job.told is not None and not news.error:
            job.told(news.tokens)
        if news.finished or news.error:
            job.error = news.error
            del self._inside[news.key]
            job.done.set()

    def _broke(self, why: str) -> None:
        """Too little memory is nobody's fault while fewer may go in together: that costs no try."""
        alone = self.most == 1
        if is_memory(why):
            self.most = max(1, self.most // 2)
        self._again(why, blamed=alone or not is_memory(why))

    def _again(self, why: str, blamed: bool = True) -> None:
        """A fresh engine; those inside go back to the front of the queue, until they had their tries."""
        self.restarts += 1
        inside, self._inside = self._inside, {}
        with self._changed:
            for key, job in inside.items():
                job.tries -= not blamed
                if job.tries >= TRIES:
                    job.error = why
                    job.done.set()
                else:
                    heapq.heappush(self._waiting, (-1, next(self._count), key, job))
        self._engine.restart(self.most)
        self._heard = time.monotonic()

    def _fail_all(self, why: str) -> None:
        for job in (*self._inside.values(), *(job for _, _, _, job in self._waiting)):
            job.error = why
            job.done.set()
        self._inside, self._waiting = {}, []

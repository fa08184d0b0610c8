"""The worker: one thread sends what is due every second, another goes through the campaigns that run.

`holdfast serve` starts one in its own process unless told not to; `holdfast work` is one by itself. All state is in the
database, so a worker may be killed at any moment, and several may run at the same time.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from agent import worker
from agent.errors import ChannelUnavailable
from api.arrivals import move
from api.logs import log, logger
from api.telling import tell_staff
from api.upkeep import settle, watch

if TYPE_CHECKING:
    from api.bootstrap import Workshop
    from api.metrics import Metrics

EVERY_S = 1.0
# An hour is soon enough to stop a campaign that harms: unsubscribes themselves act at once.
KEEP_REPLIES, SWEEP = timedelta(days=1), timedelta(hours=1)
TELL = timedelta(minutes=1)


@dataclass
class Worker:
    """`workshop` is asked anew for every turn, so that edited files take effect."""

    workshop: Callable[[], Workshop]
    metrics: Metrics | None = None
    stopped: threading.Event = field(default_factory=threading.Event)
    _swept: datetime | None = None
    _told: datetime | None = None
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        for name, turn in (("sending", self.send), ("campaigns", self.draft), ("events", self.keep_house)):
            thread = threading.Thread(target=self._loop, args=(name, turn), name=f"holdfast-{name}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self, wait_s: float = 10.0) -> None:
        """Finish the message that is being handed over, begin no other."""
        self.stopped.set()
        for thread in self._threads:
            thread.join(wait_s)

    def run_until_stopped(self) -> None:
        self.start()
        self.stopped.wait()
        self.stop()

    def send(self) -> None:
        deliveries = worker.send_turn(self.workshop().house, self.stopped.is_set)
        if self.metrics is not None:
            self.metrics.delivered(deliveries)
        for delivery in deliveries:
            log(logging.INFO, f"message {delivery.key} is {delivery.status}", key=delivery.key, status=delivery.status)

    def draft(self) -> None:
        for prepared in worker.drafting(self.workshop().house):
            if self.metrics is not None:
                self.metrics.drafted(prepared)

    def keep_house(self) -> None:
        shop = self.workshop()
        if moved := move(shop):
            log(logging.INFO, f"{moved} messages moved into the event log", moved=moved)
        if self._swept is None or shop.clock.now() - self._swept > SWEEP:
            self._swept = shop.clock.now()
            shop.store.replies.forget_older(self._swept - KEEP_REPLIES)
            settle(shop)
            for name, stop in watch(shop):
                told = f"{stop.harm}: {stop.at_least:.2%} at least, the limit is {stop.limit:.2%}"
                log(logging.WARNING, f"campaign {name} paused: {told}", campaign=name, harm=stop.harm.value)
        if self._told is None or shop.clock.now() - self._told > TELL:
            self._told = shop.clock.now()
            self._tell(shop)

    def _tell(self, shop: Workshop) -> None:
        """A group that cannot be reached keeps nobody from their work: it is said, and tried again in a minute."""
        try:
            if told := tell_staff(shop):
                log(logging.INFO, f"the group was told of {told} cases", told=told)
        except ChannelUnavailable as error:
            log(logging.WARNING, f"the group was not told: {error.message}", remedy=error.remedy)

    def _loop(self, name: str, turn: Callable[[], None]) -> None:
        """A turn that fails is said and tried again: an outage is not a decision, and not the end of the worker."""
        pause = EVERY_S
        while not self.stopped.wait(pause):
            try:
                turn()
                pause = EVERY_S
            except Exception as error:
                pause = min(60.0, pause * 2)
                why = getattr(error, "message", type(error).__name__)
                logger.error(f"{name} could not do its turn: {why}; again in {pause:.0f} s", exc_info=error)

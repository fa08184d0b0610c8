"""Ten faults of one channel in a row, and it is left alone: a dead server is not asked a thousand times.

Takes deliveries as they come, gives a reason against the next one or none. The object lives for one run; `resting`
reads from what stands in the outbox that an earlier run, or another worker, found the channel dead minutes ago.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from agent.domain import Channel, Delivery, DeliveryStatus

MAX_FAULTS = 10
ANSWERED = frozenset({DeliveryStatus.SENT, DeliveryStatus.FAILED})


CAME_BACK = frozenset({DeliveryStatus.QUEUED, DeliveryStatus.UNKNOWN})
REST = timedelta(minutes=5)


def resting(tries: Sequence[tuple[DeliveryStatus, datetime]], now: datetime) -> datetime | None:
    """Until when a channel is left alone whose last ten tries, newest first, all came back; None when it is not."""
    if len(tries) < MAX_FAULTS or any(status not in CAME_BACK for status, _ in tries[:MAX_FAULTS]):
        return None
    until = tries[0][1] + REST
    return until if until > now else None


class Breaker:
    def __init__(self) -> None:
        self._faults: Counter[Channel] = Counter()

    def note(self, channel: Channel, delivery: Delivery) -> None:
        """A sent message, or a no to one message, shows that the channel lives. What never reached it shows nothing."""
        if delivery.fault:
            self._faults[channel] += 1
        elif delivery.status in ANSWERED:
            self._faults[channel] = 0

    def against(self, channel: Channel) -> str:
        """Why this channel is left alone for the rest of the run; empty while it is not."""
        if self._faults[channel] < MAX_FAULTS:
            return ""
        return f"channel {channel} is paused for this run: {MAX_FAULTS} errors in a row"

"""Ten faults of one channel in a row, and this run leaves it alone: a dead server is not asked a thousand times.

Takes deliveries as they come, gives a reason against the next one or none. It lives for one run and forgets.
"""

from __future__ import annotations

from collections import Counter

from agent.domain import Channel, Delivery, DeliveryStatus

MAX_FAULTS = 10
ANSWERED = frozenset({DeliveryStatus.SENT, DeliveryStatus.FAILED})


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

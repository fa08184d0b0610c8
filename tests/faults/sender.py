"""A sender that finds what another left behind, sends whatever is due, and is killed at any point of it."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from agent import pipeline
from agent.domain import Channel, Delivery, DeliveryStatus, Message
from tests.factories import NOW
from tests.faults.lives import Fate
from tests.street import a_street


class CountingChannel:
    """Writes one line for every single handing over, so that a second one of the same message would be seen."""

    name = "counting"

    def __init__(self, file: Path, fate: Fate) -> None:
        self._file = file
        self._fate = fate

    def deliver(self, message: Message) -> Delivery:
        self._fate.point()
        handle = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(handle, f"{message.key}\n".encode())
        os.close(handle)
        self._fate.point()
        time.sleep(0.002)  # the moment in which a kill leaves nobody any wiser
        return Delivery(message.key, DeliveryStatus.SENT, NOW)


def send_until_killed(_number: int, last: int | None, folder: str) -> None:
    """One sender at a time lives here, so whatever is found in `sending` was left by one that died."""
    fate = Fate(last)
    street = a_street(Path(folder))
    channel = CountingChannel(Path(folder) / "handed-over.txt", fate)
    house = replace(street.house, channels=dict.fromkeys(Channel, channel))
    fate.watch(street.engine)
    pipeline.recover(house, timedelta(seconds=-1))
    pipeline.send_due(house)

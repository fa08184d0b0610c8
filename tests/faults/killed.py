"""What the killed processes run: they are started, do their work in a loop, and die at any point of it."""

from __future__ import annotations

import os
import random
import sys
import time
from dataclasses import replace
from pathlib import Path

from agent import pipeline
from agent.adapters.store import SqlStore
from agent.adapters.store.engine import open_engine
from agent.domain import Channel, Delivery, DeliveryStatus, Message, Money
from agent.ledger import Claim, Reservation
from tests.factories import NOW
from tests.street import a_street


def say_ready() -> None:
    """Imports are done and work begins: from here on the killer may strike."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()


def reserve_for_ever(url: str, seed: int) -> None:
    """Reserve, then commit, release or forget, until killed."""
    dice = random.Random(seed)
    ledger = SqlStore(open_engine(url), "linjian").ledger
    number = 0
    say_ready()
    while True:
        number += 1
        claim = Claim(
            f"{seed}-{number}", f"c{number}", "ten", Money(dice.randint(1, 9), "CNY"), ["campaign"], True, NOW
        )
        got = ledger.reserve(claim)
        if isinstance(got, Reservation):
            dice.choice([ledger.commit, ledger.release, lambda *_: None])(got.id, NOW)


class CountingChannel:
    """Writes one line for every single handing over, so that a second one of the same message would be seen."""

    name = "counting"

    def __init__(self, file: Path) -> None:
        self._file = file

    def deliver(self, message: Message) -> Delivery:
        handle = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(handle, f"{message.key}\n".encode())
        os.close(handle)
        time.sleep(0.02)  # the moment in which a kill leaves nobody any wiser
        return Delivery(message.key, DeliveryStatus.SENT, NOW)


def send_for_ever(folder: str) -> None:
    """Send whatever is due, until killed or done."""
    street = a_street(Path(folder))
    channel = CountingChannel(Path(folder) / "handed-over.txt")
    house = replace(street.house, channels=dict.fromkeys(Channel, channel))
    say_ready()
    pipeline.send_due(house)


if __name__ == "__main__":
    {"reserve": lambda: reserve_for_ever(sys.argv[2], int(sys.argv[3])), "send": lambda: send_for_ever(sys.argv[2])}[
        sys.argv[1]
    ]()

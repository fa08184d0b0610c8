"""What the killed processes run: they are started, do their work in a loop, and die at any point of it."""

from __future__ import annotations

import random
import sys
from pathlib import Path

from agent import pipeline
from agent.adapters.channels.sink import SinkChannel
from agent.adapters.store import SqlStore
from agent.adapters.store.engine import open_engine
from agent.domain import Channel, Money
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


def send_for_ever(folder: str) -> None:
    """Send whatever is due into the sink, until killed or done."""
    from dataclasses import replace

    street = a_street(Path(folder))
    sink = SinkChannel(Path(folder) / "outbox", street.clock)
    say_ready()
    pipeline.send_due(replace(street.house, channels=dict.fromkeys(Channel, sink)))


if __name__ == "__main__":
    {"reserve": lambda: reserve_for_ever(sys.argv[2], int(sys.argv[3])), "send": lambda: send_for_ever(sys.argv[2])}[
        sys.argv[1]
    ]()

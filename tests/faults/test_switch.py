"""The kill switch, turned by somebody else in another process's words: nothing begins two seconds later."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from agent import pipeline
from agent.adapters.store import SqlStore
from agent.adapters.store.engine import open_engine
from agent.domain import Channel, Delivery, DeliveryStatus, Message
from tests.factories import NOW, a_customer, an_order
from tests.street import a_street

CROWD, WITHIN_S = 20, 2.0


@dataclass
class SlowChannel:
    begun: list[float] = field(default_factory=list)
    name: str = "slow"

    def deliver(self, message: Message) -> Delivery:
        self.begun.append(time.monotonic())
        time.sleep(0.1)
        return Delivery(message.key, DeliveryStatus.SENT, NOW)


def test_two_seconds_after_the_switch_was_turned_nothing_leaves(tmp_path: Path) -> None:
    street, channel = a_street(tmp_path), SlowChannel()
    names = [f"k{n}" for n in range(CROWD)]
    street.store.people.put([a_customer(name) for name in names], NOW)
    street.history.events += [an_order(name) for name in names]
    for name in names:
        street.approved(case_id=f"case-{name}", customer_id=name)
    house = replace(street.house, channels=dict.fromkeys(Channel, channel))
    sender = threading.Thread(target=pipeline.send_due, args=(house,))
    sender.start()
    while not channel.begun:
        time.sleep(0.01)
    elsewhere = SqlStore(open_engine(str(street.engine.url)), street.house.brand.id)
    elsewhere.sending.set(True, "lin", NOW)
    turned = time.monotonic()
    sender.join(timeout=30)
    assert not sender.is_alive()
    assert time.monotonic() - turned < WITHIN_S
    assert len(channel.begun) < CROWD, "it was turned in the middle"
    assert max(channel.begun) - turned < WITHIN_S
    assert street.store.outbox.counts()[DeliveryStatus.QUEUED] == CROWD - len(channel.begun)

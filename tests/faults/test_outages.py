"""What fails in the middle of sending: a full disk, a database that goes away. Nothing is lost or leaves twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from agent import pipeline
from agent.domain import Channel, Delivery, DeliveryStatus, Message
from agent.errors import StoreUnavailable
from tests.factories import NOW, a_customer, an_order
from tests.servers import postgres_server, require_postgres
from tests.street import Street, a_street

CROWD = 5
S = DeliveryStatus


@dataclass
class BreakingChannel:
    """Hands everything over; while the second message is on its way, something else breaks."""

    breaks: Callable[[], None]
    sent: list[str] = field(default_factory=list)
    name: str = "breaking"

    def deliver(self, message: Message) -> Delivery:
        self.sent.append(message.key)
        if len(self.sent) == 2:
            self.breaks()
        return Delivery(message.key, S.SENT, NOW, detail="taken: " + "x" * 50_000)


def with_a_crowd(street: Street, breaks: Callable[[], None]) -> tuple[Street, BreakingChannel, set[str]]:
    """Five approved messages, and the channel that sees something break."""
    names = [f"k{n}" for n in range(CROWD)]
    street.store.people.put([a_customer(name) for name in names], NOW)
    street.history.events += [an_order(name) for name in names]
    for name in names:
        street.approved(case_id=f"case-{name}", customer_id=name)
    channel = BreakingChannel(breaks)
    street.house = replace(street.house, channels=dict.fromkeys(Channel, channel))
    return street, channel, {row.message.key for row in street.store.outbox.due(NOW)}


def goes_on_and_is_honest(street: Street, channel: BreakingChannel, approved: set[str]) -> None:
    """One message was in the air: it is unknown, and shown. All others are sent once, and their money is spent."""
    assert len(channel.sent) == 2, "after the breakdown no other message was begun"
    held = sum(street.reserved())
    assert pipeline.recover(street.house, timedelta(seconds=-1)) == [channel.sent[1]]
    pipeline.send_due(street.house)
    assert len(channel.sent) == len(set(channel.sent)) == CROWD
    assert set(channel.sent) == approved
    assert street.store.outbox.counts() == {S.SENT: CROWD - 1, S.UNKNOWN: 1}
    assert street.reserved() == (0, held)
    pipeline.send_due(street.house)
    assert len(channel.sent) == CROWD, "what is unknown is never sent again by itself"


def test_a_disk_that_fills_up_while_a_message_leaves_is_said_and_loses_nothing(tmp_path: Path) -> None:
    street = a_street(tmp_path)
    full: list[bool] = []

    @sa.event.listens_for(street.engine, "checkout")
    def no_page_more(connection: Any, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {1 if full else 2**32 - 2}")  # 1: as many as there are

    street, channel, approved = with_a_crowd(street, lambda: full.append(True))
    with pytest.raises(StoreUnavailable, match="the disk is full") as caught:
        pipeline.send_due(street.house)
    assert "free some space" in str(caught.value.remedy)
    full.clear()
    goes_on_and_is_honest(street, channel, approved)


@pytest.mark.slow
def test_a_database_that_is_restarted_while_a_message_leaves_loses_nothing(tmp_path: Path) -> None:
    require_postgres()
    with postgres_server() as server:
        street, channel, approved = with_a_crowd(a_street(tmp_path, server.url), server.stop)
        with pytest.raises(StoreUnavailable) as caught:
            pipeline.send_due(street.house)
        assert caught.value.remedy
        with pytest.raises(StoreUnavailable):
            pipeline.send_due(street.house)  # it is still away, and that is still said
        server.start()
        goes_on_and_is_honest(street, channel, approved)
        street.engine.dispose()

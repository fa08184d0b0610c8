"""Events read ahead for many answer as events that are asked for one by one, of what arrives meanwhile too."""

from __future__ import annotations

import random
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from agent.inbound import Arrival
from api.history import EventHistory
from scoring.event_log import FEW, EventLog
from scoring.events import read_events

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
NOW = BEGIN + timedelta(days=90)
SAID = ("ticket", "review")


@dataclass
class Waiting:
    arrivals: list[Arrival] = field(default_factory=list)

    def of_customers(self, customer_ids: Sequence[str]) -> list[Arrival]:
        return [one for one in self.arrivals if one.customer_id in customer_ids]


def events(customers: int, each: int = 6, seed: int = 0) -> pd.DataFrame:
    dice = random.Random(seed)
    rows = [
        {
            "event_id": f"e{seed}-{number}-{n}",
            "customer_id": f"c{number:04}",
            "at": (BEGIN + timedelta(minutes=dice.randrange(80 * 24 * 60))).isoformat(),
            "kind": dice.choice(["order", "view", "ticket", "review"]),
            "text": "where is it?",
            "topic": "delivery",
        }
        for number in range(customers)
        for n in range(each)
    ]
    return read_events(pd.DataFrame(rows)).events


@pytest.fixture
def log(tmp_path: Path) -> EventLog:
    log = EventLog(tmp_path / "log")
    log.append(events(300))
    return log


def names(*numbers: int) -> list[str]:
    return [f"c{number:04}" for number in numbers]


@pytest.mark.parametrize("asked", [names(3), names(*range(FEW)), names(*range(FEW + 1)), names(7, 8, 9_999)])
def test_what_was_read_ahead_is_what_would_be_read(log: EventLog, asked: list[str]) -> None:
    ahead, plain = EventHistory(log, "CNY"), EventHistory(log, "CNY")
    ahead.read_ahead(names(*range(250), 9_999), SAID)
    assert ahead.timelines(asked, NOW, SAID) == plain.timelines(asked, NOW, SAID)
    assert {event.kind for events in plain.timelines(asked, NOW, SAID).values() for event in events} == set(SAID)
    one_by_one = {name: plain.timeline(name, NOW) for name in asked}
    assert plain.timelines(asked, NOW) == {name: events for name, events in one_by_one.items() if events}


class CountedLog(EventLog):
    """Counts what is loaded, and from how many files."""

    loads: list[int | None]

    def load(self, *given: Any, **named: Any) -> pd.DataFrame:
        files = named.get("files")
        self.loads.append(len(files) if files is not None else None)
        return super().load(*given, **named)


def test_the_log_is_asked_once_for_all_and_then_only_for_what_is_new(log: EventLog) -> None:
    counted = CountedLog(log.folder)
    counted.loads = []
    ahead = EventHistory(counted, "CNY")
    ahead.read_ahead(names(*range(250)), SAID)
    for number in range(0, 200, 50):
        ahead.timelines(names(number, number + 1), NOW, SAID)
    assert counted.loads == [None]
    log.append(events(250, each=1, seed=2))
    for number in range(0, 200, 50):
        assert ahead.timelines(names(number), NOW, SAID) == EventHistory(log, "CNY").timelines(names(number), NOW, SAID)
    assert counted.loads == [None, 1]
    log.erase("c0001")
    assert ahead.timelines(names(1), NOW, SAID) == {}
    assert counted.loads == [None, 1, None]


def test_who_was_not_read_ahead_and_other_kinds_are_read_now(log: EventLog) -> None:
    ahead, plain = EventHistory(log, "CNY"), EventHistory(log, "CNY")
    ahead.read_ahead(names(1, 2), SAID)
    for asked, kinds in ((names(1, 2, 3), SAID), (names(1), ("order",))):
        assert ahead.timelines(asked, NOW, kinds) == plain.timelines(asked, NOW, kinds)


def test_what_came_into_the_log_since_is_told(log: EventLog) -> None:
    ahead = EventHistory(log, "CNY")
    ahead.read_ahead(names(*range(20)), SAID)
    before = ahead.timelines(names(4), NOW, SAID)
    log.append(events(20, seed=1))
    after = ahead.timelines(names(4), NOW, SAID)
    assert after == EventHistory(log, "CNY").timelines(names(4), NOW, SAID)
    assert len(after["c0004"]) > len(before.get("c0004", ()))
    log.erase("c0004")
    assert ahead.timelines(names(4), NOW, SAID) == {}


def test_a_file_that_repeats_others_for_a_moment_doubles_nothing(log: EventLog) -> None:
    ahead = EventHistory(log, "CNY")
    ahead.read_ahead(names(*range(20)), SAID)
    before = ahead.timelines(names(*range(20)), NOW, SAID)
    [part] = log.folder.glob("part-*.parquet")
    shutil.copyfile(part, log.folder / "part-merged.parquet")
    assert ahead.timelines(names(*range(20)), NOW, SAID) == before


def test_what_waits_to_be_put_into_the_log_is_told(log: EventLog) -> None:
    waiting = Waiting()
    ahead = EventHistory(log, "CNY", waiting)
    ahead.read_ahead(names(*range(20)), SAID)
    row = {"event_id": "new", "customer_id": "c0004", "at": NOW.isoformat(), "kind": "ticket", "text": "hello?"}
    waiting.arrivals.append(Arrival("m1", "c0004", None, NOW, [row]))
    told = ahead.timelines(names(4, 5), NOW + timedelta(seconds=1), SAID)
    assert told["c0004"][-1].id == "new"
    assert told.get("c0005", ()) == EventHistory(log, "CNY").timelines(names(5), NOW, SAID).get("c0005", ())


def test_a_log_in_one_file_tells_what_it_told_in_many(log: EventLog) -> None:
    everything = log.load()
    for number in range(45):
        log.append(events(2, each=1, seed=100 + number))
    assert len(list(log.folder.glob("part-*.parquet"))) < 45
    merged = log.load()
    old = merged.loc[merged["event_id"].isin(everything["event_id"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(old, everything)

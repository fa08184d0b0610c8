from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from scoring.event_log import MERGE_AT, EventLog
from scoring.events import read_events


def test_appending_the_same_events_twice_adds_them_once(tmp_path: Path, shop: pd.DataFrame) -> None:
    log = EventLog(tmp_path / "log")
    assert log.append(shop) == (len(shop), 0)
    assert log.append(shop) == (0, len(shop))
    assert log.count() == len(shop)


def test_what_comes_out_is_what_went_in(tmp_path: Path, shop: pd.DataFrame) -> None:
    log = EventLog(tmp_path / "log")
    log.append(shop)
    order = ["customer_id", "at", "event_id"]
    pd.testing.assert_frame_equal(log.load(), shop.sort_values(order, ignore_index=True))


def test_one_customer_and_a_time_span_are_read_alone(tmp_path: Path, shop: pd.DataFrame) -> None:
    log = EventLog(tmp_path / "log")
    log.append(shop)
    moment = pd.Timestamp("2024-06-01", tz="UTC")
    mine = log.load(until=moment, customer_ids=["C0001"])
    expected = shop.loc[(shop["customer_id"] == "C0001") & (shop["at"] < moment)]
    assert set(mine["event_id"]) == set(expected["event_id"])
    assert len(log.load(since=moment)) == int((shop["at"] >= moment).sum())


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_parts_hold_every_customer_once(tmp_path: Path, shop: pd.DataFrame, size: int) -> None:
    log = EventLog(tmp_path / "log")
    assert log.parts(size) == []
    log.append(shop)
    parts = [log.load(between=part) for part in log.parts(size)]
    assert all(part["customer_id"].nunique() <= size for part in parts)
    assert sum(part["customer_id"].nunique() for part in parts) == shop["customer_id"].nunique()
    assert sum(map(len, parts)) == len(shop)


def test_many_small_files_become_one_without_losing_a_row(tmp_path: Path, shop: pd.DataFrame) -> None:
    log = EventLog(tmp_path / "log")
    for start in range(MERGE_AT + 3):
        log.append(shop.iloc[start * 3 : start * 3 + 3])
    assert log.count() == 3 * (MERGE_AT + 3)
    assert len(list((tmp_path / "log").glob("part-*.parquet"))) < 10


def test_erasing_a_customer_leaves_the_others(tmp_path: Path, shop: pd.DataFrame) -> None:
    log = EventLog(tmp_path / "log")
    log.append(shop)
    gone = log.erase("C0001")
    assert gone == int((shop["customer_id"] == "C0001").sum())
    assert log.count() == len(shop) - gone


@pytest.mark.parametrize("moment", ["to_parquet", "before_rename", "before_note"])
def test_a_kill_while_writing_leaves_the_log_as_it_was(tmp_path: Path, shop: pd.DataFrame, moment: str) -> None:
    log = EventLog(tmp_path / "log")
    log.append(shop.iloc[:100])
    shop.iloc[100:200].to_parquet(tmp_path / "more.parquet")
    script = f"""
import os, pandas as pd, pathlib
from scoring.event_log import EventLog
log = EventLog({str(tmp_path / "log")!r})
real, count = pathlib.Path.replace, [0]
def die(*a, **k): os._exit(9)
def second(self, other):
    count[0] += 1
    return die() if count[0] == (2 if {moment!r} == "before_rename" else 1) else real(self, other)
if {moment!r} == "to_parquet":
    pathlib.Path.replace = die
    log.append(pd.read_parquet({str(tmp_path / "more.parquet")!r}))
else:
    pathlib.Path.replace = second
    log.erase(log.load()["customer_id"].iloc[0])
"""
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 9
    assert log.count() == 100
    assert log.append(shop.iloc[:200]) == (100, 100)


def test_an_empty_log_answers_with_an_empty_table(tmp_path: Path) -> None:
    log = EventLog(tmp_path / "log")
    assert log.load().empty
    assert log.span() is None
    assert log.count() == 0


def test_the_log_takes_what_read_events_gives(tmp_path: Path) -> None:
    table = pd.DataFrame({"customer_id": ["1"], "at": ["2024-05-01"]})
    assert EventLog(tmp_path).append(read_events(table).events) == (1, 0)

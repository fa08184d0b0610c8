"""A provider's pace is kept: windows over all, caps for one recipient, its hours; a dead channel is left to rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from agent import pipeline
from agent.breaker import resting
from agent.channels import Cap, ProviderRules, QuietHours, provider_rules
from agent.channels.providers import Window
from agent.domain import Channel, DeliveryStatus, Purpose
from agent.pace import may_leave_at
from agent.reach import Reach, read_allow_list
from tests.factories import NOW, a_customer
from tests.street import Street, a_street

S = DeliveryStatus


def rules(**changes: object) -> ProviderRules:
    return replace(provider_rules("smtp"), **changes)  # type: ignore[arg-type]


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def at(rules: ProviderRules, left: dict[str, list[datetime]], purpose: Purpose = Purpose.MARKETING) -> datetime | None:
    """`left`: when messages left, newest first, by recipient."""
    everything = sorted((moment for moments in left.values() for moment in moments), reverse=True)

    def nth_last(n: int, recipient: str | None, purposes: frozenset[Purpose] | None) -> datetime | None:
        found = everything if recipient is None else left.get(recipient, [])
        return found[n - 1] if len(found) >= n else None

    return may_leave_at(rules, "nora", purpose, "Asia/Shanghai", NOW, nth_last)


def test_a_full_window_opens_when_its_oldest_message_falls_out_of_it() -> None:
    two_a_minute = rules(windows=(Window(2, timedelta(minutes=1)),))
    assert at(two_a_minute, {}) is None
    assert at(two_a_minute, {"x": [ago(5)]}) is None
    assert at(two_a_minute, {"x": [ago(5)], "y": [ago(40)]}) == NOW + timedelta(seconds=20)
    assert at(two_a_minute, {"x": [ago(5)], "y": [ago(60)]}) is None


def test_a_cap_counts_for_one_recipient_and_its_purposes_alone() -> None:
    capped = rules(caps=(Cap(1, timedelta(days=1), frozenset({Purpose.MARKETING})),))
    assert at(capped, {"x": [ago(5)]}) is None
    assert at(capped, {"nora": [ago(3600)]}) == NOW + timedelta(hours=23)
    assert at(capped, {"nora": [ago(3600)]}, Purpose.SERVICE) is None


def test_the_longest_wait_counts() -> None:
    both = rules(windows=(Window(1, timedelta(seconds=1)), Window(2, timedelta(minutes=1))))
    assert at(both, {"x": [ago(0.5), ago(30)]}) == NOW + timedelta(seconds=30)


def test_a_providers_own_night_holds_marketing_alone() -> None:
    night = rules(quiet=QuietHours(time(10), time(11)))
    assert at(night, {}) == datetime(2026, 3, 2, 3, 0, tzinfo=UTC), "it is half past ten in Shanghai"
    assert at(night, {}, Purpose.SERVICE) is None


def live(folder: Path, **pace: object) -> Street:
    street = a_street(folder)
    street.channel.clock = street.clock
    street.store.people.put([a_customer(f"c{n}", made_up=False) for n in range(1, 13)], NOW)
    reach = Reach(frozenset({Channel.EMAIL}), read_allow_list("*"))
    street.house = replace(street.house, providers={"email": rules(**pace)}, reach=reach)
    return street


def approve_many(street: Street, count: int) -> None:
    for n in range(1, count + 1):
        street.history.events += [replace(street.history.events[0], id=f"o{n}", customer_id=f"c{n}")]
        street.approved(case_id=f"case_{n}", customer_id=f"c{n}")


def test_the_outbox_keeps_the_providers_window_over_runs_and_loses_nothing(tmp_path: Path) -> None:
    street = live(tmp_path, windows=(Window(2, timedelta(minutes=1)),))
    approve_many(street, 5)
    sent = []
    for _ in range(4):
        pipeline.send_due(street.house)
        sent.append(len(street.channel.sent))
        street.clock.at += timedelta(seconds=61)
    assert sent == [2, 4, 5, 5]
    assert street.store.outbox.counts() == {S.SENT: 5}


def test_the_sink_is_in_no_hurry(tmp_path: Path) -> None:
    street = live(tmp_path, windows=(Window(1, timedelta(minutes=1)),))
    street.house = replace(street.house, reach=Reach())
    approve_many(street, 3)
    pipeline.send_due(street.house)
    assert len(street.channel.sent) == 3


def test_a_dead_channel_rests_for_the_next_runs_too_and_is_tried_again_later(tmp_path: Path) -> None:
    street = live(tmp_path)
    approve_many(street, 12)
    street.channel.refuses = True
    pipeline.send_due(street.house)
    tried = [street.store.outbox.get(row.message.key) for row in street.store.outbox.under_way()]
    assert sum(row.attempts for row in tried if row) == 10
    street.clock.at += timedelta(minutes=1)
    deliveries = pipeline.send_due(street.house)
    assert {delivery.status for delivery in deliveries} == {S.QUEUED}
    assert all("rests until" in delivery.detail for delivery in deliveries)
    street.channel.refuses = False
    street.clock.at += timedelta(minutes=10)
    pipeline.send_due(street.house)
    assert len(street.channel.sent) == 12


@pytest.mark.parametrize(
    ("tries", "rests"),
    [
        ([(S.QUEUED, ago(10))] * 10, True),
        ([(S.QUEUED, ago(10))] * 9, False),
        ([(S.QUEUED, ago(10))] * 5 + [(S.SENT, ago(20))] + [(S.QUEUED, ago(30))] * 9, False),
        ([(S.UNKNOWN, ago(10))] * 10, True),
        ([(S.QUEUED, ago(301))] * 10, False),
    ],
)
def test_ten_tries_in_a_row_that_came_back_within_minutes_are_a_rest(
    tries: list[tuple[DeliveryStatus, datetime]], rests: bool
) -> None:
    assert (resting(tries, NOW) is not None) is rests

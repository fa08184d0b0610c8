"""Our statistics on experiments with a known answer. Few runs here, 2,000 in `make proof`."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scoring.experiments.difference import wilson
from scoring.experiments.known_shop import compare
from scoring.experiments.rehearsal import Check, rehearse
from scoring.experiments.sample import share_of
from scoring.simulation import Truth, simulate

RUNS = int(os.environ.get("HOLDFAST_PROOF_EXPERIMENTS", "100"))
ENOUGH = 1000
"""Runs from which the measured share itself must lie where it should, and not only its interval."""


@pytest.fixture(scope="module")
def checks() -> dict[str, Check]:
    return {check.name: check for check in rehearse(RUNS, 0, lambda _step, _share: None)}


def test_every_share_lies_where_it_should(checks: dict[str, Check]) -> None:
    off = [(check.name, check.share, check.interval) for check in checks.values() if not as_it_should(check)]
    assert off == []
    assert len(checks) > 20


def as_it_should(check: Check) -> bool:
    if check.aim is None or RUNS >= ENOUGH:
        return check.held
    # Twenty checks at once: an interval of 95 % would fail each second run for nothing.
    low, high = wilson(share_of(check.runs, check.hits), z=3.3)
    return low <= check.aim[1] and check.aim[0] <= high


def test_a_share_that_is_off_would_be_seen() -> None:
    assert not Check("too many alarms", 2000, 160, (0.04, 0.06)).held
    assert not as_it_should(Check("far too many alarms", 100, 20, (0.04, 0.06)))


def test_daily_looks_at_a_plain_interval_see_what_is_not_there(checks: dict[str, Check]) -> None:
    """The reason for the always-valid interval."""
    plain = next(check for name, check in checks.items() if "plain interval" in name)
    assert plain.share > 0.15


def test_our_estimates_hold_the_truth_of_a_simulated_shop(tmp_path: Path) -> None:
    simulate(2500, 5, tmp_path, datetime(2026, 11, 23, 2, 0, tzinfo=UTC))
    rows = compare(Truth.load(tmp_path), 5)
    assert sum(row.inside for row in rows) >= len(rows) - 2
    by_question = {row.question: row.truth for row in rows}
    assert by_question["stay: a percent coupon"] > by_question["stay: a coupon as third message of the month"] > 0
    assert by_question["stay: nobody writes after two coupons (they wait)"] < 0
    assert by_question["unsubscribe: a percent coupon"] > by_question["complain: a percent coupon"] > 0

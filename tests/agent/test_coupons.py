"""What becomes of a coupon after its message left."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from agent import coupons, feedback, pipeline
from agent.outcomes import OutcomeRow
from tests.factories import NOW
from tests.street import Street, a_street


@pytest.fixture
def street(tmp_path: Path) -> Street:
    street = a_street(tmp_path)
    street.approved()
    pipeline.send_due(street.house)
    assert street.reserved() == (0, 1500)
    return street


def test_a_coupon_that_nobody_came_with_gives_its_money_back_once_and_not_on_its_last_day(street: Street) -> None:
    street.clock.at = NOW + timedelta(days=20)
    assert coupons.expire_unused(street.house) == 0, "a till's file may still come"
    street.clock.at = NOW + timedelta(days=60)
    assert coupons.expire_unused(street.house) == 1
    assert coupons.expire_unused(street.house) == 0
    assert street.reserved() == (0, 0)


@pytest.mark.parametrize("told_by", ["code", "case"])
def test_a_redeemed_coupon_never_expires_however_it_was_told(street: Street, told_by: str) -> None:
    [case] = street.store.cases.find()
    assert case.decision is not None
    assert case.decision.offer is not None
    code, case_id = (case.decision.offer.code, None) if told_by == "code" else (None, case.case_id)
    assert feedback.record(
        OutcomeRow("redeemed", NOW + timedelta(days=2), case_id=case_id, code=code), street.house, "till"
    )
    street.clock.at = NOW + timedelta(days=60)
    assert coupons.expire_unused(street.house) == 0
    assert street.reserved() == (0, 1500)

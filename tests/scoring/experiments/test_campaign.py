"""The parts of a campaign's result: money, what customers did afterwards, and when it must stop."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from scoring.experiments.campaign import CANNOT_TELL, Group, lift
from scoring.experiments.follow_up import follow_up, settled
from scoring.experiments.stops import LIMITS, check_stop, surely_above
from scoring.experiments.worth import worth
from scoring.records import Harm

DAY = datetime(2026, 3, 1, tzinfo=UTC)


def people(*opened: float) -> pd.DataFrame:
    """One person for each day on which a case was opened."""
    return pd.DataFrame(
        {
            "customer_id": [f"c{number}" for number in range(len(opened))],
            "opened_at": pd.to_datetime([DAY + timedelta(days=day) for day in opened], utc=True),
        }
    )


def events(*rows: tuple[str, float, str, dict[str, object]]) -> pd.DataFrame:
    known: dict[str, object] = {"quantity": 1.0, "unit_price": 10.0, "topic": None, "rating": np.nan}
    table = pd.DataFrame(
        [
            {"customer_id": who, "at": DAY + timedelta(days=day), "kind": kind, **known, **more}
            for who, day, kind, more in rows
        ]
    )
    return table.assign(at=pd.to_datetime(table["at"], utc=True))


def test_a_window_counts_only_where_it_is_over() -> None:
    seen = follow_up(people(0, 20), events(("c0", 1, "order", {}), ("c1", 21, "order", {})), DAY + timedelta(days=35))
    assert seen["bought_30"].fillna(-1).tolist() == [1.0, -1.0]
    assert seen["bought_60"].isna().all()


def test_what_was_bought_before_the_contact_or_after_the_horizon_is_nobodys_effect() -> None:
    log = events(("c0", -1, "order", {}), ("c0", 90, "order", {}), ("c1", 89.9, "order", {}))
    seen = follow_up(people(0, 0), log, DAY + timedelta(days=120))
    assert seen["revenue"].tolist() == [0.0, 10.0]
    assert settled(people(0, 0), log, DAY + timedelta(days=120)).tolist() == [False, True]


def test_a_return_takes_its_money_back_and_counts_as_harm() -> None:
    log = events(("c0", 1, "order", {"unit_price": 30.0}), ("c0", 5, "cancel", {"quantity": -1.0, "unit_price": 30.0}))
    seen = follow_up(people(0), log, DAY + timedelta(days=10))
    assert (seen["revenue"][0], seen["returned"][0], seen["complained"][0]) == (0.0, 1.0, 0.0)


@pytest.mark.parametrize(
    ("kind", "more", "complains"),
    [
        ("ticket", {"topic": "late_delivery"}, 1.0),
        ("ticket", {"topic": None}, 0.0),
        ("ticket", {"topic": "praise"}, 0.0),
        ("review", {"rating": 2.0}, 1.0),
        ("review", {"rating": 3.0}, 0.0),
    ],
)
def test_a_complaint_is_a_ticket_about_a_trouble_or_a_bad_review(
    kind: str, more: dict[str, object], complains: float
) -> None:
    seen = follow_up(people(0), events(("c0", 1, kind, more)), DAY + timedelta(days=10))
    assert seen["complained"].tolist() == [complains]


def a_campaign(bought: float, redeemed: int) -> pd.DataFrame:
    """1,000 written to of whom a share `bought`, 500 held out of whom a fifth did; 50 each, coupons of 5."""
    written, held = np.arange(1000) < 1000 * bought, np.arange(500) < 100
    return pd.DataFrame(
        {
            "held_out": np.repeat([False, True], [1000, 500]),
            "bought": np.concatenate([written, held]),
            "revenue": 50.0 * np.concatenate([written, held]),
            "redeemed_cost": 5.0 * np.concatenate([np.arange(1000) < redeemed, np.zeros(500, bool)]),
            "sending_cost": np.repeat([0.1, 0.0], [1000, 500]),
        }
    )


def test_profit_is_the_margin_against_the_hold_out_less_coupons_and_sending() -> None:
    found = worth(a_campaign(0.3, 200), 0.4)
    assert found is not None
    assert (found.margin, found.redeemed, found.sending) == pytest.approx((2000.0, 1000.0, 100.0))
    assert found.net.total == pytest.approx(900.0)
    assert found.cannibalised == pytest.approx(500.0)


def test_where_nobody_more_bought_every_coupon_went_to_somebody_who_would_have_come_anyway() -> None:
    found = worth(a_campaign(0.2, 150), 0.4)
    assert found is not None
    assert found.cannibalised == pytest.approx(found.redeemed)
    assert found.net.total == pytest.approx(-850.0)
    assert found.net.total_high < 0


def test_a_rate_is_only_surely_above_what_chance_does_not_explain() -> None:
    assert surely_above(Group(100, 3)) < 0.02
    assert 0.02 < surely_above(Group(2000, 80)) < 0.04
    assert surely_above(Group(50, 0)) == 0.0


def test_one_unsubscribe_on_the_first_morning_stops_nothing() -> None:
    limit = LIMITS[Harm.UNSUBSCRIBED]
    assert not check_stop(Harm.UNSUBSCRIBED, Group(5, 1), Group(0, 0), limit, 4000).breached
    assert check_stop(Harm.UNSUBSCRIBED, Group(500, 40), Group(0, 0), limit, 4000).breached


def test_nobody_can_tell_from_a_handful_and_an_ended_campaign_may_have_had_no_effect() -> None:
    few = lift(Group(29, 20), Group(500, 100), 1000, final=True)
    assert few is not None
    assert few.verdict == CANNOT_TELL
    none = lift(Group(500, 100), Group(500, 100), 1000, final=True)
    assert none is not None
    assert none.verdict == "no clear effect"
    assert lift(Group(0, 0), Group(500, 100), 1000, final=True) is None

"""How many coupons will come back: the interval holds the number in at least nine of ten simulated campaigns.

Few runs here, more in `make proof`. Shops differ: some have the same rate every time, some quite another one each time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np
import pytest

from scoring.experiments.redemption import Wave, expect

RUNS = int(os.environ.get("HOLDFAST_PROOF_FORECASTS", "150"))
LEAST = 0.90
SHOPS = {"as drawn": None, "alike each time": (0.08, 1e6), "another each time": (0.3, 5.0)}
"""(mean rate, how alike campaigns are, in pseudo-coupons); None: both are drawn anew for each run."""


def campaigns(dice: np.random.Generator, shop: tuple[float, float] | None) -> Iterator[Wave]:
    mean, alike = shop or (dice.uniform(0.01, 0.6), np.exp(dice.uniform(np.log(3), np.log(300))))
    while True:
        coupons = round(np.exp(dice.uniform(np.log(10), np.log(2_000))))
        yield Wave(coupons, int(dice.binomial(coupons, dice.beta(mean * alike, (1 - mean) * alike))))


@pytest.mark.parametrize("shop", SHOPS)
@pytest.mark.parametrize("known", [0, 1, 3, 8])
def test_the_interval_holds_what_comes_in_nine_of_ten_campaigns(known: int, shop: str) -> None:
    dice = np.random.default_rng(known)
    held = 0
    for run in range(RUNS):
        street = campaigns(dice, SHOPS[shop])
        past = [next(street) for _ in range(known)]
        coming = next(street)
        found = expect(coming.coupons, past, seed=run)
        assert 0 <= found.low <= found.mean <= found.high <= coming.coupons
        held += found.low <= coming.redeemed <= found.high
    assert held / RUNS >= LEAST - 2 * (LEAST * (1 - LEAST) / RUNS) ** 0.5


def test_with_nothing_known_any_share_may_come() -> None:
    found = expect(1_000, [])
    assert (found.low, found.high) == (pytest.approx(0, abs=20), pytest.approx(1_000, abs=20))
    assert found.mean == pytest.approx(500, abs=10)


def test_one_campaign_says_less_than_many_that_were_alike() -> None:
    one, many = expect(1_000, [Wave(500, 50)]), expect(1_000, [Wave(500, 50)] * 12)
    assert one.high - one.low > 3 * (many.high - many.low)
    assert many.low < 100 < many.high < 200


def test_a_campaign_that_is_small_is_left_to_chance_even_where_the_rate_is_known() -> None:
    found = expect(10, [Wave(5_000, 1_000)] * 20)
    assert found.low == 0
    assert found.high >= 5


def test_no_coupons_cost_nothing_and_the_same_question_has_the_same_answer() -> None:
    assert (expect(0, [Wave(10, 3)]).high, expect(-1, []).high) == (0, 0)
    assert expect(77, [Wave(10, 3)]) == expect(77, [Wave(10, 3)])
    assert expect(77, [Wave(0, 0)]) == expect(77, [])


def test_nobody_ever_came_and_everybody_came_are_pasts_like_others() -> None:
    assert expect(100, [Wave(300, 0)] * 5).mean < 3
    assert expect(100, [Wave(300, 300)] * 5).mean > 97

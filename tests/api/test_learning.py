"""The regret of learning sizes on the simulated shop: it falls, and is below what not learning loses."""

from __future__ import annotations

from pathlib import Path

from api.learning import best_size, regrets
from scoring.simulation import Truth, simulate
from scoring.simulation.sizes import SizedShop
from tests.factories import NOW


def test_the_bandit_loses_less_and_less_and_less_than_trying_all_alike(tmp_path: Path) -> None:
    simulate(1_500, 3, tmp_path, NOW)
    shop = SizedShop.of(Truth.load(tmp_path), usual=20)
    found = {(one.policy, one.customers): one for one in regrets(shop, runs=6, batches=15, batch=600, seed=5)}
    last, first = found["thompson", 9_000], found["thompson", 1_800]
    assert last.high < found["all alike", 9_000].low
    assert last.lately < first.lately
    assert last.best_share > 0.3
    assert found["all alike", 9_000].best_share < 0.25


def test_a_larger_coupon_keeps_more_and_the_best_size_is_neither_end(tmp_path: Path) -> None:
    simulate(1_500, 3, tmp_path, NOW)
    best, worth = best_size(SizedShop.of(Truth.load(tmp_path), usual=20))
    assert min(worth) < best < max(worth)

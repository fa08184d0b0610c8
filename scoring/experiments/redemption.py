"""How many of so many coupons will be redeemed: an interval, from what became of earlier ones, or from nothing.

Redemption rates differ from campaign to campaign by more than chance, so earlier campaigns are draws from a Beta
distribution of which neither mean nor spread is known: both are believed as the past allows, on a grid, and the next
campaign is one more draw. One campaign says little about the next one, many that were alike say much, and with none any
share may come. The mean has a uniform prior, the spread (as a number of pseudo-coupons) a log-uniform one.
Knows nothing of offers, money or a store.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, expit

Floats = NDArray[np.float64]
LEVEL = 0.95
DRAWS = 20_000
"""Their quantiles at 2.5 % are known to within a tenth of a percent of the draws."""
MEANS, EDGE = 400, 8.0
"""Steps of the mean on the logit scale, and where it ends: 0.03 % and 99.97 %."""
STEP = 2 * EDGE / (MEANS - 1)
SPREADS = np.geomspace(1, 500, 24)


@dataclass(frozen=True, slots=True)
class Wave:
    """Coupons of one offer in one campaign whose time is over, and how many of them the till took."""

    coupons: int
    redeemed: int


@dataclass(frozen=True, slots=True)
class Redeemed:
    """How many will be redeemed: the mean, and bounds that hold the number in 95 of 100 such campaigns."""

    low: int
    mean: float
    high: int


def expect(coupons: int, past: Sequence[Wave], seed: int = 0) -> Redeemed:
    """The next campaign's redemptions, of so many coupons. The same past and seed give the same answer."""
    if coupons <= 0:
        return Redeemed(0, 0.0, 0)
    believed = _believed(tuple((wave.coupons, wave.redeemed) for wave in past if wave.coupons > 0))
    dice = np.random.default_rng(seed)
    cells = dice.choice(believed.size, DRAWS, p=believed)
    mean_at, spread_at = np.divmod(cells, SPREADS.size)
    # anywhere within its step of the grid, or many campaigns that were alike would be pulled to the nearest point
    mean = expit(-EDGE + STEP * (mean_at + dice.uniform(-0.5, 0.5, DRAWS)))
    spread = SPREADS[spread_at]
    rate = dice.beta(mean * spread, (1 - mean) * spread)
    redeemed = dice.binomial(coupons, rate)
    low, high = np.quantile(redeemed, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], method="closest_observation")
    return Redeemed(int(low), float(redeemed.mean()), int(high))


@lru_cache(maxsize=64)
def _believed(past: tuple[tuple[int, int], ...]) -> Floats:
    """How likely each pair of mean and spread is, given the past: one number a cell of the grid, adding up to 1."""
    logit = np.linspace(-EDGE, EDGE, MEANS)[:, None]
    mean, rest, spread = expit(logit), expit(-logit), SPREADS[None, :]
    a, b = mean * spread, rest * spread
    weight = np.log(mean) + np.log(rest) + np.zeros_like(a)  # uniform over the mean itself
    for coupons, redeemed in past:
        weight = weight + betaln(a + redeemed, b + coupons - redeemed) - betaln(a, b)
    likely = np.exp(weight - weight.max()).ravel()
    return np.asarray(likely / likely.sum(), dtype="float64")

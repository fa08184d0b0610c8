"""The simulated shop's answer to coupons of different sizes. Never read by anything that learns.

The truth of the shop says what a usual coupon does (`p_kept_amount`); a larger one does more, and ever less more:

    p(size) = p_usual · (1 − exp(−k · size / usual)) / (1 − exp(−k)),  k = 1.5, at most 0.95

so that somewhere between nothing and the largest coupon one size earns most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.simulation.truth import Truth

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
STEEP = 1.5
MOST = 0.95


@dataclass(frozen=True, slots=True)
class SizedShop:
    """Per customer: whether they leave when nobody writes, how hard they are to move, what a usual coupon does."""

    leaves: Bools
    resistance: Floats
    p_usual: Floats
    price_sensitivity: Floats
    usual: float

    @classmethod
    def of(cls, truth: Truth, usual: float) -> SizedShop:
        """`usual`: the size, in major units, that the truth's chances are about.

        As a scorer would flag them: all who leave, and half as many of those who stay.
        """
        goes = truth.table["would_leave"].to_numpy(dtype="float64") > 0
        table = truth.table[goes | ((~goes).cumsum() <= goes.sum() // 2)]
        columns = ("resistance", "p_kept_amount", "price_sensitivity")
        hard, chance, price = (table[name].to_numpy(dtype="float64") for name in columns)
        return cls(table["would_leave"].to_numpy(dtype="float64") > 0, hard, chance, price, usual)

    def __len__(self) -> int:
        return len(self.leaves)

    def answers(self, who: NDArray[np.int64], sizes: Floats, dice: np.random.Generator) -> tuple[Bools, Bools]:
        """(stayed, redeemed) of these customers, each with a coupon of this size."""
        moved = self.leaves[who] & (self.resistance[who] < self._chance(who, sizes))
        stayed = moved | ~self.leaves[who]
        wants = moved | (dice.random(len(who)) < self.price_sensitivity[who])
        return stayed, stayed & wants

    def worth(self, sizes: Sequence[float], kept: float) -> Floats:
        """What one customer is worth on average with each size: kept · P(stays) − size · P(redeems)."""
        everybody = np.arange(len(self))
        found = []
        for size in sizes:
            moved = self.leaves & (self.resistance < self._chance(everybody, np.full(len(self), size)))
            redeems = np.where(moved, 1.0, np.where(self.leaves, 0.0, self.price_sensitivity))
            found.append(float((kept * (moved | ~self.leaves) - size * redeems).mean()))
        return np.array(found)

    def _chance(self, who: NDArray[np.int64], sizes: Floats) -> Floats:
        scale = (1 - np.exp(-STEEP * sizes / self.usual)) / (1 - np.exp(-STEEP))
        chance: Floats = np.minimum(self.p_usual[who] * scale, MOST)
        return chance

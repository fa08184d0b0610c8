"""What a campaign changed, as far as anybody can tell: who stayed among those written to and among those held out.

The difference of two shares with its 95 % interval by Newcombe's method 10 (R. G. Newcombe, Statistics in Medicine 17,
1998), which stays honest for small groups and shares near 0 and 1. Everybody counts in the arm that they were put in.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

Z95 = 1.959963984540054
ENOUGH = 30
"""Known outcomes in each arm below which no verdict is given."""


@dataclass(frozen=True, slots=True)
class Arm:
    """`n` customers whose outcome is known, of whom `stayed` stayed."""

    n: int
    stayed: int

    @property
    def rate(self) -> float:
        return self.stayed / self.n if self.n else 0.0


@dataclass(frozen=True, slots=True)
class Lift:
    """`difference` of the shares that stayed, written to minus held out, with its interval."""

    written_to: Arm
    held_out: Arm
    difference: float
    low: float
    high: float

    @property
    def verdict(self) -> str:
        if min(self.written_to.n, self.held_out.n) < ENOUGH:
            return "cannot tell yet"
        if self.low > 0:
            return "helps"
        return "harms" if self.high < 0 else "no clear effect"


def lift(written_to: Arm, held_out: Arm) -> Lift | None:
    """None while one arm has no known outcome at all."""
    if not written_to.n or not held_out.n:
        return None
    difference = written_to.rate - held_out.rate
    low_w, high_w = wilson(written_to)
    low_h, high_h = wilson(held_out)
    down = sqrt((written_to.rate - low_w) ** 2 + (high_h - held_out.rate) ** 2)
    up = sqrt((high_w - written_to.rate) ** 2 + (held_out.rate - low_h) ** 2)
    return Lift(written_to, held_out, difference, difference - down, difference + up)


def wilson(arm: Arm) -> tuple[float, float]:
    """The 95 % score interval of one share (E. B. Wilson, JASA 22, 1927)."""
    n, p, z = arm.n, arm.rate, Z95
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def smallest_effect(written_to: int, held_out: int, base_rate: float) -> float | None:
    """The smallest difference that a test at 5 % would find with 80 % power, for these group sizes; None when they are
    too small to show any.

    Normal approximation with the base rate's variance in both groups: (1.96 + 0.8416) · sqrt(p(1-p)(1/n₁ + 1/n₂)).
    """
    if written_to <= 0 or held_out <= 0:
        return None
    effect = (Z95 + 0.8416212335729143) * sqrt(base_rate * (1 - base_rate) * (1 / written_to + 1 / held_out))
    return effect if effect < 1 else None

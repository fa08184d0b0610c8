"""Two arms → the difference of their means with its interval and p, which never contradict each other.

Shares: Newcombe's method 10 (R. G. Newcombe, Statistics in Medicine 17, 1998), honest for small groups and shares near 0
and 1. Amounts: Welch's t with the transformation of P. Hall (JRSS B 54, 1992), carried to two samples by X.-H. Zhou and
P. Dinh (Biostatistics 6, 2005), which takes out the skew that money has and a hold-out of one in ten does not average
away. p is the level at which the interval just touches zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from scipy.special import ndtr, stdtr, stdtrit

from scoring.experiments.sample import Sample

Z95 = 1.959963984540054
TOO_FAR = 40.0
"""Standard errors beyond which p is 0 in floating point anyway."""


@dataclass(frozen=True, slots=True)
class Difference:
    """`lift`: treated minus control, with the 95 % interval and the two-sided p. `noise` is the variance of `lift`."""

    lift: float
    low: float
    high: float
    p: float
    noise: float

    def plus(self, money: float) -> Difference:
        """The same moved by a certain amount."""
        return Difference(self.lift + money, self.low + money, self.high + money, self.p, self.noise)

    def times(self, factor: float) -> Difference:
        """The same in units of which one is `factor` of the old ones; a negative factor turns it round."""
        low, high = sorted((self.low * factor, self.high * factor))
        return Difference(self.lift * factor, low, high, self.p, self.noise * factor**2)


def difference(treated: Sample, control: Sample, *, spent: int = 0) -> Difference:
    """`spent`: degrees of freedom that an adjustment used up."""
    if treated.share and control.share:
        return _of_shares(treated, control)
    return _of_amounts(treated, control, spent)


def wilson(share: Sample, z: float = Z95) -> tuple[float, float]:
    """The score interval of one share (E. B. Wilson, JASA 22, 1927); 95 % unless `z` says another level."""
    n, p = share.n, share.mean
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def _of_shares(treated: Sample, control: Sample) -> Difference:
    lift = treated.mean - control.mean
    low, high = _newcombe(treated, control, Z95)
    p = 1.0 if lift == 0 else float(2 * ndtr(-_touches_zero(treated, control)))
    return Difference(lift, low, high, p, treated.noise + control.noise)


def _newcombe(treated: Sample, control: Sample, z: float) -> tuple[float, float]:
    lift = treated.mean - control.mean
    (low_t, high_t), (low_c, high_c) = wilson(treated, z), wilson(control, z)
    down = sqrt((treated.mean - low_t) ** 2 + (high_c - control.mean) ** 2)
    up = sqrt((high_t - treated.mean) ** 2 + (control.mean - low_c) ** 2)
    return lift - down, lift + up


def _touches_zero(treated: Sample, control: Sample) -> float:
    """The z at which the interval reaches zero, by halving: wider z, wider interval."""
    inside, outside = 0.0, TOO_FAR
    for _ in range(60):
        z = (inside + outside) / 2
        low, high = _newcombe(treated, control, z)
        inside, outside = (inside, z) if low <= 0 <= high else (z, outside)
    return outside


def _of_amounts(treated: Sample, control: Sample, spent: int) -> Difference:
    lift, noise = treated.mean - control.mean, treated.noise + control.noise
    if noise == 0:
        return Difference(lift, lift, lift, 1.0 if lift == 0 else 0.0, 0.0)
    freedom = max(1.0, noise**2 / (treated.noise**2 / (treated.n - 1) + control.noise**2 / (control.n - 1)) - spent)
    skew = (treated.third / treated.n**2 - control.third / control.n**2) / noise**1.5
    error, reach = sqrt(noise), float(stdtrit(freedom, 0.975))
    p = float(2 * stdtr(freedom, -abs(_straightened(lift / error, skew))))
    low, high = (lift - _bent(side * reach, skew) * error for side in (1, -1))
    return Difference(lift, low, high, p, noise)


def _straightened(t: float, skew: float) -> float:
    """Hall's monotone cubic: a studentised difference of skew `skew` → one that is symmetric to second order."""
    return t + skew * t**2 / 3 + skew**2 * t**3 / 27 + skew / 6


def _bent(t: float, skew: float) -> float:
    """The inverse of `_straightened`."""
    if abs(skew) < 1e-9:
        return t
    inner = 1 + skew * (t - skew / 6)
    return 3 / skew * (abs(inner) ** (1 / 3) * (1 if inner >= 0 else -1) - 1)

"""Two arms → the difference of their means with its interval and p, which never contradict each other.

Shares: Newcombe's method 10 (R. G. Newcombe, Statistics in Medicine 17, 1998), honest for small groups and shares
near 0 and 1. Amounts: Welch's t, with the arms' variances drawn together where they cannot be told apart. Spending
has a heavy tail, so a small hold-out that by chance met no large order looks both poor and sure of it: Welch then
covers 88 to 93 % of the time. The larger arm knows the tail; its variance is borrowed as far as the ratio of the two
is noise (empirical Bayes, as in G. K. Smyth, Statistical Applications in Genetics and Molecular Biology 3, 2004), and
94 to 96 % come back. p is the level at which the interval just touches zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt

from scipy.special import ndtr, stdtr, stdtrit

from scoring.experiments.sample import Sample

Z95 = 1.959963984540054
TOO_FAR = 40.0
"""Standard errors beyond which p is 0 in floating point anyway."""
LIKELY = 0.05
"""How far variances may differ for real, in logs, where nothing speaks for it."""


@dataclass(frozen=True, slots=True)
class Difference:
    """`lift`: treated minus control, with the 95 % interval and the two-sided p. `noise` is the variance of `lift`.

    A share's noise is taken as if one more hit and one more miss had been seen, so that an arm in which nothing has
    happened yet is not taken for one in which nothing can happen.
    """

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
    return Difference(lift, low, high, p, _careful(treated) + _careful(control))


def _careful(share: Sample) -> float:
    p = (share.mean * share.n + 1) / (share.n + 2)
    return p * (1 - p) / share.n


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
    lift, (one, other) = treated.mean - control.mean, _variances(treated, control)
    one, other = one / treated.n, other / control.n
    noise = one + other
    if noise == 0:
        return Difference(lift, lift, lift, 1.0 if lift == 0 else 0.0, 0.0)
    freedom = max(1.0, noise**2 / (one**2 / (treated.n - 1) + other**2 / (control.n - 1)) - spent)
    error = sqrt(noise)
    reach = float(stdtrit(freedom, 0.975)) * error
    return Difference(lift, lift - reach, lift + reach, float(2 * stdtr(freedom, -abs(lift) / error)), noise)


def _variances(treated: Sample, control: Sample) -> tuple[float, float]:
    """Both variances, their ratio drawn towards 1 by as much as it may be noise; what both hold together is kept."""
    total = treated.n + control.n
    pooled = (treated.n * treated.variance + control.n * control.variance) / total
    if not (treated.variance and control.variance):
        return pooled, pooled
    kurtosis = (treated.n * treated.kurtosis + control.n * control.kurtosis) / total
    noise = (kurtosis - 1) * (1 / treated.n + 1 / control.n)
    seen = log(treated.variance / control.variance)
    real = max(LIKELY**2, seen**2 - 4 * noise)
    ratio = exp(seen * real / (real + noise))
    base = pooled * total / (treated.n * ratio + control.n)
    return ratio * base, base

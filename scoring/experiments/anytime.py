"""An interval that may be looked at every day: it covers the true difference at all looks together, not at each alone.

The normal mixture of H. Robbins (Annals of Mathematical Statistics 41, 1970) as an asymptotic confidence sequence
(I. Waudby-Smith, D. Arbour, R. Sinha, E. H. Kennedy, A. Ramdas, "Time-uniform central limit theory", Annals of Statistics
52, 2024, theorem 2.2); as a test it is the mixture SPRT of R. Johari, P. Koomen, L. Pekelis, D. Walsh (Operations
Research 70, 2022). With V the variance of the estimate now and r the mixture's variance in units of V:

    estimate ± sqrt(V · (1 + r) / r · (2 log(1/α) + log(1 + r)))

The mixture must not depend on the look. It is chosen so that the interval is narrowest when `planned` customers have an
outcome; a plan wrong by a factor of ten costs some width and never the promise.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log, sqrt

from scoring.experiments.sample import Sample

ALPHA = 0.05
PLANNED = 10_000
"""Customers with an outcome, over both arms, where nobody named another number."""
BEST = -2 * log(ALPHA) + log(-2 * log(ALPHA)) + 1
"""r at the planned size: the approximate minimum of the width (Waudby-Smith et al., section B.2)."""
ENOUGH = 30
"""Known outcomes in each arm below which no look counts: the theorem speaks of large samples."""


@dataclass(frozen=True, slots=True)
class Anytime:
    """An always-valid 95 % interval of one difference."""

    low: float
    high: float

    def as_dict(self) -> dict[str, float]:
        return {"low": self.low, "high": self.high}


def anytime(lift: float, treated: Sample, control: Sample, planned: int = PLANNED) -> Anytime | None:
    """None while an arm has fewer than ENOUGH known outcomes."""
    if min(treated.n, control.n) < ENOUGH:
        return None
    noise = _careful(treated) + _careful(control)
    r = BEST * (treated.n + control.n) / planned
    reach = sqrt(noise * (1 + r) / r * (-2 * log(ALPHA) + log(1 + r)))
    return Anytime(lift - reach, lift + reach)


def _careful(arm: Sample) -> float:
    """Variance of the mean; a share's is taken as if one more hit and one more miss had been seen, so that an arm in
    which nothing has happened yet is not taken for one in which nothing can happen."""
    if not arm.share:
        return arm.noise
    p = (arm.mean * arm.n + 1) / (arm.n + 2)
    return p * (1 - p) / arm.n

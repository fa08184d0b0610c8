"""One arm's outcomes as the few figures that every comparison needs.

Takes 0/1 outcomes, counts, or amounts. Gives size, mean, variance and third moment; the rest of the package compares
samples and never sees a customer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sample:
    """`n` customers with known outcome. `variance` is the unbiased one, `third` the third central moment.

    `share` is true where every outcome is 0 or 1, so that `mean` is a share.
    """

    n: int
    mean: float
    variance: float
    third: float
    share: bool = False

    @property
    def noise(self) -> float:
        """Variance of the mean."""
        return self.variance / self.n


def sample_of(values: Floats, share: bool = False) -> Sample:
    """The figures of at least two outcomes; `share` says that they are all 0 or 1."""
    n, mean = len(values), float(values.mean())
    centred = values - mean
    return Sample(n, mean, float(centred @ centred) / (n - 1), float((centred**3).mean()), share)


def share_of(n: int, hits: int) -> Sample:
    """The same for `hits` of `n` customers, from the counts alone. Needs n ≥ 2."""
    p = hits / n
    return Sample(n, p, p * (1 - p) * n / (n - 1), p * (1 - p) * (1 - 2 * p), share=True)

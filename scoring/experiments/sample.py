"""One arm's outcomes as the few figures that every comparison needs.

Takes 0/1 outcomes, counts, or amounts. Gives size, mean, variance and kurtosis; the rest of the package compares
samples and never sees a customer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sample:
    """`n` customers with known outcome. `variance` is the unbiased one.

    `kurtosis` is the fourth moment in units of the variance squared: 3 for a bell, hundreds for spending, 1 where
    nothing varies. `share` is true where every outcome is 0 or 1, so that `mean` is a share.
    """

    n: int
    mean: float
    variance: float
    kurtosis: float
    share: bool = False


def sample_of(values: Floats, share: bool = False) -> Sample:
    """The figures of at least two outcomes; `share` says that they are all 0 or 1."""
    n, mean = len(values), float(values.mean())
    squares = (values - mean) ** 2
    spread = float(squares.sum())
    kurtosis = n * float(squares @ squares) / spread**2 if spread > 0 else 1.0
    return Sample(n, mean, spread / (n - 1), kurtosis, share)


def share_of(n: int, hits: int) -> Sample:
    """The same for `hits` of `n` customers, from the counts alone. Needs n ≥ 1."""
    p = hits / n
    spread = p * (1 - p)
    return Sample(n, p, spread * n / max(n - 1, 1), (1 - 3 * spread) / spread if spread > 0 else 1.0, share=True)

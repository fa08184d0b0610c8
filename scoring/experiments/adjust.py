"""Outcomes less what could be foretold before the experiment began, so that the same customers tell more.

Regression on pre-period covariates, known as CUPED (A. Deng, Y. Xu, R. Kohavi, T. Walker, WSDM 2013), with the slopes
that make the variance of the difference smallest: θ = (Σ Sxx/n)⁻¹ (Σ Sxy/n) over the arms (compare W. Lin, Annals of
Applied Statistics 7, 2013: adjustment within arms never hurts asymptotically). In a randomised experiment the
covariates' means differ by chance alone, so the estimate moves within its own noise. Knows nothing about arms' names
or verdicts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
ROWS_A_SLOPE = 20
"""Customers in the smallest arm for each covariate; with fewer the slopes learn noise."""
WORTH_IT = 0.99
"""Left of the variance above which the plain difference is shown: the same answer, and easier to explain."""


@dataclass(frozen=True, slots=True)
class Adjusted:
    """`values`: outcomes less the foretold part, of the same mean. `kept`: share of the variance that is left.

    `slopes`: how many covariates were used, which the degrees of freedom pay for.
    """

    values: Floats
    kept: float
    slopes: int


def adjust(y: Floats, x: Floats, arms: Sequence[NDArray[np.bool_]]) -> Adjusted | None:
    """`y` (n), `x` (n × k, no blanks), one mask an arm. None where too few rows or no gain makes it not worth it."""
    x = x[:, x.std(axis=0) > 0]
    if not x.shape[1] or min(int(mask.sum()) for mask in arms) < ROWS_A_SLOPE * x.shape[1]:
        return None
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    inner, outer, before = np.zeros((x.shape[1], x.shape[1])), np.zeros(x.shape[1]), 0.0
    for mask in arms:
        xs, ys = x[mask] - x[mask].mean(axis=0), y[mask] - y[mask].mean()
        weight = 1 / (len(ys) * (len(ys) - 1))
        inner += weight * xs.T @ xs
        outer += weight * xs.T @ ys
        before += weight * float(ys @ ys)
    # Covariates that say the same twice share one slope: the shortest solution, not an error.
    theta = np.linalg.lstsq(inner, outer, rcond=1e-10)[0]
    kept = 1 - float(theta @ outer) / before if before else 1.0
    if kept > WORTH_IT:
        return None
    return Adjusted(y - x @ theta, max(kept, 0.0), x.shape[1])

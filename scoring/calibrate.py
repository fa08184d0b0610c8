"""A logit that means what it says: a line through the out-of-fold logits, folded into the model.

Calibration is `slope * logit + shift` with a positive slope: it keeps every ranking, and it scales every contribution
by the same slope, so that base + contributions is the *served* logit, not one that was calibrated afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
#: A model that ranks backwards on rows it has not seen is flattened, never turned round.
LEAST_SLOPE = 0.05
PRIOR_ROWS = 2.0


@dataclass(frozen=True)
class Calibration:
    slope: float = 1.0
    shift: float = 0.0

    def logit(self, raw: Floats) -> Floats:
        return self.slope * raw + self.shift

    def contributions(self, base: float, parts: pd.DataFrame) -> tuple[float, pd.DataFrame]:
        return self.slope * base + self.shift, parts * self.slope


def fit_calibration(raw: Floats, y: Floats) -> Calibration:
    """Slope and shift by penalised maximum likelihood; the penalty pulls towards leaving the logit as it is."""
    slope, shift = 1.0, 0.0
    for _ in range(50):
        chance = sigmoid(slope * raw + shift)
        weight = np.maximum(chance * (1 - chance), 1e-9)
        error = chance - y
        gradient = np.array([(error * raw).sum() + PRIOR_ROWS * (slope - 1), error.sum()])
        hessian = np.array([
            [(weight * raw * raw).sum() + PRIOR_ROWS, (weight * raw).sum()],
            [(weight * raw).sum(), weight.sum() + 1e-6],
        ])  # fmt: skip
        step = np.linalg.solve(hessian, gradient)
        size = max(1.0, float(np.abs(step).max()))
        slope, shift = slope - float(step[0]) / size, shift - float(step[1]) / size
        if np.abs(step).max() < 1e-10:
            break
    if slope < LEAST_SLOPE:
        rate = float(np.clip(y.mean(), 1e-6, 1 - 1e-6))
        return Calibration(LEAST_SLOPE, float(np.log(rate / (1 - rate)) - LEAST_SLOPE * raw.mean()))
    return Calibration(slope, shift)


def cross_calibrated(raw: Floats, y: Floats, fold: NDArray[np.int64]) -> Floats:
    """Out-of-fold probabilities, each fold calibrated by the others: what a new customer's probability would be."""
    out = np.empty(len(raw))
    for number in np.unique(fold):
        here = fold == number
        out[here] = sigmoid(fit_calibration(raw[~here], y[~here]).logit(raw[here]))
    return out


def sigmoid(logit: Floats) -> Floats:
    """1 / (1 + exp(-logit)), without overflow at either end."""
    half: Floats = 0.5 * (1 + np.tanh(0.5 * logit))
    return half

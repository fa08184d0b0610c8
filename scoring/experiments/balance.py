"""Can the arm be foretold from what was known before? Where it can, the groups were never alike, and no difference
between them is an effect.

One joint test of all covariates, so that forty of them do not make forty chances of a false alarm: Pillai's trace of
the arms on the covariates (K. C. S. Pillai, Annals of Mathematical Statistics 26, 1955), the omnibus balance test of
B. Hansen and J. Bowers (Statistical Science 23, 2008) for any number of arms. Numbers enter as ranks and squared
ranks: amounts with heavy tails then follow the F distribution far into its own tail, and arms of equal mean and
unequal spread are seen. Words enter as their levels, rare ones together; blanks as a level of their own.

Alarm: p < 0.001, because a manager who looks at a hundred sound experiments should be told "invalid" wrongly at most
once in ten such years; and a difference of at least 0.02 standard deviations somewhere, because with ten million rows
the least rounding in a hash is significant and moves no result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import fdtrc
from scipy.stats import rankdata

Floats = NDArray[np.float64]
ALARM = 0.001
FLOOR = 0.02
LEVELS = 20
RARE = 20
"""Rows that a level needs to stand for itself; at most LEVELS of them do."""
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Gap:
    """How far an arm's mean of a covariate (its ranks, or the share of a level) lies from the control's, in standard
    deviations."""

    covariate: str
    arm: str
    difference: float


@dataclass(frozen=True, slots=True)
class Balance:
    """`p` of the joint test, None where there are too few rows or nothing varies; the widest gaps, widest first."""

    p: float | None
    gaps: tuple[Gap, ...]

    @property
    def alarm(self) -> bool:
        return self.p is not None and self.p < ALARM and bool(self.gaps) and abs(self.gaps[0].difference) >= FLOOR

    def as_dict(self) -> dict[str, Any]:
        return {"p": self.p, "alarm": self.alarm, "gaps": [asdict(gap) for gap in self.gaps]}


def check_balance(covariates: pd.DataFrame, arms: Sequence[tuple[str, NDArray[np.bool_]]]) -> Balance:
    """`covariates`: one row a customer, numbers or words. `arms`: name and mask, the control first."""
    columns = [(str(name), column) for name in covariates for column in _columns(covariates[name])]
    columns = [(name, column) for name, column in columns if column.std() > 0]
    if not columns:
        return Balance(None, ())
    x = np.column_stack([column for _, column in columns])
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    return Balance(_joint_p(x, [mask for _, mask in arms]), _gaps([name for name, _ in columns], x, arms))


def _columns(values: pd.Series) -> list[Floats]:
    blank = values.isna().to_numpy()
    numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    if pd.api.types.is_datetime64_any_dtype(values):
        values, numeric = values.astype("int64"), True
    if not numeric:
        return _levels(values)
    known = values[~blank].to_numpy(dtype="float64")
    if not len(known):
        return []
    rank = np.zeros(len(values))
    rank[~blank] = rankdata(known) / len(known) - (len(known) + 1) / (2 * len(known))
    return [rank, rank**2, blank.astype("float64")] if len(np.unique(known)) > 2 else [rank, blank.astype("float64")]


def _levels(values: pd.Series) -> list[Floats]:
    words = values.astype("string").fillna("")
    # Alphabet, not order of rows, decides between levels of equal size.
    counts = words.value_counts().sort_index().sort_values(ascending=False, kind="stable")
    own = list(counts[counts >= RARE].index[:LEVELS])
    return [(words == level).to_numpy(dtype="float64") for level in own]


def _joint_p(x: Floats, arms: Sequence[NDArray[np.bool_]]) -> float | None:
    n = len(x)
    z = np.column_stack([mask.astype("float64") for mask in arms[1:]])
    z = z - z.mean(axis=0)
    outcome, basis = _directions(z), _directions(x)
    p, q = basis.shape[1], outcome.shape[1]
    left = n - 1 - q - p
    if left < max(10, p):
        return None
    s = min(p, q)
    trace = min(float(((basis.T @ outcome) ** 2).sum()), s - 1e-12)
    above, below = s * (abs(p - q) + s), s * (n - 1 - q - p + s)
    return float(fdtrc(above, below, trace / (s - trace) * below / above))


def _directions(x: Floats) -> Floats:
    """An orthonormal basis of what the columns span; what says the same twice counts once."""
    left, size, _ = np.linalg.svd(x, full_matrices=False)
    kept: Floats = left[:, size > 1e-8 * size[0]]
    return kept


def _gaps(names: Sequence[str], x: Floats, arms: Sequence[tuple[str, NDArray[np.bool_]]]) -> tuple[Gap, ...]:
    """The widest gap of each covariate."""
    control = x[arms[0][1]].mean(axis=0)
    widest: dict[str, Gap] = {}
    for arm, mask in arms[1:]:
        for name, difference in zip(names, x[mask].mean(axis=0) - control, strict=True):
            if name not in widest or abs(difference) > abs(widest[name].difference):
                widest[name] = Gap(name, arm, float(difference))
    return tuple(sorted(widest.values(), key=lambda gap: -abs(gap.difference))[:SHOWN])

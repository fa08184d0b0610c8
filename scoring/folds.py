"""Which row is tested in which fold, and what a model says about rows it has not seen."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.models import new_model
from scoring.models.base import Directions

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
FOLDS = 5


def make_folds(y: Floats, groups: Ints | None = None, seed: int = 0) -> Ints:
    """Five stratified folds (fewer where a class has fewer rows); rows of one group stay together."""
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    count = int(max(2, min(FOLDS, y.sum(), len(y) - y.sum())))
    twins = groups is not None and len(np.unique(groups)) < len(groups)
    if twins:
        splitter = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
        splits = splitter.split(np.zeros(len(y)), y, groups)
    else:
        splits = StratifiedKFold(count, shuffle=True, random_state=seed).split(np.zeros(len(y)), y)
    fold = np.zeros(len(y), dtype="int64")
    for number, (_, test) in enumerate(splits):
        fold[test] = number
    return fold


def out_of_fold(
    name: str,
    X: pd.DataFrame,
    y: Floats,
    fold: Ints,
    directions: Directions,
    seed: int = 0,
    tick: Callable[[], None] | None = None,
) -> Floats:
    """For every row the logit of a model that was trained without that row's fold."""
    logit = np.zeros(len(y))
    for number in np.unique(fold):
        test = fold == number
        logit[test] = new_model(name, directions, seed).fit(X.loc[~test], y[~test]).logit(X.loc[test])
        if tick:
            tick()
    return logit

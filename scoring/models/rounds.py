"""Rounds of LightGBM, several times over on different rows, each stopped by the rows it did not see."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Predict = Callable[[Floats], Floats]
HELD_BACK = 0.15
PATIENCE = 50
MOST_ROUNDS = 3000
#: With fewer leavers than this, rows held back say nothing; a short fixed run is used instead.
FEW_LEAVERS = 60
SHORT_RUN = 60
#: LightGBM's threads wait for one another in a busy loop: on a small table, or on cores that somebody else uses too,
#: two threads were measured up to thirty times slower than one.
ONE_THREAD_CELLS = 4_000_000


@dataclass(frozen=True)
class Bag:
    """How to grow: settings, a sign a column, which columns are categories, which columns may meet in a tree."""

    settings: dict[str, Any]
    signs: list[int]
    levels: list[int]
    groups: list[list[int]] | None
    bags: int
    seed: int


def bagged_rounds(matrix: Floats, y: Floats, bag: Bag, start: Floats) -> tuple[Predict, list[float]]:
    """The averaged prediction of several fits on top of `start`, and the mean held-back loss per round."""
    fits, losses = grow(matrix, y, bag, start)

    def predict(rows: Floats) -> Floats:
        total: Floats = np.mean(
            [one.predict(rows, raw_score=True, num_threads=threads(rows.size)) for one in fits], axis=0
        )
        return total

    return predict, losses


def grow(matrix: Floats, y: Floats, bag: Bag, start: Floats) -> tuple[list[Any], list[float]]:
    """The fits themselves, as LightGBM boosters cut at their best round."""
    import lightgbm

    random = np.random.default_rng(bag.seed)
    few = min(y.sum(), len(y) - y.sum()) < FEW_LEAVERS
    fits, curves = [], []
    for number in range(bag.bags):
        held = _held_back(y, random)
        learn = np.ones(len(y), dtype=bool) if few else ~held
        data = lightgbm.Dataset(
            matrix[learn], y[learn], init_score=start[learn], categorical_feature=bag.levels, free_raw_data=True
        )
        test = lightgbm.Dataset(matrix[held], y[held], init_score=start[held], reference=data)
        curve: dict[str, Any] = {}
        calls = [lightgbm.record_evaluation(curve)]
        if not few:
            calls.append(lightgbm.early_stopping(PATIENCE, verbose=False))
        fit = lightgbm.train(
            _parameters(bag, number, int(learn.sum()), matrix.size),
            data,
            SHORT_RUN if few else MOST_ROUNDS,
            [test],
            callbacks=calls,
        )
        fits.append(_cut(fit))
        curves.append(curve["valid_0"]["binary_logloss"][: fit.best_iteration or None])
    shortest = min(len(curve) for curve in curves)
    return fits, np.mean([curve[:shortest] for curve in curves], axis=0).tolist()


def threads(cells: int) -> int:
    """How many threads a table of so many cells is worth."""
    return 1 if cells < ONE_THREAD_CELLS else min(8, os.cpu_count() or 1)


def _held_back(y: Floats, random: np.random.Generator) -> NDArray[np.bool_]:
    """A share of each class, so that the part that says stop has leavers in it."""
    held = np.zeros(len(y), dtype=bool)
    for value in (0, 1):
        rows = np.flatnonzero(y == value)
        held[random.permutation(rows)[: max(1, round(HELD_BACK * len(rows)))]] = True
    return held


def _parameters(bag: Bag, number: int, rows: int, cells: int) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "objective": "binary", "verbose": -1, "num_threads": threads(cells), "deterministic": True,
        "force_row_wise": True,
        "boost_from_average": False, "max_bin": 300, "min_data_in_bin": 1, "cat_smooth": 10, "min_data_per_group": 20,
        "seed": bag.seed * 1000 + number, **bag.settings,
    }  # fmt: skip
    # Twenty rows in a leaf are much for two hundred customers.
    settings["min_data_in_leaf"] = max(5, min(settings["min_data_in_leaf"], rows // 40))
    if any(bag.signs):
        settings["monotone_constraints"] = bag.signs
    if bag.groups is not None:
        settings["interaction_constraints"] = bag.groups
    return settings


def _cut(fit: Any) -> Any:
    """The booster with the rounds after its best one gone, so that nothing has to remember where to stop."""
    import lightgbm

    best = fit.best_iteration
    return lightgbm.Booster(model_str=fit.model_to_string(num_iteration=best if best and best > 0 else -1))

"""Signs that one class was multiplied before we saw the table.

Rows that were drawn between two real ones (SMOTE and its family), or drawn twice, put almost the same customer on both
sides of every fold; an AUC of 0.99 then says nothing about the next customer. Takes encoded columns and labels.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SAMPLE = 300
NEIGHBOURS = 12
MOST_ROWS = 8000
#: Share of a class's rows that lie exactly between two others, from which it is no accident.
BETWEEN = 0.10


def signs_of_resampling(encoded: pd.DataFrame, y: Floats) -> Iterator[str]:
    """One sentence for each sign that is there."""
    matrix = encoded.to_numpy("float64")
    if min(y.sum(), len(y) - y.sum()) < 50 or not matrix.shape[1]:
        return
    left = int(y.sum())
    if len(y) >= 500 and 2 * left == len(y):
        yield f"Exactly as many left as stayed ({left}): the table was balanced, which no shop is."
    for name, here in (("left", y == 1), ("stayed", y == 0)):
        copies, other_copies = _copies(matrix[here]), _copies(matrix[~here])
        if copies > 0.2 and other_copies < copies / 10:
            yield f"{copies:.0%} of the rows of those who {name} are copies, of the others {other_copies:.1%}."
        finer = _finer(encoded, here)
        if finer:
            yield f"Values have more decimals only for those who {name}: {', '.join(finer[:5])}."
    between = {name: _between(matrix[here]) for name, here in (("left", y == 1), ("stayed", y == 0))}
    for name, share in between.items():
        if share >= BETWEEN and share > 5 * min(between.values()):
            yield f"{share:.0%} of sampled rows of those who {name} lie exactly between two others: they were made up."


def _copies(rows: Floats) -> float:
    return 1 - len(np.unique(rows, axis=0)) / len(rows)


def _finer(encoded: pd.DataFrame, here: NDArray[np.bool_]) -> list[str]:
    """Columns whose values are rounded (to whole numbers, to cents) for the others, and often not for these rows."""
    found = []
    for name in encoded.columns:
        values = encoded[name].to_numpy("float64")
        known = ~np.isnan(values)
        mine, others = values[here & known], values[~here & known]
        if len(mine) < 30 or len(others) < 30 or len(np.unique(others)) < 2:
            continue
        digits = next((digits for digits in range(5) if _rounded(others, digits).mean() >= 0.999), None)
        if digits is not None and (~_rounded(mine, digits)).mean() > 0.05:
            found.append(str(name))
    return found


def _rounded(values: Floats, digits: int) -> NDArray[np.bool_]:
    scaled = values * 10.0**digits
    same: NDArray[np.bool_] = np.abs(scaled - np.round(scaled)) < 1e-6 * np.maximum(1.0, np.abs(scaled))
    return same


def _between(rows: Floats) -> float:
    """Share of sampled rows with a pair of neighbours on a straight line through them, one on either side."""
    from sklearn.neighbors import NearestNeighbors

    rows = rows[~np.isnan(rows).any(axis=1)]
    varied = [column for column in range(rows.shape[1]) if len(np.unique(rows[:, column])) > 10]
    if len(varied) < 3 or len(rows) < 50:
        return 0.0
    random = np.random.default_rng(0)
    rows = rows[random.permutation(len(rows))[:MOST_ROWS], :][:, varied]
    scaled = np.unique((rows - rows.mean(axis=0)) / rows.std(axis=0), axis=0)
    if len(scaled) < 50:
        return 0.0
    sample = random.permutation(len(scaled))[:SAMPLE]
    count = min(NEIGHBOURS + 1, len(scaled))
    near = NearestNeighbors(n_neighbors=count).fit(scaled).kneighbors(scaled[sample], return_distance=False)[:, 1:]
    return float(np.mean([_on_a_line(scaled[row], scaled[others]) for row, others in zip(sample, near, strict=True)]))


def _on_a_line(row: Floats, others: Floats) -> bool:
    """The ways to two neighbours point in exactly opposite directions, in three or more columns."""
    ways = others - row
    lengths = np.linalg.norm(ways, axis=1)
    unit = ways / lengths[:, None]
    opposite = unit @ unit.T < -1 + 1e-7
    one = np.nonzero(opposite)[0]
    return bool(len(one)) and bool(((np.abs(ways[one]) > 1e-9).sum(axis=1) >= 3).any())

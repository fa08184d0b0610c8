"""Rows that are copies, or nearly copies, of one another: they must never sit on both sides of a fold.

Takes a table without id and label, and the labels. Copies by coincidence exist in every coarse table, so likeness alone
proves nothing; what gives twins away is that they also share the label far more often than strangers do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from scoring.tables import as_id

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
#: Up to this many rows every pair is compared; above, only rows that agree on a block of columns.
ALL_PAIRS = 12_000
MOST_PAIRS = 4_000_000
LEAST_COLUMNS = 8
#: Twins disagree on the label at most this often, as a share of how often strangers would.
DISAGREEMENT = 0.15
LARGEST_GROUP = 0.25


@dataclass(frozen=True)
class Twins:
    """`groups` numbers the rows; rows of one number stay in one fold. `copies` are rows equal to an earlier one."""

    groups: Ints
    copies: int
    copies_agree: float
    near: int
    near_agree: float
    differing: int
    columns: int


def find_twins(table: pd.DataFrame, y: Floats) -> Twins:
    """Group exact copies always, near-twins where their labels give them away."""
    codes = _codes(table)
    exact = np.unique(codes, axis=0, return_inverse=True)[1].reshape(-1).astype("int64")
    copies = len(exact) - len(np.unique(exact))
    agree = _agreement_within(exact, y)
    groups, near, near_agree, differing = exact, 0, 0.0, 0
    for allowed in range(codes.shape[1] // 6, 0, -1) if codes.shape[1] >= LEAST_COLUMNS else ():
        pairs = _near_pairs(codes, allowed)
        if pairs is None or not len(pairs):
            continue
        same, telling = _agreement(pairs, y)
        joined = _components(pairs, len(codes))
        if telling and np.bincount(joined).max() <= max(LARGEST_GROUP * len(codes), 50):
            groups, near, near_agree, differing = joined, len(np.unique(pairs)), same, allowed
            break
    return Twins(groups, copies, agree, near, near_agree, differing, codes.shape[1])


def _codes(table: pd.DataFrame) -> NDArray[np.int32]:
    columns = [pd.factorize(as_id(table[name]), use_na_sentinel=False)[0] for name in table.columns]
    varied = [column for column in columns if column.max(initial=0) > 0]
    return np.column_stack(varied).astype("int32") if varied else np.zeros((len(table), 1), dtype="int32")


def _near_pairs(codes: NDArray[np.int32], allowed: int) -> Ints | None:
    """Pairs of rows that differ in at most `allowed` columns; None when there are so many that they mean nothing."""
    if len(codes) <= ALL_PAIRS:
        return _all_pairs(codes, allowed)
    return _blocked_pairs(codes, allowed)


def _all_pairs(codes: NDArray[np.int32], allowed: int, step: int = 512) -> Ints | None:
    found, count = [], 0
    columns = [np.ascontiguousarray(column) for column in codes.T.astype("int16")]
    for start in range(0, len(codes), step):
        differing = np.zeros((min(step, len(codes) - start), len(codes) - start), dtype=np.uint8)
        for column in columns:
            differing += column[start : start + step, None] != column[None, start:]
        one, two = np.nonzero(differing <= allowed)
        later = two > one
        found.append(np.column_stack([one[later] + start, two[later] + start]))
        count += len(found[-1])
        if count > MOST_PAIRS:
            return None
    return np.concatenate(found)


def _blocked_pairs(codes: NDArray[np.int32], allowed: int, window: int = 12) -> Ints:
    """Rows with at most `allowed` differences agree on at least one of `allowed + 1` blocks of columns."""
    found = []
    order_of_columns = np.argsort([-len(np.unique(column)) for column in codes.T])
    for block in range(allowed + 1):
        chosen = order_of_columns[block :: allowed + 1]
        rest = np.setdiff1d(order_of_columns, chosen)
        key = np.unique(codes[:, chosen], axis=0, return_inverse=True)[1].reshape(-1)
        order = np.lexsort((*codes[:, rest[::-1]].T, key))
        for distance in range(1, window + 1):
            one, two = order[:-distance], order[distance:]
            same_key = key[one] == key[two]
            one, two = one[same_key], two[same_key]
            near = (codes[one] != codes[two]).sum(axis=1) <= allowed
            found.append(np.column_stack([np.minimum(one, two)[near], np.maximum(one, two)[near]]))
    return np.unique(np.concatenate(found), axis=0).astype("int64")


def _agreement(pairs: Ints, y: Floats) -> tuple[float, bool]:
    """How often pairs share the label, and whether that is too often for strangers (and counted often enough)."""
    rate = float(y.mean())
    by_chance = 2 * rate * (1 - rate)
    differ = float((y[pairs[:, 0]] != y[pairs[:, 1]]).mean())
    rows = len(np.unique(pairs))
    telling = differ < DISAGREEMENT * by_chance and by_chance * rows / 2 >= 20 and rows >= 0.05 * len(y)
    return 1 - differ, telling


def _agreement_within(groups: Ints, y: Floats) -> float:
    """Share of rows in groups of two or more whose label is their group's commonest."""
    size = np.bincount(groups)
    left = np.bincount(groups, y)
    several = size > 1
    if not several.any():
        return 1.0
    commonest = np.maximum(left, size - left)
    return float(commonest[several].sum() / size[several].sum())


def _components(pairs: Ints, rows: int) -> Ints:
    links = coo_matrix((np.ones(len(pairs), dtype=np.int8), (pairs[:, 0], pairs[:, 1])), shape=(rows, rows))
    groups: Ints = connected_components(links, directed=False)[1].astype("int64")
    return groups

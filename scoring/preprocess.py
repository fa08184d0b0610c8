"""Any table's columns as numbers, learnt once and written into the model.

Takes a raw frame; `Encoder` gives one float column for each: numbers (also numbers written as text, with blanks), dates
as days, categories as level codes (rare and unseen levels share one code). Missing stays NaN. `LinearMatrix` goes on
to what a linear model needs: filled, clipped, scaled, one column a level. Both are scikit-learn steps and both travel
as plain JSON. Knows nothing about labels.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

from scoring.dates import looks_like_dates, parse_dates
from scoring.tables import as_id, as_number, need_columns

Floats = NDArray[np.float64]
MAX_LEVELS = 60
#: A level seen fewer times than this says nothing of its own.
RARE = 8
CLIP = (0.005, 0.995)
DAY = 86_400_000_000


@dataclass(frozen=True)
class Column:
    """How one raw column becomes a number. `kind`: number, date, category; `levels` in code order."""

    name: str
    kind: str
    levels: tuple[str, ...] = ()

    @property
    def other(self) -> int:
        """The code of rare and unseen levels."""
        return len(self.levels)


class Encoder(BaseEstimator, TransformerMixin):  # type: ignore[misc]
    """Raw frame -> frame of floats with the same column names."""

    columns: tuple[Column, ...] = ()

    def fit(self, X: pd.DataFrame, y: object = None) -> Encoder:  # noqa: ARG002 - scikit-learn's signature
        self.columns = tuple(_learn(X[name]) for name in X.columns)
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        need_columns(X, [column.name for column in self.columns])
        return pd.DataFrame({column.name: encode(column, X[column.name]) for column in self.columns}, index=X.index)

    @property
    def categories(self) -> list[str]:
        return [column.name for column in self.columns if column.kind == "category"]

    def to_json(self) -> list[dict[str, Any]]:
        return [asdict(column) for column in self.columns]

    @classmethod
    def from_json(cls, data: list[dict[str, Any]]) -> Encoder:
        encoder = cls()
        encoder.columns = tuple(Column(one["name"], one["kind"], tuple(one["levels"])) for one in data)
        return encoder


class LinearMatrix(BaseEstimator, TransformerMixin):  # type: ignore[misc]
    """Encoded frame -> scaled matrix with mean zero; `source` says which raw column each matrix column came from."""

    def fit(self, X: pd.DataFrame, *, columns: tuple[Column, ...]) -> LinearMatrix:
        self.plans: list[dict[str, Any]] = []
        for column in columns:
            self.plans.extend(_plan(column, X[column.name]))
        return self

    @property
    def source(self) -> list[str]:
        return [plan["column"] for plan in self.plans]

    def transform(self, X: pd.DataFrame) -> Floats:
        matrix = np.empty((len(X), len(self.plans)))
        for place, plan in enumerate(self.plans):
            matrix[:, place] = _apply(plan, X[plan["column"]].to_numpy("float64"))
        return matrix

    def to_json(self) -> list[dict[str, Any]]:
        return self.plans

    @classmethod
    def from_json(cls, data: list[dict[str, Any]]) -> LinearMatrix:
        matrix = cls()
        matrix.plans = data
        return matrix


def encode(column: Column, values: pd.Series) -> Floats:
    """One raw column as floats, by its learnt description."""
    if column.kind == "number":
        numbers = values.astype("float64") if pd.api.types.is_bool_dtype(values) else as_number(values)
        finite: Floats = np.where(np.isfinite(numbers), numbers, np.nan).astype("float64")
        return finite
    if column.kind == "date":
        moments = parse_dates(values)
        return np.asarray(moments.astype("int64").astype("float64").mask(moments.isna()), dtype=np.float64) / DAY
    text = as_id(values)
    codes = text.map({level: code for code, level in enumerate(column.levels)}).astype("float64")
    return np.asarray(codes.mask(codes.isna() & text.notna(), column.other), dtype=np.float64)


def _learn(values: pd.Series) -> Column:
    name = str(values.name)
    if pd.api.types.is_datetime64_any_dtype(values):
        return Column(name, "date")
    if pd.api.types.is_bool_dtype(values) or pd.api.types.is_numeric_dtype(values):
        return Column(name, "number")
    if is_number_as_text(values):
        return Column(name, "number")
    if looks_like_dates(values):
        return Column(name, "date")
    counts = as_id(values).value_counts()
    levels = counts[counts >= min(RARE, max(2, len(values) // 50))].index[:MAX_LEVELS]
    return Column(name, "category", tuple(sorted(map(str, levels))))


def is_number_as_text(values: pd.Series) -> bool:
    """Text that is numbers with blanks between: at least 95 % of what is not blank, and more than a few of them."""
    text = values.astype("string").str.strip()
    known = text[text.notna() & (text != "")]
    numbers = as_number(known)
    return bool(len(known)) and bool(numbers.notna().mean() >= 0.95) and numbers.nunique() > 10


def _plan(column: Column, values: pd.Series) -> list[dict[str, Any]]:
    raw = values.to_numpy("float64")
    plans: list[dict[str, Any]] = []
    if column.kind == "category":
        codes = [code for code in range(column.other + 1) if (raw == code).any()]
        plans = [{"column": column.name, "step": "level", "level": code} for code in codes]
    else:
        plans = [_number_plan(column.name, raw)]
    if np.isnan(raw).any():
        plans.append({"column": column.name, "step": "missing"})
    for plan in plans:
        made = _apply({**plan, "mean": 0.0, "scale": 1.0}, raw)
        plan["mean"] = float(made.mean())
        plan["scale"] = float(made.std()) or 1.0
    return plans


def _number_plan(name: str, raw: Floats) -> dict[str, Any]:
    known = raw[~np.isnan(raw)]
    if not len(known):
        return {"column": name, "step": "number", "log": False, "low": 0.0, "high": 0.0, "fill": 0.0}
    # A long right tail (money, counts) would let a few big customers steer a straight line.
    spread = float(known.std())
    skew = float(((known - known.mean()) ** 3).mean() / spread**3) if spread > 0 else 0.0
    log = skew > 2 and float(known.min()) >= 0
    shaped = np.log1p(known) if log else known
    low, high = (float(edge) for edge in np.quantile(shaped, CLIP))
    fill = float(np.median(shaped))
    return {"column": name, "step": "number", "log": log, "low": low, "high": high, "fill": fill}


def _apply(plan: dict[str, Any], raw: Floats) -> Floats:
    if plan["step"] == "level":
        made: Floats = (raw == plan["level"]).astype("float64")
    elif plan["step"] == "missing":
        made = np.isnan(raw).astype("float64")
    else:
        shaped = np.log1p(np.maximum(raw, 0)) if plan["log"] else raw
        made = np.where(np.isnan(shaped), plan["fill"], np.clip(shaped, plan["low"], plan["high"]))
    scaled: Floats = (made - plan["mean"]) / plan["scale"]
    return scaled

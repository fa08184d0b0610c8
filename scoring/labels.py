"""What "left" means: did not buy (or do) something in the days after a moment.

Takes events, `as_of` and a definition; gives one label a customer of the population. The population is whoever did the
thing at least once strictly before `as_of`; left = did not do it in [as_of, as_of + horizon).
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from scoring.errors import NotEnoughData, ScoringError
from scoring.events import KINDS, is_purchase

UNITS = {"d": 1, "w": 7, "m": 30, "y": 365}


@dataclass(frozen=True)
class ChurnDefinition:
    """Left = no event of `kind` for `horizon_days`. Orders must be purchases: positive quantity, positive price."""

    horizon_days: int = 90
    kind: str = "order"

    def __post_init__(self) -> None:
        if not 1 <= self.horizon_days <= 3650:
            raise ScoringError(f"A horizon of {self.horizon_days} days is not useful.", "Use 1 to 3650 days.")
        if self.kind not in KINDS:
            raise ScoringError(f"'{self.kind}' is no kind of event.", f"Kinds are: {', '.join(KINDS)}.")

    @property
    def horizon(self) -> timedelta:
        return timedelta(days=self.horizon_days)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class LabelPreview:
    """What a definition would give, before anything is trained."""

    customers: int
    left: int
    as_of: datetime
    until: datetime

    @property
    def rate(self) -> float:
        return self.left / self.customers if self.customers else 0.0


def parse_horizon(text: str | int) -> int:
    """Days from "90d", "12w", "3m" (30 days each), "1y" or a bare number of days."""
    match = re.fullmatch(r"\s*(\d+)\s*([dwmy]?)[a-z]*\s*", str(text).lower())
    if not match:
        raise ScoringError(f"'{text}' is no horizon.", "Write it like 90d, 12w or 3m.")
    return int(match[1]) * UNITS[match[2] or "d"]


def label(events: pd.DataFrame, as_of: datetime, definition: ChurnDefinition) -> pd.Series:
    """1 = left, 0 = stayed, indexed by customer_id. Raises NotEnoughData when the events end before the horizon."""
    start, end = pd.Timestamp(as_of), pd.Timestamp(as_of) + definition.horizon
    last = events["at"].max()
    done = events.loc[_counts_as(events, definition)]
    if pd.isna(last) or last < end - timedelta(days=1):
        when = "never start" if pd.isna(last) else f"end on {last:%Y-%m-%d}"
        what = f"The events {when}, before {end:%Y-%m-%d}, where the horizon ends."
        raise NotEnoughData(what, _other_day(done, last, definition))
    population = pd.Index(sorted(done.loc[done["at"] < start, "customer_id"].unique()), name="customer_id")
    if population.empty:
        what = f"Nobody bought anything before {start:%Y-%m-%d}."
        raise NotEnoughData(what, _other_day(done, last, definition))
    stayed = done.loc[(done["at"] >= start) & (done["at"] < end), "customer_id"].unique()
    return pd.Series((~population.isin(stayed)).astype("int64"), index=population, name="left")


def _other_day(done: pd.DataFrame, last: pd.Timestamp, definition: ChurnDefinition) -> str:
    """Which as-of date would do; where none would, what else."""
    if done.empty or pd.isna(last):
        return "Import events first."
    first, latest = done["at"].min() + timedelta(days=1), last - definition.horizon
    if first > latest:
        span = (last - done["at"].min()).days
        days = definition.horizon.days
        shorter = max(7, span // 3)
        return (
            f"They span {span} days and the horizon is {days}: choose a shorter --horizon, {shorter}d for instance, "
            "or import older events."
        )
    return f"Choose an as-of date from {first:%Y-%m-%d} to {latest:%Y-%m-%d}."


def preview(events: pd.DataFrame, as_of: datetime, definition: ChurnDefinition) -> LabelPreview:
    """Counts for a person to look at: is this definition what we mean?"""
    labels = label(events, as_of, definition)
    return LabelPreview(len(labels), int(labels.sum()), as_of, as_of + definition.horizon)


def _counts_as(events: pd.DataFrame, definition: ChurnDefinition) -> pd.Series:
    return is_purchase(events) if definition.kind == "order" else events["kind"] == definition.kind

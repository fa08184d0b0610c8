"""A table and the names of its columns → who was in which arm, and what came of it.

Takes any table that `scoring.tables` reads; gives a `Trial`. Arms are compared as text (1 = 1.0 = "1"). Outcomes are
0/1, yes/no, true/false or numbers. Rows without an arm or an outcome are counted, never filled. Raises ScoringError
kinds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.errors import BadColumn, BadTable, NotEnoughData
from scoring.tables import as_id, as_number, need_columns
from scoring.target import as_words

Floats = NDArray[np.float64]
MOST_ARMS = 50
YES = frozenset({"1", "yes", "true", "y", "t", "是", "真"})
NO = frozenset({"0", "no", "false", "n", "f", "否", "假"})
CONTROL = re.compile(
    r"0|false|f|no|n|none|nobody|nothing|off|否|对照组?|空白组?|ctrl|control([ _-].*)?|hold[ _-]?out|held[ _-]?out"
    r"|baseline|placebo|untreated|not[ _-].*|no[ _-].*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column is what. `value`: margin of a customer, in money."""

    treatment: str
    outcome: str
    covariates: tuple[str, ...] = ()
    value: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """One row a customer with a known arm. `y` and `value` are NaN where unknown; `arms` holds a mask for each arm, the
    control first. `share`: every outcome is 0 or 1. `guessed`: nobody named the control."""

    arms: Mapping[str, NDArray[np.bool_]]
    y: Floats
    value: Floats | None
    covariates: pd.DataFrame
    share: bool
    without_arm: int
    guessed: bool

    @property
    def control(self) -> str:
        return next(iter(self.arms))


def read_trial(table: pd.DataFrame, columns: Columns, control: str | None = None) -> Trial:
    """Raises BadColumn, BadTable, NotEnoughData."""
    _need(table, columns)
    words = as_words(table[columns.treatment])
    known = words.notna().to_numpy(dtype=bool)
    table, words = table.loc[known], words.loc[known]
    names, guessed = _control_first(sorted(words.unique()), control, columns.treatment, len(words))
    if columns.id is not None:
        _need_one_row_each(as_id(table[columns.id]), words, columns.id)
    arms = {name: (words == name).to_numpy(dtype=bool) for name in names}
    y = read_outcome(table[columns.outcome])
    for name, mask in arms.items():
        _need_outcomes(name, int((~np.isnan(y[mask])).sum()))
    return Trial(
        arms=arms,
        y=y,
        value=_numbers(table[columns.value], "value") if columns.value else None,
        covariates=table[list(columns.covariates)].apply(_as_covariate),
        share=bool(np.isin(y[~np.isnan(y)], (0, 1)).all()),
        without_arm=int((~known).sum()),
        guessed=guessed,
    )


def read_outcome(values: pd.Series) -> Floats:
    """0/1 from words that say yes or no, numbers as they are, NaN where blank. Raises BadColumn for other words."""
    words = as_words(values).str.casefold()
    seen = set(words.dropna())
    if seen <= YES | NO:
        return np.where(words.isna(), np.nan, words.isin(YES).to_numpy()).astype("float64")
    return _numbers(values, "outcome")


def _need(table: pd.DataFrame, columns: Columns) -> None:
    named = [columns.treatment, columns.outcome, *columns.covariates, *filter(None, (columns.value, columns.id))]
    need_columns(table, named)
    if twice := [name for name in named if list(table.columns).count(name) > 1]:
        raise BadColumn(f"Two columns are called '{twice[0]}'.", "Give each column a name of its own.")
    if columns.treatment == columns.outcome:
        raise BadColumn(f"'{columns.treatment}' cannot be both treatment and outcome.", "Name two columns.")
    after = {columns.treatment, columns.outcome, columns.value}
    if wrong := [name for name in columns.covariates if name in after]:
        raise BadColumn(
            f"'{wrong[0]}' cannot be a covariate: it is what the experiment set or changed.",
            "Name only columns that were known before the experiment began.",
        )


def _control_first(names: list[str], control: str | None, column: str, rows: int) -> tuple[list[str], bool]:
    shown = ", ".join(names[:12])
    if len(names) < 2:
        what = f"only '{names[0]}'" if names else "nothing"
        raise NotEnoughData(
            f"The treatment column '{column}' holds {what}: there is nobody to compare with.",
            "An experiment needs a control group; a hold-out of 100 % or of nobody measures nothing.",
        )
    if len(names) > min(MOST_ARMS, max(2, rows // 2)):
        raise BadColumn(
            f"'{column}' holds {len(names):,} different values: that is no treatment.", "Name the column with the arms."
        )
    if control is not None:
        wanted = as_words(pd.Series([control], dtype="string")).iloc[0]
        found = _named(names, str(wanted))
        if not found:
            raise BadColumn(f"No row of '{column}' is '{control}'.", f"Its values are: {shown}. Name one of them.")
        return [found[0], *(name for name in names if name != found[0])], False
    likely = [name for name in names if CONTROL.fullmatch(name.strip())]
    first = likely[0] if likely else names[0]
    return [first, *(name for name in names if name != first)], len(likely) != 1


def _named(names: list[str], wanted: str) -> list[str]:
    """The arm of this name; else in other capitals; else the only one that says the same yes or no (0 for False)."""
    if wanted in names:
        return [wanted]
    word = wanted.casefold()
    alike = [name for name in names if name.casefold() == word]
    said = next((words for words in (YES, NO) if word in words), frozenset())
    same = [name for name in names if name.casefold() in said]
    return alike or (same if len(same) == 1 else [])


def _need_one_row_each(ids: pd.Series, words: pd.Series, column: str) -> None:
    pairs = pd.DataFrame({"id": ids, "arm": words}).dropna()
    arms = pairs.drop_duplicates().groupby("id").size()
    if overlapping := int((arms > 1).sum()):
        raise BadTable(
            f"{overlapping:,} customers stand in more than one arm, '{arms[arms > 1].index[0]}' for one.",
            f"Each '{column}' belongs to one arm: find out which came first, and why there was a second.",
        )
    if again := int(pairs["id"].duplicated().sum()):
        raise BadTable(
            f"{again:,} rows repeat a customer of the same arm.",
            "Add up to one row a customer: rows of one customer are not independent.",
        )


def _need_outcomes(arm: str, known: int) -> None:
    if known < 2:
        raise NotEnoughData(
            f"The arm '{arm}' has {known} known outcomes.",
            "Each arm needs at least two; wait for more, or leave the arm out.",
        )


def _numbers(values: pd.Series, what: str) -> Floats:
    numbers = as_number(values)
    unreadable = (
        as_id(values).notna() & numbers.isna() if not pd.api.types.is_numeric_dtype(values) else numbers.isna() & False
    )
    if unreadable.any():
        example = values[unreadable].iloc[0]
        raise BadColumn(
            f"The {what} column '{values.name}' holds words, such as '{example}'.",
            "It needs numbers, 0 and 1, or yes and no.",
        )
    found = numbers.to_numpy(dtype="float64")
    if np.isinf(found).any():
        raise BadColumn(
            f"The {what} column '{values.name}' holds an infinite number.", "Correct it, or leave it blank."
        )
    return found


def _as_covariate(values: pd.Series) -> pd.Series:
    """Numbers where every value that is there is one, dates where every one is; else words."""
    if pd.api.types.is_datetime64_any_dtype(values) or pd.api.types.is_bool_dtype(values):
        return values
    if pd.api.types.is_numeric_dtype(values):
        return values.astype("float64").replace([np.inf, -np.inf], np.nan)
    words, numbers = as_id(values), as_number(values)
    if numbers.notna().equals(words.notna()):
        return numbers
    dates = pd.to_datetime(words, errors="coerce", format="ISO8601", utc=True)
    return dates if dates.notna().equals(words.notna()) else words


def numeric_covariates(covariates: pd.DataFrame) -> Floats:
    """Those that are numbers, blanks filled with the mean and marked in a column of their own: n × k."""
    columns: list[Floats] = []
    for name in covariates:
        values = covariates[name]
        if not pd.api.types.is_numeric_dtype(values) or values.isna().all():
            continue
        numbers = values.astype("float64")
        known = np.asarray(numbers, dtype=np.float64)
        blank = np.isnan(known)
        columns.append(np.where(blank, known[~blank].mean(), known))
        if blank.any():
            columns.append(blank.astype(np.float64))
    return np.column_stack(columns) if columns else np.empty((len(covariates), 0))


def split(names: str | Sequence[str] | None) -> tuple[str, ...]:
    """Column names with commas between, as a command line gives them."""
    parts = names.split(",") if isinstance(names, str) else list(names or ())
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))

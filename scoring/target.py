"""The label column, read as left or stayed: Yes/No, T/F, 1/0, or a value the caller names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.errors import BadLabel
from scoring.tables import as_id

#: Words for "left", in the order in which we would believe them.
LEFT_WORDS = (
    "1", "yes", "true", "y", "t", "churned", "churn", "left", "lost", "exited", "attrited customer", "leaver", "gone",
    "是", "流失", "已流失", "离开", "真",
)  # fmt: skip
STAYED_WORDS = (
    "0",
    "no",
    "false",
    "n",
    "f",
    "stayed",
    "existing customer",
    "retained",
    "active",
    "否",
    "未流失",
    "留存",
    "假",
)


@dataclass(frozen=True)
class Target:
    """`y` is 1 for left, over the rows where the label is known; `positive` is the value that means left."""

    y: NDArray[np.float64]
    known: NDArray[np.bool_]
    positive: str


def read_target(values: pd.Series, positive: str | None = None) -> Target:
    """Values are compared as text, so 1, 1.0 and "1" are the same."""
    text = as_words(values)
    known = text.notna().to_numpy(dtype=bool)
    classes = sorted(text.dropna().unique())
    if not classes:
        raise BadLabel(f"The label '{values.name}' is blank in every row.", "Name another column.")
    chosen = _chosen(classes, positive, str(values.name))
    y = (text[known] == chosen).to_numpy().astype("float64")
    if y.all():
        raise BadLabel(
            f"The label '{values.name}' has one class only ('{chosen}').", "Both leavers and stayers are needed."
        )
    return Target(y, known, chosen)


def _chosen(classes: list[str], positive: str | None, name: str) -> str:
    shown = ", ".join(classes[:12])
    if positive is not None:
        wanted = as_words(pd.Series([positive])).iloc[0]
        by_case = {one.casefold(): one for one in classes}
        if wanted in classes:
            return str(wanted)
        if str(wanted).casefold() in by_case:
            return by_case[str(wanted).casefold()]
        raise BadLabel(f"The label '{name}' never is '{positive}'.", f"Its values are: {shown}.")
    if len(classes) == 1:
        raise BadLabel(
            f"The label '{name}' has one class only ('{classes[0]}').", "Both leavers and stayers are needed."
        )
    if len(classes) == 2:
        for word in LEFT_WORDS:
            if word in (one.casefold() for one in classes):
                return next(one for one in classes if one.casefold() == word)
        for word in STAYED_WORDS:
            if word in (one.casefold() for one in classes):
                return next(one for one in classes if one.casefold() != word)
    raise BadLabel(
        f"Which value of '{name}' means that a customer left? It holds: {shown}.", "Name it with --positive."
    )


def as_words(values: pd.Series) -> pd.Series:
    if pd.api.types.is_bool_dtype(values):
        return values.astype("string")
    text = as_id(values)
    # A column of 1.0 and blanks, or 0.0 and 1.0 as text, says 0 and 1.
    return text.str.replace(r"^(-?\d+)\.0+$", r"\1", regex=True)

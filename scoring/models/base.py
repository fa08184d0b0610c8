"""What every model can do: learn from a raw frame, give a logit, say exactly what each column contributed to it.

A model carries its own preprocessing, so that a fold, a forward test and a served score all go through the same steps.
Contributions are in logits, one column a raw column, and `base + contributions` *is* the logit: a model computes the
logit from them, not beside them.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.errors import ModelMismatch

Floats = NDArray[np.float64]
Directions = Mapping[str, int]


class RiskModel(ABC):
    """One family of models. `directions` names columns that may act only one way (+1: more of it, more risk)."""

    name: ClassVar[str]

    def __init__(self, directions: Directions | None = None, seed: int = 0) -> None:
        self.directions = dict(directions or {})
        self.seed = seed
        #: Mean training loss per epoch (or boosting round), for the report; empty where a family has none.
        self.losses: list[float] = []

    @property
    @abstractmethod
    def features(self) -> list[str]:
        """The raw columns the model reads, in its order."""

    @abstractmethod
    def fit(self, X: pd.DataFrame, y: Floats) -> Self:
        """Learn from raw columns `X` and labels `y` (1 = left)."""

    @abstractmethod
    def contributions(self, X: pd.DataFrame) -> tuple[float, pd.DataFrame]:
        """The base, and per row what each column adds to it."""

    @abstractmethod
    def to_files(self) -> tuple[dict[str, Any], dict[str, bytes]]:
        """The model as JSON data and further named files; no code, no pickles."""

    @classmethod
    @abstractmethod
    def from_files(cls, data: dict[str, Any], folder: Path) -> Self:
        """The model back from what `to_files` gave."""

    def logit(self, X: pd.DataFrame) -> Floats:
        base, parts = self.contributions(X)
        total: Floats = base + parts.to_numpy().sum(axis=1)
        return total

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        data, files = self.to_files()
        (folder / "model.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        for name, content in files.items():
            (folder / name).write_bytes(content)

    @classmethod
    def load(cls, folder: Path) -> Self:
        try:
            return cls.from_files(json.loads((folder / "model.json").read_text(encoding="utf-8")), folder)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelMismatch(f"The model in {folder} is damaged: {error}.", "Train it again.") from error


def signs(features: Sequence[str], directions: Directions) -> list[int]:
    """The direction of each feature, 0 where it may act either way."""
    return [directions.get(name, 0) for name in features]

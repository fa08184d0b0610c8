"""Gradient boosting with whole trees (LightGBM): the strongest of the three where columns act together.

Contributions are exact Shapley values of the trees; they cost more than a look-up, so prefer the additive model where
it is no worse.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd

from scoring.models.base import Directions, Floats, RiskModel, signs
from scoring.models.rounds import Bag, grow, threads
from scoring.preprocess import Encoder

SETTINGS = {"learning_rate": 0.04, "num_leaves": 12, "feature_fraction": 0.5, "min_data_in_leaf": 25, "lambda_l2": 5.0}


class BoostingModel(RiskModel):
    """An average of a few boosters, each stopped by rows it has not seen."""

    name = "boosting"

    def __init__(self, directions: Directions | None = None, seed: int = 0, bags: int = 4) -> None:
        super().__init__(directions, seed)
        self.bags = bags
        self.encoder = Encoder()
        self.start = 0.0
        self.fits: list[Any] = []

    @property
    def features(self) -> list[str]:
        return [column.name for column in self.encoder.columns]

    def fit(self, X: pd.DataFrame, y: Floats) -> Self:
        matrix = self.encoder.fit(X).transform(X).to_numpy()
        rate = float(np.clip(np.mean(y), 1e-6, 1 - 1e-6))
        self.start = float(np.log(rate / (1 - rate)))
        levels = [place for place, column in enumerate(self.encoder.columns) if column.kind == "category"]
        bag = Bag(SETTINGS, signs(self.features, self.directions), levels, None, self.bags, self.seed)
        self.fits, self.losses = grow(matrix, y, bag, np.full(len(y), self.start))
        return self

    def contributions(self, X: pd.DataFrame) -> tuple[float, pd.DataFrame]:
        matrix = self.encoder.transform(X).to_numpy()
        total = np.zeros((len(X), len(self.features) + 1))
        for fit in self.fits:
            total += fit.predict(matrix, pred_contrib=True, num_threads=threads(matrix.size))
        total /= len(self.fits)
        return self.start + float(total[0, -1]), pd.DataFrame(total[:, :-1], index=X.index, columns=self.features)

    def logit(self, X: pd.DataFrame) -> Floats:
        """The plain sum of the trees: equal to base + contributions up to rounding, and much quicker."""
        matrix = self.encoder.transform(X).to_numpy()
        raw = [fit.predict(matrix, raw_score=True, num_threads=threads(matrix.size)) for fit in self.fits]
        total: Floats = self.start + np.mean(raw, axis=0)
        return total

    def to_files(self) -> tuple[dict[str, Any], dict[str, bytes]]:
        names = [f"booster-{number}.txt" for number in range(len(self.fits))]
        data = {"encoder": self.encoder.to_json(), "start": self.start, "boosters": names, "losses": self.losses}
        return data, {name: fit.model_to_string().encode() for name, fit in zip(names, self.fits, strict=True)}

    @classmethod
    def from_files(cls, data: dict[str, Any], folder: Path) -> Self:
        import lightgbm

        model = cls()
        model.encoder = Encoder.from_json(data["encoder"])
        model.start = float(data["start"])
        model.losses = list(data["losses"])
        texts = [(folder / name).read_text(encoding="utf-8") for name in data["boosters"]]
        model.fits = [lightgbm.Booster(model_str=text) for text in texts]
        return model

"""Logistic regression in torch: binary cross-entropy, Adam, minibatches, a loss for every epoch.

The gradient of the loss by weight j is the mean of (sigmoid(z) - y) * x_j; torch finds it by itself, and a test
compares it with numerical differences. Weights of columns whose direction is known are kept on their side of zero.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd

from scoring.models.base import Directions, Floats, RiskModel
from scoring.models.rounds import threads
from scoring.preprocess import Encoder, LinearMatrix


@dataclass(frozen=True)
class Recipe:
    """How the weights are found. `l2` is the ridge penalty in units of one row; `polish` goes on to the minimum."""

    learning_rate: float = 0.02
    epochs: int = 30
    batch: int = 256
    l2: float = 1.0
    decay: bool = True
    polish: bool = True


#: The settings of the article this product grew from; kept to show what ten short epochs do.
ARTICLE = Recipe(learning_rate=0.001, epochs=10, batch=64, l2=0.0, decay=False, polish=False)
#: No more steps than this, so that a million rows do not take sixty passes.
MOST_STEPS = 20_000


class LogisticModel(RiskModel):
    """A straight line in the logit; its contributions are weight times distance from the average customer."""

    name = "logistic"

    def __init__(self, directions: Directions | None = None, seed: int = 0, recipe: Recipe | None = None) -> None:
        super().__init__(directions, seed)
        self.recipe = recipe or Recipe()
        self.encoder = Encoder()
        self.matrix = LinearMatrix()
        self.weights: Floats = np.zeros(0)
        self.intercept = 0.0

    @property
    def features(self) -> list[str]:
        return [column.name for column in self.encoder.columns]

    def fit(self, X: pd.DataFrame, y: Floats) -> Self:
        encoded = self.encoder.fit(X).transform(X)
        matrix = self.matrix.fit(encoded, columns=self.encoder.columns).transform(encoded)
        numbers = {plan["column"] for plan in self.matrix.plans if plan["step"] == "number"}
        sides = [
            self.directions.get(plan["column"], 0) if plan["step"] == "number" and plan["column"] in numbers else 0
            for plan in self.matrix.plans
        ]
        self.weights, self.intercept, self.losses = descend(matrix, y, self.recipe, np.array(sides), self.seed)
        return self

    def contributions(self, X: pd.DataFrame) -> tuple[float, pd.DataFrame]:
        parts = self.matrix.transform(self.encoder.transform(X)) * self.weights
        source = self.matrix.source
        out = np.zeros((len(X), len(self.features)))
        places = {name: place for place, name in enumerate(self.features)}
        for place, name in enumerate(source):
            out[:, places[name]] += parts[:, place]
        return self.intercept, pd.DataFrame(out, index=X.index, columns=self.features)

    def to_files(self) -> tuple[dict[str, Any], dict[str, bytes]]:
        data = {
            "encoder": self.encoder.to_json(),
            "matrix": self.matrix.to_json(),
            "weights": self.weights.tolist(),
            "intercept": self.intercept,
            "losses": self.losses,
            "recipe": asdict(self.recipe),
        }
        return data, {}

    @classmethod
    def from_files(cls, data: dict[str, Any], folder: Path) -> Self:  # noqa: ARG003
        model = cls(recipe=Recipe(**data["recipe"]))
        model.encoder = Encoder.from_json(data["encoder"])
        model.matrix = LinearMatrix.from_json(data["matrix"])
        model.weights = np.array(data["weights"])
        model.intercept = float(data["intercept"])
        model.losses = list(data["losses"])
        return model


def descend(matrix: Floats, y: Floats, recipe: Recipe, sides: Floats, seed: int) -> tuple[Floats, float, list[float]]:
    """Minimise mean cross-entropy plus ridge; give weights, intercept and the mean loss of every epoch."""
    import torch

    torch.set_num_threads(threads(matrix.size))
    generator = torch.Generator().manual_seed(seed)
    x, target = torch.tensor(matrix, dtype=torch.float32), torch.tensor(np.asarray(y, dtype=np.float32))
    rows = len(x)
    batch = min(recipe.batch, rows)
    epochs = max(3, min(recipe.epochs, MOST_STEPS * batch // max(rows, 1)))
    rate = min(max(float(np.mean(y)), 1e-4), 1 - 1e-4)
    weight = torch.zeros(matrix.shape[1], requires_grad=True)
    bias = torch.tensor([np.log(rate / (1 - rate))], dtype=torch.float32, requires_grad=True)
    loss_of = torch.nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam([weight, bias], lr=recipe.learning_rate)
    steps = epochs * -(-rows // batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: 0.5 * (1 + np.cos(np.pi * min(step / steps, 1))) if recipe.decay else 1.0
    )
    up, down = torch.tensor(sides > 0), torch.tensor(sides < 0)
    losses: list[float] = []
    for _ in range(epochs):
        order = torch.randperm(rows, generator=generator)
        total = 0.0
        for chosen in order.split(batch):  # type: ignore[no-untyped-call]
            optimizer.zero_grad()
            loss = loss_of(x[chosen] @ weight + bias, target[chosen])
            (loss + recipe.l2 / (2 * rows) * weight.square().sum()).backward()
            optimizer.step()
            schedule.step()
            with torch.no_grad():
                weight[up] = weight[up].clamp(min=0)
                weight[down] = weight[down].clamp(max=0)
            total += float(loss.detach()) * len(chosen)
        losses.append(total / rows)
    if recipe.polish:
        return *polish(matrix, y, recipe.l2, sides), losses
    return weight.detach().numpy().astype("float64"), float(bias.detach()[0]), losses


def polish(matrix: Floats, y: Floats, l2: float, sides: Floats) -> tuple[Floats, float]:
    """From a good neighbourhood to the minimum itself (L-BFGS on all rows, double precision).

    Columns that say nearly the same make the valley flat, and Adam would walk along it for hundreds of epochs. A weight
    that ends on the wrong side of zero is held at zero and the rest solved again.
    """
    free = np.ones(matrix.shape[1])
    while True:
        weight, intercept = _minimise(matrix * free, y, l2)
        wrong = weight * free * sides < 0
        if not wrong.any():
            return weight * free, intercept
        free = np.where(wrong, 0.0, free)


def _minimise(matrix: Floats, y: Floats, l2: float) -> tuple[Floats, float]:
    import torch

    x, target = torch.tensor(matrix), torch.tensor(np.asarray(y, dtype="float64"))
    weight = torch.zeros(matrix.shape[1], dtype=torch.float64, requires_grad=True)
    bias = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    search = torch.optim.LBFGS([weight, bias], max_iter=300, tolerance_grad=1e-9, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        search.zero_grad()
        value = torch.nn.functional.binary_cross_entropy_with_logits(x @ weight + bias, target)
        value = value + l2 / (2 * len(x)) * weight.square().sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    search.step(loss)  # type: ignore[no-untyped-call]
    return weight.detach().numpy(), float(bias.detach()[0])

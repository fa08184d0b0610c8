"""The model families by name."""

from __future__ import annotations

from scoring.errors import NotBuilt, ScoringError
from scoring.models.base import Directions, RiskModel

BUILT = ("logistic", "additive", "boosting")
RESERVED = ("mlp", "cnn", "rnn", "transformer", "blend")


def family(name: str) -> type[RiskModel]:
    """The class of a model family; each is imported only when it is asked for."""
    if name == "logistic":
        from scoring.models.logistic import LogisticModel

        return LogisticModel
    if name == "additive":
        from scoring.models.additive import AdditiveModel

        return AdditiveModel
    if name == "boosting":
        from scoring.models.boosting import BoostingModel

        return BoostingModel
    if name in RESERVED:
        raise NotBuilt(f"The model '{name}' is not built yet.", f"Use auto, {', '.join(BUILT)}.")
    raise ScoringError(f"There is no model '{name}'.", f"Use auto, {', '.join(BUILT)}.")


def new_model(name: str, directions: Directions | None = None, seed: int = 0) -> RiskModel:
    return family(name)(directions, seed)

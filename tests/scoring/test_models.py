from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from scoring.calibrate import Calibration, cross_calibrated, fit_calibration, sigmoid
from scoring.errors import NotBuilt
from scoring.evaluate import auc
from scoring.models import BUILT, RESERVED, family, new_model
from scoring.models.logistic import ARTICLE, LogisticModel, Recipe, polish
from scoring.preprocess import Encoder, LinearMatrix


def table(rows: int = 900, seed: int = 1) -> tuple[pd.DataFrame, np.ndarray]:
    """Recency acts upwards, frequency downwards, two levels act together with age, blanks here and there."""
    random = np.random.default_rng(seed)
    X = pd.DataFrame({
        "recency_days": random.gamma(2, 40, rows), "orders_90": random.poisson(2, rows).astype(float),
        "age": random.integers(18, 80, rows).astype(float), "plan": random.choice(["a", "b", "c"], rows),
    })  # fmt: skip
    logit = 0.02 * X["recency_days"] - 0.7 * X["orders_90"] + 1.5 * (X["plan"] == "a") * (X["age"] > 50) - 0.5
    X.loc[random.random(rows) < 0.1, "age"] = np.nan
    return X, (random.random(rows) < sigmoid(logit.to_numpy())).astype("float64")


@pytest.mark.parametrize("name", BUILT)
def test_base_and_contributions_are_the_served_logit(name: str) -> None:
    X, y = table()
    model = new_model(name).fit(X, y)
    calibration = Calibration(0.9, 0.1)
    base, parts = calibration.contributions(*model.contributions(X))
    served = calibration.logit(model.logit(X))
    assert np.abs(base + parts.to_numpy().sum(axis=1) - served).max() < 1e-9
    assert auc(y, served) > 0.7


@pytest.mark.parametrize("name", BUILT)
def test_a_model_comes_back_from_its_folder_as_it_was(name: str, tmp_path: Path) -> None:
    X, y = table()
    model = new_model(name).fit(X, y)
    model.save(tmp_path)
    again = family(name).load(tmp_path)
    assert np.abs(again.logit(X) - model.logit(X)).max() < 1e-12
    assert not list(tmp_path.glob("*.pkl"))


@pytest.mark.parametrize("name", BUILT)
def test_recency_never_lowers_and_frequency_never_raises_the_risk(name: str) -> None:
    X, y = table(seed=5)
    model = new_model(name, {"recency_days": 1, "orders_90": -1}).fit(X, y)
    for column, sign, values in (("recency_days", 1, np.linspace(0, 400, 60)), ("orders_90", -1, np.arange(12.0))):
        probe = pd.concat([X.iloc[[7]]] * len(values), ignore_index=True).assign(**{column: values})
        steps = np.diff(model.logit(probe)) * sign
        assert steps.min() > -1e-9
        assert steps.sum() > 0


@pytest.mark.parametrize("name", BUILT)
def test_unseen_levels_and_blanks_are_scored(name: str) -> None:
    X, y = table()
    model = new_model(name).fit(X, y)
    odd = pd.DataFrame({"recency_days": [None, 1e9], "orders_90": ["", "3"], "age": [None, -5], "plan": ["new", None]})
    assert np.isfinite(model.logit(odd)).all()


def test_the_logistic_model_reaches_the_minimum_that_another_solver_finds() -> None:
    X, y = table()
    encoder = Encoder().fit(X)
    matrix = LinearMatrix().fit(encoder.transform(X), columns=encoder.columns).transform(encoder.transform(X))
    peer = LogisticRegression(C=1.0, tol=1e-10, max_iter=10_000).fit(matrix, y)
    weights, intercept = polish(matrix, y, 1.0, np.zeros(matrix.shape[1]))
    assert np.abs(weights - peer.coef_[0]).max() < 1e-3
    assert intercept == pytest.approx(peer.intercept_[0], abs=1e-3)


def test_the_gradient_is_the_mean_of_error_times_input() -> None:
    random = np.random.default_rng(0)
    x, y, w = random.normal(size=(50, 3)), random.integers(0, 2, 50).astype(float), random.normal(size=3)

    def loss(weights: np.ndarray) -> float:
        z = x @ weights
        return float(np.mean(np.logaddexp(0, z) - y * z))

    by_formula = ((sigmoid(x @ w) - y)[:, None] * x).mean(axis=0)
    by_difference = [(loss(w + step) - loss(w - step)) / 2e-6 for step in np.eye(3) * 1e-6]
    assert np.abs(by_formula - by_difference).max() < 1e-7


def test_the_loss_of_every_epoch_is_kept_and_falls() -> None:
    X, y = table()
    article = LogisticModel(recipe=ARTICLE).fit(X, y)
    assert len(article.losses) == 10
    assert article.losses[-1] < article.losses[0]
    assert LogisticModel(recipe=Recipe()).fit(X, y).losses[-1] < article.losses[-1]


def test_columns_that_act_together_get_a_table_of_their_own() -> None:
    random = np.random.default_rng(0)
    X = pd.DataFrame({"a": random.normal(size=3000), "b": random.normal(size=3000), "c": random.normal(size=3000)})
    y = (random.random(3000) < sigmoid(2.0 * np.sign(X["a"] * X["b"]).to_numpy())).astype("float64")
    model = family("additive")().fit(X, y)
    assert list(model.pair_tables) == [(0, 1)]
    assert auc(y, model.logit(X)) > 0.8


def test_text_with_numbers_and_blanks_is_a_number() -> None:
    frame = pd.DataFrame({"TotalCharges": [*map(str, np.arange(50) + 0.5), " ", " "]})
    encoder = Encoder().fit(frame)
    assert encoder.columns[0].kind == "number"
    assert encoder.transform(frame)["TotalCharges"].isna().sum() == 2


def test_reserved_names_say_that_they_are_not_built() -> None:
    for name in RESERVED:
        with pytest.raises(NotBuilt):
            new_model(name)


def test_calibration_mends_logits_that_are_too_sure_and_keeps_their_order() -> None:
    random = np.random.default_rng(0)
    true = random.normal(size=4000)
    y = (random.random(4000) < sigmoid(true)).astype("float64")
    found = fit_calibration(3 * true + 1, y)
    assert found.slope == pytest.approx(1 / 3, abs=0.04)
    assert abs(sigmoid(found.logit(3 * true + 1)).mean() - y.mean()) < 0.01


def test_a_model_that_ranks_backwards_is_flattened_not_turned_round() -> None:
    random = np.random.default_rng(0)
    raw = random.normal(size=500)
    y = (random.random(500) < sigmoid(-2 * raw)).astype("float64")
    assert 0 < fit_calibration(raw, y).slope < 0.2
    assert np.isfinite(cross_calibrated(raw, y, np.arange(500) % 5)).all()

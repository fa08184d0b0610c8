from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from scoring.calibrate import sigmoid
from scoring.evaluate import (
    auc,
    auc_difference,
    auc_interval,
    average_precision,
    brier,
    calibration_band,
    calibration_error,
    decisions_at,
    lift_at,
    profit_threshold,
)  # fmt: skip


def sample(rows: int, seed: int = 0, strength: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    logit = random.normal(-1, strength, rows)
    return (random.random(rows) < sigmoid(logit)).astype("float64"), sigmoid(logit)


def test_figures_are_those_of_scikit_learn_also_with_ties() -> None:
    y, p = sample(2000)
    for score in (p, np.round(p, 1)):
        assert auc(y, score) == pytest.approx(roc_auc_score(y, score))
        assert average_precision(y, score) == pytest.approx(average_precision_score(y, score))
        assert brier(y, score) == pytest.approx(brier_score_loss(y, score))


def test_the_auc_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    truth = auc(*sample(200_000, seed=99))
    covered = [(one := auc_interval(*sample(300, seed))).low <= truth <= one.high for seed in range(300)]
    assert 0.91 <= np.mean(covered) <= 0.985


def test_a_paired_difference_is_narrower_than_two_intervals() -> None:
    y, p = sample(1000)
    noisy = p + np.random.default_rng(1).normal(0, 0.02, 1000)
    paired, alone = auc_difference(y, p, noisy), auc_interval(y, p)
    assert paired.high - paired.low < (alone.high - alone.low) / 2


def test_an_honest_probability_stays_in_its_null_band_and_a_bold_one_does_not() -> None:
    y, p = sample(5000)
    assert calibration_error(y, p) < calibration_band(p)
    bold = np.clip(p * 1.6, 0, 1)
    assert calibration_error(y, bold) > calibration_band(bold)


def test_decisions_stand_beside_the_majority() -> None:
    y = np.array([1.0, 1, 0, 0, 0])
    found = decisions_at(y, np.array([0.9, 0.2, 0.8, 0.1, 0.1]), 0.5)
    assert (found["true_positive"], found["false_positive"], found["false_negative"]) == (1, 1, 1)
    assert (found["precision"], found["recall"], found["accuracy_of_majority"]) == (0.5, 0.5, 0.6)
    assert found["of_100_flagged_leave"] == 50


def test_lift_counts_the_top_tenth() -> None:
    y = np.array([1.0] * 10 + [0.0] * 90)
    assert lift_at(y, np.arange(100)[::-1].astype(float)) == pytest.approx(10)


def test_the_threshold_follows_the_money() -> None:
    y, p = sample(3000)
    dear = profit_threshold(y, p, saved_value=100, contact_cost=10)
    cheap = profit_threshold(y, p, saved_value=100, contact_cost=1)
    assert cheap["threshold"] < dear["threshold"]
    assert cheap["profit"] >= cheap["profit_of_all"]
    assert profit_threshold(y, p, saved_value=1, contact_cost=10)["contacted"] == 0

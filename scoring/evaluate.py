"""How good a score is, always with its interval and beside its baseline.

Takes labels and scores of rows the model did not see. Gives ranking (AUC, average precision, lift), calibration (Brier,
ECE with the band that chance alone would give), decisions at a threshold, and curves for the report. Which mistake is
worse is the shop's to say: `profit_threshold` asks what a contact costs and what a saved customer is worth.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

Floats = NDArray[np.float64]
Z95 = 1.959963984540054
RESAMPLES = 300
BINS = 10


@dataclass(frozen=True)
class Interval:
    """An estimate with its 95 % interval."""

    mean: float
    low: float
    high: float

    def as_dict(self) -> dict[str, float]:
        return asdict(self)


def auc(y: Floats, score: Floats) -> float:
    """Chance that a leaver is ranked above a stayer; 0.5 for one class only."""
    positive = y == 1
    n1, n0 = int(positive.sum()), int((~positive).sum())
    if not n1 or not n0:
        return 0.5
    return float((rankdata(score)[positive].sum() - n1 * (n1 + 1) / 2) / (n1 * n0))


def auc_interval(y: Floats, score: Floats) -> Interval:
    """AUC with DeLong's interval, on the logit scale so that it stays between 0 and 1."""
    value = auc(y, score)
    gains, losses = _placements(y, score)
    if len(gains) < 2 or len(losses) < 2:
        return Interval(value, 0.0, 1.0)
    variance = gains.var(ddof=1) / len(gains) + losses.var(ddof=1) / len(losses)
    inner = float(np.clip(value, 1e-6, 1 - 1e-6))
    # Perfect separation has no spread; one half mistake in the sample keeps the interval from shrinking to a point.
    floor = 0.5 / (len(gains) * len(losses))
    reach = Z95 * float(np.sqrt(max(variance, floor))) / (inner * (1 - inner))
    centre = np.log(inner / (1 - inner))
    low, high = (float(0.5 * (1 + np.tanh(0.5 * (centre + side * reach)))) for side in (-1, 1))
    return Interval(value, low, high)


def auc_difference(y: Floats, score: Floats, other: Floats) -> Interval:
    """AUC of `score` minus AUC of `other` on the same rows, with DeLong's paired interval."""
    gains, losses = (one - two for one, two in zip(_placements(y, score), _placements(y, other), strict=True))
    difference = auc(y, score) - auc(y, other)
    if len(gains) < 2 or len(losses) < 2:
        return Interval(difference, -1.0, 1.0)
    reach = Z95 * float(np.sqrt(gains.var(ddof=1) / len(gains) + losses.var(ddof=1) / len(losses)))
    return Interval(difference, difference - reach, difference + reach)


def average_precision(y: Floats, score: Floats) -> float:
    """Area under precision and recall; ties share their precision."""
    order = np.argsort(-score, kind="stable")
    hits, ranks = np.cumsum(y[order]), np.arange(1, len(y) + 1)
    last_of_tie = np.append(np.diff(score[order]) != 0, True)
    hits, ranks = hits[last_of_tie], ranks[last_of_tie]
    total = max(float(y.sum()), 1.0)
    return float((np.diff(np.append(0.0, hits)) / total * hits / ranks).sum())


def brier(y: Floats, probability: Floats) -> float:
    return float(np.mean((probability - y) ** 2))


def lift_at(y: Floats, score: Floats, share: float = 0.1) -> float:
    """How many times more leavers the top `share` holds than the same number picked blindly."""
    top = max(1, round(share * len(y)))
    rate = float(y.mean())
    return float(y[np.argsort(-score, kind="stable")[:top]].mean() / rate) if rate else 0.0


def calibration_error(y: Floats, probability: Floats) -> float:
    """Expected calibration error over ten bins of equal size."""
    bins = np.array_split(np.argsort(probability, kind="stable"), min(BINS, len(y)))
    return float(sum(len(b) * abs(float(y[b].mean()) - float(probability[b].mean())) for b in bins) / len(y))


def calibration_band(probability: Floats, seed: int = 0) -> float:
    """The ECE that a perfectly calibrated model stays under in 95 of 100 samples of this size."""
    random = np.random.default_rng(seed)
    order = np.argsort(probability, kind="stable")
    sorted_p = probability[order]
    draws = random.random((RESAMPLES, len(sorted_p))) < sorted_p if len(sorted_p) <= 20_000 else None
    if draws is None:
        return float(0.95 * calibration_band(random.choice(probability, 20_000, replace=False), seed))
    return float(np.quantile([calibration_error(draw.astype("float64"), sorted_p) for draw in draws], 0.95))


def bootstrap(y: Floats, score: Floats, measure: Any, seed: int = 0) -> Interval:
    """A measure with a stratified bootstrap interval: leavers and stayers are drawn apart."""
    random = np.random.default_rng(seed)
    classes = [np.flatnonzero(y == 1), np.flatnonzero(y == 0)]
    values = []
    for _ in range(RESAMPLES):
        rows = np.concatenate([random.choice(group, len(group)) for group in classes if len(group)])
        values.append(measure(y[rows], score[rows]))
    low, high = np.quantile(values, [0.025, 0.975])
    return Interval(float(measure(y, score)), float(low), float(high))


def decisions_at(y: Floats, probability: Floats, threshold: float) -> dict[str, float]:
    """Confusion matrix and its ratios when everyone at or above `threshold` is flagged."""
    flagged = probability >= threshold
    left = y == 1
    hit, false_alarm = int((flagged & left).sum()), int((flagged & ~left).sum())
    missed, quiet = int((~flagged & left).sum()), int((~flagged & ~left).sum())
    precision = hit / max(hit + false_alarm, 1)
    recall = hit / max(hit + missed, 1)
    return {
        "threshold": float(threshold),
        "true_positive": hit,
        "false_positive": false_alarm,
        "false_negative": missed,
        "true_negative": quiet,
        "accuracy": (hit + quiet) / max(len(y), 1),
        "accuracy_of_majority": float(max(y.mean(), 1 - y.mean())),
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / max(precision + recall, 1e-12),
        "flagged": hit + false_alarm,
        "of_100_flagged_leave": round(100 * precision),
    }


def profit_threshold(
    y: Floats, probability: Floats, saved_value: float, contact_cost: float, success: float = 0.2
) -> dict[str, float]:
    """The threshold that would have earned most: a contact costs, and wins back a leaver with chance `success`."""
    order = np.argsort(-probability, kind="stable")
    profit = np.append(0.0, np.cumsum(y[order] * saved_value * success - contact_cost))
    best = int(np.argmax(profit))
    threshold = float(probability[order[best - 1]]) if best else 1.0
    return {
        "threshold": threshold,
        "contacted": best,
        "profit": float(profit[best]),
        "profit_of_all": float(profit[-1]),
    }


def roc_points(y: Floats, score: Floats, points: int = 100) -> list[tuple[float, float]]:
    """(false alarms, hits) along the threshold, thinned for drawing."""
    order = np.argsort(-score, kind="stable")
    hits = np.append(0.0, np.cumsum(y[order] == 1)) / max(float((y == 1).sum()), 1)
    alarms = np.append(0.0, np.cumsum(y[order] == 0)) / max(float((y == 0).sum()), 1)
    chosen = np.unique(np.linspace(0, len(y), points).astype(int))
    return [(float(alarms[i]), float(hits[i])) for i in chosen]


def reliability_points(y: Floats, probability: Floats) -> list[tuple[float, float, int]]:
    """(mean probability, share that left, rows) for ten bins of equal size."""
    bins = np.array_split(np.argsort(probability, kind="stable"), min(BINS, len(y)))
    return [(float(probability[b].mean()), float(y[b].mean()), len(b)) for b in bins]


def lift_points(y: Floats, score: Floats) -> list[tuple[float, float]]:
    """(share of customers contacted, share of leavers among them that is found)."""
    found = np.append(0.0, np.cumsum(y[np.argsort(-score, kind="stable")])) / max(float(y.sum()), 1)
    chosen = np.unique(np.linspace(0, len(y), 60).astype(int))
    return [(float(i / len(y)), float(found[i])) for i in chosen]


def _placements(y: Floats, score: Floats) -> tuple[Floats, Floats]:
    """For each leaver the share of stayers ranked below, for each stayer the share of leavers ranked above."""
    left = y == 1
    ranks = rankdata(score)
    n1, n0 = max(int(left.sum()), 1), max(int((~left).sum()), 1)
    below = (ranks[left] - rankdata(score[left])) / n0
    above = 1 - (ranks[~left] - rankdata(score[~left])) / n1
    return below, above

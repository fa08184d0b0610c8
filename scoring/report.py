"""The report beside a model: numbers for programs, pages for people.

Takes what cross-validation and the forward test gave; writes report.json (the contract), report.html (one file, no
network) and MODEL_CARD.md. Decides nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from numpy.typing import NDArray

from scoring.artefact import Trained
from scoring.audit import Finding
from scoring.charts import curve_chart, loss_chart, reliability_chart
from scoring.evaluate import (
    auc_difference,
    auc_interval,
    average_precision,
    bootstrap,
    brier,
    calibration_band,
    calibration_error,
    decisions_at,
    lift_at,
    lift_points,
    reliability_points,
    roc_points,
)  # fmt: skip

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
VERDICTS = {
    "usable": "The score ranks customers it has not seen, and its probabilities mean what they say.",
    "not enough data to rank": "There are too few customers, or too few who left, to tell good ranking from luck.",
    "too good to be true": "A score this good means that something in the table knew the answer. Read the audit.",
    "no better than baseline": "A far simpler rule ranks as well. Use that, or give the model more to see.",
}


@dataclass(frozen=True)
class Scores:
    """Out-of-fold results: calibrated probabilities of the chosen model, raw logits of all that were compared."""

    y: Floats
    probability: Floats
    fold: Ints
    raw: Mapping[str, Floats]
    chosen: str
    baseline: Floats | None = None


def measure(scores: Scores) -> dict[str, Any]:
    """The `cv` part of the report: every figure from pooled rows that the model had not seen."""
    y, p = scores.y, scores.probability
    raw = scores.raw[scores.chosen]
    folds = [auc_interval(y[scores.fold == k], raw[scores.fold == k]).mean for k in np.unique(scores.fold)]
    return {
        "scheme": f"{len(folds)} folds, stratified, twins kept in one fold, pooled out-of-fold scores",
        "auc": auc_interval(y, raw).as_dict(),
        "auc_of_folds": folds,
        "average_precision": average_precision(y, raw),
        "average_precision_interval": bootstrap(y, raw, average_precision).as_dict(),
        "brier": brier(y, p),
        "lift_at_10": lift_at(y, raw),
        "lift_at_10_interval": bootstrap(y, raw, lift_at).as_dict(),
        "ece": calibration_error(y, p),
        "ece_null_band": calibration_band(p),
        "at_half": decisions_at(y, p, 0.5),
    }


def baselines(scores: Scores) -> dict[str, Any]:
    """What the model is compared with, on the same rows."""
    y = scores.y
    rate = float(y.mean())
    out: dict[str, Any] = {
        "majority": {
            "auc": {"mean": 0.5, "low": 0.5, "high": 0.5},
            "accuracy": max(rate, 1 - rate),
            "brier": rate * (1 - rate),
        },
        "logistic": {"auc": auc_interval(y, scores.raw["logistic"]).as_dict()},
    }
    if scores.baseline is not None:
        out["recency"] = {"auc": auc_interval(y, scores.baseline).as_dict()}
        lead = auc_difference(y, scores.raw[scores.chosen], scores.baseline)
        out["recency"]["difference"] = lead.as_dict()
    lead = auc_difference(y, scores.raw[scores.chosen], scores.raw["logistic"])
    out["logistic"]["difference"] = lead.as_dict()
    return out


def write_report(
    folder: Path,
    trained: Trained,
    scores: Scores,
    cv: dict[str, Any],
    forward: dict[str, Any] | None,
    findings: Sequence[Finding],
    dropped: Mapping[str, str],
    table_rows: int,
) -> dict[str, Any]:
    """Write the three files into `folder`; give back what report.json holds."""
    manifest = trained.manifest
    cv["at_high"] = decisions_at(scores.y, scores.probability, manifest.high_from)
    data: dict[str, Any] = {
        "model": manifest.model,
        "rows": len(scores.y),
        "rows_in_table": table_rows,
        "base_rate": manifest.base_rate,
        "positive": manifest.positive,
        "dropped": list(dropped),
        "dropped_because": dict(dropped),
        "kept_although_refused": list(manifest.kept),
        "features": list(manifest.features),
        "cv": cv,
        "forward": forward,
        "audit": [one.as_dict() for one in findings],
        "baselines": baselines(scores),
        "compared": {name: auc_interval(scores.y, raw).as_dict() for name, raw in scores.raw.items()},
        "verdict": manifest.verdict,
        "verdict_means": VERDICTS[manifest.verdict],
        "bands": {"medium_from": manifest.medium_from, "high_from": manifest.high_from},
        "calibration": {"slope": manifest.calibration.slope, "shift": manifest.calibration.shift},
        "stamp": manifest.stamp,
        "as_of": manifest.as_of,
        "window": manifest.window,
        "definition": manifest.definition,
        "losses": trained.model.losses,
        "libraries": manifest.libraries,
    }
    (folder / "report.json").write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
    pages = _pages()
    context = {"report": data, "charts": _charts(scores, trained), "label": manifest.label, "kind": manifest.kind}
    (folder / "report.html").write_text(pages.get_template("report.html.j2").render(context), encoding="utf-8")
    (folder / "MODEL_CARD.md").write_text(pages.get_template("model_card.md.j2").render(context), encoding="utf-8")
    return data


def _charts(scores: Scores, trained: Trained) -> dict[str, str]:
    raw = scores.raw[scores.chosen]
    return {
        "roc": curve_chart(roc_points(scores.y, raw), "share of stayers flagged", "share of leavers flagged"),
        "lift": curve_chart(lift_points(scores.y, raw), "share of customers contacted", "share of leavers found"),
        "reliability": reliability_chart(reliability_points(scores.y, scores.probability)),
        "loss": loss_chart(trained.model.losses),
    }


@cache
def _pages() -> Environment:
    pages = Environment(
        loader=PackageLoader("scoring", "pages"),
        autoescape=lambda name: bool(name and "html" in name),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters["figure"] = lambda value, digits=3: f"{value:.{digits}f}"
    pages.filters["percent"] = lambda value, digits=1: f"{100 * value:.{digits}f} %"
    return pages

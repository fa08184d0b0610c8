"""From a table or from events to a model folder with an honest report.

`train_table` takes any table with a label; `train_events` makes its own table of features as of a date. Both audit the
columns, leave out what is refused, keep twins in one fold, compare models on the same folds, calibrate on rows the
model did not see, and say in one word what the result is worth.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.artefact import Manifest, Trained, save_trained, whole_folder
from scoring.audit import Audit, Finding, audit_table
from scoring.calibrate import cross_calibrated, fit_calibration, sigmoid
from scoring.errors import BadColumn, BadTable, NotEnoughData
from scoring.evaluate import Interval, auc_difference, auc_interval, brier, calibration_error
from scoring.features import DIRECTIONS, build_features, families_in
from scoring.folds import make_folds, out_of_fold
from scoring.labels import ChurnDefinition, label
from scoring.models import BUILT, family, new_model
from scoring.report import Scores, measure, write_report
from scoring.tables import need_columns, read_table
from scoring.target import read_target

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Progress = Callable[[str, float], None]
#: From here on a score made from columns that were there in time is not believed.
TOO_GOOD = 0.98
TOO_GOOD_RESAMPLED = 0.90
#: Fewer leavers (or stayers) than this cannot rank anybody.
FEWEST = 20
#: An interval around 0.5 that is this narrow says "no better", a wider one "not enough data".
NARROW = 0.08


@dataclass(frozen=True)
class Report:
    """What report.json holds, and where the model lies."""

    data: Mapping[str, Any]
    folder: Path

    @property
    def verdict(self) -> str:
        return str(self.data["verdict"])


@dataclass
class Task:
    """Everything a training needs to know, however its table came about."""

    X: pd.DataFrame
    y: Floats
    groups: Ints
    model: str
    seed: int
    positive: str
    directions: Mapping[str, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    dropped: dict[str, str] = field(default_factory=dict)
    kept: tuple[str, ...] = ()
    baseline: Floats | None = None
    progress: Progress = lambda _what, _share: None
    steps: int = 1
    done: int = 0

    def tick(self, what: str) -> None:
        self.done += 1
        self.progress(what, min(self.done / self.steps, 1.0))


def train_table(
    table: pd.DataFrame | str | Path,
    label: str,
    out: str | Path,
    id_col: str | None = None,
    positive: str | None = None,
    model: str = "auto",
    drop: Sequence[str] = (),
    keep: Sequence[str] = (),
    time_col: str | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Report:
    """Train on a table with one row a customer. Refused columns are left out unless named in `keep`."""
    _check_model(model)
    table = table if isinstance(table, pd.DataFrame) else read_table(table)
    if table.empty:
        raise BadTable("The table has no rows.", "A header and at least one row are needed.")
    need_columns(table, [name for name in (label, id_col, time_col, *drop, *keep) if name])
    target = read_target(table[label], positive)
    used = table.drop(columns=[name for name in drop if name != label])
    audit = audit_table(used, label, id_col, time_col if time_col in used.columns else None, target.positive)
    dropped = dict.fromkeys(drop, "left out by the caller")
    dropped |= _refused(audit, keep)
    away = [name for name in (label, id_col, time_col, *dropped) if name]
    X = table.drop(columns=[name for name in away if name in table.columns])
    X = X.loc[target.known].reset_index(drop=True)
    if not len(X.columns):
        raise BadColumn("No column is left to learn from.", "Look at the audit, or keep a column with --keep.")
    task = Task(
        X, target.y, audit.groups[target.known], model, seed, target.positive,
        findings=audit.findings, dropped=dropped, kept=_kept(audit, keep), progress=progress or _silent,
    )  # fmt: skip
    facts = {"kind": "table", "label": label, "id_column": id_col}
    return _train(task, Path(out), facts, None, table_rows=len(table))


def train_events(
    events: pd.DataFrame,
    definition: ChurnDefinition,
    as_of: datetime,
    out: str | Path,
    model: str = "auto",
    seed: int = 0,
    progress: Progress | None = None,
) -> Report:
    """Train on events before `as_of` and what followed; test forward, one horizon earlier against `as_of`."""
    _check_model(model)
    moment = _aware(as_of)
    labels = label(events, moment, definition)
    families = families_in(events, moment)
    X = build_features(events, moment, families).loc[labels.index]
    y = labels.to_numpy("float64")
    if y.min() == y.max():
        raise NotEnoughData("Everybody in the population did the same.", "Choose another horizon or as-of date.")
    task = Task(
        X.reset_index(drop=True), y, np.arange(len(y)), model, seed, "left", DIRECTIONS,
        findings=_event_findings(X, y), baseline=X["recency_days"].to_numpy() if "recency_days" in X else None,
        progress=progress or _silent,
    )  # fmt: skip
    facts = {
        "kind": "events",
        "as_of": moment.isoformat(),
        "window": (events["at"].min().isoformat(), events["at"].max().isoformat()),
        "definition": definition.as_dict(),
        "families": families,
    }
    earlier = _earlier_snapshot(events, definition, moment, families)
    return _train(task, Path(out), facts, earlier, table_rows=len(y))


def _train(
    task: Task, out: Path, facts: dict[str, Any], earlier: tuple[pd.DataFrame, Floats] | None, table_rows: int
) -> Report:
    """The part that both doors share: compare, choose, calibrate, judge, write."""
    candidates = _candidates(task.model)
    fold = make_folds(task.y, task.groups, task.seed)
    task.steps = len(candidates) * (int(fold.max()) + 1) + 3 + (2 if earlier else 0)
    raw = {}
    for name in candidates:
        tick = lambda name=name: task.tick(f"{name}: cross-validation")  # noqa: E731 - a name would say less
        raw[name] = out_of_fold(name, task.X, task.y, fold, task.directions, task.seed, tick)
    chosen = choose(task.y, raw) if task.model == "auto" else task.model
    calibration = fit_calibration(raw[chosen], task.y)
    probability = cross_calibrated(raw[chosen], task.y, fold)
    scores = Scores(task.y, probability, fold, raw, chosen, task.baseline)
    model = new_model(chosen, task.directions, task.seed).fit(task.X, task.y)
    task.tick(f"{chosen}: trained on all rows")
    forward = _forward(task, chosen, earlier) if earlier else None
    cv = measure(scores)
    verdict = judge(scores, task.findings, bool(task.kept), forward)
    served = sigmoid(calibration.logit(raw[chosen]))
    manifest = Manifest(
        model=chosen, features=tuple(model.features), positive=task.positive, rows=len(task.y),
        base_rate=float(task.y.mean()), calibration=calibration, medium_from=float(task.y.mean()),
        high_from=_high_from(served, float(task.y.mean())), verdict=verdict, dropped=tuple(task.dropped),
        kept=task.kept, seed=task.seed, **facts,
    )  # fmt: skip
    with whole_folder(out) as folder:
        trained = save_trained(Trained(model, manifest), folder)
        _tensorboard(folder / "tensorboard", model.losses, chosen)
        data = write_report(folder, trained, scores, cv, forward, task.findings, task.dropped, table_rows)
        task.progress("report written", 1.0)
    return Report(data, out)


def choose(y: Floats, raw: Mapping[str, Floats]) -> str:
    """The additive model, unless another ranks better by more than one standard error on the same rows."""
    best, best_lead = "additive", 0.0
    for name in raw:
        if name == "additive":
            continue
        lead = auc_difference(y, raw[name], raw["additive"])
        if lead.mean > (lead.high - lead.mean) / 1.96 and lead.mean > best_lead:
            best, best_lead = name, lead.mean
    return best


def judge(scores: Scores, findings: Sequence[Finding], kept: bool, forward: Mapping[str, Any] | None = None) -> str:
    """What the result is worth, in the words of the contract. What does not hold forward in time is not usable."""
    y = scores.y
    interval = auc_interval(y, scores.raw[scores.chosen])
    resampled = any(one.kind == "resampled" for one in findings)
    if min(y.sum(), len(y) - y.sum()) < FEWEST:
        return "not enough data to rank"
    if (
        interval.mean >= TOO_GOOD
        or (resampled and interval.mean >= TOO_GOOD_RESAMPLED)
        or (kept and interval.mean > 0.95)
    ):
        return "too good to be true"
    if interval.low <= 0.5:
        return "no better than baseline" if interval.high - interval.low < NARROW else "not enough data to rank"
    if forward is not None and forward["auc"]["low"] <= 0.5:
        return "not enough data to rank"
    if scores.baseline is not None and _lead_over_baseline(scores).low <= 0:
        return "no better than baseline"
    return "usable"


def _lead_over_baseline(scores: Scores) -> Interval:
    assert scores.baseline is not None
    return auc_difference(scores.y, scores.raw[scores.chosen], scores.baseline)


def _candidates(model: str) -> list[str]:
    """The logistic model always runs: it is the baseline that others must beat."""
    return list(BUILT) if model == "auto" else list(dict.fromkeys(("logistic", model)))


def _check_model(model: str) -> None:
    if model != "auto":
        family(model)


def _earlier_snapshot(
    events: pd.DataFrame, definition: ChurnDefinition, moment: datetime, families: tuple[str, ...]
) -> tuple[pd.DataFrame, Floats] | None:
    """Features and labels one horizon earlier; None when the history does not reach back so far."""
    before = moment - definition.horizon
    try:
        labels = label(events, before, definition)
        X = build_features(events, before, families).loc[labels.index]
    except NotEnoughData:
        return None
    y = labels.to_numpy("float64")
    if min(y.sum(), len(y) - y.sum()) < FEWEST:
        return None
    return X.reset_index(drop=True), y


def _forward(task: Task, chosen: str, earlier: tuple[pd.DataFrame, Floats]) -> dict[str, Any]:
    """Trained one horizon earlier, tested on `task`: what the model would have done in real life."""
    X, y = earlier
    fold = make_folds(y, None, task.seed)
    calibration = fit_calibration(out_of_fold(chosen, X, y, fold, task.directions, task.seed), y)
    task.tick("forward test: calibrated one horizon earlier")
    logits = {
        name: new_model(name, task.directions, task.seed).fit(X, y).logit(task.X)
        for name in dict.fromkeys((chosen, "logistic"))
    }
    task.tick("forward test: scored as of today")
    probability = sigmoid(calibration.logit(logits[chosen]))
    out: dict[str, Any] = {
        "trained_rows": len(y),
        "trained_base_rate": float(y.mean()),
        "tested_rows": len(task.y),
        "auc": auc_interval(task.y, logits[chosen]).as_dict(),
        "brier": brier(task.y, probability),
        "ece": calibration_error(task.y, probability),
        "logistic": auc_interval(task.y, logits["logistic"]).as_dict(),
        "difference_to_logistic": auc_difference(task.y, logits[chosen], logits["logistic"]).as_dict(),
    }
    if task.baseline is not None:
        out["recency"] = auc_interval(task.y, task.baseline).as_dict()
    return out


def _event_findings(X: pd.DataFrame, y: Floats) -> tuple[Finding, ...]:
    """Features made as of a date cannot leak by construction; the audit is shown all the same, copies left aside."""
    audit = audit_table(X.assign(**{"left?": y}), "left?", positive="1")
    return tuple(one for one in audit.findings if one.kind not in ("identifier", "duplicate_rows", "near_twins"))


def _refused(audit: Audit, keep: Sequence[str]) -> dict[str, str]:
    reasons: dict[str, str] = {}
    for one in audit.findings:
        if one.severity == "refuse" or one.kind == "constant":
            reasons |= {name: f"{one.kind}: {one.evidence}" for name in one.columns if name not in keep}
    return reasons


def _kept(audit: Audit, keep: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in audit.refused if name in keep)


def _high_from(probability: Floats, base_rate: float) -> float:
    """High risk begins where the riskiest fifth begins, and never below twice-average doubt: the base rate."""
    return float(max(np.quantile(probability, 0.8), base_rate))


def _tensorboard(folder: Path, losses: Sequence[float], name: str) -> None:
    """The loss of every epoch (or round), for TensorBoard."""
    if not losses:
        return
    from torch.utils.tensorboard import SummaryWriter

    writer = SummaryWriter(str(folder))
    for epoch, loss in enumerate(losses, start=1):
        writer.add_scalar(f"loss/{name}", loss, epoch)
    writer.close()


def _aware(moment: datetime) -> datetime:
    stamp = pd.Timestamp(moment)
    return (stamp.tz_localize("UTC") if stamp.tzinfo is None else stamp.tz_convert("UTC")).to_pydatetime()


def _silent(_what: str, _share: float) -> None:
    return None

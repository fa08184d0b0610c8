"""Scores with their reasons, for tables and for the product.

`ModelScorer` reads one model folder and scores frames in chunks, so that memory stays small however many customers
there are. `EventScorer` builds the features itself from an event log and answers for customers as of a moment: it fits
the product's Scorer port without knowing it. `score_table` writes a file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scoring.artefact import Trained, load_trained
from scoring.calibrate import sigmoid
from scoring.errors import BadTable, ModelMismatch
from scoring.event_log import EventLog
from scoring.features import build_features, spend_before
from scoring.models.base import Floats
from scoring.reasons import explain
from scoring.records import Reason, RiskScore
from scoring.tables import as_id, need_columns, read_table

CHUNK = 10_000
#: Customers whose events are in memory at a time when everybody is scored.
PART = 25_000
#: How many reasons a RiskScore carries; a written table carries all, so that they add up.
TOP_REASONS = 5
COLUMNS = ("id", "probability", "logit", "base", "band", "reasons", "as_of", "model")
Progress = Callable[[str, float], None]


class ModelScorer:
    """One trained model, ready to score."""

    def __init__(self, folder: str | Path) -> None:
        self.trained: Trained = load_trained(folder)

    @property
    def model(self) -> str:
        """The stamp that every score carries."""
        return self.trained.manifest.stamp

    def score_frame(self, frame: pd.DataFrame, top: int | None = None, language: str = "en") -> pd.DataFrame:
        """Columns probability, logit, base, band, reasons (strongest first, all unless `top`), in frame order."""
        parts = [self._score_chunk(chunk, top, language) for chunk in _chunks(frame)]
        return pd.concat(parts) if parts else pd.DataFrame(columns=list(COLUMNS[1:6]))

    def score_records(
        self, frame: pd.DataFrame, as_of: datetime, spend: pd.Series | None = None, minor_digits: int = 2
    ) -> tuple[RiskScore, ...]:
        """A RiskScore for each row; the index holds customer ids, `spend` what they paid in the year before."""
        scores = []
        for chunk in _chunks(frame):
            base, parts, logit, probability = self._numbers(chunk)
            reasons = _Reasons(chunk, parts, TOP_REASONS)
            for place, customer in enumerate(chunk.index):
                scores.append(
                    RiskScore(
                        customer_id=str(customer),
                        probability=float(probability[place]),
                        logit=float(logit[place]),
                        base=base,
                        band=self.trained.band(float(probability[place])),
                        reasons=tuple(reasons.of(place)),
                        as_of=as_of,
                        model=self.model,
                        value_minor=_minor(spend, str(customer), minor_digits),
                    )
                )
        return tuple(scores)

    def _score_chunk(self, chunk: pd.DataFrame, top: int | None, language: str) -> pd.DataFrame:
        base, parts, logit, probability = self._numbers(chunk)
        bands = [str(self.trained.band(float(one))) for one in probability]
        found = _Reasons(chunk, parts, top)
        reasons = [[_reason_row(one, language) for one in found.of(place)] for place in range(len(chunk))]
        columns: dict[str, Any] = {
            "probability": probability, "logit": logit, "base": base, "band": bands, "reasons": reasons,
        }  # fmt: skip
        return pd.DataFrame(columns, index=chunk.index)

    def _numbers(self, chunk: pd.DataFrame) -> tuple[float, pd.DataFrame, Floats, Floats]:
        absent = [name for name in self.trained.manifest.features if name not in chunk.columns]
        if absent:
            text = f"The table lacks {len(absent)} columns that the model reads: {', '.join(absent[:10])}."
            raise ModelMismatch(text, "Score the kind of table it was trained on, or train again.")
        base, parts = self.trained.contributions(chunk)
        logit: Floats = base + parts.to_numpy().sum(axis=1)
        return base, parts, logit, sigmoid(logit)


class EventScorer:
    """Scores customers of an event log as of a moment; features are those the model was trained on."""

    def __init__(self, folder: str | Path, log: EventLog, minor_digits: int = 2) -> None:
        self.scorer = ModelScorer(folder)
        if self.scorer.trained.manifest.kind != "events":
            raise ModelMismatch("This model was trained on a plain table.", "Train with --events, or score a table.")
        self.log = log
        self.minor_digits = minor_digits

    def score(self, customer_ids: Sequence[str], as_of: datetime) -> tuple[RiskScore, ...]:
        """Scores for those of the customers who bought before `as_of`, in the order asked."""
        events = self.log.load(until=as_of, customer_ids=list(customer_ids))
        return self._score(events, as_of, customer_ids)

    def score_all(self, as_of: datetime) -> Iterator[tuple[RiskScore, ...]]:
        """Scores for everyone who bought before `as_of`, some thousands at a time: nobody holds all their events."""
        for part in self.log.parts(PART):
            yield self._score(self.log.load(until=as_of, between=part), as_of, None)

    def _score(self, events: pd.DataFrame, as_of: datetime, wanted: Sequence[str] | None) -> tuple[RiskScore, ...]:
        frame = event_frame(events, as_of, self.scorer.trained)
        if wanted is not None:
            frame = frame.loc[[one for one in dict.fromkeys(wanted) if one in frame.index]]
        return self.scorer.score_records(frame, as_of, spend_before(events, as_of), self.minor_digits)


def event_frame(events: pd.DataFrame, as_of: datetime, trained: Trained) -> pd.DataFrame:
    """The model's features for its population: whoever bought before `as_of`."""
    if events.empty or not (events["at"] < pd.Timestamp(as_of)).any():
        return pd.DataFrame(columns=list(trained.manifest.features))
    features = build_features(events, as_of, trained.manifest.families)
    if "recency_days" in features:
        features = features.loc[features["recency_days"].notna()]
    return features


def score_table(
    table: pd.DataFrame | str | Path,
    model: str | Path,
    out: str | Path,
    id_col: str | None = None,
    as_of: datetime | None = None,
    language: str = "en",
    progress: Progress | None = None,
) -> int:
    """Score a plain table into a CSV, Parquet or JSON file (by suffix); give the number of rows."""
    table = table if isinstance(table, pd.DataFrame) else read_table(table)
    scorer = ModelScorer(model)
    manifest = scorer.trained.manifest
    if manifest.kind == "events":
        raise ModelMismatch("This model reads events, not a plain table.", "Score it with score_events.")
    id_col = id_col or manifest.id_column
    if id_col:
        need_columns(table, [id_col])
    ids = as_id(table[id_col]).fillna("") if id_col else pd.Series(table.index.astype(str), index=table.index)
    moment = as_of.isoformat() if as_of else None
    return _score_into(Path(out), table, ids, scorer, moment, language, progress)


def score_events(
    events: pd.DataFrame,
    model: str | Path,
    out: str | Path,
    as_of: datetime,
    language: str = "en",
    progress: Progress | None = None,
) -> int:
    """Score everyone who bought before `as_of` into a file; give the number of rows."""
    scorer = ModelScorer(model)
    if scorer.trained.manifest.kind != "events":
        raise ModelMismatch("This model was trained on a plain table.", "Train with --events, or use score_table.")
    moment = pd.Timestamp(as_of)
    moment = moment.tz_localize("UTC") if moment.tzinfo is None else moment
    frame = event_frame(events, moment.to_pydatetime(), scorer.trained)
    return _score_into(
        Path(out), frame, pd.Series(frame.index, frame.index), scorer, moment.isoformat(), language, progress
    )


def _score_into(
    out: Path, frame: pd.DataFrame, ids: pd.Series, scorer: ModelScorer, as_of: str | None, language: str,
    progress: Progress | None,
) -> int:  # fmt: skip
    if out.suffix not in (".csv", ".parquet", ".json", ".jsonl"):
        raise BadTable(f"'{out.suffix}' is no format to write scores in.", "Use .csv, .parquet, .json or .jsonl.")
    written = []
    for chunk in _chunks(frame):
        scored = scorer.score_frame(chunk, language=language)
        scored.insert(0, "id", ids.loc[chunk.index].to_numpy())
        scored["as_of"], scored["model"] = as_of, scorer.model
        written.append(scored[list(COLUMNS)])
        if progress:
            progress("scoring", sum(map(len, written)) / len(frame))
    everything = pd.concat(written) if written else pd.DataFrame(columns=list(COLUMNS))
    _write(everything, out)
    return len(everything)


def _write(scores: pd.DataFrame, out: Path) -> None:
    """Whole or not at all: under another name first."""
    temporary = out.with_name(f".{out.name}.part")
    try:
        if out.suffix == ".csv":
            scores.assign(reasons=scores["reasons"].map(_as_json)).to_csv(temporary, index=False)
        elif out.suffix == ".parquet":
            scores.assign(reasons=scores["reasons"].map(_as_json)).to_parquet(temporary, index=False)
        else:
            rows = scores.to_dict("records")
            text = "\n".join(map(_as_json, rows)) + "\n" if out.suffix == ".jsonl" else _as_json(rows)
            temporary.write_text(text, encoding="utf-8")
        temporary.replace(out)
    except OSError as error:
        raise BadTable(f"{out} cannot be written: {error}.", "Check the folder and the space on the disk.") from error
    finally:
        temporary.unlink(missing_ok=True)


class _Reasons:
    """The strongest contributions of each row of a chunk; what is the same for all rows is worked out once."""

    def __init__(self, chunk: pd.DataFrame, parts: pd.DataFrame, top: int | None) -> None:
        self._names = [str(name) for name in parts.columns]
        self._cells = [chunk[name].tolist() for name in self._names]
        values = parts.to_numpy()
        self._order = np.argsort(-np.abs(values), axis=1, kind="stable")[:, :top]
        self._values = np.take_along_axis(values, self._order, axis=1)

    def of(self, place: int) -> Iterator[Reason]:
        """Strongest first."""
        for column, value in zip(self._order[place].tolist(), self._values[place].tolist(), strict=True):
            yield explain(self._names[column], _value(self._cells[column][place]), value)


def _value(value: Any) -> float | str | None:
    """A cell as a reason shows it: a number, a text, or None when it is missing."""
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, bool | np.bool_ | int | float | np.integer | np.floating):
        return float(value)
    return str(value).strip() or None


def _reason_row(reason: Reason, language: str) -> dict[str, Any]:
    return {
        "code": reason.code,
        "feature": reason.feature,
        "value": reason.value,
        "contribution": reason.contribution,
        "text": reason.text[language],
    }


def _minor(spend: pd.Series | None, customer: str, digits: int) -> int | None:
    if spend is None or spend.empty:
        return None
    paid = float(spend.get(customer, 0.0))
    minor: int = round(paid * 10**digits)
    return minor


def _chunks(frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    for start in range(0, len(frame), CHUNK):
        yield frame.iloc[start : start + CHUNK]


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)

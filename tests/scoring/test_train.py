from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scoring import serve
from scoring.artefact import load_trained, whole_folder
from scoring.errors import BadColumn, BadLabel, BadTable, ModelMismatch, NotBuilt, NotEnoughData, ScoringError
from scoring.event_log import EventLog
from scoring.folds import make_folds
from scoring.labels import ChurnDefinition
from scoring.serve import EventScorer, ModelScorer, score_events, score_table
from scoring.train import train_events, train_table

AS_OF = datetime(2025, 1, 1, tzinfo=UTC)


def contribution_gap(scores: pd.DataFrame) -> float:
    sums = [sum(one["contribution"] for one in json.loads(row)) for row in scores["reasons"]]
    return float(np.abs(scores["base"] + sums - scores["logit"]).max())


def test_a_table_is_trained_reported_and_scored(tmp_path: Path, plain: pd.DataFrame) -> None:
    steps: list[float] = []
    report = train_table(plain, "Churn", tmp_path / "m", "client", progress=lambda _what, share: steps.append(share))
    data = json.loads((tmp_path / "m" / "report.json").read_text(encoding="utf-8"))
    needed = {"model", "rows", "base_rate", "positive", "dropped", "cv", "forward", "audit", "baselines", "verdict"}
    assert needed <= set(data)
    assert {"scheme", "auc", "average_precision", "brier", "lift_at_10"} <= set(data["cv"])
    assert data["cv"]["auc"]["low"] < data["cv"]["auc"]["mean"] < data["cv"]["auc"]["high"]
    assert report.verdict == "usable"
    assert steps == sorted(steps)
    assert steps[-1] == 1.0
    assert "<svg" in (tmp_path / "m" / "report.html").read_text(encoding="utf-8")
    assert "usable" in (tmp_path / "m" / "MODEL_CARD.md").read_text(encoding="utf-8")

    assert score_table(plain, tmp_path / "m", tmp_path / "s.csv", "client", AS_OF) == len(plain)
    scores = pd.read_csv(tmp_path / "s.csv", float_precision="round_trip")
    assert list(scores.columns) == ["id", "probability", "logit", "base", "band", "reasons", "as_of", "model"]
    assert scores["id"].tolist() == plain["client"].tolist()
    assert contribution_gap(scores) < 1e-9
    assert np.allclose(scores["probability"], 1 / (1 + np.exp(-scores["logit"])), atol=1e-12)


@pytest.mark.parametrize("suffix", [".parquet", ".json", ".jsonl"])
def test_scores_are_written_in_every_format(tmp_path: Path, plain: pd.DataFrame, suffix: str) -> None:
    train_table(plain, "Churn", tmp_path / "m", "client", model="logistic")
    out = tmp_path / f"s{suffix}"
    assert score_table(plain, tmp_path / "m", out) == len(plain)
    read = {".parquet": pd.read_parquet, ".json": pd.read_json, ".jsonl": lambda path: pd.read_json(path, lines=True)}
    assert len(read[suffix](out)) == len(plain)


def test_a_refused_column_is_left_out_and_named_unless_it_is_kept(tmp_path: Path, plain: pd.DataFrame) -> None:
    leaky = plain.assign(closed=(plain["Churn"] == "Yes").astype(int))
    honest = train_table(leaky, "Churn", tmp_path / "a", "client", model="logistic")
    assert honest.data["dropped"] == ["closed"]
    kept = train_table(leaky, "Churn", tmp_path / "b", "client", model="logistic", keep=["closed"])
    assert kept.verdict == "too good to be true"
    assert kept.data["kept_although_refused"] == ["closed"]
    assert ModelScorer(tmp_path / "b").model.endswith("kept-refused-columns")


def test_noise_is_not_called_usable(tmp_path: Path, plain: pd.DataFrame) -> None:
    shuffled = plain.assign(Churn=np.random.default_rng(3).permutation(plain["Churn"]))
    assert train_table(shuffled, "Churn", tmp_path / "m", "client").verdict == "not enough data to rank"


@pytest.mark.parametrize("rows", [12, 40])
def test_a_handful_of_rows_is_not_enough_and_no_crash(tmp_path: Path, plain: pd.DataFrame, rows: int) -> None:
    assert train_table(plain.head(rows), "Churn", tmp_path / "m", "client").verdict == "not enough data to rank"


def test_what_cannot_be_trained_says_why(tmp_path: Path, plain: pd.DataFrame) -> None:
    with pytest.raises(BadColumn, match="Gone"):
        train_table(plain, "Gone", tmp_path / "m")
    with pytest.raises(BadLabel, match="Maybe"):
        train_table(plain, "Churn", tmp_path / "m", positive="Maybe")
    with pytest.raises(BadLabel, match="one class"):
        train_table(plain.assign(Churn="No"), "Churn", tmp_path / "m")
    with pytest.raises(BadTable, match="no rows"):
        train_table(plain.head(0), "Churn", tmp_path / "m")
    with pytest.raises(NotBuilt):
        train_table(plain, "Churn", tmp_path / "m", model="mlp")
    assert list(tmp_path.iterdir()) == []


def test_twins_never_sit_on_both_sides_of_a_fold() -> None:
    random = np.random.default_rng(0)
    y, groups = random.integers(0, 2, 500).astype(float), np.repeat(np.arange(125), 4)
    fold = make_folds(y, groups)
    assert all(len(set(fold[groups == group])) == 1 for group in range(125))
    assert sorted(set(fold)) == [0, 1, 2, 3, 4]


def test_training_again_gives_the_same_model(tmp_path: Path, plain: pd.DataFrame) -> None:
    rows = plain.head(300)
    stamps = [train_table(rows, "Churn", tmp_path / n, "client", model="additive").data["stamp"] for n in "ab"]
    assert stamps[0] == stamps[1]


def test_a_failure_leaves_the_old_model_and_nothing_half_written(tmp_path: Path, plain: pd.DataFrame) -> None:
    train_table(plain, "Churn", tmp_path / "m", "client", model="logistic")
    before = (tmp_path / "m" / "manifest.json").read_bytes()
    with pytest.raises(KeyboardInterrupt), whole_folder(tmp_path / "m") as folder:
        (folder / "manifest.json").write_text("half")
        raise KeyboardInterrupt
    assert (tmp_path / "m" / "manifest.json").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


def test_a_folder_that_holds_other_things_is_not_overwritten(tmp_path: Path, plain: pd.DataFrame) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ModelMismatch, match="other files"):
        train_table(plain, "Churn", tmp_path, "client", model="logistic")
    assert (tmp_path / "thesis.txt").exists()


def test_no_model_and_a_model_of_another_format_are_named(tmp_path: Path, plain: pd.DataFrame) -> None:
    with pytest.raises(ModelMismatch, match="no model"):
        load_trained(tmp_path)
    train_table(plain, "Churn", tmp_path / "m", "client", model="logistic")
    path = tmp_path / "m" / "manifest.json"
    path.write_text(path.read_text().replace('"format": 1', '"format": 99'))
    with pytest.raises(ModelMismatch, match="format 99"):
        load_trained(tmp_path / "m")


def test_scoring_another_kind_of_table_names_what_is_missing(tmp_path: Path, plain: pd.DataFrame) -> None:
    train_table(plain, "Churn", tmp_path / "m", "client", model="logistic")
    with pytest.raises(ModelMismatch, match="tenure"):
        score_table(plain.drop(columns="tenure"), tmp_path / "m", tmp_path / "s.csv")
    assert not (tmp_path / "s.csv").exists()


def test_events_are_trained_tested_forward_and_scored(
    tmp_path: Path, shop: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = train_events(shop, ChurnDefinition(60), AS_OF, tmp_path / "m")
    assert report.data["forward"]["auc"]["mean"] > 0.6
    assert {"majority", "recency", "logistic"} <= set(report.data["baselines"])
    log = EventLog(tmp_path / "log")
    log.append(shop)
    scorer = EventScorer(tmp_path / "m", log)
    one, two = scorer.score(["C0005", "nobody", "C0001"], AS_OF)
    assert (one.customer_id, two.customer_id) == ("C0005", "C0001")
    assert one.value_minor is not None
    everyone = {score.customer_id: score for part in scorer.score_all(AS_OF) for score in part}
    assert everyone["C0005"] == one
    monkeypatch.setattr(serve, "PART", 17)
    parts = list(scorer.score_all(AS_OF))
    assert len(parts) > 3
    assert {score.customer_id: score for part in parts for score in part} == everyone
    assert sum(map(len, parts)) == len(everyone)
    assert len(one.reasons) == 5
    assert score_events(shop, tmp_path / "m", tmp_path / "s.csv", AS_OF) == len(everyone)
    assert contribution_gap(pd.read_csv(tmp_path / "s.csv", float_precision="round_trip")) < 1e-9


def test_an_event_model_does_not_score_a_table_nor_the_other_way_round(
    tmp_path: Path, shop: pd.DataFrame, plain: pd.DataFrame
) -> None:
    train_events(shop, ChurnDefinition(60), AS_OF, tmp_path / "e", model="logistic")
    train_table(plain, "Churn", tmp_path / "t", "client", model="logistic")
    with pytest.raises(ScoringError):
        score_table(plain, tmp_path / "e", tmp_path / "s.csv")
    with pytest.raises(ScoringError):
        score_events(shop, tmp_path / "t", tmp_path / "s.csv", AS_OF)


def test_events_that_end_too_early_are_refused(tmp_path: Path, shop: pd.DataFrame) -> None:
    with pytest.raises(NotEnoughData):
        train_events(shop, ChurnDefinition(90), datetime(2026, 1, 1, tzinfo=UTC), tmp_path / "m")


def test_reading_and_scoring_load_no_torch() -> None:
    script = (
        "import sys, scoring.serve, scoring.events, scoring.audit, scoring.train; assert 'torch' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


@pytest.mark.slow
def test_the_telecom_table_is_ranked_as_well_as_its_honest_peers_do(tmp_path: Path, public_data: Path) -> None:
    report = train_table(public_data / "telco-ibm" / "Telco-Customer-Churn.csv", "Churn", tmp_path / "m", "customerID")
    assert report.verdict == "usable"
    assert 0.845 < report.data["cv"]["auc"]["mean"] < 0.86
    assert report.data["cv"]["ece"] < 0.03

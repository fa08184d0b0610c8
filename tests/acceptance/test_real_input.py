"""The same on real input: a shop's order file from import to preview, a plain table from training to scores."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.acceptance.conftest import Holdfast
from tests.public_data import public_file

pytestmark = pytest.mark.slow
THEN = ("--now", "2011-12-10T10:00:00+00:00")


@pytest.fixture(scope="module")
def shop(holdfast: Holdfast, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the whole retail file in it, a model, and scores."""
    orders = public_file("online-retail/online_retail.parquet")
    home = tmp_path_factory.mktemp("retail") / "home"
    said = holdfast(
        "init", "--name", "Harbour Goods", "--address", "1 Quay St, London", "--domain", "harbour.example",
        "--timezone", "Europe/London", "--currency", "GBP", "--languages", "en", "--json", home=home,
    )  # fmt: skip
    assert said.code == 0, said.err
    said = holdfast("import", "orders", orders, "--trial", "--json", *THEN, home=home)
    assert said.code == 0, said.err
    (home / "import.json").write_text(said.out, encoding="utf-8")
    said = holdfast(
        "train", "--horizon", "90d", "--as-of", "2011-09-10", "--model", "additive", "--json", *THEN, home=home
    )
    assert said.code == 0, said.err
    (home / "train.json").write_text(said.out, encoding="utf-8")
    said = holdfast("score", "--json", *THEN, home=home)
    assert said.code == 0, said.err
    return home


def test_what_is_really_in_the_file_is_coped_with(shop: Path) -> None:
    said = json.loads((shop / "import.json").read_text(encoding="utf-8"))
    assert said["rows"] == 541_909
    assert said["reasons"]["no_customer"] == 135_080
    aside = pd.read_csv(said["quarantine"], encoding="utf-8-sig")
    assert len(aside) == said["set_aside"]
    assert {"line", "column", "value", "reason"} <= set(aside.columns)
    assert said["accepted"] + said["set_aside"] == said["rows"]


def test_importing_the_same_file_again_adds_nothing(holdfast: Holdfast, shop: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    holdfast.copy(shop, home)
    said = holdfast(
        "import", "orders", public_file("online-retail/online_retail.parquet"), "--json", *THEN, home=home
    ).json
    assert said["added"] == 0


def test_the_population_is_the_published_one_and_the_verdict_is_sober(shop: Path) -> None:
    said = json.loads((shop / "train.json").read_text(encoding="utf-8"))
    assert said["rows"] == 3_370
    assert abs(said["base_rate"] - 0.431) < 0.001
    assert 0.70 < said["cv"]["auc"]["mean"] < 0.80
    assert said["verdict"] == "usable"
    assert said["baselines"]["recency"]


def test_a_draft_for_a_known_customer_keeps_the_contract(holdfast: Holdfast, shop: Path) -> None:
    said = holdfast("draft", "--customer", "17850", "--channel", "email", "--json", *THEN, home=shop)
    answer = said.json
    assert answer["status"] in {"drafted", "held_out", "waiting"}, answer
    for key in ("draft_id", "spans", "offer", "offer_because", "verdict", "violations", "writer", "explanation"):
        assert key in answer
    for span in answer["spans"]:
        text = answer[span["field"]]
        assert 0 <= span["start"] < span["end"] <= len(text)
        assert span["source"]["type"]


def test_a_preview_names_every_exclusion_and_stores_nothing(holdfast: Holdfast, shop: Path) -> None:
    said = holdfast("campaign", "preview", "--top", "200", "--json", *THEN, home=shop).json
    assert said["flagged"] == 200
    assert said["recipients"] + said["held_out"] + said["served"] + sum(said["excluded"].values()) == 200
    assert said["recipients"] > 0


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_the_same_rows_from_another_format_are_the_same_events(holdfast: Holdfast, tmp_path: Path, suffix: str) -> None:
    rows = pd.read_parquet(public_file("online-retail/online_retail.parquet")).head(4_000)
    files = {".parquet": tmp_path / "rows.parquet", suffix: tmp_path / f"rows{suffix}"}
    rows.to_parquet(files[".parquet"])
    rows.to_csv(files[suffix], index=False) if suffix == ".csv" else rows.to_excel(files[suffix], index=False)
    home = tmp_path / "home"
    holdfast(
        "init",
        "--name",
        "H",
        "--address",
        "1 Quay",
        "--domain",
        "h.example",
        "--currency",
        "GBP",
        "--languages",
        "en",
        home=home,
    )
    one, other = (holdfast("import", "orders", file, "--json", home=home).json for file in files.values())
    assert one["added"] > 2_000
    assert other["added"] == 0, "the same rows are the same events, whatever file they come in"


def test_a_plain_table_is_trained_and_scored(holdfast: Holdfast, only_sqlite: None, tmp_path: Path) -> None:
    table = public_file("telco-ibm/Telco-Customer-Churn.csv")
    said = holdfast(
        "train", table, "--label", "Churn", "--id", "customerID", "--model", "additive",
        "--out", tmp_path / "m", "--json", home=tmp_path / "home",
    )  # fmt: skip
    assert said.code == 0, said.err
    report = json.loads((tmp_path / "m" / "report.json").read_text(encoding="utf-8"))
    assert report["cv"]["auc"]["mean"] > 0.84
    assert {"report.html", "MODEL_CARD.md"} <= {path.name for path in (tmp_path / "m").iterdir()}
    scored = holdfast(
        "score", table, "--model", tmp_path / "m", "--out", tmp_path / "s.csv", "--json", home=tmp_path / "home"
    )
    assert scored.json["scored"] == 7_043
    scores = pd.read_csv(tmp_path / "s.csv", dtype={"id": str})
    added = scores["base"] + scores["reasons"].map(lambda text: sum(r["contribution"] for r in json.loads(text)))
    assert (added - scores["logit"]).abs().max() < 1e-9


def test_a_planted_leak_is_refused_by_name(holdfast: Holdfast, only_sqlite: None, tmp_path: Path) -> None:
    said = holdfast(
        "audit", public_file("bank-churn-10k/Customer-Churn-Records.csv"), "--label", "Exited", "--json",
        home=tmp_path / "home",
    ).json  # fmt: skip
    refused = {
        column for finding in said["findings"] if finding["severity"] == "refuse" for column in finding["columns"]
    }
    assert "Complain" in refused

"""Measuring as a program is used: a table in, one line of JSON out; a campaign's report on both databases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.acceptance.conftest import Holdfast
from tests.scoring.experiments.tables import experiment


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tables") / "spring.csv"
    experiment().to_csv(path, index=False)
    return path


def test_an_experiment_is_one_line_with_the_keys_of_the_contract(
    holdfast: Holdfast, only_sqlite: None, table: Path
) -> None:
    columns = ("--treatment", "arm", "--outcome", "stayed", "--covariates", "before,city")
    told = holdfast("experiment", table, *columns, "--margin", "30", "--cost", "0.5", "--json").json
    assert {"arms", "srm", "effects", "verdict"} <= set(told)
    assert {"name", "n", "rate"} <= set(told["arms"][0])
    assert {"p", "z", "alarm"} <= set(told["srm"])
    [effect] = told["effects"]
    assert {"arm", "lift", "lift_relative", "low", "high", "p", "net_profit", "verdict"} <= set(effect)
    assert {"total", "per_contact", "low", "high"} <= set(effect["net_profit"])
    assert told["verdict"] == effect["verdict"] == "helps"
    watched = holdfast("experiment", table, *columns, "--observational", "--json").json
    assert watched["verdict"] == "invalid: groups differ"
    assert watched["effects"][0]["lift"] == pytest.approx(effect["lift"], abs=0.02)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("--treatment", "nowhere", "--outcome", "stayed"), 1, "no column 'nowhere'"),
        (("--treatment", "arm", "--outcome", "city"), 1, "holds words"),
        (("--treatment", "arm", "--outcome", "stayed", "--control", "nobody"), 1, "No row of 'arm' is 'nobody'"),
        (("--treatment", "arm", "--outcome", "stayed", "--ratio", "1:0"), 1, "nobody in it"),
        (("--treatment", "arm", "--outcome", "stayed", "--cost", "1"), 2, "makes no profit"),
        (("--treatment", "arm", "--outcome", "stayed", "--value", "spend", "--margin", "1"), 2, "both say"),
    ],
)
def test_what_cannot_be_compared_is_an_error_with_its_remedy(
    holdfast: Holdfast, only_sqlite: None, table: Path, arguments: tuple[str, ...], code: int, says: str
) -> None:
    said = holdfast("experiment", table, *arguments, "--json")
    assert said.code == code
    assert says in said.json["error"]["message"]
    assert said.json["error"]["remedy"]


def test_people_are_told_in_sentences(holdfast: Holdfast, only_sqlite: None, table: Path) -> None:
    said = holdfast("experiment", table, "--treatment", "arm", "--outcome", "stayed")
    assert "split: as meant" in said.out + said.err
    assert "verdict: helps" in said.out + said.err


def test_how_often_our_statistics_are_wrong_is_one_command(holdfast: Holdfast, only_sqlite: None) -> None:
    told = holdfast("eval", "experiments", "--runs", "20", "--customers", "600", "--json").json
    assert {check["runs"] for check in told["checks"]} == {20}
    assert {"question", "truth", "estimate", "low", "high", "inside"} <= set(told["known_truth"][0])


def test_a_campaign_is_reported_for_programs_and_for_people(
    holdfast: Holdfast, demo_home: Path, tmp_path: Path
) -> None:
    status = holdfast("campaign", "status", "--json", home=demo_home).json
    said = holdfast("campaign", "report", status["campaign"], "--out", tmp_path / "out", "--json", home=demo_home)
    assert said.code == 0, said.err
    told = said.json
    assert sum(told["arms"].values()) > 0
    assert sum(part["n"] for part in told["parts"] if part["by"] == "draft") == told["arms"]["drawn"]
    assert sum(told["how_far"].values()) == told["arms"]["drawn"]
    assert told["how_far"]["written_to"] == told["arms"]["written_to"]
    assert {row["harm"] for row in told["guardrails"]} == {"unsubscribed", "complained", "returned"}
    kept = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert {**kept, "report": told["report"]} == told
    assert "Did it keep anybody" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_an_unknown_campaign_has_no_report(holdfast: Holdfast, demo_home: Path) -> None:
    said = holdfast("campaign", "report", "nobody", "--json", home=demo_home)
    assert (said.code, said.json["error"]["code"]) == (1, "not_found")

"""From table to verdict."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoring.errors import ScoringError
from scoring.experiments.experiment import Design, run_experiment
from scoring.experiments.table import Columns
from scoring.experiments.verdict import Verdict
from scoring.tables import read_table
from tests.public_data import public_file
from tests.scoring.experiments.tables import experiment, run


def test_an_effect_is_the_difference_of_the_means_with_its_interval_around_the_truth() -> None:
    table = experiment(effect=0.08)
    found = run(table).effects[0]
    means = table.groupby("arm")["stayed"].mean()
    assert found.found.lift == pytest.approx(means["mail"] - means["control"], abs=1e-12)
    assert found.relative == pytest.approx(found.found.lift / means["control"])
    assert found.found.low < 0.08 < found.found.high
    assert found.verdict is Verdict.HELPS


def test_what_lowers_the_outcome_harms_unless_less_of_it_is_wanted() -> None:
    table = experiment(effect=-0.08)
    assert run(table).verdict is Verdict.HARMS
    assert run(table, fewer_is_better=True).verdict is Verdict.HELPS


def test_nothing_is_claimed_where_nothing_happened() -> None:
    assert run(experiment(effect=0.0, seed=3)).verdict is Verdict.NO_CLEAR_EFFECT


@pytest.mark.parametrize(
    "yes_no", [("1", "0"), ("Yes", "No"), ("T", "F"), ("true", "False"), ("是", "否"), (True, False), (1.0, 0.0)]
)
def test_yes_and_no_are_read_in_every_usual_spelling(yes_no: tuple[object, object]) -> None:
    table = experiment()
    plain = run(table)
    table["stayed"] = pd.Series([yes_no[0] if one else yes_no[1] for one in table["stayed"]])
    assert run(table).as_dict() == plain.as_dict()


def test_a_contact_that_costs_more_than_it_brings_is_unprofitable_though_it_helps() -> None:
    found = run(experiment(effect=0.08), margin=10.0, cost=5.0)
    profit = found.effects[0].profit
    assert found.verdict is Verdict.UNPROFITABLE
    assert profit is not None
    assert profit.per_contact == pytest.approx(10 * found.effects[0].found.lift - 5)
    assert profit.low < profit.per_contact < profit.high < 0
    assert profit.total == pytest.approx(profit.per_contact * found.arms[1].n)
    assert run(experiment(effect=0.08), margin=1000.0, cost=5.0).verdict is Verdict.HELPS


def test_a_margin_column_is_valued_customer_by_customer() -> None:
    table = experiment()
    found = run_experiment(table, Columns("arm", "stayed", value="spend"), Design(cost=0.5))
    means = table.groupby("arm")["spend"].mean()
    profit = found.effects[0].profit
    assert profit is not None
    assert profit.per_contact == pytest.approx(means["mail"] - means["control"] - 0.5)


def test_a_lost_part_of_an_arm_is_an_invalid_experiment_whose_effect_is_still_shown() -> None:
    table = experiment()
    lost = table[(table["arm"] == "control") | (np.arange(len(table)) % 8 != 0)]
    found = run(lost)
    assert found.verdict is Verdict.SAMPLE_RATIO
    assert found.ratio.alarm
    assert found.effects[0].verdict is Verdict.SAMPLE_RATIO
    assert found.effects[0].found.lift > 0.04


def test_a_split_that_was_meant_is_no_alarm() -> None:
    table = experiment()
    uneven = table[(table["arm"] == "mail") | (np.arange(len(table)) % 9 == 0)]
    assert run(uneven).verdict is Verdict.SAMPLE_RATIO
    assert not run(uneven, ratio="1:9").ratio.alarm
    assert not run(uneven, ratio="mail=9,control=1").ratio.alarm
    turned = run(uneven, ratio="9:1")
    assert turned.ratio.turned
    assert not turned.ratio.alarm
    assert any("last arm to the first" in remark for remark in turned.remarks)


def test_groups_that_were_never_alike_are_called_so_and_not_adjusted() -> None:
    table = experiment()
    rich = table["before"] > table["before"].median()
    table["arm"] = np.where(np.random.default_rng(1).random(len(table)) < 0.4 + 0.2 * rich, "mail", "control")
    found = run(table, outcome="spend", covariates="before,city")
    assert found.verdict is Verdict.GROUPS_DIFFER
    assert found.balance is not None
    assert found.balance.gaps[0].covariate == "before"
    assert found.effects[0].plain is None


def test_without_a_lottery_no_difference_is_an_effect() -> None:
    assert run(experiment(), observational=True).verdict is Verdict.GROUPS_DIFFER


def test_outcomes_that_are_missing_in_one_arm_more_often_make_the_groups_differ() -> None:
    table = experiment()
    table["stayed"] = table["stayed"].astype(float)
    table.loc[(table["arm"] == "mail") & (np.arange(len(table)) % 10 == 0), "stayed"] = np.nan
    found = run(table)
    assert found.verdict is Verdict.GROUPS_DIFFER
    assert found.missing["outcome"] == int(table["stayed"].isna().sum())


def test_missing_values_are_counted_and_said() -> None:
    table = experiment()
    table["stayed"] = table["stayed"].astype(float)
    table.loc[::50, "stayed"] = np.nan
    table.loc[1::100, "arm"] = None
    found = run(table)
    assert found.missing == {"treatment": 40, "outcome": 80}
    assert sum(arm.n for arm in found.arms) == len(table) - 40
    assert any("80 rows have no outcome" in remark for remark in found.remarks)


def test_a_covariate_narrows_the_interval_and_moves_the_estimate_within_its_noise() -> None:
    found = run(experiment(), outcome="spend", covariates="before")
    effect = found.effects[0]
    assert found.kept is not None
    assert found.kept < 0.95
    assert effect.plain is not None
    assert effect.found.high - effect.found.low < effect.plain.high - effect.plain.low
    assert abs(effect.found.lift - effect.plain.lift) < 3 * np.sqrt(effect.plain.noise - effect.found.noise)


def test_several_arms_are_judged_together_and_shown_one_by_one() -> None:
    found = run(experiment(9000, effect=0.04, arms=("nobody", "mail", "push")))
    assert [arm.name for arm in found.arms] == ["nobody", "mail", "push"]
    assert all(effect.p_holm >= effect.found.p for effect in found.effects)
    assert found.effects[1].verdict is Verdict.HELPS
    assert found.verdict is Verdict.HELPS


@pytest.mark.parametrize(
    ("change", "columns", "design", "says"),
    [
        ({}, Columns("nowhere", "stayed"), Design(), "no column 'nowhere'"),
        ({}, Columns("arm", "city"), Design(), "holds words"),
        ({"arm": "mail"}, Columns("arm", "stayed"), Design(), "nobody to compare"),
        ({}, Columns("customer", "stayed"), Design(), "different values"),
        ({}, Columns("arm", "arm"), Design(), "both treatment and outcome"),
        ({}, Columns("arm", "stayed", ("stayed",)), Design(), "cannot be a covariate"),
        ({}, Columns("arm", "stayed"), Design(ratio="1:0"), "nobody in it"),
        ({}, Columns("arm", "stayed"), Design(ratio="1:1:1"), "3 parts"),
        ({}, Columns("arm", "stayed"), Design(ratio="even"), "cannot be read"),
        ({}, Columns("arm", "stayed"), Design(ratio="control=1,post=1"), "no part for the arm 'mail'"),
        ({"customer": "K1"}, Columns("arm", "stayed", id="customer"), Design(), "more than one arm"),
        ({"stayed": np.nan}, Columns("arm", "stayed"), Design(), "0 known outcomes"),
        ({"spend": np.inf}, Columns("arm", "spend"), Design(), "infinite"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_compared_says_why_and_what_to_do(
    change: dict[str, object], columns: Columns, design: Design, says: str
) -> None:
    with pytest.raises(ScoringError, match=says) as refused:
        run_experiment(experiment().assign(**change), columns, design)
    assert refused.value.remedy


def test_a_control_group_may_be_named_in_another_spelling_of_no() -> None:
    table = experiment().assign(arm=lambda t: t["arm"] == "mail")
    assert run_experiment(table, Columns("arm", "stayed"), Design(), control="0").arms[0].name == "False"


def test_dates_from_a_text_file_are_covariates_as_well() -> None:
    table = experiment()
    table["joined"] = (pd.Timestamp("2025-01-01") + pd.to_timedelta(table["stayed"].index % 300, unit="D")).astype(str)
    assert run(table, covariates="joined").verdict is Verdict.HELPS
    table["joined"] = np.where(table["arm"] == "mail", "2026-02-01", table["joined"])
    found = run(table, covariates="joined")
    assert found.verdict is Verdict.GROUPS_DIFFER


def test_a_value_that_does_not_hang_on_the_outcome_is_said_to_be_read_as_money_brought() -> None:
    table = experiment().assign(worth=10.0)
    found = run_experiment(table, Columns("arm", "stayed", value="worth"), Design(cost=1.0))
    assert any("whatever the outcome" in remark for remark in found.remarks)


def test_an_unknown_control_group_is_named_with_those_that_there_are() -> None:
    with pytest.raises(ScoringError, match="No row of 'arm' is 'nobody'") as refused:
        run_experiment(experiment(), Columns("arm", "stayed"), Design(), control="nobody")
    assert "control, mail" in refused.value.remedy


def test_a_customer_in_two_rows_of_one_arm_is_refused() -> None:
    table = experiment()
    again = pd.concat([table, table.iloc[:3]], ignore_index=True)
    with pytest.raises(ScoringError, match="3 rows repeat a customer"):
        run_experiment(again, Columns("arm", "stayed", id="customer"), Design())


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 1000),
    names=st.sampled_from([("control", "mail"), ("0", "1"), ("no", "yes"), ("持有", "写信"), ("B", "A")]),
    outcome=st.sampled_from(["stayed", "spend"]),
)
def test_other_names_another_order_of_rows_and_a_constant_column_change_nothing(
    seed: int, names: tuple[str, str], outcome: str
) -> None:
    table = experiment(600, seed=seed)
    plain = run(table, outcome, "before,city")
    other = table.sample(frac=1, random_state=seed, ignore_index=True)
    other["arm"] = other["arm"].map(dict(zip(("control", "mail"), names, strict=True)))
    other["same"] = 7
    columns = Columns("arm", outcome, ("same", "city", "before"))
    again = run_experiment(other, columns, Design(), control=names[0])
    assert again.verdict is plain.verdict
    assert again.ratio.p == plain.ratio.p
    assert again.balance is not None
    assert plain.balance is not None
    assert again.balance.p == pytest.approx(plain.balance.p, rel=1e-6)
    for one, two in zip(plain.effects, again.effects, strict=True):
        for figure in ("lift", "low", "high", "p", "noise"):
            assert getattr(two.found, figure) == pytest.approx(getattr(one.found, figure), rel=1e-6, abs=1e-9)


def test_the_known_effects_of_hillstrom_come_out() -> None:
    """Visits: men's mail +7.66 points [7.00, 8.32], women's +4.52 [3.89, 5.16]; every covariate was drawn by lot."""
    table = read_table(public_file("hillstrom/hillstrom.csv"))
    found = run_experiment(table, Columns("segment", "visit"), Design())
    figures = {e.arm: [round(100 * x, 2) for x in (e.found.lift, e.found.low, e.found.high)] for e in found.effects}
    assert found.arms[0].name == "No E-Mail"
    assert figures == {"Mens E-Mail": [7.66, 7.0, 8.32], "Womens E-Mail": [4.52, 3.89, 5.16]}
    before = ("recency", "history_segment", "history", "mens", "womens", "zip_code", "newbie", "channel")
    adjusted = run_experiment(table, Columns("segment", "visit", before), Design())
    assert adjusted.verdict is Verdict.HELPS
    assert adjusted.balance is not None
    assert not adjusted.balance.alarm
    for one, two in zip(found.effects, adjusted.effects, strict=True):
        assert two.found.noise < one.found.noise
        assert two.found.lift == pytest.approx(one.found.lift, abs=0.001)


def test_what_happened_after_the_mail_is_no_covariate_on_hillstrom() -> None:
    table = read_table(public_file("hillstrom/hillstrom.csv"))
    found = run_experiment(table, Columns("segment", "spend", ("recency", "visit")), Design())
    assert found.verdict is Verdict.GROUPS_DIFFER


def test_campaigns_that_went_to_the_best_households_are_no_experiment() -> None:
    """Complete Journey: households were chosen for campaign 18, and what they bought before foretells who was."""
    campaigns = read_table(public_file("completejourney/campaigns.parquet"))
    bought = read_table(public_file("completejourney/transactions_sample.parquet"))
    begin = pd.Timestamp("2017-10-30")
    at = pd.to_datetime(bought["transaction_timestamp"])
    before = bought[at < begin].groupby("household_id")["sales_value"].agg(["sum", "size"])
    after = bought[at >= begin].groupby("household_id")["sales_value"].sum()
    table = before.join(after.rename("spend")).fillna({"spend": 0.0}).reset_index()
    chosen = set(campaigns.loc[campaigns["campaign_id"].astype(str) == "18", "household_id"])
    table["mailed"] = table["household_id"].isin(chosen)
    found = run_experiment(table, Columns("mailed", "spend", ("sum", "size")), Design())
    assert found.verdict is Verdict.GROUPS_DIFFER

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scoring.audit import Audit, audit_table
from scoring.errors import BadColumn, BadLabel
from scoring.tables import read_table
from scoring.target import read_target


def found(audit: Audit, kind: str) -> set[str]:
    return {name for one in audit.findings if one.kind == kind for name in one.columns}


def kinds(audit: Audit) -> set[str]:
    return {one.kind for one in audit.findings}


def left(table: pd.DataFrame) -> np.ndarray:
    return (table["Churn"] == "Yes").to_numpy()


def test_a_clean_table_loses_its_identifier_and_nothing_else(plain: pd.DataFrame) -> None:
    audit = audit_table(plain, "Churn")
    assert audit.refused == ["client"]
    assert audit_table(plain, "Churn", id_col="client").refused == []


def test_a_column_that_is_the_label_up_to_a_handful_is_refused_by_name(plain: pd.DataFrame) -> None:
    flips = np.random.default_rng(0).random(len(plain)) < 0.01
    audit = audit_table(plain.assign(closed=np.where(flips, ~left(plain), left(plain)).astype(int)), "Churn", "client")
    assert found(audit, "label_proxy") == {"closed"}


def test_a_column_that_is_blank_for_those_who_stayed_is_refused(plain: pd.DataFrame) -> None:
    audit = audit_table(plain.assign(why=np.where(left(plain), "price", None)), "Churn", "client")
    assert "why" in found(audit, "derived_from_label")
    assert "why" in audit.refused


def test_a_score_named_after_the_label_is_refused(plain: pd.DataFrame) -> None:
    noise = np.random.default_rng(0).normal(0, 15, len(plain))
    audit = audit_table(plain.assign(churn_score=(50 + 25 * left(plain) + noise).round()), "Churn", "client")
    assert "churn_score" in audit.refused


def test_a_strong_but_possible_column_is_only_warned_about(plain: pd.DataFrame) -> None:
    noise = np.random.default_rng(0).normal(0, 1, len(plain))
    audit = audit_table(plain.assign(calls=2.5 * left(plain) + noise), "Churn", "client")
    assert found(audit, "too_good_to_be_true") == {"calls"}
    assert audit.refused == []


def test_late_columns_are_found_by_name_and_by_time(plain: pd.DataFrame) -> None:
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(len(plain)) % 200, unit="D")
    table = plain.assign(cancel_date="2024-05-01", seen=days, snapshot="2024-04-01")
    table.loc[::2, "cancel_date"] = "2024-05-02"
    audit = audit_table(table, "Churn", "client", time_col="snapshot")
    assert found(audit, "late_column") == {"cancel_date", "seen"}
    assert audit.refused == []


def test_constants_are_noted(plain: pd.DataFrame) -> None:
    assert found(audit_table(plain.assign(one=1), "Churn", "client"), "constant") == {"one"}


def test_copies_that_share_the_label_are_found_and_kept_in_one_group(plain: pd.DataFrame, tmp_path: Path) -> None:
    doubled = pd.concat([plain, plain.assign(client=plain["client"] + "b")], ignore_index=True)
    audit = audit_table(doubled, "Churn", "client", groups_path=tmp_path / "groups.csv")
    assert "duplicate_rows" in kinds(audit)
    half = len(plain)
    assert (audit.groups[:half] == audit.groups[half:]).all()
    assert len(read_table(tmp_path / "groups.csv")) == len(doubled)


def test_rows_drawn_between_two_others_are_seen(plain: pd.DataFrame) -> None:
    table = plain.drop(columns=["client", "contract"]).assign(
        visits=np.random.default_rng(1).integers(0, 90, len(plain))
    )
    table["spend"] = pd.to_numeric(table["spend"], errors="coerce").fillna(0)
    stayed = table.loc[~left(table)]
    random = np.random.default_rng(0)
    one, two = (stayed.sample(400, replace=True, random_state=seed).drop(columns="Churn").to_numpy() for seed in (1, 2))
    made = pd.DataFrame(one + random.random((400, 1)) * (two - one), columns=stayed.columns.drop("Churn"))
    audit = audit_table(pd.concat([table, made.assign(Churn="No")], ignore_index=True), "Churn")
    assert "resampled" in kinds(audit)
    assert "resampled" not in kinds(audit_table(table, "Churn"))


def test_one_class_drawn_many_times_is_seen(plain: pd.DataFrame) -> None:
    more = plain.loc[left(plain)].sample(900, replace=True, random_state=0)
    audit = audit_table(pd.concat([plain, more], ignore_index=True), "Churn", "client")
    assert "resampled" in kinds(audit)


@pytest.mark.parametrize("pair", [("Yes", "No"), ("T", "F"), (1, 0), (1.0, 0.0), (True, False), ("流失", "留存")])
def test_labels_are_read_in_their_usual_forms(pair: tuple[object, object]) -> None:
    target = read_target(pd.Series([pair[0], pair[1], pair[1]], name="left"))
    assert target.y.tolist() == [1.0, 0.0, 0.0]


def test_a_named_value_is_compared_as_text() -> None:
    for wanted in ("1", "1.0"):
        assert read_target(pd.Series([1.0, 0.0, None], name="x"), wanted).y.tolist() == [1.0, 0.0]


@pytest.mark.parametrize(("values", "positive"), [(["a", "b"], None), (["Yes", "Yes"], None), (["Yes", "No"], "Maybe")])
def test_a_label_that_cannot_be_read_says_why(values: list[str], positive: str | None) -> None:
    with pytest.raises(BadLabel):
        read_target(pd.Series(values, name="x"), positive)


def test_a_missing_column_is_named(plain: pd.DataFrame) -> None:
    with pytest.raises(BadColumn, match="Gone"):
        audit_table(plain, "Gone")


def test_the_public_tables_get_the_findings_they_deserve(public_data: Path) -> None:
    telco = read_table(public_data / "telco-ibm" / "Telco-Customer-Churn.csv")
    assert audit_table(telco, "Churn").refused == ["customerID"]
    bank = read_table(public_data / "bank-churn-10k" / "Customer-Churn-Records.csv")
    assert set(audit_table(bank, "Exited").refused) == {"RowNumber", "CustomerId", "Surname", "Complain"}
    shop = audit_table(read_table(public_data / "ecommerce-5630" / "ecommerce.xlsx"), "Churn", "CustomerID")
    assert {"duplicate_rows", "near_twins"} <= kinds(shop)
    assert shop.refused == []


def test_small_tables_do_not_frighten_the_audit(plain: pd.DataFrame) -> None:
    assert audit_table(plain.head(40), "Churn", "client").refused == []

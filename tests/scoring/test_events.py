from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from scoring.errors import BadColumn
from scoring.events import is_purchase, read_events, read_orders, read_tickets
from scoring.labels import ChurnDefinition, preview

NOW = datetime(2024, 6, 1, tzinfo=UTC)


def orders(**changes: object) -> pd.DataFrame:
    row = {
        "订单编号": "1001",
        "会员ID": "00123",
        "付款时间": "2024-05-01 10:00:00",
        "数量": 2,
        "商品单价": "19.90",
        "商品名称": "杯子",
    }
    return pd.DataFrame([{**row, **changes}])


def test_chinese_headers_are_recognised() -> None:
    event = read_orders(orders(), now=NOW).events.iloc[0]
    assert (event["customer_id"], event["quantity"], event["unit_price"], event["item"]) == ("00123", 2.0, 19.9, "杯子")
    assert event["at"] == pd.Timestamp("2024-05-01 10:00", tz="UTC")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"会员ID": None}, "no_customer"),
        ({"会员ID": "匿名"}, "no_customer"),
        ({"付款时间": None}, "no_date"),
        ({"付款时间": "soon"}, "unreadable_date"),
        ({"付款时间": "1900-01-01"}, "implausible_date"),
        ({"付款时间": "2024-07-01"}, "future_date"),
        ({"数量": 0}, "zero_quantity"),
        ({"数量": "many"}, "unreadable_quantity"),
        ({"商品单价": "0"}, "price_not_positive"),
        ({"商品单价": None}, "no_price"),
    ],
)
def test_a_bad_row_goes_to_quarantine_with_its_reason(changes: dict[str, object], code: str) -> None:
    batch = read_orders(pd.concat([orders(), orders(**changes)]).set_index(pd.Index([2, 3])), now=NOW)
    assert len(batch.events) == 1
    assert batch.quarantine[["line", "code"]].to_numpy().tolist() == [[3, code]]
    assert batch.quarantine["reason"].iloc[0].startswith(f"{code}: ")
    assert batch.counts[code] == 1


def test_a_negative_quantity_is_a_cancellation_not_a_purchase() -> None:
    events = read_orders(orders(数量=-2), now=NOW).events
    assert events["kind"].tolist() == ["cancel"]
    assert not is_purchase(events).any()


def test_an_invoice_that_starts_with_c_is_a_cancellation() -> None:
    assert read_orders(orders(订单编号="C1001"), now=NOW).events["kind"].tolist() == ["cancel"]


def test_postage_counts_as_purchase_and_never_as_item() -> None:
    events = read_orders(orders(商品名称="邮费"), now=NOW).events
    assert events["status"].tolist() == ["charge"]
    assert is_purchase(events).all()


def test_identical_rows_are_two_events_and_reading_again_gives_the_same_ids() -> None:
    table = pd.concat([orders(), orders()], ignore_index=True)
    first, second = read_orders(table).events, read_orders(table).events
    assert first["event_id"].nunique() == 2
    assert first["event_id"].tolist() == second["event_id"].tolist()


def test_rows_that_are_the_same_are_told_and_counted() -> None:
    twice = read_orders(pd.concat([orders(), orders()], ignore_index=True), now=NOW)
    assert len(twice.events) == 2
    assert "repeat an earlier row in every column: 1." in twice.notes[0]
    assert read_orders(orders(), now=NOW).notes == ()


def test_two_currencies_in_one_file_are_told() -> None:
    rows = orders().assign(currency="EUR")
    assert read_orders(rows, now=NOW).notes == ()
    mixed = pd.concat([rows, rows.assign(currency="USD")], ignore_index=True)
    told = next(note for note in read_orders(mixed, now=NOW).notes if "currencies" in note)
    assert f"EUR {len(rows)}, USD {len(rows)}" in told


def test_a_line_with_too_many_cells_is_set_aside_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("customer_id,date,quantity,price\nc1,2026-01-05,1,9.90\nc2,2026-01-06,1,9.90,oops\n", "utf-8")
    batch = read_orders(path)
    assert (batch.counts["rows"], len(batch.events), batch.counts["too_many_cells"]) == (2, 1, 1)
    assert batch.quarantine[["line", "value"]].values.tolist() == [[3, "c2,2026-01-06,1,9.90,oops"]]


@pytest.mark.parametrize(
    ("dates", "told"),
    [
        (["10/11/2025", "10/11/2025"], "10/11/2025 was read day first, as 2025-11-10"),
        (["3/4/24"], "3/4/24 was read day first, as 2024-04-03"),
        (["10/11/2025", "25/11/2025"], None),  # there is no month 25
        (["10/11/2025", "11/25/2025"], None),
        (["10/11/2025", "11/11/2025", "12/11/2025", "01/12/2025"], None),  # in order one way alone
        (["10/11/2025", "11/10/2025"], "10/11/2025 was read month first, as 2025-10-11"),  # two rows may be chance
        (["03/04/2025", "25/06/2025", "06/25/2025"], "both orders of day and month"),
        (["5/5/2025"], None),  # the same either way
        (["0/5/2026"], None),  # no date at all
        (["0/5/2025", "01/06/2025", "01/06/2025"], "1/6/2025 was read day first, as 2025-06-01"),
        (["2025-11-10"], None),
        (["2025年11月10日"], None),
    ],
)
def test_a_date_that_could_be_two_is_told(dates: list[str], told: str | None) -> None:
    table = pd.DataFrame({"customer_id": [f"c{n}" for n in range(len(dates))], "date": dates})
    notes = read_orders(table, now=NOW).notes
    assert notes == () if told is None else told in notes[0]


def test_a_mapping_names_columns_that_nobody_would_guess(tmp_path: Path) -> None:
    table = pd.DataFrame({"cust no": ["7"], "when": ["2024-05-01"]})
    with pytest.raises(BadColumn, match="customer_id"):
        read_orders(table)
    path = tmp_path / "map.toml"
    path.write_text('[columns]\ncustomer_id = "cust no"\nat = "when"\n', encoding="utf-8")
    assert is_purchase(read_orders(table, path).events).all()


def test_a_mapping_to_a_column_that_is_not_there_says_so() -> None:
    with pytest.raises(BadColumn, match="nonsense"):
        read_orders(orders(), {"customer_id": "nonsense"})


def test_day_first_and_month_first_files_are_told_apart() -> None:
    for text, month in (("13/05/2024 08:26", 5), ("05/13/2024 08:26", 5), ("2024年5月13日", 5)):
        assert read_orders(orders(付款时间=text)).events["at"].iloc[0].month == month


def test_kinds_are_recognised_and_unknown_ones_set_aside() -> None:
    table = pd.DataFrame({"user_id": ["1", "1"], "event": ["Product Viewed", "dance"], "timestamp": ["2024-05-01"] * 2})
    batch = read_events(table)
    assert batch.events["kind"].tolist() == ["view"]
    assert batch.counts["unknown_kind"] == 1


def test_tickets_carry_topic_and_state() -> None:
    table = pd.DataFrame(
        {"customer_id": ["1"], "at": ["2024-05-01"], "topic": ["退换货"], "status": ["open"], "text": ["怎么退?"]}
    )
    ticket = read_tickets(table).events.iloc[0]
    assert (ticket["kind"], ticket["topic"], ticket["status"]) == ("ticket", "return_policy", "open")


def test_the_real_shop_gives_its_known_numbers(public_data: Path) -> None:
    batch = read_orders(public_data / "online-retail" / "online_retail.parquet", now=NOW)
    assert batch.counts["rows"] == 541_909
    assert batch.counts["buyers"] == 4_338
    assert batch.counts["no_customer"] == 135_080
    assert len(batch.events) + len(batch.quarantine) == 541_909
    seen = preview(batch.events, datetime(2011, 9, 10, tzinfo=UTC), ChurnDefinition(90))
    assert (seen.customers, seen.left) == (3_370, 1_451)

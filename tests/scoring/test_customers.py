from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import pytest

from scoring.customers import read_customers
from scoring.errors import BadColumn
from scoring.events import read_orders
from scoring.quarantine import FAULTS

NOW = datetime(2024, 6, 1, tzinfo=UTC)


def test_a_chinese_customer_list_is_read() -> None:
    table = pd.DataFrame({
        "会员编号": ["00123"], "姓名": ["王小明"], "性别": ["男"], "手机号": ["138 0013 8000"],
        "邮箱": ["m@example.com"],
        "生日": ["1990-05-01"], "会员等级": ["金卡"], "积分": ["1,200"], "短信同意": ["是"], "语言": ["中文"],
    })  # fmt: skip
    person = read_customers(table, now=NOW).customers.iloc[0]
    assert (person["customer_id"], person["gender"], person["language"]) == ("00123", "male", "zh")
    assert (person["phone"], person["age"], person["points"]) == ("13800138000", 34.0, 1200.0)
    assert person["consent_sms"] is True or bool(person["consent_sms"])


def test_what_cannot_be_right_becomes_unknown_and_the_row_stays() -> None:
    table = pd.DataFrame({
        "id": ["1"], "email": ["nobody@"], "timezone": ["Mars/Olympus"], "name": ["NULL1"], "age": ["900"],
        "consent_email": ["perhaps"], "member since": ["2031-01-01"],
    })  # fmt: skip
    batch = read_customers(table, now=NOW)
    assert len(batch.customers) == 1
    assert batch.customers.iloc[0][["email", "timezone", "age", "consent_email", "member_since"]].isna().all()
    assert {"bad_email", "unknown_zone", "bad_age", "bad_consent", "bad_date"} <= set(batch.quarantine["code"])


def test_a_row_without_id_and_a_repeated_one_are_set_aside() -> None:
    batch = read_customers(pd.DataFrame({"customer_id": ["1", None, "1"], "name": ["A", "B", "C"]}))
    assert batch.customers["customer_id"].tolist() == ["1"]
    assert batch.quarantine["code"].tolist() == ["no_id", "repeated_customer"]


def test_a_consent_that_nobody_gave_is_missing_not_true() -> None:
    batch = read_customers(pd.DataFrame({"customer_id": ["1"], "name": ["A"]}))
    assert batch.customers["consent_email"].isna().all()


def test_what_the_mapping_gives_to_a_customer_is_no_sign_of_orders() -> None:
    table = pd.DataFrame({"customer_id": ["1"], "date": ["2024-01-05"]})
    with pytest.raises(BadColumn, match="date"):
        read_customers(table)
    assert read_customers(table, {"member_since": "date"}).customers["member_since"].notna().all()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("UAE", "AE"), ("Korea", "KR"), ("Ivory Coast", "CI"), ("Cote d'Ivoire", "CI"), ("Republic of Ireland", "IE"),
        ("The Netherlands", "NL"), ("Northern Ireland", "GB"), ("Deutschland", "DE"), ("España", "ES"),
        ("espana", "ES"), ("Italia", "IT"), ("Brasil", "BR"), ("日本", "JP"), ("한국", "KR"), ("대한민국", "KR"),
        ("North Korea", "KP"), ("Niger", "NE"), ("Guinea", "GN"),
        ("UK", "GB"), ("gb", "GB"), ("United Kingdom", "GB"), ("英国", "GB"), ("England", "GB"), ("GBR", "GB"),
        ("中国", "CN"), ("中國", "CN"), ("Mainland China", "CN"), ("cn", "CN"), ("Germany", "DE"), ("德国", "DE"),
        ("U.S.A.", "US"), ("美国", "US"), ("香港", "HK"), ("Hong Kong", "HK"), ("XX", None), ("EU", None),
        ("火星", None),
    ],
)  # fmt: skip
def test_a_country_is_stored_by_its_code(said: str, code: str | None) -> None:
    batch = read_customers(pd.DataFrame({"customer_id": ["1"], "country": [said]}))
    [country] = batch.customers["country"]
    assert (None if pd.isna(country) else country) == code
    assert batch.quarantine["code"].tolist() == ([] if code else ["unknown_country"])


def test_every_row_is_counted_once_and_every_fault_has_a_remedy() -> None:
    table = pd.DataFrame({"id": ["1", "2", None, "1"], "email": ["a@b.example", "no", "c@d.example", "e@f.example"]})
    batch = read_customers(table)
    assert batch.counts["rows"] == 4 == batch.counts["customers"] + 2
    assert batch.quarantine["remedy"].str.endswith(".").all()


def test_every_remedy_is_one_short_sentence() -> None:
    for code, fault in FAULTS.items():
        assert fault.remedy.endswith("."), code
        assert len(fault.remedy) < 100, code
        assert fault.costs_row == ("set to unknown" not in fault.reason), code


@pytest.mark.parametrize(
    "columns", [("客户编号", "姓名", "邮箱"), ("customer_id", "name", "email", "created_at"), ("id", "tier", "points")]
)
def test_a_customer_list_is_no_file_of_order_lines(columns: tuple[str, ...]) -> None:
    table = pd.DataFrame({name: ["2024-01-05"] for name in columns})
    with pytest.raises(BadColumn, match="customer list") as caught:
        read_orders(table, {"customer_id": columns[0]})
    assert columns[1] in caught.value.message
    assert "import customers" in caught.value.remedy


@pytest.mark.parametrize("columns", [("who", "when"), ("customer_id", "item")])
def test_a_file_without_a_time_that_is_no_customer_list_asks_for_a_mapping(columns: tuple[str, ...]) -> None:
    with pytest.raises(BadColumn, match="No column was recognised"):
        read_orders(pd.DataFrame({name: ["1"] for name in columns}))


@pytest.mark.parametrize(
    ("columns", "orders"),
    [
        (("customer_id", "order_id", "date", "quantity", "price"), True),
        (("CustomerID", "InvoiceNo", "Quantity", "UnitPrice", "Country"), True),
        (("会员号", "订单编号", "数量", "单价"), True),
        (("customer_id", "date", "amount"), True),
        (("客户编号", "下单时间", "金额"), True),
        (("客户编号", "下单时间"), True),
        (("customer_id", "created_at", "amount"), True),
        (("customer_id", "name", "email", "order date", "total"), True),
        (("会员编号", "姓名", "手机号", "订单编号", "下单时间", "会员等级"), True),
        (("customer_id",), False),
        (("customer_id", "created_at"), False),
        (("customer_id", "name", "email", "total"), False),
        (("会员编号", "姓名", "会员等级", "金额", "数量"), False),
        (("customer_id", "name", "created_at", "consent_email", "total"), False),
        (("customer_id", "name", "quantity"), False),
        (("customer_id", "email", "order_id"), False),
        (("customer_id", "points"), False),
    ],
)
def test_a_file_of_order_lines_is_no_customer_list(columns: tuple[str, ...], orders: bool) -> None:
    table = pd.DataFrame({name: ["1", "2"] for name in columns})
    if orders:
        with pytest.raises(BadColumn, match="order lines") as caught:
            read_customers(table)
        assert "import orders" in caught.value.remedy
    else:
        assert read_customers(table).counts["customers"] == 2


def test_a_no_in_any_row_of_a_customer_is_a_no_with_its_day_and_proof() -> None:
    table = pd.DataFrame(
        {
            "客户编号": ["K1", "K1", "K2"],
            "邮件同意": ["是", "否", "是"],
            "邮件同意时间": ["2026-01-01", "2026-02-02", "2026-03-03"],
            "邮件同意凭证": ["form 7", "call 12", "form 9"],
        },
        dtype="string",
    )
    people = read_customers(table).customers.set_index("customer_id")
    assert people["consent_email"].tolist() == [False, True]
    assert people["consent_email_proof"].tolist() == ["call 12", "form 9"]
    assert [str(day)[:10] for day in people["consent_email_at"]] == ["2026-02-02", "2026-03-03"]

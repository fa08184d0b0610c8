from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import pytest

from scoring.customers import read_customers
from scoring.errors import BadColumn

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


@pytest.mark.parametrize(
    ("columns", "orders"),
    [
        (("customer_id", "order_id", "date", "quantity", "price"), True),
        (("CustomerID", "InvoiceNo", "Quantity", "UnitPrice", "Country"), True),
        (("会员号", "订单编号", "数量", "单价"), True),
        (("customer_id",), False),
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

from __future__ import annotations

import re
from importlib import resources

import pandas as pd
import pytest

from scoring.features import FAMILIES, build_features
from scoring.reasons import codebook, explain

CAUSAL = re.compile(r"because|due to|therefore|caused|leads to|因为|由于|导致|所以|因此", re.IGNORECASE)


@pytest.mark.parametrize(
    ("feature", "value", "code", "en", "zh"),
    [
        ("recency_days", 67.4, "no_recent_purchase", "last order 67 days ago", "最近一次下单是 67 天前"),
        ("recency_days", 1.9, "no_recent_purchase", "last order 1 day ago", "最近一次下单是 1 天前"),
        ("recency_days", 0.3, "no_recent_purchase", "last order less than a day ago", "最近一次下单是不到 1 天前"),
        ("orders_total", 1.0, "one_order_only", "1 order so far", "至今只下过 1 次单"),
        ("orders_total", 3.0, "buys_less_often", "3 orders so far", "至今下单 3 次"),
        ("open_tickets", 2.0, "open_complaint", "2 requests still open", "还有 2 次反馈没有处理完"),
        ("coupon_share_365", 0.8, "coupon_reliant", "80% of the orders of the last 365 days with a coupon", None),
        ("gap_mean_days", None, "one_order_only", "ordered on one day only so far", "至今只在一天里下过单"),
        ("Contract", "Month-to-month", "column:Contract", "Contract: Month-to-month", "Contract：Month-to-month"),
        ("TotalCharges", None, "column:TotalCharges", "TotalCharges: unknown", "TotalCharges：未知"),
    ],
)
def test_a_contribution_is_told_as_a_fact_with_its_number(
    feature: str, value: float | str | None, code: str, en: str, zh: str | None
) -> None:
    reason = explain(feature, value, 0.4)
    assert (reason.code, reason.text["en"]) == (code, en)
    assert zh is None or reason.text["zh"] == zh


def test_what_speaks_for_staying_never_carries_a_code_for_leaving() -> None:
    reason = explain("recency_days", 2.0, -0.8)
    assert reason.code == "strength:recency_days"
    assert reason.customer_text is None


def test_no_sentence_says_why() -> None:
    book = codebook()
    sentences = [text for rules in book.rules.values() for rule in rules for text in rule.text.values()]
    sentences += [text for said in book.customer.values() for text in said.values()]
    assert len(sentences) > 100
    assert not [text for text in sentences if CAUSAL.search(text)]


def test_every_feature_has_words_and_every_code_says_what_a_customer_may_read(shop: pd.DataFrame) -> None:
    book = codebook()
    features = build_features(shop, pd.Timestamp("2024-09-01", tz="UTC").to_pydatetime(), tuple(FAMILIES))
    assert [name for name in features.columns if name not in book.rules] == []
    toml = resources.files("scoring").joinpath("reason_codes.toml").read_text(encoding="utf-8")
    codes = {rule.code for rules in book.rules.values() for rule in rules if not rule.code.startswith("column:")}
    assert [code for code in sorted(codes) if f"[code.{code}]" not in toml] == []


def test_what_we_know_from_watching_is_never_said_to_a_customer() -> None:
    for feature, value in (("views_30", 0.0), ("competitor_views_90", 3.0), ("spend_90", 0.0), ("visits_30", 0.0)):
        assert explain(feature, value, 0.5).customer_text is None
    assert explain("recency_days", 80.0, 0.5).customer_text is not None

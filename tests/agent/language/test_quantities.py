from __future__ import annotations

from decimal import Decimal

import pytest

from agent.language.quantities import Quantity, currency_fits, read_quantities


def said(text: str, language: str) -> list[tuple[str, str, str | None, str | None]]:
    return [(q.kind, f"{q.value.normalize():f}", q.unit, q.qualifier) for q in read_quantities(text, language)]


@pytest.mark.parametrize(
    ("text", "off"),
    [
        ("八折券", "20"),
        ("打８８折", "12"),
        ("八八折", "12"),
        ("8.5折", "15"),
        ("九折", "10"),
        ("半价", "50"),
        ("对折", "50"),
        ("优惠两成", "20"),
        ("便宜20%", "20"),
        ("百分之二十优惠", "20"),
        ("twenty percent off", "20"),
        ("20 per cent discount", "20"),
        ("half price", "50"),
        ("a fifth off", "20"),
        ("a third off your order", "33.33"),
        ("save 15%", "15"),
        ("take twenty-five percent off", "25"),
        ("pay only 80% of the regular price", "20"),
    ],
)
def test_a_discount_is_read_as_percent_off(text: str, off: str) -> None:
    language = "en" if text.isascii() else "zh"
    assert [(kind, value) for kind, value, _, _ in said(text, language)] == [("percent_off", off)]


@pytest.mark.parametrize(
    "text", ["您问的五折屏风", "我一直都在", "十分感谢", "第一时间回复您", "一下子", "成功", "百折不挠", "三月", "唯一"]
)
def test_everyday_words_hold_no_quantity(text: str) -> None:
    assert said(text, "zh") == []


def test_a_percentage_of_something_else_is_no_discount() -> None:
    assert said("keep it away from air drier than 20% humidity", "en") == [("percent", "20", "%", None)]


def test_fold_in_half_is_an_instruction() -> None:
    assert said("Fold the cover in half, then turn it.", "en") == []


def test_threshold_and_rebate_are_told_apart() -> None:
    assert said("满三百减五十", "zh") == [("threshold", "300", None, None), ("amount", "50", None, None)]
    assert said("满150-30元券", "zh") == [("threshold", "150", None, None), ("amount", "30", "CNY", None)]
    assert said("$15 off orders over $75", "en") == [("amount", "15", "$", None), ("threshold", "75", "$", None)]
    assert said("free shipping on orders of $40 or more", "en") == [
        ("free_shipping", "0", None, None),
        ("threshold", "40", "$", None),
    ]


def test_no_minimum_is_a_threshold_of_nothing() -> None:
    assert said("no minimum", "en") == [("threshold", "0", None, None)]
    assert said("无门槛使用", "zh") == [("threshold", "0", None, None)]


@pytest.mark.parametrize(
    ("text", "unit"),
    [("30元", "CNY"), ("30美元", "USD"), ("£30", "GBP"), ("30 euros", "EUR"), ("US$30", "USD"), ("$30", "$")],
)
def test_the_currency_is_the_one_written(text: str, unit: str) -> None:
    assert said(text, "en") == [("amount", "30", unit, None)]


def test_a_yen_sign_is_yuan_in_chinese_and_open_in_english() -> None:
    assert said("¥30", "zh")[0][2] == "CNY"
    assert said("¥30", "en")[0][2] == "¥"
    assert currency_fits("¥", "JPY")
    assert not currency_fits("$", "CNY")


@pytest.mark.parametrize(
    ("text", "value"),
    [("一百二十元", 120), ("一百二元", 120), ("两千零五元", 2005), ("1.5万元", 15000), ("三十块钱", 30)],
)
def test_chinese_amounts_in_words_have_their_value(text: str, value: int) -> None:
    assert [q.value for q in read_quantities(text, "zh")] == [Decimal(value)]


def test_english_amounts_in_words_have_their_value() -> None:
    assert said("one hundred and fifty dollars", "en") == [("amount", "150", "$", None)]


@pytest.mark.parametrize(
    ("text", "qualifier"),
    [
        ("低至5折", "up_to"),
        ("不止8折", "at_least"),
        ("up to 30% off", "up_to"),
        ("如果给您8折", "hypothetical"),
        ("没有20%的折扣", "negated"),
        ("not 20% off", "negated"),
        ("大约30元", "about"),
    ],
)
def test_a_bound_or_doubt_is_kept(text: str, qualifier: str) -> None:
    assert [q.qualifier for q in read_quantities(text, "en" if text.isascii() else "zh")] == [qualifier]


def test_both_ends_of_a_range_are_marked() -> None:
    assert said("takes 3-5 business days", "en") == [
        ("days", "3", "business_day", "range"),
        ("days", "5", "business_day", "range"),
    ]
    assert said("烘焙后7到21天", "zh") == [("days", "7", "day", "range"), ("days", "21", "day", "range")]


def test_numbers_in_codes_links_phones_times_and_dates_are_no_quantities() -> None:
    text = "QH20 https://a.example/30 +1-800-555-0177 23:10 2026-09-30 Sep 30 9月30日"
    assert said(text, "en") == []


def test_offsets_point_into_the_raw_text() -> None:
    text = "券\u200b：满１９９元享８折…"
    found = read_quantities(text, "zh")
    assert [text[q.start : q.end] for q in found] == ["１９９元", "８折"]
    assert all(isinstance(q, Quantity) and q.text == text[q.start : q.end] for q in found)


def test_free_things_are_read_without_a_number() -> None:
    assert [kind for kind, *_ in said("全场包邮，买一送一", "zh")] == ["free_shipping", "free_item"]
    assert [kind for kind, *_ in said("Your next month is on the house.", "en")] == ["free_item"]

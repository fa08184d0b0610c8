"""A filled message says exactly what its sheet says, and every filled character has its source."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.domain import Channel, FactSheet, Language, Offer
from agent.errors import SlotError
from agent.realise import realise
from agent.slots.wording import count_in_words, date_in_words, money_in_words, zhe

Make = Callable[..., FactSheet]


def test_spans_quote_exactly_what_was_filled(make_sheet: Make, offers: Callable[..., Offer]) -> None:
    sheet = make_sheet("zh", offer=offers())
    filled = realise("{first_name}，好久不见", "{salutation}，{offer|gift}，码 {offer_code}。🙂{last_item|your}", sheet)
    fields = {"subject": filled.subject or "", "body": filled.body}
    quotes = {span.slot: fields[span.field][span.start : span.end] for span in filled.spans}
    assert quotes["salutation"] == "欧阳女士，您好"
    assert quotes["offer"] == "一张8折券"
    assert quotes["offer_code"] == "QH20"
    assert quotes["last_item"] == "您上次买的青瓷茶具套装"
    assert filled.subject == "嘉慧，好久不见"
    assert {span.kind for span in filled.spans} == {"fact", "offer"}


def test_an_act_is_said_in_its_own_words_and_cites_its_clause(make_sheet: Make) -> None:
    sheet = make_sheet("en", situation="damaged_item")
    filled = realise("Hello", "{act:replace_free}", sheet)
    span = next(span for span in filled.spans if span.slot == "act:replace_free")
    assert span.kind == "act"
    assert span.source.id == "service#3"
    assert "replace" in filled.body[span.start : span.end]


def test_an_unlicensed_act_is_refused_by_name(make_sheet: Make) -> None:
    with pytest.raises(SlotError) as failure:
        realise("x", "{act:replace_free}", make_sheet("en", situation="long_silence"))
    assert failure.value.slot == "act:replace_free"


@pytest.mark.parametrize("template", ["{offer_code}", "{nope}", "{first_name|the}", "{ first_name }", "{", "｛名｝"])
def test_a_slot_that_cannot_be_filled_is_refused(make_sheet: Make, template: str) -> None:
    with pytest.raises(SlotError) as failure:
        realise("x", template, make_sheet("en"))
    assert failure.value.slot


def test_marketing_mail_ends_with_sender_address_and_a_way_out(make_sheet: Make) -> None:
    for language in ("zh", "en"):
        body = realise("x", "y", make_sheet(language)).body
        assert "12 Quay Street, Hangzhou" in body
        assert "https://harbor.example/u/abc" in body
        assert "Harbor Tea" in body


def test_sms_names_the_brand_first_and_says_how_to_stop(make_sheet: Make) -> None:
    zh = realise(None, "您好", make_sheet("zh", "sms")).body
    assert zh == "【港湾茶铺】您好 拒收请回复R"
    en = realise(None, "Hello", make_sheet("en", "sms")).body
    assert en == "Harbor Tea: Hello Reply STOP to opt out"


def test_push_and_chat_carry_nothing_extra(make_sheet: Make) -> None:
    assert realise("t", "Hello", make_sheet("en", "push")).body == "Hello"
    assert realise(None, "Hello", make_sheet("en", "chat", purpose="reply")).body == "Hello"


def test_a_subject_that_grew_too_long_gives_way_to_one_without_slots(make_sheet: Make) -> None:
    sheet = make_sheet("en", given_name="Wolfeschlegelsteinhausen", name="Wolfeschlegelsteinhausen B")
    filled = realise("{first_name}, " + "a few words about what we have been doing here lately", "x", sheet)
    assert filled.subject == "A note from Harbor Tea"


@pytest.mark.parametrize(
    ("percent", "words"),
    [("20", "8折"), ("12", "88折"), ("50", "5折"), ("12.5", "8.75折"), ("95", "0.5折"), ("5", "95折"), ("10", "9折")],
)
def test_percent_off_is_said_as_zhe(percent: str, words: str) -> None:
    assert zhe(Decimal(percent)) == words


@pytest.mark.parametrize(
    ("kind", "value", "zh", "en"),
    [
        ("percent", "20", "一张8折券", "20% off your next order"),
        ("amount", "30", "一张立减30元的券", "¥30 off your next order"),
        ("free_shipping", "0", "一张包邮券", "free shipping on your next order"),
        ("points", "300", "300积分", "300 points"),
        ("points", "1", "1积分", "1 point"),
    ],
)
def test_each_offer_kind_is_said_in_each_language(
    make_sheet: Make, offers: Callable[..., Offer], kind: str, value: str, zh: str, en: str
) -> None:
    offer = offers(kind, value)
    assert realise(None, "{offer|gift}", make_sheet("zh", "push", offer=offer)).body == zh
    assert realise(None, "{offer|gift}", make_sheet("en", "push", offer=offer)).body == en


@pytest.mark.parametrize("value", ["0", "100", "-5", "120"])
def test_an_offer_that_cannot_be_true_is_not_said(make_sheet: Make, offers: Callable[..., Offer], value: str) -> None:
    with pytest.raises(SlotError):
        realise("x", "{offer}", make_sheet("zh", offer=offers("percent", value)))


def test_dates_say_the_year_only_when_it_is_another_one() -> None:
    today = date(2026, 12, 20)
    assert date_in_words(date(2026, 12, 31), Language.ZH, today) == "12月31日"
    assert date_in_words(date(2027, 1, 5), Language.ZH, today) == "2027年1月5日"
    assert date_in_words(date(2027, 1, 5), Language.EN, today) == "January 5, 2027"
    assert date_in_words(date(2026, 12, 31), Language.EN, today, short=True) == "Dec 31"


def test_money_keeps_its_decimals_only_when_it_has_any() -> None:
    assert money_in_words(Decimal(30), "CNY", Language.ZH) == "30元"
    assert money_in_words(Decimal("19.9"), "CNY", Language.ZH) == "19.90元"
    assert money_in_words(Decimal(10), "USD", Language.EN) == "$10"
    assert money_in_words(Decimal("7.5"), "USD", Language.EN) == "$7.50"
    assert money_in_words(Decimal(500), "JPY", Language.ZH) == "500日元"
    assert money_in_words(Decimal(1200), "GBP", Language.EN) == "£1,200"


@given(st.integers(min_value=0, max_value=10**7))
def test_english_plurals_are_right(count: int) -> None:
    words = count_in_words(count, Language.EN, ("day", "days"))
    assert words.endswith(" day") == (count == 1)


@given(st.text(alphabet="ab字😀 ，{}", max_size=12), st.text(alphabet="ab字😀 ", max_size=12))
def test_offsets_count_code_points_whatever_stands_around(before: str, after: str) -> None:
    sheet = SHEET.with_name("😀")
    template = before.replace("{", "").replace("}", "") + "{brand}" + after
    filled = realise(None, template, sheet)
    for span in filled.spans:
        assert filled.body[span.start : span.end] == "Harbor"


class SHEET:
    """A sheet without fixtures, for the tests that draw many examples."""

    @staticmethod
    def with_name(_: str) -> FactSheet:
        from agent.domain import Brand, Fact, Purpose, SlotType, Source, Tone

        brand = Brand("b", "Harbor", "", "UTC", "USD", (Language.EN,), ())
        fact = Fact("brand", SlotType.TEXT, "Harbor", Source("brand", "b"))
        return FactSheet("c", Language.EN, Channel.CHAT, Purpose.REPLY, "general_care", Tone.WARM, brand, (fact,))

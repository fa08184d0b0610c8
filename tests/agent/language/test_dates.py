from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from agent.language.dates import read_dates

NOW = datetime(2026, 9, 15, 10, 30, tzinfo=UTC)  # a Tuesday


def days(text: str, language: str = "zh", zone: str = "Asia/Shanghai") -> list[tuple[str, str]]:
    return [(m.first.isoformat(), m.last.isoformat()) for m in read_dates(text, language, NOW, zone)]


@pytest.mark.parametrize(
    "text",
    [
        "9月30日前",
        "九月三十日",
        "2026-09-30",
        "２０２６年９月３０日",
        "截至9月30号",
        "Sep 30",
        "September 30th",
        "the 30th of September",
        "30 September 2026",
        "30/9",
        "月底",
        "end of the month",
        "September thirtieth",
    ],
)
def test_the_last_day_of_september_has_many_names(text: str) -> None:
    assert days(text, "en" if text.isascii() else "zh") == [("2026-09-30", "2026-09-30")]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("明天", "2026-09-16", "2026-09-16"),
        ("本周日", "2026-09-20", "2026-09-20"),
        ("下周五", "2026-09-25", "2026-09-25"),
        ("还剩两天", "2026-09-16", "2026-09-17"),
        ("48小时内", "2026-09-15", "2026-09-17"),
        ("tomorrow", "2026-09-16", "2026-09-16"),
        ("tonight", "2026-09-15", "2026-09-15"),
        ("in 48 hours", "2026-09-15", "2026-09-17"),
        ("this Sunday", "2026-09-20", "2026-09-20"),
        ("last Friday", "2026-09-11", "2026-09-11"),
        ("June 2021", "2021-06-01", "2021-06-30"),
    ],
)
def test_words_are_reckoned_from_the_clock(text: str, first: str, last: str) -> None:
    assert days(text, "en" if text.isascii() else "zh") == [(first, last)]


def test_the_day_is_the_readers_day() -> None:
    late = datetime(2026, 9, 15, 23, 30, tzinfo=UTC)
    assert read_dates("今天", "zh", late, "Asia/Shanghai")[0].first == date(2026, 9, 16)


def test_a_day_that_can_be_read_two_ways_is_flagged() -> None:
    (mention,) = read_dates("valid until 3/5/2026", "en", NOW, None)
    assert mention.kind == "ambiguous"
    assert {mention.first, mention.last} == {date(2026, 3, 5), date(2026, 5, 3)}


@pytest.mark.parametrize("text", ["9月31日", "9月80日", "2026-02-30", "September 38", "31 September"])
def test_a_day_that_cannot_be_is_read_as_one(text: str) -> None:
    (mention,) = read_dates(text, "en" if text.isascii() else "zh", NOW, None)
    assert mention.kind == "impossible"


@pytest.mark.parametrize("text", ["May I help you?", "一下子", "周到的服务", "五折屏风", "24/7 support", "1/2 price"])
def test_words_that_only_look_like_dates_are_left_alone(text: str) -> None:
    assert days(text, "en" if text.isascii() else "zh") == []


def test_offsets_point_into_the_raw_text() -> None:
    text = "券…于９月３０日到期"
    (mention,) = read_dates(text, "zh", NOW, None)
    assert text[mention.start : mention.end] == "９月３０日" == mention.text

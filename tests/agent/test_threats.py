"""Who said that they were about to leave, and who only spoke of leaving something."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta

import pytest

from agent.threats import threatens, threats
from tests.factories import NOW, a_ticket, an_order


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("再这样我就要去别家了", True),
        ("我以后再也不来你们家买了", True),
        ("我想注销", True),
        ("不给券我就走", True),
        ("再不给优惠我就去别家了", True),
        ("能便宜点吗，不然我就走了", True),
        ("I am going to a competitor", True),
        ("Please close my account", True),
        ("then I'll be leaving unless there is a discount", True),
        ("This is the last time I order from you", True),
        ("I’m done with you", True),
        ("包裹还没到，我明天要去外地", False),
        ("这个杯子是送别人的", False),
        ("不给发票我怎么报销", False),
        ("I am leaving town on Friday, please hold the parcel", False),
        ("close the lid before use", False),
        ("I bought the same at a competitor last year", False),
    ],
)
def test_a_threat_is_told_from_other_talk_of_leaving(text: str, said: bool) -> None:
    assert bool(threats([replace(a_ticket(), text=text)])) == said


def test_a_ticket_about_closing_the_account_is_one_and_an_order_is_none() -> None:
    assert threats([a_ticket(topic="close_account")]) == (NOW - timedelta(days=3),)
    assert threats([replace(an_order(), text="我想注销")]) == ()


def test_a_ticket_opened_and_closed_within_days_is_one_threat() -> None:
    said = [a_ticket(topic="close_account", days_ago=n) for n in (40, 38, 36, 5)]
    assert threats(said) == (NOW - timedelta(days=40), NOW - timedelta(days=5))


@pytest.mark.parametrize("text", ["我", "再也", "还是", "!", "i'll go "])
def test_a_long_text_is_read_at_its_ends_and_in_no_time(text: str) -> None:
    began = time.perf_counter()
    assert not threatens(text * 20_000)
    assert time.perf_counter() - began < 0.5
    assert threatens(text * 20_000 + "。以后去别家买了")

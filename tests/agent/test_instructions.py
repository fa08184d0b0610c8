"""A rep's wish is understood, or handed back in the rep's own words."""

from __future__ import annotations

import pytest

from agent.domain import Language
from agent.instructions import flag_table, read_instruction

UNDERSTOOD = [
    ("短一点，别放券码", ("shorter", "no_coupon")),
    ("道歉的话去掉，语气正式一点", ("no_apology", "formal")),
    ("不道歉", ("no_apology",)),
    ("请写得温暖一些并提一下退款", ("warmer", "mention_refund")),
    ("用英文写", ("english",)),
    ("不要提退款", ("no_refund",)),
    ("不要用表情", ("no_emoji",)),
    ("先说优惠", ("offer_first",)),
    ("问问她的感受", ("ask_feedback",)),
    ("Make it shorter and more formal, no coupon", ("shorter", "formal", "no_coupon")),
    ("please mention the refund but don't apologise", ("mention_refund", "no_apology")),
    ("Warmer. In Chinese.", ("warmer", "chinese")),
    ("start with the offer", ("offer_first",)),
    ("ask what they think of it", ("ask_feedback",)),
    ("leave out the name", ("no_name",)),
    ("", ()),
    ("please", ()),
]
HANDED_BACK = [
    ("she just had a baby, congratulate her", ("she just had a baby", "congratulate her")),
    ("make it rhyme", ("make it rhyme",)),
    ("多送他一张100元券", ("多送他一张100元券",)),
    ("加个表情", ("加个表情",)),
    ("shorter, and promise a free teapot", ("promise a free teapot",)),
    ("mention the refund of 500", ("mention the refund of 500",)),
    ("客户不喜欢促销，这回别放优惠券", ("客户不喜欢促销",)),
]


@pytest.mark.parametrize(("wish", "flags"), UNDERSTOOD)
def test_wishes_are_understood(wish: str, flags: tuple[str, ...]) -> None:
    read = read_instruction(wish)
    assert (read.understood, read.not_understood) == (flags, ())


@pytest.mark.parametrize(("wish", "rest"), HANDED_BACK)
def test_what_nobody_understood_is_handed_back(wish: str, rest: tuple[str, ...]) -> None:
    assert read_instruction(wish).not_understood == rest


@pytest.mark.parametrize(
    "wish", ["短一点，别提积分", "shorter, do not mention points", "shorter, don't mention the points"]
)
def test_a_denial_of_the_points_is_no_wish_to_mention_them(wish: str) -> None:
    read = read_instruction(wish)
    assert read.understood == ("shorter",)
    assert len(read.not_understood) == 1


def test_every_flag_says_what_it_means_in_both_languages() -> None:
    assert all(spec.meaning[language] for spec in flag_table().values() for language in Language)

"""Wishes as reps type them: each is read as the one thing it asks for, and what asks for something else as nothing."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from agent.domain import Language
from agent.instructions import flag_table, read_instruction
from agent.writers.wishes import broken

WISHES = tomllib.loads((Path(__file__).parent / "data" / "wishes.toml").read_text(encoding="utf-8"))
READ = [
    (wish, flag)
    for flag, row in WISHES.items()
    if flag != "nothing"
    for language in Language
    for wish in row[language.value]
]


@pytest.mark.parametrize(("wish", "flag"), READ)
def test_a_wish_is_read_as_the_one_thing_it_asks_for(wish: str, flag: str) -> None:
    assert read_instruction(wish).understood == (flag,)


@pytest.mark.parametrize("wish", [wish for language in Language for wish in WISHES["nothing"][language.value]])
def test_what_asks_for_nothing_we_can_keep_is_no_wish_and_is_handed_back(wish: str) -> None:
    read = read_instruction(wish)
    assert read.understood == ()
    assert read.not_understood


def test_there_are_wishes_for_every_flag_in_both_languages() -> None:
    assert set(WISHES) - {"nothing"} == set(flag_table())
    for language in Language:
        assert sum(len(row[language.value]) for row in WISHES.values()) >= 60


def test_a_wish_beside_a_promise_is_understood_and_the_promise_is_handed_back() -> None:
    read = read_instruction("a warm message that promises a free teapot")
    assert read.understood == ("warmer",)
    assert read.not_understood == ("a warm message that promises a free teapot",)


@pytest.mark.parametrize(
    ("text", "flag", "wrong"),
    [
        ("{salutation}，谢谢您！", "no_exclamation", True),
        ("{salutation}，谢谢您。", "no_exclamation", False),
        ("{salutation}，很抱歉。", "no_apology", True),
        ("{salutation}，谢谢您。", "add_apology", True),
        ("{salutation}，您好。", "no_name", True),
        ("您好。", "no_name", False),
        ("主题：一份心意\n\n{salutation}：\n\n送您{offer|np}。", "offer_first", False),
        ("{salutation}：" + "谢谢您一直以来的光临。" * 8 + "送您{offer|np}。", "offer_first", True),
        ("您有{points_balance|count}。", "mention_points", False),
        ("您好。", "mention_points", True),
    ],
)
def test_a_template_that_breaks_a_wish_is_known_by_its_words_and_slots(text: str, flag: str, wrong: bool) -> None:
    assert broken(text, Language.ZH, (flag,)) == (flag if wrong else None)

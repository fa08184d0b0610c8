"""A sieve finds exactly what `re` finds, on every expression of the house and on made-up ones."""

from __future__ import annotations

import gc
import random
import re

import pytest

from agent.guardrails.rulebook import all_rules
from agent.language.literals import needed_literals, split_alternatives
from agent.language.sieve import Sieve, sieve

TEXTS = [example.body * 3 for rule in all_rules() for example in rule.examples]


def spans(matches: object) -> list[tuple[int, int]]:
    return [match.span() for match in matches]  # type: ignore[attr-defined]


def the_house() -> list[Sieve]:
    """Every sieve that some module of the house made."""
    return sorted({one.pattern: one for one in gc.get_objects() if isinstance(one, Sieve)}.values(), key=_source)


def _source(one: Sieve) -> str:
    return one.pattern


def test_every_expression_of_the_house_finds_what_re_finds() -> None:
    chosen = random.Random(0).sample(TEXTS, 60)
    house = the_house()
    assert len(house) > 200
    for one in house:
        plain = re.compile(one.pattern, one.flags)
        for text in chosen:
            assert spans(one.finditer(text)) == spans(plain.finditer(text)), (one.pattern, text)
            assert bool(one.search(text)) == bool(plain.search(text))


def test_most_expressions_of_the_house_can_be_sieved() -> None:
    assert sum(one.is_sieved for one in the_house()) > 0.85 * len(the_house())


@pytest.mark.parametrize(
    ("pattern", "needed"),
    [
        ("最(?:佳|好)的?", {"最佳", "最好"}),
        (r"\d+折", {"折"}),
        (r"(?<!不)(?:free|gift) ship\w+", {"free ship", "gift ship"}),
        (r"(?:re)?open", {"open"}),
        ("a*", set()),
        (r"\w+(?:a|b?)", set()),
        ("x{2,9}y", {"x"}),
        ("(?=sale)s", {"sale"}),
        ("[a-z]+ing", {"ing"}),
    ],
)
def test_says_which_literals_a_match_cannot_do_without(pattern: str, needed: set[str]) -> None:
    assert needed_literals(pattern) == needed


def test_cuts_only_at_the_outermost_bars() -> None:
    assert split_alternatives(r"a|(?:b|c)|[|]|\||[^]|]d") == ["a", "(?:b|c)", "[|]", r"\|", "[^]|]d"]


def test_of_two_alternatives_at_one_place_the_earlier_wins_as_in_re() -> None:
    text = "x" * 60 + " sale ends, sales end"
    assert [match.group() for match in sieve("sale|sales|ends?").finditer(text)] == ["sale", "ends", "sale", "end"]


def test_any_case_is_honoured() -> None:
    text = "." * 60 + "STRASSE Sale"
    assert [match.group() for match in sieve("straße|sale|strasse", re.I).finditer(text)] == ["STRASSE", "Sale"]


def test_random_alternations_find_what_re_finds() -> None:
    dice = random.Random(1)
    for _ in range(400):
        pieces = ["a", "b", "[ab]", "c?", "."]
        parts = ["".join(dice.choice(pieces) for _ in range(dice.randint(1, 4))) for _ in range(dice.randint(1, 4))]
        plain = re.compile("|".join(parts))
        text = "".join(dice.choice("abcd") for _ in range(80))
        found = [span for span in spans(sieve(plain.pattern).finditer(text)) if span[0] < span[1]]
        assert found == [span for span in spans(plain.finditer(text)) if span[0] < span[1]], plain.pattern

"""A sieve finds exactly what `re` finds, on every expression of the house and on made-up ones."""

from __future__ import annotations

import gc
import random
import re
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import pytest

from agent.guardrails.rulebook import all_rules
from agent.language.literals import Needs, all_needs, needed_literals, split_alternatives
from agent.language.sieve import Sieve, blanked, sieve

TEXTS = [example.body * 3 for rule in all_rules() for example in rule.examples]


def spans(matches: object) -> list[tuple[int, int]]:
    return [match.span() for match in matches]  # type: ignore[attr-defined]


@cache
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


@pytest.mark.parametrize(
    ("pattern", "flags", "text"),
    [
        ("sale|win", re.I, "a WİN and a wın"),
        ("wın|sale", re.I, "a WIN, a win"),
        ("(?i:sale)|rabatt", 0, "our SALE, our Rabatt, our rabatt"),
        ("(?=sale)|win", 0, "win a sale, win"),
        ("(?=sale|rabatt)[a-z]+", 0, "a sale and a rabatt of"),
    ],
)
def test_what_stands_there_in_other_letters_or_has_no_width_is_found_as_re_finds_it(
    pattern: str, flags: int, text: str
) -> None:
    text = "." * 70 + text
    plain = re.compile(pattern, flags)
    assert spans(plain.finditer(text))
    assert spans(sieve(pattern, flags).finditer(text)) == spans(plain.finditer(text))


def test_random_alternations_find_what_re_finds() -> None:
    dice = random.Random(1)
    for _ in range(400):
        pieces = ["a", "b", "[ab]", "c?", "."]
        parts = ["".join(dice.choice(pieces) for _ in range(dice.randint(1, 4))) for _ in range(dice.randint(1, 4))]
        plain = re.compile("|".join(parts))
        text = "".join(dice.choice("abcd") for _ in range(80))
        assert spans(sieve(plain.pattern).finditer(text)) == spans(plain.finditer(text)), plain.pattern


def test_every_match_has_its_needs_and_has_them_where_they_are_said_to_be() -> None:
    chosen = random.Random(2).sample(TEXTS, 40)
    for source in {part for one in the_house() for part in split_alternatives(one.pattern)}:
        try:
            plain = re.compile(source)
        except re.error:  # a part that refers to a group of another
            continue
        needs = all_needs(source)
        for text in chosen if needs else ():
            for match in plain.finditer(text):
                assert all(_is_met(need, text, match.start()) for need in needs), (source, match)


def _is_met(need: Needs, text: str, begin: int) -> bool:
    if any(last - first > len(text) for first, last in need.values()):
        return any(literal in text for literal in need)
    places = ((one, max(begin + first, 0), begin + last) for one, (first, last) in need.items())
    return any(text.startswith(one, at) for one, first, last in places for at in range(first, last + 1))


def test_random_expressions_find_what_re_finds_with_all_that_looks_around() -> None:
    dice = random.Random(3)
    pieces = [
        *("ab", "ba", "cab", "[bc]", "c?", ".", "(?:ab|c)", "(?:a|bc){1,2}", "d+", "(?:abc|bd)?", "(?:re)?a"),
        *("(?=a)", "(?!b)", "(?<!c)", "(?<=b)", r"\b", "[a-c]*b", "(?:ca|ab|.d)"),
    ]
    for _ in range(500):
        parts = ["".join(dice.choice(pieces) for _ in range(dice.randint(1, 5))) for _ in range(dice.randint(1, 5))]
        plain, sieved = re.compile("|".join(parts)), sieve("|".join(parts))
        text = "".join(dice.choice("abcd re") for _ in range(dice.randint(30, 90)))
        assert spans(sieved.finditer(text)) == spans(plain.finditer(text)), plain.pattern
        assert sieved.sub("-", text) == plain.sub("-", text), plain.pattern
        at, end = sorted(dice.sample(range(len(text)), 2))
        ours, theirs = sieved.search(text, at, end), plain.search(text, at, end)
        assert (ours and ours.span()) == (theirs and theirs.span()), plain.pattern


def test_an_alternative_knows_the_groups_of_the_others() -> None:
    found = sieve("(?P<few>[0-9]+) left|hurry(?P<up> up)?|(?P<none>sold) out").search("." * 60 + " hurry up")
    assert found is not None
    assert (found["up"], found["few"], found["none"]) == (" up", None, None)


def test_a_text_with_blanks_in_it_is_searched_as_any_other() -> None:
    dice = random.Random(4)
    for text in dice.sample(TEXTS, 40):
        start, end = sorted(dice.sample(range(len(text)), 2)) if len(text) > 1 else (0, 0)
        blank = blanked(text[:start] + "\x1f" * (end - start) + text[end:], text)
        for one in dice.sample(the_house(), 80):
            assert spans(one.finditer(blank)) == spans(re.compile(one.pattern, one.flags).finditer(blank)), one.pattern


def test_what_several_threads_ask_at_once_is_answered_as_to_one() -> None:
    texts = [f"{text} {number}" for number in range(3) for text in TEXTS[:40]]
    asked = the_house()[::20]
    alone = [[spans(one.finditer(text)) for one in asked] for text in texts]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda text: [spans(one.finditer(text)) for one in asked], texts))
    assert together == alone


def test_half_a_character_hides_nothing_and_ends_nothing() -> None:
    found = sieve("退款|money back").finditer("请退款\ud800，money back")
    assert [one.group() for one in found] == ["退款", "money back"]

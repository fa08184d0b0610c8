"""What holds for every message: the order of the rules, what a repair may do, and time that grows with the length."""

from __future__ import annotations

import random
import time
import timeit
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain import Words
from agent.guardrails import all_rules, check, context_from_json, engine
from agent.guardrails.engine import find_all
from agent.language.dates import dates_in
from agent.language.normalise import Reading
from agent.language.quantities import read_quantities
from tests.evals.gate.exam import Set, read_exam
from tests.factories import NOW

LINES = [line for chosen in (Set.SEEN_ZH, Set.SEEN_EN) for line in read_exam(chosen)]


def parts(line: dict[str, Any]) -> tuple[Words, engine.GateContext]:
    words = Words(line["draft"].get("subject"), line["draft"]["body"])
    return words, context_from_json(line["context"], line["channel"])


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_rules_does_not_matter(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(seed)
    shuffled = dice.sample(all_rules(), len(all_rules()))
    some = dice.sample(LINES, 40)
    before = [check(*parts(line)) for line in some]
    monkeypatch.setattr(engine, "all_rules", lambda: tuple(shuffled))
    after = [check(*parts(line)) for line in some]
    assert [verdict.decision for verdict in before] == [verdict.decision for verdict in after]
    assert [{f.rule for f in verdict.findings} for verdict in before] == [
        {f.rule for f in verdict.findings} for verdict in after
    ]


def test_a_repair_creates_no_finding_that_was_not_there() -> None:
    repaired = 0
    for line in LINES:
        words, context = parts(line)
        verdict = check(words, context)
        if verdict.fixed is not None:
            repaired += 1
            before, after = ({f.rule for f in find_all(one, context)} for one in (words, verdict.fixed))
            assert after <= before, (line["id"], after - before)
    assert repaired >= 10


RANDOM = st.text(
    alphabet=st.characters(exclude_categories=()) | st.sampled_from("0123456789折元％¥$,.一二三百半 满减\u200b\u202e"),
    max_size=300,
)


@settings(max_examples=150, deadline=None)
@given(text=RANDOM, language=st.sampled_from(["zh", "en"]))
def test_readers_survive_any_text_and_point_into_it(text: str, language: str) -> None:
    Reading(text)
    for quantity in read_quantities(text, language):
        assert 0 <= quantity.start < quantity.end <= len(text)
        assert quantity.text == text[quantity.start : quantity.end]
    for mention in dates_in(text, language, NOW.date()):
        assert mention.first <= mention.last


PIECES = [
    "满300减50，",
    "30% off ",
    "9月30日前",
    "by September 30 ",
    "１２３４",
    "five hundred and ",
    "零一二三",
    "a\u200bb ",
    "$5 ",
]


def taken(work: Callable[[], object]) -> float:
    """Seconds of this process's own; `timeit` keeps the collector of garbage out, and with it what other tests left."""
    return timeit.timeit(work, timer=time.process_time, number=1)


@pytest.mark.parametrize("piece", PIECES)
def test_time_grows_with_the_length_and_not_with_its_square(piece: str) -> None:
    """Ten times the text may take some forty times as long, never a hundred: a square would."""

    def seconds(length: int) -> float:
        text = (piece * (length // len(piece) + 1))[:length]
        return taken(lambda: (Reading(text), read_quantities(text, "zh"), dates_in(text, "zh", NOW.date())))

    short = min(seconds(10_000) for _ in range(3))
    assert seconds(100_000) < 40 * max(short, 0.005)


@pytest.mark.parametrize("line", random.Random(7).sample(LINES, 12), ids=lambda line: line["id"])
def test_the_whole_gate_takes_time_by_the_length_too(line: dict[str, Any]) -> None:
    words, context = parts(line)

    def seconds(length: int) -> float:
        body = ((words.body + "\n") * (length // len(words.body) + 1))[:length]
        return taken(lambda: find_all(Words(words.subject, body), context))

    seconds(1_000)
    assert seconds(50_000) < 40 * max(min(seconds(5_000) for _ in range(2)), 0.01)

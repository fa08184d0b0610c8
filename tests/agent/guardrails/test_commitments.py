"""Promises outside acts, measured on sentences of our own, labelled by hand.

Six sets in the order of writing. The lists were mended on two thirds of the first five (`held` is the third that was
not looked at, drawn by hash); the sixth was written after the last mend and was never mended on. It is there to say
how little a list knows of words that it has not seen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from agent.domain import Decision, Severity, Span, Words
from agent.guardrails import check, context_from_json
from agent.guardrails.message import Message
from agent.guardrails.rulebook import rule_by_id
from agent.guardrails.tables import PLAIN, laid_over

DATA = Path(__file__).parents[1] / "data"
MENDED_ON = ("first", "second", "third", "fourth", "fifth")


@dataclass(frozen=True)
class Said:
    text: str
    language: str
    binds: bool
    written: str

    @property
    def held(self) -> bool:
        return int(hashlib.sha256(self.text.encode()).hexdigest(), 16) % 3 == 0

    @property
    def flagged(self) -> bool:
        message = Message(Words(None, self.text), context_from_json(PLAIN[self.language], "chat"))
        return any(True for _ in rule_by_id("COMMITMENT").check(message))


def sentences(language: str) -> Iterator[Said]:
    for line in (DATA / f"commitments.{language}.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield Said(row["text"], language, row["binds"], row["written"])


def share(those: list[Said]) -> float:
    return sum(one.flagged for one in those) / len(those)


@pytest.fixture(scope="module")
def said() -> list[Said]:
    return [*sentences("zh"), *sentences("en")]


def test_there_are_enough_of_both_kinds(said: list[Said]) -> None:
    assert sum(one.binds for one in said) >= 300
    assert sum(not one.binds for one in said) >= 300
    assert len({one.text for one in said}) == len(said)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_promises_in_everyday_words_are_for_a_person(said: list[Said], language: str) -> None:
    ours = [one for one in said if one.language == language and one.binds]
    rows = [(written, held) for written in (*MENDED_ON, "sixth") for held in (False, True)]
    print(f"\n{language}: promises flagged")
    for written, held in rows:
        those = [one for one in ours if one.written == written and one.held is held]
        print(f"  {written:7} {'held out' if held else 'seen':9} {share(those):5.0%} of {len(those)}")
    first = [one for one in ours if one.written == "first"]
    assert share(first) >= 0.95
    assert share([one for one in ours if one.written in MENDED_ON and one.held]) >= 0.9


@pytest.mark.parametrize("language", ["zh", "en"])
def test_kind_words_that_bind_nobody_pass(said: list[Said], language: str) -> None:
    ours = [one for one in said if one.language == language and not one.binds]
    wrong = [one.text for one in ours if one.flagged]
    print(f"\n{language}: {len(wrong)} of {len(ours)} harmless sentences flagged: {wrong}")
    assert len(wrong) <= 0.03 * len(ours)


def test_a_promise_for_a_person_is_not_a_fault() -> None:
    verdict = check(Words(None, "这件事包在我身上。"), context_from_json(PLAIN["zh"], "chat"))
    assert verdict.decision is Decision.REVIEW
    assert {(finding.rule, finding.severity) for finding in verdict.findings} == {("COMMITMENT", Severity.HUMAN)}


def test_the_same_words_inside_a_licensed_act_are_kept_by_their_clause() -> None:
    text = "包裹丢了算我们的，再给您发一个。"
    span = Span("body", 0, len(text), "act:replace_lost", "act", None)  # type: ignore[arg-type]
    assert check(Words(None, text), context_from_json(PLAIN["zh"], "chat")).decision is not Decision.PASS
    assert check(Words(None, text), context_from_json(PLAIN["zh"], "chat"), [span]).decision is Decision.PASS


def test_what_a_clause_says_in_the_same_words_is_no_promise_of_ours() -> None:
    text = "We will refund the price to your card within 14 days of receiving the goods."
    backed = laid_over(PLAIN["en"], {"policy": [{"id": "r", "text": text}]})
    assert "COMMITMENT" not in {f.rule for f in check(Words(None, text), context_from_json(backed, "chat")).findings}

"""Clauses that contradict each other: both in force, for the same people, on the same subject, with different numbers.

A person decides which of the two holds; until then neither is dropped, and both are named. Found by form, not by
understanding: two sentences that are nearly alike, or two clauses under nearly the same heading, with one number each
of the same unit, and the numbers differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from knowledge.documents import Clause
from knowledge.embed.terms import terms

ALIKE = 0.6
"""Share of common terms from which two sentences, or two headings, are about the same."""
MOST_PAIRS = 1_500
"""With more statements of one unit than this, only those under the same heading are compared."""
SENTENCE = re.compile(r"(?<=[。；！？!?\n;])|(?<=[a-z)]\.)\s")
UNITS = {
    "working day": r"个?工作日|(?:working|business) days?",
    "day": r"天|日内|日之内|自然日|days?",
    "hour": r"个?小时|hours?",
    "month": r"个月|months?",
    "year": r"年内|年(?!\d|\s*\d|月)|years?",
    "yuan": r"元|块钱|yuan|rmb|cny",
    "percent": r"%|％|per ?cent",
    "fold": r"折",
    "piece": r"件|pieces?|items?",
    "dollar": r"dollars?|usd",
}
HAN_NUMBER = "零一二三四五六七八九"
NUMBER = re.compile(
    r"(?P<number>\d+(?:,\d{3})*(?:\.\d+)?|[零一二三四五六七八九十百千两]+|\b(?:one|two|three|five|seven|ten|fourteen|thirty)\b)"
    r"[\s-]*(?:" + "|".join(f"(?P<u{at}>{form})" for at, form in enumerate(UNITS.values())) + r")",
    re.IGNORECASE,
)
WORDS = {"one": 1, "two": 2, "three": 3, "five": 5, "seven": 7, "ten": 10, "fourteen": 14, "thirty": 30}


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two clauses and what they say of the same thing. `alike`: in the same words but for the number, so that nobody
    can take them for rules about two things."""

    first: Clause
    second: Clause
    said: tuple[str, str]
    alike: bool

    @property
    def message(self) -> str:
        """In no language but the clauses' own, because it is shown to reps of either."""
        return f"{self.first.id} “{self.said[0]}” ↔ {self.second.id} “{self.said[1]}”"


@dataclass(frozen=True, slots=True)
class _Statement:
    clause: Clause
    unit: str
    number: float
    said: str
    words: frozenset[str]
    heading: frozenset[str]
    alone: bool


def conflicts(clauses: Sequence[Clause], on: date) -> list[Conflict]:
    """Each pair of clauses once, in the order of the clauses."""
    by_unit: dict[tuple[str, str], list[_Statement]] = {}
    for clause in clauses:
        if clause.valid_to is None or clause.valid_to >= on:
            for statement in _statements(clause):
                by_unit.setdefault((clause.language, statement.unit), []).append(statement)
    found: dict[tuple[str, str], Conflict] = {}
    for statements in by_unit.values():
        for one, other in _pairs(statements):
            key = (one.clause.id, other.clause.id)
            if key not in found and _together(one.clause, other.clause) and _contradict(one, other):
                alike = bool(one.words) and (one.words <= other.words or other.words <= one.words)
                found[key] = Conflict(one.clause, other.clause, (one.said, other.said), alike)
    return list(found.values())


def _pairs(statements: list[_Statement]) -> Iterator[tuple[_Statement, _Statement]]:
    if len(statements) <= MOST_PAIRS:
        yield from combinations(statements, 2)
        return
    by_heading: dict[frozenset[str], list[_Statement]] = {}
    for statement in statements:
        by_heading.setdefault(statement.heading, []).append(statement)
    for same in by_heading.values():
        yield from combinations(same[:MOST_PAIRS], 2)


def _contradict(one: _Statement, other: _Statement) -> bool:
    if one.clause.id == other.clause.id or one.number == other.number or _speak_of_two_things(one, other):
        return False
    if _alike(one.words, other.words) >= ALIKE:
        return True
    # Under the same heading a number is the number, where each clause has only one of its unit.
    return one.alone and other.alone and bool(one.heading) and _alike(one.heading, other.heading) >= ALIKE


def _speak_of_two_things(one: _Statement, other: _Statement) -> bool:
    """Gold members get 2 %, platinum members 5 %: each sentence has a word of its own that its heading has as well."""
    own, theirs = one.words - other.words, other.words - one.words
    return bool(own & (one.heading - other.heading)) and bool(theirs & (other.heading - one.heading))


def _together(one: Clause, other: Clause) -> bool:
    """Whether both can hold for the same person on the same day."""
    apart = (one.valid_to and other.valid_from and one.valid_to < other.valid_from) or (
        other.valid_to and one.valid_from and other.valid_to < one.valid_from
    )
    return (
        not apart
        and one.audience == other.audience
        and (not one.region or not other.region or bool({*one.region} & {*other.region}))
        and (not one.tier or not other.tier or bool({*one.tier} & {*other.tier}))
    )


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 0.0


def _statements(clause: Clause) -> Iterator[_Statement]:
    heading = frozenset(terms(re.sub(r"^[\d.、第条章节一二三四五六七八九十百（）()]+", "", clause.clause)))
    found = []
    for sentence in SENTENCE.split(clause.text):
        words = frozenset(terms(NUMBER.sub(" ", sentence)))
        found += [(unit, number, words, sentence.strip()) for unit, number in _numbers(sentence)]
    for unit, number, words, sentence in found:
        alone = len({other for same, other, _, _ in found if same == unit}) == 1
        yield _Statement(clause, unit, number, sentence[:120], words if len(words) > 3 else frozenset(), heading, alone)


def _numbers(sentence: str) -> Iterator[tuple[str, float]]:
    for match in NUMBER.finditer(sentence):
        unit = next(name for at, name in enumerate(UNITS) if match[f"u{at}"])
        yield unit, _value(match["number"].lower())


def _value(number: str) -> float:
    if number in WORDS:
        return float(WORDS[number])
    if number[0].isdigit():
        return float(number.replace(",", ""))
    total, digit = 0, 0
    for sign in number.replace("两", "二"):
        if sign in HAN_NUMBER:
            digit = HAN_NUMBER.index(sign)
        else:
            total += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[sign]
            digit = 0
    return float(total + digit)

"""One change to a good draft makes a bad one: another digit, another day, another name, a condition left out."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from agent.domain import Decision, Words
from agent.guardrails import check, context_from_json
from agent.language.quantities import read_quantities
from tests.evals.gate.exam import Set, read_exam

Json = dict[str, Any]
Mutation = Callable[[Json, random.Random], Iterator[str]]
GOOD = [
    line for chosen in (Set.SEEN_ZH, Set.SEEN_EN) for line in read_exam(chosen) if line["expect"] == "pass"
]  # fmt: skip
OTHERS = {"zh": "范建国", "en": "Gregory"}
# a changed digit may come out as another truth (838 is 938 less the coupon), a threshold stands in the subject too
LEAST = {"amount": 0.88, "code": 0.98, "name": 0.98, "threshold": 0.8, "day": 0.95}


def decision(line: Json, body: str) -> Decision:
    context = context_from_json(line["context"], line["channel"])
    return check(Words(line["draft"].get("subject"), body), context).decision


def amounts(line: Json, dice: random.Random) -> Iterator[str]:
    """Another last digit in each sum of money, in figures."""
    body = line["draft"]["body"]
    for quantity in read_quantities(body, line["lang"]):
        digits = [at for at in range(quantity.start, quantity.end) if body[at].isdigit()]
        if quantity.kind in ("amount", "percent_off") and digits:
            at = digits[0]
            other = dice.choice([d for d in "123456789" if d != body[at]])
            yield body[:at] + other + body[at + 1 :]


def codes(line: Json, dice: random.Random) -> Iterator[str]:
    code, body = (line["context"]["offer"] or {}).get("code"), line["draft"]["body"]
    if code and code in body:
        at = dice.randrange(len(code))
        other = dice.choice([c for c in "23456789ABCDEFGHJK" if c != code[at].upper()])
        yield body.replace(code, code[:at] + other + code[at + 1 :])


def names(line: Json, _dice: random.Random) -> Iterator[str]:
    first, body = line["context"]["customer"].get("first_name"), line["draft"]["body"]
    if first and re.match(rf"(?:Hi|Hello|Dear|Hey)? ?{re.escape(first)}(?:您好|[,，：:])", body):
        yield body.replace(first, OTHERS[line["lang"]], 1)


def thresholds(line: Json, _dice: random.Random) -> Iterator[str]:
    """The minimum spend left out, where it stands in a phrase of its own."""
    offer, body = line["context"]["offer"] or {}, line["draft"]["body"]
    if offer.get("min_spend"):
        least = re.escape(str(offer["min_spend"]))
        without = re.sub(
            rf"满{least}元?(?:可用|即?可?)?[，,]?|(?: on| for| when you spend| over)? [$£]{least}(?: or more)?",
            "",
            body,
        )
        if without != body and str(offer["min_spend"]) not in without:
            yield without


def days(line: Json, dice: random.Random) -> Iterator[str]:
    """The last day of the offer moved by a few days."""
    expires, body = (line["context"]["offer"] or {}).get("expires_on"), line["draft"]["body"]
    if expires:
        month, day = int(expires[5:7]), int(expires[8:])
        other = day + dice.choice([2, 3, 4]) if day < 24 else day - dice.choice([2, 3, 4])
        named = r"November|December|October|September"
        moved = re.sub(rf"(?<!\d){month}月{day}[日号]", f"{month}月{other}日", body)
        moved = re.sub(rf"(?<!\d){day}(?= (?:{named}))", str(other), moved)
        moved = re.sub(rf"({named}) {day}(?!\d)", rf"\1 {other}", moved)
        if moved != body:
            yield moved


@pytest.fixture(scope="module")
def passing() -> list[Json]:
    return [line for line in GOOD if decision(line, line["draft"]["body"]) is Decision.PASS]


@pytest.mark.parametrize(
    ("kind", "mutate"),
    [("amount", amounts), ("code", codes), ("name", names), ("threshold", thresholds), ("day", days)],
)
def test_one_change_is_caught(kind: str, mutate: Mutation, passing: list[Json]) -> None:
    dice, seen, missed = random.Random(7), Counter[str](), []
    for line in passing:
        for body in mutate(line, dice):
            seen[kind] += 1
            if decision(line, body) is Decision.PASS:
                missed.append((line["id"], body))
    assert seen[kind] >= 25
    assert 1 - len(missed) / seen[kind] >= LEAST[kind], (seen[kind], missed[:8])

"""Literals that a model wrote out: bound to the fact they equal, and never to one that they only resemble.

The cases in data/literals.{zh,en}.jsonl were written and labelled by hand. A wrong bind turns a false sentence into a
citation and counts as a leak; a literal that stays unbound costs a repair.
"""

from __future__ import annotations

import json
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from agent.draft import align
from agent.slots import slot_names
from tests.agent.raw_cases import raw_case

DATA = Path(__file__).parent / "data"
Outcome = tuple[dict[str, Any], list[str], list[str]]


@lru_cache(maxsize=2)
def outcomes(language: str) -> list[Outcome]:
    """Each case with the slots bound that should not be, and those not bound that should."""
    text = (DATA / f"literals.{language}.jsonl").read_text(encoding="utf-8")
    found = []
    for row in (json.loads(line) for line in text.splitlines()):
        bound = Counter(slot_names(align(row["text"], raw_case(row["case"], "email").sheet)))
        wanted = Counter(row["slots"])
        found.append((row, sorted((bound - wanted).elements()), sorted((wanted - bound).elements())))
    return found


def table(language: str) -> str:
    lines = [f"{'kind (' + language + ')':<16}{'cases':>7}{'wrong':>7}{'unbound':>9}"]
    for kind in dict.fromkeys(row["kind"] for row, _, _ in outcomes(language)):
        seen = [outcome for outcome in outcomes(language) if outcome[0]["kind"] == kind]
        lines.append(f"{kind:<16}{len(seen):>7}{sum(bool(o[1]) for o in seen):>7}{sum(bool(o[2]) for o in seen):>9}")
    return "\n".join(lines)


def test_there_are_enough_cases() -> None:
    assert sum(len(outcomes(language)) for language in ("zh", "en")) >= 500


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_literal_is_ever_bound_to_a_fact_that_it_does_not_equal(language: str) -> None:
    print("\n" + table(language))
    wrong = [(row["id"], row["text"], bound) for row, bound, _ in outcomes(language) if bound]
    assert wrong == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_most_plain_literals_are_bound(language: str) -> None:
    due = [outcome for outcome in outcomes(language) if outcome[0]["slots"]]
    assert sum(not missed for _, _, missed in due) >= 0.85 * len(due), table(language)

"""Policies that nobody here wrote, as they are: the search finds what answers, and says so where nothing does.

The questions are our own and quote nothing. The bars lie below what was measured (see the README of knowledge/), so
that a worse search fails and noise does not.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from knowledge.evaluation import evaluate, read_questions
from knowledge.index import PolicyIndex
from knowledge.ingest import read_folder
from tests.public_data import public_file

TODAY = date(2026, 3, 2)
SETS = Path(__file__).parent / "retrieval"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "recall_at_5", "abstains"), [("cn-law", 0.75, 0.9), ("basecamp-policies", 0.75, 0.9), ("abcd", 0.65, 0.9)]
)
def test_policies_of_others_are_found(tmp_path: Path, name: str, recall_at_5: float, abstains: float) -> None:
    documents, _ = read_folder(public_file(name))
    index = PolicyIndex(tmp_path / "index")
    index.replace_clauses([clause for document in documents for clause in document.clauses])
    [row] = evaluate(index, read_questions(SETS / f"{name}.jsonl"), TODAY, ["ours"])
    assert row.recall_at_5.value is not None
    assert row.recall_at_5.value >= recall_at_5
    assert row.abstains_right.value is not None
    assert row.abstains_right.value >= abstains


@pytest.mark.parametrize("name", ["cn-law", "basecamp-policies", "abcd"])
def test_there_are_enough_questions_about_each_set(name: str) -> None:
    asked = read_questions(SETS / f"{name}.jsonl")
    assert sum(bool(question.answers) for question in asked) >= 40
    assert sum(not question.answers for question in asked) >= 15

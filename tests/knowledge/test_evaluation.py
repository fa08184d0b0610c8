"""The questions are sound, the numbers mean what they say, and the search of the sample shop stays as good."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from knowledge.errors import DocumentUnreadable
from knowledge.evaluation import Question, evaluate, read_questions, shipped, wilson
from knowledge.index import PolicyIndex
from knowledge.ingest import read_folder

TODAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> PolicyIndex:
    index = PolicyIndex(tmp_path_factory.mktemp("shop"))
    with as_file(files("knowledge") / "policies") as folder:
        documents, _ = read_folder(folder)
    index.replace_clauses([clause for document in documents for clause in document.clauses])
    return index


@pytest.fixture(scope="module")
def questions() -> list[Question]:
    return [question for path in shipped() for question in read_questions(path)]


def test_there_are_enough_questions_of_each_kind_in_each_language(questions: list[Question]) -> None:
    kinds = Counter(
        (q.language, "answerable" if q.answers else "expired" if q.expired else "unanswerable") for q in questions
    )
    for language in ("zh", "en"):
        assert kinds[language, "answerable"] >= 150
        assert kinds[language, "unanswerable"] >= 30
        assert kinds[language, "expired"] >= 15


def test_every_right_answer_is_a_clause_in_force_and_every_expired_one_is_not(
    shop: PolicyIndex, questions: list[Question]
) -> None:
    clauses = {clause.id: clause for clause in shop.all_clauses()}
    for question in questions:
        assert all(clauses[answer].in_force(TODAY) for answer in question.answers), question
        assert question.expired is None or not clauses[question.expired].in_force(TODAY), question


def test_no_question_is_one_of_the_clauses_own(shop: PolicyIndex, questions: list[Question]) -> None:
    own = {asked.rstrip("?？").lower() for clause in shop.all_clauses() for asked in clause.questions}
    assert not {question.query.rstrip("?？").lower() for question in questions} & own


def test_an_expired_clause_is_never_returned(shop: PolicyIndex, questions: list[Question]) -> None:
    for row in evaluate(shop, [q for q in questions if q.expired], TODAY):
        assert row.expired_returned == 0


def test_the_search_is_no_worse_than_its_parts_nor_than_it_was(shop: PolicyIndex, questions: list[Question]) -> None:
    rows = {(row.name, row.language): row for row in evaluate(shop, questions, TODAY)}
    for language in ("zh", "en"):
        ours, words = rows["ours", language], rows["bm25", language]
        assert ours.recall_at_5.value is not None
        assert words.recall_at_5.value is not None
        assert ours.recall_at_5.value > words.recall_at_5.value + 0.05
        assert ours.recall_at_5.value >= 0.86
        assert ours.abstains_right.value is not None
        assert words.abstains_right.value is not None
        assert ours.abstains_right.value > words.abstains_right.value + 0.2
        assert ours.abstains_right.value >= 0.80


def test_intervals_are_wilsons() -> None:
    share = wilson([True] * 9 + [False])
    assert (share.value, share.low, share.high) == (0.9, 0.5958, 0.9821)
    assert wilson([]).value is None


def test_a_set_of_questions_that_cannot_be_read_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text(json.dumps({"id": "1", "language": "zh", "query": "x", "answers": []}) + "\n{}\n", encoding="utf-8")
    with pytest.raises(DocumentUnreadable, match="line 2"):
        read_questions(path)

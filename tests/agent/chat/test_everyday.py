"""Everyday questions in many wordings: the clause that answers stands first, and what no rule covers gets none."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from agent.chat import Conversation, Intent, Turn, reply_to
from agent.domain import Decision, Language
from agent.grounding import read_topics, topics_in
from agent.house import House
from knowledge.retrieve import HybridRetriever
from tests.street import a_street

ASKED = [
    (question, None if clause.startswith("nothing") else clause)
    for clause, questions in tomllib.loads(
        Path(__file__).with_name("everyday.toml").read_text(encoding="utf-8")
    ).items()
    for question in questions
]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, shipped: HybridRetriever) -> House:
    """One house for all questions: they change nothing in it."""
    return replace(a_street(tmp_path_factory.mktemp("everyday")).house, policies=shipped)


@pytest.mark.parametrize(("question", "clause"), ASKED)
def test_an_everyday_question_gets_its_clause_first_or_none(house: House, question: str, clause: str | None) -> None:
    answer = reply_to(Conversation((Turn("user", question),)), house)
    assert answer.intent is Intent.QUESTION
    assert answer.verdict.decision is Decision.PASS
    assert next((cited.clause.id for cited in answer.citations), None) == clause


@pytest.mark.parametrize(
    ("question", "clauses"),
    [
        ("杯子碎了，怎么退款", {"returns-zh#质量问题", "returns-zh#怎么申请退换"}),
        ("运费多少？几天能到？", {"shipping-zh#运费", "shipping-zh#送达时间"}),
        ("how much is shipping and how long does it take", {"shipping-en#shipping-cost", "shipping-en#delivery-times"}),
        (
            "Can I change my address? And can I get an invoice?",
            {"shipping-en#changing-the-address", "warranty-en#invoices"},
        ),
    ],
)
def test_two_questions_in_one_breath_are_both_answered(house: House, question: str, clauses: set[str]) -> None:
    answer = reply_to(Conversation((Turn("user", question),)), house)
    assert {cited.clause.id for cited in answer.citations} == clauses


def test_a_topics_words_may_leave_a_gap_and_name_several(tmp_path: Path) -> None:
    (tmp_path / "topics.toml").write_text(
        '[far]\nzh = { ask = ["{寄,发}到…国"], say = ["国"] }\n'
        'en = { ask = ["{ship,send} to…moon"], say = ["moon"] }\n',
        encoding="utf-8",
    )
    topic = read_topics(tmp_path)[Language.EN][0]
    assert topic.ask.search("can you send to the moon")
    assert not topic.ask.search("sending to the moon")
    assert read_topics(tmp_path)[Language.ZH][0].ask.search("能发到美国吗")


def test_another_land_is_never_told_how_long_delivery_takes_at_home() -> None:
    assert any(topic.only for topic in topics_in("how long does delivery to Japan take", Language.EN))
    assert any(topic.only for topic in topics_in("发到日本要几天", Language.ZH))

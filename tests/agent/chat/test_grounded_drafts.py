"""Drafts that rest on what a customer asked, with the shop's real clauses: the clause that answers, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from agent import pipeline
from agent.domain import CaseStatus, Draft, Event
from tests.factories import a_ticket, an_order
from tests.fakes import ListedHistory
from tests.street import Street


def asked(*questions: str, status: str = "closed") -> list[Event]:
    days = range(2 * len(questions), 0, -2)
    return [
        replace(a_ticket(days_ago=ago, topic="return_policy", status=status), id=f"t{ago}", text=text)
        for ago, text in zip(days, questions, strict=True)
    ]


def drafted(street: Street, events: Sequence[Event], **changes: object) -> Draft:
    street.house = replace(street.house, history=ListedHistory(list(events)))
    prepared = pipeline.prepare(street.open(**changes), street.house)
    assert prepared.draft is not None, prepared.because
    return prepared.draft


def quoted(draft: Draft) -> list[str]:
    return [span.source.id for span in draft.spans if span.kind == "clause"]


QUESTIONS = ("退货要自己付运费吗", "几天内可以退", "不合适能退吗")


def test_who_asks_about_the_rules_again_and_again_and_buys_nothing_gets_them_answered(street: Street) -> None:
    draft = drafted(street, asked(*QUESTIONS))
    assert draft.situation == "policy_question"
    assert quoted(draft) == ["returns-zh#无理由退货"]


@pytest.mark.parametrize(
    "events",
    [
        asked(QUESTIONS[0]),
        [*asked(*QUESTIONS), an_order(days_ago=1)],
        [replace(event, at=event.at - timedelta(days=60)) for event in asked(*QUESTIONS)],
    ],
)
def test_who_asked_once_or_bought_since_or_long_ago_is_written_to_for_other_reasons(
    street: Street, events: list[Event]
) -> None:
    assert drafted(street, events).situation != "policy_question"


def test_a_question_that_no_clause_answers_quotes_none_and_is_for_a_person(street: Street) -> None:
    draft = drafted(street, asked("你们招聘司机吗", status="open"))
    assert quoted(draft) == []
    case = street.store.cases.get(draft.case_id)
    assert case.status is CaseStatus.NEEDS_PERSON
    waits = [step.data for step in street.store.cases.story(case.case_id) if step.step == "waits"]
    assert waits[-1]["because"] == "no clause answers what was asked"


def test_the_clause_is_the_one_that_answers_and_not_one_that_sounds_like_it(street: Street) -> None:
    assert quoted(drafted(street, asked("不合适能退吗", status="open"))) == ["returns-zh#无理由退货"]

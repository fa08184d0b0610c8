"""The trace as a person reads it: words first, hashes short and last; and why a draft waits."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agent.domain import CaseStatus, Decision, Finding, Language, Severity, TraceStep, Verdict
from api.reviewing import Waiting
from api.story import events_in_words, headline, lines
from api.why_waiting import why_waiting
from tests.factories import a_case, an_order

AT = datetime(2026, 3, 1, tzinfo=UTC)
EVENT, HASH = "a680546356023dca4cd5c8e1", "b3f25cd6093a516ae775944509cd84a9"


def step(name: str, **data: object) -> TraceStep:
    return TraceStep("case_1", name, AT, data)


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("status", {"from": "scored", "to": "offered"}, "scored → offered"),
        ("waits", {"because": "drawn for the audit sample"}, "drawn for the audit sample"),
        ("check", {"decision": "block", "moment": "draft", "findings": ["SUPPRESSED"]}, "block (draft): SUPPRESSED"),
        ("draft", {"writer": "composer", "fell_back_from": ["qwen"]}, "written by composer, after qwen gave up"),
        ("review", {"decision": "approve", "reviewer": "may"}, "approve by may"),
        ("send", {"stopped": "the customer withdrew"}, "stopped: the customer withdrew"),
        ("reroute", {"from": "sms", "to": "email", "because": "no text"}, "sms → email: no text"),
        ("something new", {"a": 1}, ""),
    ],
)
def test_each_step_is_said_in_words(name: str, data: dict[str, object], says: str) -> None:
    assert headline(step(name, **data)) == says


def test_hashes_are_short_and_last_and_numbers_and_ids_stay_whole() -> None:
    told = lines(
        step("check", text_hash=HASH, moment="draft", draft_id="d-50fa6850b76cc5d9", share=-0.673105097968), {}
    )
    assert told == [("share", "-0.673105097968"), ("text_hash", "b3f25cd6…"), ("draft_id", "d-50fa6850b76cc5d9")]


def test_facts_are_told_by_what_they_were_taken_from() -> None:
    order = an_order("c1", 20, "Teapot")
    known = {EVENT: events_in_words([order])[order.id]}
    data = {
        "facts": {"last_item": f"event:{EVENT}", "orders_count": f"event:{EVENT}", "tier": "customer:c1"},
        "passages": ["service#1", EVENT, "0fd461d60ee58aca8888d8bc"],
    }
    told = dict(lines(step("facts", **data), known))
    assert told["from customer c1"] == "tier"
    assert told[f"from {known[EVENT]}"] == "last_item, orders_count"
    assert known[EVENT].endswith(": Teapot")
    assert told["read"] == f"service#1, {known[EVENT]}, 0fd461d6…"


def test_a_draft_says_why_it_waits_by_the_house_by_its_findings_or_for_a_yes() -> None:
    case = a_case(status=CaseStatus.NEEDS_PERSON)
    audit = Waiting(case, None, None, None, "drawn for the audit sample")
    assert why_waiting(audit, Language.ZH).startswith("抽检")
    assert why_waiting(Waiting(case, None, None, None, "the writer is away"), Language.EN) == "the writer is away"
    finding = Finding("SUPPRESSED", Severity.BLOCK, "exact", "context")
    verdict = Verdict(Decision.BLOCK, (finding, finding), "", "")
    told = why_waiting(Waiting(case, None, verdict, None), Language.EN)
    assert told.startswith("SUPPRESSED: This customer asked")
    assert told.endswith("(+1)")
    passed = Waiting(a_case(status=CaseStatus.CHECKED), None, None, None)
    assert "waits for a yes" in why_waiting(passed, Language.EN)

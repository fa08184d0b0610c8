"""Reps read why; customers read what about; nobody reads a cause that was not shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from agent.acts import act_table
from agent.domain import (
    Case,
    CaseStatus,
    Draft,
    FactSheet,
    Language,
    Offer,
    OfferDecision,
    OfferKind,
    OfferStatus,
    WriterStamp,
)
from agent.explanations import explain_case
from agent.realise.fill import fill
from scoring.records import Reason, RiskBand, RiskScore

REASON = Reason(
    code="no_recent_purchase",
    feature="recency",
    value=67.0,
    contribution=0.8,
    text={"zh": "最近一次下单是 67 天前。", "en": "Last order 67 days ago."},
)
CAUSE = re.compile(r"因为|由于|导致|所以|\bbecause\b|\bcaused?\b|\bdue to\b", re.IGNORECASE)


@pytest.fixture
def explained(make_sheet: Callable[..., FactSheet], offers: Callable[..., Offer]) -> dict[str, dict[str, str]]:
    sheet = make_sheet("zh", offer=offers(reservation_id="r7"))
    score = RiskScore("c1", 0.62, 0.5, 0.1, RiskBand.HIGH, (REASON,), datetime(2026, 9, 14, tzinfo=UTC), "logistic-1")
    decision = OfferDecision(OfferStatus.OFFERED, "long_silence", "the first that fits the budget", sheet.offer)
    assert sheet.now is not None
    case = Case("case-1", "harbor", "c1", sheet.channel, sheet.purpose, CaseStatus.OFFERED, sheet.now)
    case = replace(case, score=score, decision=decision)
    return {who: dict(words) for who, words in explain_case(case, sheet, a_draft(case, sheet)).items()}


def a_draft(case: Case, sheet: FactSheet, said: str = "{salutation}：{offer}") -> Draft:
    body, spans = fill(said, sheet, 0, "body")
    stamp = WriterStamp("composer", "1", "", 0, 0, 0, 1)
    about = (sheet.language, sheet.channel, sheet.purpose, sheet.situation)
    return Draft("d-1", case.case_id, *about, None, said, None, body, spans, stamp)


def test_facts_and_promises_are_those_that_the_draft_says(make_sheet: Callable[..., FactSheet]) -> None:
    sheet = make_sheet("en", situation="refund_slow", purpose="service")
    assert sheet.now is not None
    case = Case("case-1", "harbor", "c1", sheet.channel, sheet.purpose, CaseStatus.OFFERED, sheet.now)
    act = sheet.acts[0]
    said = ("{salutation},", f"{{salutation}}, {{last_item}}. {{act:{act.key}}}")
    plain, whole = (explain_case(case, sheet, a_draft(case, sheet, words))["rep"]["en"] for words in said)
    title = act_table()[act.key].title[Language.EN]
    assert ("last_item" in plain, title in plain) == (False, False)
    assert ("last_item (event" in whole, title in whole) == (True, True)


def test_the_rep_sees_score_reasons_offer_and_sources(explained: dict[str, dict[str, str]]) -> None:
    for language, words in (
        ("zh", ("62%", "67 天前", "8折", "ledger r7")),
        ("en", ("62%", "67 days", "20% off", "r7")),
    ):
        assert all(word in explained["rep"][language] for word in words)


def test_the_customer_never_reads_a_score_or_a_signal(explained: dict[str, dict[str, str]]) -> None:
    for words in explained["customer"].values():
        assert not re.search(r"\d|流失|风险|risk|score|leav", words)


def test_no_explanation_claims_a_cause(explained: dict[str, dict[str, str]]) -> None:
    for by_language in explained.values():
        assert not any(CAUSE.search(words) for words in by_language.values())


@pytest.mark.parametrize("status", list(OfferStatus))
@pytest.mark.parametrize("help_kind", [None, *OfferKind])
def test_the_chinese_explanation_never_quotes_the_english_of_the_trace(
    make_sheet: Callable[..., FactSheet], status: OfferStatus, help_kind: OfferKind | None
) -> None:
    sheet = make_sheet("zh")
    because = "points_200: not worth it: expected to keep 0.00 CNY a year for 2.00"
    decision = OfferDecision(status, "long_silence", because, help=help_kind)
    assert sheet.now is not None
    case = Case("case-1", "harbor", "c1", sheet.channel, sheet.purpose, CaseStatus.OFFERED, sheet.now)
    rep = explain_case(replace(case, decision=decision), sheet, None)["rep"]
    assert "points_200" not in rep["zh"]
    assert not re.search(r"[A-Za-z]{3,} [A-Za-z]{3,}", re.sub(r"用到的事实：.*", "", rep["zh"]))
    assert "points_200" in rep["en"]


def test_without_a_score_the_explanation_says_so(make_sheet: Callable[..., FactSheet]) -> None:
    sheet = make_sheet("en")
    assert sheet.now is not None
    case = Case("case-1", "harbor", "c1", sheet.channel, sheet.purpose, CaseStatus.OFFERED, sheet.now)
    assert explain_case(case, sheet, None)["rep"]["en"].startswith("No risk score.")

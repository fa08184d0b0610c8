from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.domain import Decision, Finding, Severity, Words
from agent.guardrails import all_rules, check, context_from_json, engine, judge_line, rules_version
from agent.guardrails.message import Message


def context(**changes: object) -> engine.GateContext:
    plain = {
        "channel": "chat",
        "purpose": "reply",
        "customer": {"name": "Will", "language": "en", "timezone": "America/New_York"},
        "brand": {"name": "Pine & Co", "domains": ["pineandco.example"]},
        "now": "2026-09-15T14:10:00-04:00",
    }
    return context_from_json({**plain, **changes})


def test_a_rule_that_crashes_is_a_block_and_never_a_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(_message: Message) -> Iterator[Finding]:
        raise ZeroDivisionError
        yield

    broken = replace(all_rules()[0], check=crash)
    monkeypatch.setattr(engine, "all_rules", lambda: (broken, *all_rules()[1:]))
    verdict = check(Words(None, "Hello Will."), context())
    assert verdict.decision is Decision.BLOCK
    assert [finding.rule for finding in verdict.findings] == ["RULE_ERROR"]


def test_the_verdict_names_the_rules_that_judged() -> None:
    verdict = check(Words(None, "Hello Will."), context())
    assert verdict.rules == rules_version()
    assert verdict.checked_at == context().now


def test_no_finding_is_reported_twice() -> None:
    verdict = check(Words(None, "F R E E F R E E {name} {name}"), context())
    keys = [(f.rule, f.field, f.start, f.end) for f in verdict.findings]
    assert len(keys) == len(set(keys))


def test_a_human_finding_alone_asks_for_a_person() -> None:
    verdict = check(Words(None, "We are sorry."), context(history={"open_ticket": {"type": "bereavement"}}))
    assert verdict.decision is Decision.REVIEW
    assert {finding.severity for finding in verdict.findings} == {Severity.HUMAN}


def _drafts() -> list[str]:
    data = Path(os.environ.get("HOLDFAST_PUBLIC_DATA", Path(__file__).parents[4] / "shared" / "data"))
    drafts = data.parent / "rules" / "drafts.jsonl"
    if not drafts.exists():
        pytest.skip(f"the labelled drafts are not at {drafts}")
    return drafts.read_text(encoding="utf-8").splitlines()


def test_labelled_drafts_are_judged_as_their_readers_judged_them() -> None:
    wrong_stops = missed = good = bad = 0
    for text in _drafts():
        expected, got = json.loads(text)["expect"], judge_line(text)["verdict"]
        good += expected == "pass"
        bad += expected == "block"
        wrong_stops += expected == "pass" and got != "pass"
        missed += expected == "block" and got == "pass"
    assert wrong_stops <= 0.02 * good
    assert missed <= 0.05 * bad

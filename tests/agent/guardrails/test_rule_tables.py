"""Walks every rule's own table: what breaks it, what passes, and the near misses."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import pytest

from agent.domain import Words
from agent.guardrails import all_rules, check, context_from_json
from agent.guardrails.rule import Example, Rule

BASE: dict[str, dict[str, Any]] = {
    "zh": {
        "purpose": "reply",
        "customer": {
            "name": "陈雨桐",
            "first_name": "雨桐",
            "language": "zh",
            "timezone": "Asia/Shanghai",
            "consent": {"email": True, "sms": True, "push": True, "chat": True},
            "suppressed": False,
            "facts": {},
        },
        "offer": None,
        "policy": [],
        "brand": {
            "name": "青禾茶铺",
            "domains": ["qinghe-tea.example"],
            "phones": ["400-810-0000"],
            "postal_address": "杭州市示例路1号",
        },
        "now": "2026-09-15T10:30:00+08:00",
        "history": {"sent_last_7_days": 1, "open_ticket": None},
    },
    "en": {
        "purpose": "reply",
        "customer": {
            "name": "Will Carter",
            "first_name": "Will",
            "language": "en",
            "timezone": "America/New_York",
            "consent": {"email": True, "sms": True, "push": True, "chat": True},
            "suppressed": False,
            "facts": {},
        },
        "offer": None,
        "policy": [],
        "brand": {
            "name": "Pine & Co",
            "domains": ["pineandco.example"],
            "phones": ["+1-800-555-0100"],
            "postal_address": "1 Sample St, Portland, ME 04101",
        },
        "now": "2026-09-15T14:10:00-04:00",
        "history": {"sent_last_7_days": 1, "open_ticket": None},
    },
}


def laid_over(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    out = copy.deepcopy(dict(base))
    for key, value in changes.items():
        both = isinstance(value, Mapping) and isinstance(out.get(key), Mapping) and value
        out[key] = laid_over(out[key], value) if both else copy.deepcopy(value)
    return out


def rules_that_spoke(example: Example) -> set[str]:
    context = context_from_json(laid_over(BASE[example.language], example.changes), example.channel)
    verdict = check(Words(example.subject, example.body), context)
    return {finding.rule for finding in verdict.findings}


TABLE = [
    pytest.param(rule, example, id=f"{rule.id}-{'breaks' if example.breaks else 'passes'}-{at}")
    for rule in all_rules()
    for at, example in enumerate(rule.examples)
]


@pytest.mark.parametrize(("rule", "example"), TABLE)
def test_the_rule_does_what_its_table_says(rule: Rule, example: Example) -> None:
    spoke = rules_that_spoke(example)
    assert (rule.id in spoke) is example.breaks, f"{example.body!r} {example.because}: {sorted(spoke)}"


def test_every_rule_is_complete() -> None:
    for rule in all_rules():
        assert rule.protects, rule.id
        assert rule.source, rule.id
        assert any(example.breaks for example in rule.examples), rule.id
        assert any(not example.breaks for example in rule.examples), rule.id


def test_no_two_rules_share_an_id() -> None:
    ids = [rule.id for rule in all_rules()]
    assert len(ids) == len(set(ids))

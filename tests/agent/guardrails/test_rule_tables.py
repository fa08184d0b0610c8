"""Walks every rule's own table: what breaks it, what passes, and the near misses."""

from __future__ import annotations

import pytest

from agent.guardrails import all_rules
from agent.guardrails.rule import Example, Rule
from agent.guardrails.tables import rules_that_speak
from agent.guardrails.words import says

TABLE = [
    pytest.param(rule, example, id=f"{rule.id}-{'breaks' if example.breaks else 'passes'}-{at}")
    for rule in all_rules()
    for at, example in enumerate(rule.examples)
]


@pytest.mark.parametrize(("rule", "example"), TABLE)
def test_the_rule_does_what_its_table_says(rule: Rule, example: Example) -> None:
    spoke = rules_that_speak(example)
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


def test_every_rule_speaks_to_reps_in_both_languages() -> None:
    silent = [rule.id for rule in all_rules() if not (says(rule.id, "zh") and says(rule.id, "en"))]
    assert silent == []

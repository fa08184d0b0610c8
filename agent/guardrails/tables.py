"""Runs the tables of the rules: every example of every rule, laid over a plain context, judged by the whole gate.

`holdfast rules test` and the tests of this house run the same tables; who changes a lexicon or a book runs them first.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from agent.domain import Words
from agent.guardrails.engine import find_all
from agent.guardrails.reading import context_from_json
from agent.guardrails.rule import Example
from agent.guardrails.rulebook import all_rules

_CONSENT = {"email": True, "sms": True, "push": True, "chat": True}
PLAIN: dict[str, dict[str, Any]] = {
    "zh": {
        "purpose": "reply",
        "customer": {
            "name": "陈雨桐",
            "first_name": "雨桐",
            "language": "zh",
            "timezone": "Asia/Shanghai",
            "consent": _CONSENT,
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
            "consent": _CONSENT,
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


@dataclass(frozen=True, slots=True)
class Trial:
    """One line of a table as it came out: `spoke` are the rules that found something."""

    rule: str
    number: int
    example: Example
    spoke: frozenset[str]

    @property
    def is_right(self) -> bool:
        return (self.rule in self.spoke) is self.example.breaks


def trials(only: str | None = None) -> Iterator[Trial]:
    """Every example of every rule, or of one."""
    for rule in all_rules():
        if only in (None, rule.id):
            for number, example in enumerate(rule.examples):
                yield Trial(rule.id, number, example, rules_that_speak(example))


def rules_that_speak(example: Example) -> frozenset[str]:
    context = context_from_json(laid_over(PLAIN[example.language], example.changes), example.channel)
    return frozenset(finding.rule for finding in find_all(Words(example.subject, example.body), context))


def laid_over(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """`changes` over `base`, nested mappings merged; an empty mapping takes the place of what was there."""
    out = copy.deepcopy(dict(base))
    for key, value in changes.items():
        both = isinstance(value, Mapping) and isinstance(out.get(key), Mapping) and value
        out[key] = laid_over(out[key], value) if both else copy.deepcopy(value)
    return out

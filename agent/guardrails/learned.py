"""What reads like the sentences that should not be sent, though no list has its words: a person decides.

The classifier (`wording/`) learnt from sentences written for it. It is asked about each sentence once; whatever lets
the wide lists go lets it go as well. Promises and gifts are left to the rules that look at clauses and offers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from agent.domain import Finding, Severity
from agent.guardrails.message import Field, Message
from agent.guardrails.rule import Rule
from agent.guardrails.unasked import has_a_reason, may_mean
from agent.guardrails.wording.model import wording

RULES = frozenset(
    "TONE_PRESSURE TONE_THREAT TONE_INSULT CANCEL_DARK CREDENTIAL_REQUEST OFF_PLATFORM SURVEILLANCE CHURN_REVEAL "
    "SENSITIVE_INFER THIRD_PARTY ABSOLUTE_TERM MEDICAL_CLAIM FINANCIAL_CLAIM FAKE_URGENCY COMPETITOR PRICE_DISCRIM "
    "PRICE_REF HUMAN_CLAIM".split()
)
_REASON = "It reads like what this rule forbids, in words that no list has. A person decides."
_FOR_LENGTH = 0.4
"""How much more a sentence must read like a break the more sentences there are: each of them may be taken for one."""

_A_LETTER = 12
"""Sentences of an ordinary letter; a longer one makes nothing more harmless."""


def with_the_classifier(rule: Rule) -> Rule:
    """The rule, which then also asks what the sentences read like."""
    if rule.id not in RULES:
        return rule
    check = rule.check

    def learned(message: Message) -> Iterator[Finding]:
        for field, start, end, broken in message.once(("learned",), lambda: list(_suspected(message))):
            if broken == rule.id:
                yield field.finding(rule.id, Severity.HUMAN, _REASON, start, end, field.tight)

    return replace(rule, check=lambda message: chain(check(message), learned(message)))


def _suspected(message: Message) -> Iterator[tuple[Field, int, int, str]]:
    model = wording(message.context.customer.language)
    for field in message.fields:
        text, much = field.masked(message), _FOR_LENGTH * math.log(max(min(len(field.sentences), _A_LETTER), 1))
        for start, end in field.sentences:
            if model.score(text[start:end]) <= much:
                continue
            broken = model.broken_rule(text[start:end])
            if (
                broken in RULES
                and may_mean(broken, start, field, message)
                and not has_a_reason(broken, start, end, field, message)
                and not message.in_act(field, *field.tight.raw_span(start, end))
            ):
                yield field, start, end, broken

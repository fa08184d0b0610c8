"""All rules of the gate, in the order of their weight, and the version that names exactly these rules."""

from __future__ import annotations

import hashlib
import inspect
from functools import lru_cache
from types import ModuleType

from agent.guardrails import (
    commitments,
    conduct,
    form,
    leaving,
    links,
    machine,
    offer_code,
    offer_validity,
    offer_value,
    people,
    permission,
    personal,
    placeholder,
    pledges,
    record,
    rivals,
    sender,
    transport,
    truthful,
)
from agent.guardrails.lexicon import texts_in
from agent.guardrails.rule import Rule
from agent.language import dates, entities, numbers, quantities, relative_dates, splices, units
from agent.language import wording as number_wording
from agent.resources import kept

FAMILIES: tuple[ModuleType, ...] = (
    permission,
    sender,
    offer_value,
    offer_validity,
    offer_code,
    placeholder,
    links,
    personal,
    form,
    commitments,
    leaving,
    conduct,
    machine,
    people,
    rivals,
    pledges,
    record,
    truthful,
    transport,
)
_READERS: tuple[ModuleType, ...] = (
    dates,
    entities,
    numbers,
    quantities,
    relative_dates,
    splices,
    units,
    number_wording,
)


@lru_cache(maxsize=1)
def all_rules() -> tuple[Rule, ...]:
    rules = [rule for family in FAMILIES for rule in family.RULES]
    return tuple(sorted(rules, key=lambda rule: rule.rank))


@kept
def rules_version() -> str:
    """A hash over every rule's id, version and words, and over the reader they rely on."""
    parts = [f"{rule.id}:{rule.version}" for rule in all_rules()]
    parts += [inspect.getsource(module) for module in (*FAMILIES, *_READERS)]
    parts += [texts_in("lexicons"), texts_in("books")]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def rule_by_id(rule_id: str) -> Rule:
    return next(rule for rule in all_rules() if rule.id == rule_id)

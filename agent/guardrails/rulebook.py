"""All rules of the gate, in the order of their weight, and the version that names exactly these rules."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import ModuleType

from agent.guardrails import (
    boasts,
    commitments,
    disguise,
    finance,
    form,
    leaving,
    links,
    machine,
    names,
    offer_code,
    offer_validity,
    offer_value,
    people,
    permission,
    personal,
    placeholder,
    pledges,
    price_by_person,
    record,
    reference_prices,
    residue,
    rivals,
    sender,
    subjects,
    swindle,
    tone,
    transport,
    urgency,
    watching,
    way_out,
    wrong_language,
)
from agent.guardrails.learned import with_the_classifier
from agent.guardrails.lexicon import texts_in
from agent.guardrails.rule import Rule
from agent.guardrails.unasked import with_its_wide_list
from agent.guardrails.wording.model import weights_bytes
from agent.resources import kept

FAMILIES: tuple[ModuleType, ...] = (
    permission,
    sender,
    way_out,
    transport,
    offer_value,
    offer_validity,
    offer_code,
    placeholder,
    residue,
    links,
    personal,
    form,
    wrong_language,
    disguise,
    commitments,
    leaving,
    boasts,
    watching,
    tone,
    swindle,
    machine,
    people,
    rivals,
    price_by_person,
    pledges,
    names,
    record,
    urgency,
    reference_prices,
    subjects,
    finance,
)


@lru_cache(maxsize=1)
def all_rules() -> tuple[Rule, ...]:
    rules = [with_the_classifier(with_its_wide_list(rule)) for family in FAMILIES for rule in family.RULES]
    return tuple(sorted(rules, key=lambda rule: rule.rank))


@kept
def rules_version() -> str:
    """A hash over all that decides: every module of the gate and of the reader of text, all lists, books, weights."""
    parts = [source for package in ("agent.guardrails", "agent.language") for source in _sources(files(package))]
    parts += [texts_in("lexicons"), texts_in("books")]
    return hashlib.sha256("\n".join(parts).encode() + weights_bytes()).hexdigest()[:16]


def _sources(folder: Traversable) -> list[str]:
    """The text of every module below, in the order of their names."""
    found: list[str] = []
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            found += _sources(entry)
        elif entry.name.endswith(".py"):
            found.append(entry.read_text(encoding="utf-8"))
    return found


def rule_by_id(rule_id: str) -> Rule:
    return next(rule for rule in all_rules() if rule.id == rule_id)

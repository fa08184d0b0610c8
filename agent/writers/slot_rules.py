"""Which slots a message may say and how often, and which tokens of a vocabulary are slots.

Takes a sheet or a tokenizer whose slots are single tokens; gives the tables from which a mask is made. Other models get
no mask and are checked afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agent.domain import FactSheet, Sensitivity
from agent.slots import act_keys, slot_names, slot_table


@dataclass(frozen=True, slots=True)
class SlotRules:
    """How often each slot (`name`) and act (`act:key`) may be said, and which must be."""

    uses: Mapping[str, int]
    required: frozenset[str]


def rules_of(sheet: FactSheet) -> SlotRules:
    table = slot_table()
    uses = {fact.slot: table[fact.slot].max_uses for fact in sheet.facts if fact.sensitivity is Sensitivity.QUOTE}
    uses |= {f"act:{act.key}": 1 for act in sheet.acts}
    return SlotRules(uses, frozenset(fact.slot for fact in sheet.facts if fact.required))


def slot_of(token: str) -> str | None:
    """The slot or act that a token is, if it is one."""
    names, acts = slot_names(token), act_keys(token)
    return names[0] if names else f"act:{acts[0]}" if acts else None


def slot_tokens(tokenizer: Any) -> Mapping[int, str]:
    """Token id → slot or act, for every token that is one; empty for a tokenizer that knows none."""
    vocabulary: Mapping[str, int] = tokenizer.get_vocab()
    return {place: slot for token, place in vocabulary.items() if (slot := slot_of(token)) is not None}

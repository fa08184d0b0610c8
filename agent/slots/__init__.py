"""Slots: the names that stand for facts in a template, their table, their grammar and how each is said.

Shared by facts (which sets them), draft (which aligns to them), realise (which fills them) and the writers (which use
them). Knows nothing about stores, models or the gate.
"""

from __future__ import annotations

from agent.slots.grammar import ActRef, Piece, SlotRef, act_keys, parse, slot_names
from agent.slots.people import NameParts
from agent.slots.say import say
from agent.slots.table import FORMS, SlotSpec, slot_table

__all__ = [
    "FORMS",
    "ActRef",
    "NameParts",
    "Piece",
    "SlotRef",
    "SlotSpec",
    "act_keys",
    "parse",
    "say",
    "slot_names",
    "slot_table",
]

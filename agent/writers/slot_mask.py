"""Keeps a model whose tokenizer has the slots as single tokens from writing a slot it may not write.

Takes the slots of a sheet; gives a logits processor: slots and promises that are not on the sheet or already said are
masked, and the message cannot end before every required slot stands in it. Other models get no mask and are checked
afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agent.domain import FactSheet, Sensitivity
from agent.slots import act_keys, slot_names, slot_table

if TYPE_CHECKING:
    import torch


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


class SlotMask:
    """A transformers LogitsProcessor (they are duck-typed) for one message; `length` is that of the prompt."""

    def __init__(self, slots: Mapping[int, str], end: int, rules: SlotRules, length: int) -> None:
        self._slots = slots
        self._end = end
        self._rules = rules
        self._length = length

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        for row in range(scores.shape[0]):
            said = [self._slots.get(int(token)) for token in input_ids[row, self._length :]]
            for place, slot in self._slots.items():
                if said.count(slot) >= self._rules.uses.get(slot, 0):
                    scores[row, place] = float("-inf")
            if not self._rules.required <= set(said):
                scores[row, self._end] = float("-inf")
        return scores

"""What the house model may write next: the slots of its sheet, and pieces that training saw with all its controls.

Takes the sheet and control line of each message of a batch; is a logits processor for transformers (they are
duck-typed). A message cannot end before every required slot stands in it; no slot is said more often than it may.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from agent.domain import FactSheet
from agent.errors import NotReady
from agent.writers.house.dialect import control_line, control_tokens, controls_of
from agent.writers.slot_rules import rules_of, slot_tokens

if TYPE_CHECKING:
    import torch

Array = np.ndarray[Any, Any]
FILE = "seen.npz"


def count_seen(rows: Sequence[tuple[list[int], int]], asked: Sequence[str], vocabulary: int, always: int) -> Array:
    """[control, token] is True where the token stood in an answer to a line with that control."""
    places = {token: place for place, token in enumerate(control_tokens())}
    seen = np.zeros((len(places), vocabulary), dtype=bool)
    for (ids, begin), line in zip(rows, asked, strict=True):
        for control in controls_of(line):
            seen[places[control], ids[begin:]] = True
    seen[:, always] = True
    return seen


def save_seen(folder: Path, seen: Array) -> None:
    np.savez_compressed(folder / FILE, seen=np.packbits(seen, axis=1), width=seen.shape[1])


def load_seen(folder: Path) -> Array:
    """Raises NotReady when the folder was made with other control tokens than today's."""
    with np.load(folder / FILE) as stored:
        seen = np.unpackbits(stored["seen"], axis=1, count=int(stored["width"])).astype(bool)
    if seen.shape[0] != len(list(control_tokens())):
        raise NotReady(
            f"The house model in {folder} knows other kinds of message than today's.", "Train it again: make house."
        )
    return seen


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the mask needs to know of tokenizer and training, worked out once when the model is loaded."""

    seen: Array
    slots: Mapping[int, str]
    end: int

    @classmethod
    def of(cls, tokenizer: Any, seen: Array) -> Vocabulary:
        return cls(seen, slot_tokens(tokenizer), tokenizer.eos_token_id)

    def fitting(self, sheet: FactSheet, flags: Sequence[str]) -> Array:
        """Which tokens may stand in a message for this sheet at all."""
        places = {token: place for place, token in enumerate(control_tokens())}
        rows = [places[control] for control in controls_of(control_line(sheet, flags))]
        fitting: Array = np.logical_and.reduce([self.seen[row] for row in rows])
        rules = rules_of(sheet)
        for place, slot in self.slots.items():
            fitting[place] &= rules.uses.get(slot, 0) > 0
        return fitting


class HouseMask:
    """One row for each message of the batch; `sheets` and `flags` as the rows go."""

    def __init__(self, vocabulary: Vocabulary, asked: Sequence[tuple[FactSheet, Sequence[str]]]) -> None:
        import torch

        self._vocabulary = vocabulary
        self._allowed = torch.from_numpy(np.stack([vocabulary.fitting(sheet, flags) for sheet, flags in asked]))
        self._left = [dict(rules_of(sheet).uses) for sheet, _ in asked]
        self._owed = [set(rules_of(sheet).required) for sheet, _ in asked]
        self._places: dict[str, list[int]] = {}
        for place, slot in vocabulary.slots.items():
            self._places.setdefault(slot, []).append(place)
        for row, owed in enumerate(self._owed):
            self._allowed[row, vocabulary.end] = not owed
        self._started = False

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        if self._started:
            for row, token in enumerate(input_ids[:, -1].tolist()):
                self._said(row, token)
        self._started = True
        scores = scores.masked_fill(~self._allowed, float("-inf"))
        stuck = ~scores.isfinite().any(dim=1)
        scores[stuck, self._vocabulary.end] = 0.0  # the checks afterwards find what is missing
        return scores

    def _said(self, row: int, token: int) -> None:
        slot = self._vocabulary.slots.get(token)
        if slot is None:
            return
        self._left[row][slot] = self._left[row].get(slot, 0) - 1
        if self._left[row][slot] <= 0:
            self._allowed[row, self._places[slot]] = False
        self._owed[row].discard(slot)
        self._allowed[row, self._vocabulary.end] = not self._owed[row]

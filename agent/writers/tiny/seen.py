"""What was seen together in training, kept as a mask for writing: a phrase that never followed a control cannot now.

A model trained for a minute knows its sentences, but not yet for sure which situation each belongs to. So the folder
also keeps, for each control token (language, channel, tone, purpose, situation, kind of offer), the tokens that occurred
with it; only tokens seen with all controls of a message may be written, and a whole phrase only once.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from agent.domain import FactSheet
from agent.writers.slot_mask import SlotMask, rules_of
from agent.writers.tiny.dialect import control_tokens, controls_of

if TYPE_CHECKING:
    import torch

FILE = "seen.npz"
PHRASE = 6  # a token of this many characters is a phrase, and nobody says the same phrase twice


def count_seen(
    rows: Sequence[tuple[list[int], int]], asked: Sequence[str], vocabulary: int, always: int
) -> np.ndarray[Any, Any]:
    """[control, token] is True where the token stood in an answer to a line with that control."""
    places = {token: place for place, token in enumerate(control_tokens())}
    seen = np.zeros((len(places), vocabulary), dtype=bool)
    for (ids, begin), line in zip(rows, asked, strict=True):
        for control in controls_of(line):
            seen[places[control], ids[begin:]] = True
    seen[:, always] = True
    return seen


def save_seen(folder: Path, seen: np.ndarray[Any, Any]) -> None:
    np.savez_compressed(folder / FILE, seen=np.packbits(seen, axis=1), width=seen.shape[1])


def load_seen(folder: Path) -> np.ndarray[Any, Any]:
    with np.load(folder / FILE) as stored:
        return np.unpackbits(stored["seen"], axis=1, count=int(stored["width"])).astype(bool)


class TinyMask(SlotMask):
    """The slots' rules, and besides them only what was seen with all controls of this message."""

    def __init__(self, tokenizer: Any, sheet: FactSheet, line: str, seen: np.ndarray[Any, Any], length: int) -> None:
        super().__init__(tokenizer, rules_of(sheet), length)
        places = {token: place for place, token in enumerate(control_tokens())}
        rows = [places[control] for control in controls_of(line)]
        self._unseen = np.flatnonzero(~seen[rows].all(axis=0))
        slots = set(self._slots)
        self._phrases = {
            place
            for place in range(len(tokenizer))
            if place not in slots and len(tokenizer.decode([place]).strip()) >= PHRASE
        }

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        scores = super().__call__(input_ids, scores)
        scores[:, self._unseen] = float("-inf")
        for row in range(scores.shape[0]):
            used = self._phrases & set(input_ids[row, self._length :].tolist())
            scores[row, sorted(used)] = float("-inf")
            if not scores[row].isfinite().any():
                scores[row, self._end] = 0.0
        return scores

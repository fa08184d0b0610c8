"""What the house model may write next: the slots of its sheet, and clauses that the phrasebook has for its situation.

Takes the sheet and control line of each message of a batch; is a logits processor for transformers (they are
duck-typed). A message cannot end before every required slot stands in it; no slot is said more often than it may.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agent.domain import FactSheet
from agent.writers.house.clauses import lexicon
from agent.writers.slot_rules import rules_of, slot_tokens

if TYPE_CHECKING:
    import torch

LOOKED_AT, FAR = 400, 12.0
"""How many of the likeliest tokens are looked at; once one fitted, none that lies so far below the best (logits)."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the mask needs to know of a tokenizer, worked out once when the model is loaded."""

    slots: Mapping[int, str]
    end: int
    pieces: tuple[bytes, ...]

    @classmethod
    def of(cls, tokenizer: Any) -> Vocabulary:
        return cls(slot_tokens(tokenizer), tokenizer.eos_token_id, token_bytes(tokenizer))


def token_bytes(tokenizer: Any) -> tuple[bytes, ...]:
    """What each token stands for, byte by byte: a character may lie across two tokens."""
    added = set(tokenizer.get_added_vocab().values())
    back = {char: byte for byte, char in byte_alphabet().items()}
    names = tokenizer.convert_ids_to_tokens(list(range(len(tokenizer))))
    return tuple(
        name.encode()
        if place in added or any(char not in back for char in name)
        else bytes(back[char] for char in name)
        for place, name in enumerate(names)
    )


def byte_alphabet() -> dict[int, str]:
    """The printable character that byte-level BPE writes for each byte (Radford et al. 2019)."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in plain]
    return {byte: chr(byte) for byte in plain} | {byte: chr(256 + place) for place, byte in enumerate(others)}


class HouseMask:
    """One row for each message of the batch; `sheets` and `flags` as the rows go."""

    def __init__(self, vocabulary: Vocabulary, asked: Sequence[tuple[FactSheet, Sequence[str]]]) -> None:
        import torch

        self._vocabulary = vocabulary
        self._allowed = torch.ones((len(asked), len(vocabulary.pieces)), dtype=torch.bool)
        self._left = [dict(rules_of(sheet).uses) for sheet, _ in asked]
        self._owed = [set(rules_of(sheet).required) for sheet, _ in asked]
        self._places: dict[str, list[int]] = {}
        for place, slot in vocabulary.slots.items():
            self._places.setdefault(slot, []).append(place)
        for row, owed in enumerate(self._owed):
            self._allowed[row, vocabulary.end] = not owed
            for slot, places in self._places.items():
                self._allowed[row, places] = self._left[row].get(slot, 0) > 0
        self._lexicons = [lexicon(sheet.language, sheet.situation) for sheet, _ in asked]
        self._text = [b"" for _ in asked]
        self._over = [False for _ in asked]
        self._started = False

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        if self._started:
            for row, token in enumerate(input_ids[:, -1].tolist()):
                self._said(row, token)
        self._started = True
        scores = scores.masked_fill(~self._allowed, float("-inf"))
        for row in range(scores.shape[0]):
            scores[row] = self._of_our_clauses(row, scores[row])
        stuck = ~scores.isfinite().any(dim=1)
        scores[stuck, self._vocabulary.end] = 0.0  # the checks afterwards find what is missing
        return scores

    def _of_our_clauses(self, row: int, scores: torch.Tensor) -> torch.Tensor:
        """The likeliest tokens after which the message can still be one of clauses of this situation."""
        import torch

        best = scores.topk(min(LOOKED_AT, scores.numel()))
        kept, found = torch.full_like(scores, float("-inf")), False
        for score, token in zip(best.values.tolist(), best.indices.tolist(), strict=True):
            if score == float("-inf") or (found and score < best.values[0] - FAR):
                break
            if self._fits(row, token):
                found, kept[token] = True, score
        return kept

    def _fits(self, row: int, token: int) -> bool:
        if self._over[row]:
            return token == self._vocabulary.end
        said = self._text[row]
        if token == self._vocabulary.end:
            return self._lexicons[row].may_end(said)
        left = self._left[row]
        if (slot := self._vocabulary.slots.get(token)) is not None:
            left = {**left, slot: left.get(slot, 0) - 1}
        return self._lexicons[row].may_go_on(said + self._vocabulary.pieces[token], said, left)

    def _said(self, row: int, token: int) -> None:
        self._over[row] |= token == self._vocabulary.end
        if not self._over[row]:
            self._text[row] += self._vocabulary.pieces[token]
        slot = self._vocabulary.slots.get(token)
        if slot is None:
            return
        self._left[row][slot] = self._left[row].get(slot, 0) - 1
        if self._left[row][slot] <= 0:
            self._allowed[row, self._places[slot]] = False
        self._owed[row].discard(slot)
        self._allowed[row, self._vocabulary.end] = not self._owed[row]

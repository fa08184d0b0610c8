"""What was seen together in training, kept as a mask for writing: a phrase that never followed a control cannot now.

A model trained for a minute knows its sentences, but not yet for sure which situation each belongs to. So the folder
also keeps, for each control token (language, channel, tone, purpose, situation, kind of offer), the tokens that
occurred with it, and for each two tokens those that followed them. Only a token seen with all controls of the message
and right after the two before it may be written, and a whole phrase only once. Where nothing is left, the message ends.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from agent.domain import FactSheet
from agent.errors import NotReady
from agent.writers.slot_mask import SlotMask, rules_of, slot_tokens
from agent.writers.tiny.dialect import control_tokens, controls_of

if TYPE_CHECKING:
    import torch

Array = np.ndarray[Any, Any]
FILE = "seen.npz"
START = -1
AHEAD, BUDGET = 8, 300  # how far, and over how many tries, to look for a dead end
PHRASE = 6  # a token of this many characters is a phrase, and nobody says the same phrase twice


def count_seen(rows: Sequence[tuple[list[int], int]], asked: Sequence[str], vocabulary: int, always: int) -> Array:
    """[control, token] is True where the token stood in an answer to a line with that control."""
    places = {token: place for place, token in enumerate(control_tokens())}
    seen = np.zeros((len(places), vocabulary), dtype=bool)
    for (ids, begin), line in zip(rows, asked, strict=True):
        for control in controls_of(line):
            seen[places[control], ids[begin:]] = True
    seen[:, always] = True
    return seen


def count_neighbours(rows: Sequence[tuple[list[int], int]]) -> Array:
    """Each run of three tokens of the answers once, sorted; an answer begins after (START, end of the prompt)."""
    runs: set[tuple[int, int, int]] = set()
    for ids, begin in rows:
        answer = [START, *ids[begin - 1 :]]
        runs.update(zip(answer, answer[1:], answer[2:], strict=False))
    return np.array(sorted(runs), dtype=np.int32)


def save_seen(folder: Path, seen: Array, neighbours: Array) -> None:
    packed = np.packbits(seen, axis=1)
    np.savez_compressed(folder / FILE, seen=packed, width=seen.shape[1], neighbours=neighbours)


def load_seen(folder: Path) -> tuple[Array, Array]:
    """Raises NotReady when the folder was made with other control tokens than today's."""
    with np.load(folder / FILE) as stored:
        seen = np.unpackbits(stored["seen"], axis=1, count=int(stored["width"])).astype(bool)
        neighbours = stored["neighbours"]
    if seen.shape[0] != len(list(control_tokens())):
        raise NotReady(f"The tiny model in {folder} knows other kinds of message than today's.", "Train it again.")
    return seen, neighbours


@dataclass(frozen=True, slots=True)
class Seen:
    """What the mask needs to know of tokenizer and training, worked out once when the model is loaded."""

    matrix: Array
    followers: Mapping[tuple[int, int], tuple[int, ...]]
    slots: Mapping[int, str]
    phrases: frozenset[int]
    end: int

    @classmethod
    def of(cls, tokenizer: Any, matrix: Array, neighbours: Array) -> Seen:
        slots = slot_tokens(tokenizer)
        words = ((place, tokenizer.decode([place])) for place in range(len(tokenizer)) if place not in slots)
        phrases = frozenset(place for place, text in words if len(text.strip()) >= PHRASE)
        grouped = itertools.groupby(neighbours.tolist(), key=lambda run: (run[0], run[1]))
        followers = {before: tuple(run[2] for run in runs) for before, runs in grouped}
        return cls(matrix, followers, slots, phrases, tokenizer.eos_token_id)


class TinyMask(SlotMask):
    """The slots' rules, and besides them only what was seen with all controls and after the token before."""

    def __init__(self, seen: Seen, sheet: FactSheet, line: str, length: int) -> None:
        super().__init__(seen.slots, seen.end, rules_of(sheet), length)
        places = {token: place for place, token in enumerate(control_tokens())}
        rows = [places[control] for control in controls_of(line)]
        self._fitting: Array = np.logical_and.reduce([seen.matrix[row] for row in rows])
        self._seen = seen
        self._prompt_end = START

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        scores = super().__call__(input_ids, scores)
        for row in range(scores.shape[0]):
            answer = input_ids[row, self._length :].tolist()
            kept = self._choices(int(input_ids[row, -1]), answer)
            best = scores[row, kept].clone()
            scores[row] = float("-inf")
            scores[row, kept] = best
            if not scores[row].isfinite().any():  # the checks afterwards find what is missing
                scores[row, self._end] = 0.0
        return scores

    def _choices(self, last: int, answer: list[int]) -> list[int]:
        """What may follow, without what would run into a dead end a few steps on."""
        if not answer:
            self._prompt_end = last
        before = (answer[-2] if len(answer) > 1 else self._prompt_end if answer else START, last)
        followers = self._seen.followers.get(before, ())
        return [token for token in followers if self._goes_on(before, token, answer, [BUDGET], AHEAD)]

    def _goes_on(self, before: tuple[int, int], token: int, answer: list[int], budget: list[int], depth: int) -> bool:
        """Whether the message can go on to an end, or at least `depth` tokens, by way of this token."""
        budget[0] -= 1
        if token == self._end:
            said = {self._slots[past] for past in answer if past in self._slots}
            return self._rules.required <= said
        if not self._may(token, answer):
            return False
        if depth == 0 or budget[0] <= 0:
            return True
        now, then = (before[1], token), [*answer, token]
        return any(self._goes_on(now, after, then, budget, depth - 1) for after in self._seen.followers.get(now, ()))

    def _may(self, token: int, answer: list[int]) -> bool:
        if not self._fitting[token] or (token in self._seen.phrases and token in answer):
            return False
        slot = self._slots.get(token)
        used = sum(self._slots.get(past) == slot for past in answer) if slot else 0
        return slot is None or used < self._rules.uses.get(slot, 0)

"""The forward pass of a BERT encoder in numpy: tokens in, one vector of length one per text out.

Both models that come with us are small BERT encoders, and numpy is loaded anyway; PyTorch and transformers would cost
twelve seconds and half a gigabyte before the first question is answered. Texts run in groups small enough that what is
between two matrix products stays in the processor's cache.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge.embed.threads import one_thread

Vector = npt.NDArray[np.float32]
TOKENS_AT_ONCE = 640
FAR = np.float32(-1e9)


@dataclass(frozen=True, slots=True)
class Layer:
    """Weights stand as (inputs, outputs), so that no product has to turn them round."""

    qkv: Vector
    qkv_bias: Vector
    attended: Vector
    attended_bias: Vector
    norm_1: tuple[Vector, Vector]
    wide: Vector
    wide_bias: Vector
    narrow: Vector
    narrow_bias: Vector
    norm_2: tuple[Vector, Vector]


@dataclass(frozen=True, slots=True)
class Encoder:
    """`words` turns token ids into their embeddings: a table, or a table that is unpacked row by row."""

    words: Callable[[npt.NDArray[np.int64]], Vector]
    positions: Vector
    kind: Vector
    norm: tuple[Vector, Vector]
    layers: tuple[Layer, ...]
    heads: int
    epsilon: float
    padding: int

    def embed(self, texts: Sequence[Sequence[int]]) -> Vector:
        """The mean of the last states of each text, scaled to length one. Texts of like length run together."""
        vectors = np.zeros((len(texts), self.positions.shape[1]), np.float32)
        groups = list(_groups([len(text) for text in texts]))

        def run(group: list[int]) -> None:
            vectors[group] = self._group([texts[one] for one in group])

        with one_thread():
            if len(groups) == 1:
                run(groups[0])
            elif groups:
                with ThreadPoolExecutor(os.cpu_count()) as pool:
                    list(pool.map(run, groups))
        return vectors

    def _group(self, texts: Sequence[Sequence[int]]) -> Vector:
        longest = max(len(text) for text in texts)
        ids = np.full((len(texts), longest), self.padding, np.int64)
        there = np.zeros((len(texts), longest), np.float32)
        for row, text in enumerate(texts):
            ids[row, : len(text)] = text
            there[row, : len(text)] = 1.0
        hidden = self.words(ids.ravel()).reshape(len(texts), longest, -1) + (self.positions[:longest] + self.kind)
        state = _normed(hidden.reshape(len(texts) * longest, -1), self.norm, self.epsilon)
        ignored = ((1.0 - there) * FAR)[:, None, None, :] if there.min() == 0 else None
        for layer in self.layers:
            state = self._through(state, layer, len(texts), longest, ignored)
        states = state.reshape(len(texts), longest, -1)
        mean = np.einsum("bth,bt->bh", states, there) / there.sum(1, keepdims=True)
        return np.asarray(mean / np.linalg.norm(mean, axis=1, keepdims=True), np.float32)

    def _through(self, state: Vector, layer: Layer, texts: int, longest: int, ignored: Vector | None) -> Vector:
        width = state.shape[1]
        each = width // self.heads
        parts = state @ layer.qkv
        parts += layer.qkv_bias
        query, key, value = parts.reshape(texts, longest, 3, self.heads, each).transpose(2, 0, 3, 1, 4)
        weights = (query * np.float32(each**-0.5)) @ key.transpose(0, 1, 3, 2)
        if ignored is not None:
            weights += ignored
        weights -= weights.max(-1, keepdims=True)
        np.exp(weights, out=weights)
        weights /= weights.sum(-1, keepdims=True)
        seen = (weights @ value).transpose(0, 2, 1, 3).reshape(texts * longest, width)
        attended = seen @ layer.attended
        attended += layer.attended_bias
        attended += state
        state = _normed(attended, layer.norm_1, self.epsilon)
        wide = state @ layer.wide
        wide += layer.wide_bias
        narrow = _gelu(wide) @ layer.narrow
        narrow += layer.narrow_bias
        narrow += state
        return _normed(narrow, layer.norm_2, self.epsilon)


def _groups(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Texts of like length, at most TOKENS_AT_ONCE tokens in a group; the longest first, so that none is left alone."""
    order = sorted(range(len(lengths)), key=lambda at: -lengths[at])
    while order:
        size = max(1, TOKENS_AT_ONCE // max(lengths[order[0]], 1))
        yield order[:size]
        order = order[size:]


def _normed(state: Vector, norm: tuple[Vector, Vector], epsilon: float) -> Vector:
    state = state - state.mean(1, keepdims=True, dtype=np.float32)
    spread = np.einsum("th,th->t", state, state)[:, None] / np.float32(state.shape[1])
    state *= 1.0 / np.sqrt(spread + np.float32(epsilon))
    state *= norm[0]
    state += norm[1]
    return state


def _gelu(x: Vector) -> Vector:
    """x · Φ(x), Φ by Abramowitz & Stegun 7.1.26: within 1.5e-7, and three times faster than scipy's erf."""
    half = np.abs(x)
    half *= np.float32(0.7071067811865476)
    t = 1.0 / (1.0 + np.float32(0.3275911) * half)
    series = np.float32(1.061405429) * t
    for factor in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        series += np.float32(factor)
        series *= t
    np.multiply(half, half, out=half)
    np.negative(half, out=half)
    np.exp(half, out=half)
    series *= half
    series *= np.float32(0.5)  # what lies beyond |x|: 1 - Φ(|x|)
    phi = np.where(x > 0, 1.0 - series, series)
    return np.asarray(x * phi, np.float32)

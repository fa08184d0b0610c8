"""An embedding model from a folder or the hub, when the operator named one (HOLDFAST_EMBEDDER): transformers + PyTorch.

Any encoder whose vectors are the mean or the first of its last states (a sentence-transformers folder says which). It
is taken for multilingual: whoever configures one for a shop in two languages means it so.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.embed.bert import Vector
from knowledge.errors import EmbedderMissing

BATCH, TOKENS = 16, 512


@dataclass(frozen=True, slots=True, eq=False)
class HubModel:
    """`query_prefix` and `passage_prefix` are what a model of the E5 family was trained to see."""

    model: Any
    tokenizer: Any
    name: str
    first: bool
    query_prefix: str = ""
    passage_prefix: str = ""
    languages: tuple[str, ...] = ("zh", "en")

    def query(self, text: str) -> Vector:
        vector: Vector = self._embed([self.query_prefix + text])[0]
        return vector

    def passages(self, texts: Sequence[str]) -> Vector:
        return self._embed([self.passage_prefix + text for text in texts])

    def _embed(self, texts: Sequence[str]) -> Vector:
        import torch

        made = []
        with torch.inference_mode():
            for start in range(0, len(texts), BATCH):
                chunk = list(texts[start : start + BATCH])
                words = self.tokenizer(chunk, padding=True, truncation=True, max_length=TOKENS, return_tensors="pt")
                words = words.to(self.model.device)
                states = self.model(**words).last_hidden_state
                there = words["attention_mask"][..., None].to(states.dtype)
                mean = states[:, 0] if self.first else (states * there).sum(1) / there.sum(1)
                made.append(torch.nn.functional.normalize(mean.float(), dim=1).cpu().numpy())
        return np.concatenate(made).astype(np.float32) if made else np.zeros((0, 1), np.float32)


def read_hub(named: str) -> HubModel:
    """Raises EmbedderMissing, with the remedy, when there is no such model or it is no encoder."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(named)
        model = AutoModel.from_pretrained(named)
    except (OSError, ValueError, KeyError) as error:
        raise EmbedderMissing(
            f"HOLDFAST_EMBEDDER: {named} cannot be loaded ({str(error).splitlines()[0]})",
            "name a folder with config.json, tokenizer and weights, or a hub id that this machine has or may fetch",
        ) from error
    model = model.eval().to("cuda" if torch.cuda.is_available() else "cpu")
    asked, told = _prefixes(named)
    return HubModel(model, tokenizer, f"{Path(named).name}@{_revision(model)}", _takes_first(named), asked, told)


def _prefixes(named: str) -> tuple[str, str]:
    return ("query: ", "passage: ") if "e5" in Path(named).name.lower() else ("", "")


def _takes_first(named: str) -> bool:
    pooling = Path(named) / "1_Pooling" / "config.json"
    if not pooling.is_file():
        return "bge" in Path(named).name.lower()
    return bool(json.loads(pooling.read_text(encoding="utf-8")).get("pooling_mode_cls_token"))


def _revision(model: Any) -> str:
    return str(getattr(model.config, "_commit_hash", None) or "local")[:12]

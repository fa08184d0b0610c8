"""xgrammar behind one door: which tokens may come next, so that a model cannot write what its sheet does not allow.

Takes a tokenizer once and a grammar for each answer; gives Followers, one an answer, which hear the tokens that were
said and tell which may follow. Where xgrammar is not installed, or cannot follow the tokenizer, there is no engine and
the reason is told: the same checks then come afterwards.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

SAMPLE = "Subject: Hello\n\n主题：您好{act:human_reply}, {last_item|your}。</think>"
NOT_INSTALLED = "off: xgrammar is not installed (pip install 'holdfast[grammar]')"
COMPILED = 256
"""Grammars that are kept; sheets of one campaign mostly share theirs."""


class GrammarEngine:
    """A compiler for one tokenizer. `width` is how many scores the model gives, `ends` which tokens end an answer."""

    def __init__(self, tokenizer: Any, width: int, ends: Collection[int]) -> None:
        import xgrammar

        self.width = width
        info = xgrammar.TokenizerInfo.from_huggingface(tokenizer, vocab_size=width, stop_token_ids=sorted(ends))
        self._vocabulary: Sequence[bytes] = info.decoded_vocab
        self._compiler = xgrammar.GrammarCompiler(info, max_threads=1)
        self._never = _never(tokenizer, width, ends)
        self.compiled = lru_cache(maxsize=COMPILED)(self._compiler.compile_grammar)

    def follows(self, tokenizer: Any) -> bool:
        """Whether the bytes it knows of each token are what the tokenizer makes of text."""
        tokens = tokenizer.encode(SAMPLE, add_special_tokens=False)
        return b"".join(self._vocabulary[token] for token in tokens).lstrip() == SAMPLE.encode()

    def follower(self, grammar: str) -> Follower:
        """Raises RuntimeError for a grammar that is none."""
        return Follower(self.compiled(grammar), self.width, self._never)


def engine_for(tokenizer: Any, width: int, ends: Collection[int]) -> tuple[GrammarEngine | None, str]:
    """The engine, or None; and in words which it is, or why there is none."""
    if importlib.util.find_spec("xgrammar") is None:
        return None, NOT_INSTALLED
    from importlib.metadata import version

    try:
        engine = GrammarEngine(tokenizer, width, ends)
        fits = engine.follows(tokenizer)
    except Exception as error:  # a tokenizer of a kind that the library does not know, in whatever way it says so
        return None, f"off: xgrammar cannot read this tokenizer ({type(error).__name__})"
    if not fits:
        return None, "off: xgrammar reads this tokenizer's tokens otherwise than it writes them"
    return engine, f"xgrammar {version('xgrammar')}"


class Follower:
    """One answer under way. Not to be shared between threads."""

    def __init__(self, compiled: Any, width: int, never: torch.Tensor) -> None:
        import xgrammar

        self._matcher = xgrammar.GrammarMatcher(compiled)
        self._row = xgrammar.allocate_token_bitmask(1, width)
        self._never = never
        self.heard = 0

    def hear(self, tokens: Sequence[int]) -> None:
        """All tokens said so far; those that are new are followed, and one that the grammar has not is passed over."""
        for token in tokens[self.heard :]:
            if not self._matcher.is_terminated():
                self._matcher.accept_token(int(token))
        self.heard = len(tokens)

    def allowed(self) -> torch.Tensor:
        """One bit a token, packed as int32 (words): what may come next. All of them once the answer has ended."""
        if self._matcher.is_terminated():
            everything: torch.Tensor = self._row.fill_(-1)[0]
            return everything
        self._matcher.fill_next_token_bitmask(self._row)
        allowed: torch.Tensor = self._row[0] & ~self._never
        return allowed


class GrammarMask:
    """A logits processor for `generate`: one follower for each row of the batch (transformers' are duck-typed)."""

    def __init__(self, followers: Sequence[Follower], prompt_length: int) -> None:
        self._followers, self._prompt_length = followers, prompt_length

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        import torch

        for follower, said in zip(self._followers, input_ids[:, self._prompt_length :].tolist(), strict=True):
            follower.hear(said)
        bits = torch.stack([follower.allowed() for follower in self._followers])
        return keep(scores, bits.to(scores.device))


def keep(scores: torch.Tensor, bits: torch.Tensor) -> torch.Tensor:
    """Scores (rows, width) with -inf wherever the bits (rows, words) say no. On any device, and inside a CUDA graph."""
    import torch

    places = torch.arange(32, device=bits.device, dtype=torch.int32)
    barred = ((bits[:, :, None] >> places & 1) == 0).flatten(1)[:, : scores.shape[-1]]
    return scores.masked_fill(barred, float("-inf"))


def _never(tokenizer: Any, width: int, ends: Collection[int]) -> torch.Tensor:
    """Marks of a chat template (<|im_start|>) read as text to a grammar; packed bits of all that end no answer."""
    import numpy as np
    import torch

    special = {token for token, told in tokenizer.added_tokens_decoder.items() if told.special}
    barred = np.zeros(-(-width // 32) * 32, dtype=bool)
    barred[[token for token in (special | set(tokenizer.all_special_ids)) - set(ends) if token < width]] = True
    return torch.from_numpy(np.packbits(barred, bitorder="little").view(np.int32).copy())

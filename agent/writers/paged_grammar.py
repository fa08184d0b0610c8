"""The grammar in a batch: each request of the paged engine is held to its own, and those without one to none.

Takes an engine of grammars and the followers by request; is a logits processor of transformers' continuous batching.
The bits are written into one tensor that stays where it is, so that a captured CUDA graph reads them; the library must
then not run ahead (`use_async_batching` off), because what may follow is known only when the last token is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from transformers.generation.continuous_batching.cb_logits_processors import (
    ContinuousBatchingLogitsProcessor,
    ContinuousBatchingLogitsProcessorList,
)

from agent.writers.constrain import Follower, keep


class PagedGrammar(ContinuousBatchingLogitsProcessor):  # type: ignore[misc]
    """`most` requests at once, `width` scores each."""

    supported_kwargs: dict[str, type] = {}  # noqa: RUF012 - the library's own declaration
    ignored_kwargs: tuple[str, ...] = ()

    def __init__(self, most: int, width: int, device: Any) -> None:
        self._bits = torch.full((most, -(-width // 32)), -1, dtype=torch.int32, device=device)
        self._followers: dict[str, tuple[Follower, int]] = {}

    def follow(self, key: str, follower: Follower, prompt_length: int) -> None:
        self._followers[key] = (follower, prompt_length)

    def forget(self, key: str) -> None:
        self._followers.pop(key, None)

    def put_first(self, manager: Any) -> None:
        """Before temperature and top-p, as in `generate`, so that those spread over what is allowed."""
        others = manager.logit_processor.logits_processor
        manager.logit_processor = ContinuousBatchingLogitsProcessorList(type(others)([self, *others]))
        manager.logit_processor.tensors_required += 1

    # --- what the library asks ----------------------------------------------------------------------------------------

    def fill_defaults(self, int32_tensor: torch.Tensor) -> None:
        """The bits have a place of their own: the library's is left empty."""
        int32_tensor.zero_()

    def prepare_tensor_args(self, requests_with_new_token: Sequence[Any]) -> torch.Tensor:
        """Called before each step, when all tokens of the last one are known."""
        rows = [self._row(request.state) for request in requests_with_new_token]
        self._bits.fill_(-1)
        if rows:
            self._bits[: len(rows)] = torch.stack(rows).to(self._bits.device)
        if self._bits.is_cuda:
            torch.cuda.current_stream().synchronize()  # the step runs on a stream of its own
        return torch.zeros(len(rows), dtype=torch.int32)

    def __call__(self, scores: torch.Tensor, tensor_arg: torch.Tensor) -> torch.Tensor:
        del tensor_arg
        return keep(scores, self._bits[: scores.shape[0]])

    def _row(self, state: Any) -> torch.Tensor:
        """A request that was put off for lack of memory comes back with its words as part of its prompt."""
        if (found := self._followers.get(state.request_id)) is None:
            return torch.full_like(self._bits[0], -1, device="cpu")
        follower, prompt_length = found
        follower.hear((state.initial_tokens + state.generated_tokens)[prompt_length:])
        return follower.allowed()

"""transformers' continuous batching as an engine: paged attention, prompts of like beginning computed once.

Takes a loaded model and how to sample; fits `batching.Engine`. The library keeps the cache in pages and shares those of
equal prefixes, so that many drafts of one campaign, whose prompts begin alike, cost little more than their own ends.
"""

from __future__ import annotations

import queue
from collections.abc import Sequence
from typing import Any

from agent.writers.batching import Progress

STOP_S = 10.0


class PagedEngine:
    """One model, one manager of the library at a time."""

    def __init__(self, model: Any, generation: Any, most: int, pages: int | None = None, page_size: int = 256) -> None:
        self._model, self._generation = model, generation
        self._pages, self._page_size = pages, page_size
        self._manager: Any = None
        self.restart(most)

    def submit(self, key: str, prompt: Sequence[int], room: int) -> None:
        self._manager.add_request(list(prompt), request_id=key, max_new_tokens=room, streaming=True)

    def cancel(self, key: str) -> None:
        self._manager.cancel_request(key)

    def poll(self, seconds: float) -> list[Progress]:
        """Everything that is there, waiting at most that long for the first."""
        failed = self._manager.background_thread_status.fatal_error
        if failed is not None:
            raise failed
        news: dict[str, Progress] = {}
        results = self._manager.output_router.output_queue
        try:
            result = results.get(timeout=seconds)
            while True:
                news[result.request_id] = _progress(result)
                result = results.get_nowait()
        except queue.Empty:
            return list(news.values())

    def restart(self, most: int) -> None:
        from transformers.generation.configuration_utils import ContinuousBatchingConfig

        if self._manager is not None:
            self._manager.stop(block=True, timeout=STOP_S)
            self._manager.destroy()
        on_gpu = self._model.device.type == "cuda"
        config = ContinuousBatchingConfig(
            max_requests_per_batch=most,
            num_blocks=self._pages,
            page_size=self._page_size,
            use_cuda_graph=None if on_gpu else False,
            allow_block_sharing=True,
        )
        self._manager = self._model.init_continuous_batching(
            generation_config=self._generation, continuous_batching_config=config
        )
        self._manager.start()

    def close(self) -> None:
        self._manager.stop(block=True, timeout=STOP_S)
        self._manager.destroy()


def _progress(result: Any) -> Progress:
    tokens, finished = tuple(result.generated_tokens), bool(result.is_finished())
    return Progress(result.request_id, tokens, finished, str(result.error or ""))

"""transformers' continuous batching as an engine: paged attention, prompts of like beginning computed once.

Takes a loaded model and how to sample; fits `batching.Engine`. The library keeps the cache in pages and shares those of
equal prefixes, so that many drafts of one campaign, whose prompts begin alike, cost little more than their own ends.
With the number of scores that the model gives (`grammar_width`), answers can be held to a grammar each.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence
from typing import Any

from agent.writers.batching import Follow, Progress

STOP_S = 10.0


class PagedEngine:
    """One model, one manager of the library at a time."""

    def __init__(
        self,
        model: Any,
        generation: Any,
        most: int,
        pages: int | None = None,
        page_size: int = 256,
        grammar_width: int | None = None,
    ) -> None:
        self._model, self._generation = model, generation
        self._pages, self._page_size = pages, page_size
        self._grammar_width = grammar_width
        self._manager: Any = None
        self._grammar: Any = None
        self.restart(most)

    def submit(self, key: str, prompt: Sequence[int], room: int, follow: Follow | None = None) -> None:
        if self._grammar is not None and follow is not None and (follower := follow()) is not None:
            self._grammar.follow(key, follower, len(prompt))
        self._manager.add_request(list(prompt), request_id=key, max_new_tokens=room, streaming=True)

    def cancel(self, key: str) -> None:
        self._forget(key)
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
                if news[result.request_id].finished:
                    self._forget(result.request_id)
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
            # a grammar knows what may follow only when the last token is known
            use_async_batching=None if self._grammar_width is None else False,
        )
        self._manager = self._model.init_continuous_batching(
            generation_config=self._generation, continuous_batching_config=config
        )
        if self._grammar_width is not None:
            from agent.writers.paged_grammar import PagedGrammar

            self._grammar = PagedGrammar(most, self._grammar_width, self._model.device)
            self._grammar.put_first(self._manager)
        # its thread takes after the one that starts it: were it no daemon, a command that is done would never end
        starter = threading.Thread(target=self._manager.start, daemon=True)
        starter.start()
        starter.join()

    def _forget(self, key: str) -> None:
        if self._grammar is not None:
            self._grammar.forget(key)

    def close(self) -> None:
        self._manager.stop(block=True, timeout=STOP_S)
        self._manager.destroy()


def _progress(result: Any) -> Progress:
    tokens, finished = tuple(result.generated_tokens), bool(result.is_finished())
    return Progress(result.request_id, tokens, finished, str(result.error or ""))

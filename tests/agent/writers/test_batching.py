"""The queue in front of the model: urgent first, nothing lost when memory or patience runs out; and the real engine."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from agent.errors import WriterUnavailable
from agent.writers.batching import Batcher, Follow, Progress
from agent.writers.paged_engine import PagedEngine


@dataclass
class ScriptedEngine:
    """Answers each prompt with its own ids doubled, when `open`; what goes wrong is set by the test."""

    open: threading.Event = field(default_factory=threading.Event)
    submitted: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    restarts: list[int] = field(default_factory=list)
    inside: dict[str, tuple[int, ...]] = field(default_factory=dict)
    fits: int = 1_000
    crashes: int = 0
    deaf: set[tuple[int, ...]] = field(default_factory=set)
    closed: threading.Event = field(default_factory=threading.Event)

    def close(self) -> None:
        self.closed.set()

    def submit(self, key: str, prompt: Sequence[int], room: int, follow: Follow | None = None) -> None:
        self.submitted.append((key, tuple(prompt)))
        self.inside[key] = tuple(prompt)

    def cancel(self, key: str) -> None:
        self.cancelled.append(key)
        self.inside.pop(key, None)

    def poll(self, seconds: float) -> list[Progress]:
        time.sleep(0.005)
        if self.crashes:
            self.crashes -= 1
            raise RuntimeError("the kernel fell over")
        if len(self.inside) > self.fits:
            return [Progress(next(iter(self.inside)), (), True, "CUDA out of memory")]
        if not self.open.is_set():
            return []
        ready = {key: ids for key, ids in self.inside.items() if ids not in self.deaf}
        for key in ready:
            del self.inside[key]
        return [Progress(key, tuple(2 * n for n in ids), True) for key, ids in ready.items()]

    def restart(self, most: int) -> None:
        self.restarts.append(most)
        self.inside.clear()


def ask_all(batcher: Batcher, prompts: Sequence[tuple[tuple[int, ...], bool]]) -> list[object]:
    answers: list[object] = [None] * len(prompts)

    def ask(place: int, prompt: tuple[int, ...], urgent: bool) -> None:
        try:
            answers[place] = batcher.ask(prompt, 8, 10, urgent)
        except WriterUnavailable as error:
            answers[place] = error

    threads = [
        threading.Thread(target=ask, args=(place, prompt, urgent)) for place, (prompt, urgent) in enumerate(prompts)
    ]
    for thread in threads:
        thread.start()
        time.sleep(0.01)
    for thread in threads:
        thread.join(15)
    return answers


def test_everybody_gets_the_answer_to_their_own_prompt() -> None:
    engine = ScriptedEngine()
    engine.open.set()
    answers = ask_all(Batcher(engine, most=4), [((n, n + 1), True) for n in range(12)])
    assert answers == [(2 * n, 2 * n + 2) for n in range(12)]


def test_a_rep_goes_before_a_campaign() -> None:
    engine = ScriptedEngine()
    batcher = Batcher(engine, most=1)
    threading.Timer(0.3, engine.open.set).start()
    prompts = [((1,), False), ((2,), False), ((3,), False), ((9,), True)]
    ask_all(batcher, prompts)
    assert [prompt for _, prompt in engine.submitted] == [(1,), (9,), (2,), (3,)]


def test_what_does_not_fit_into_memory_is_tried_with_fewer_at_once() -> None:
    engine = ScriptedEngine(fits=3)
    engine.open.set()
    batcher = Batcher(engine, most=8)
    engine.open.clear()
    threading.Timer(0.4, engine.open.set).start()
    answers = ask_all(batcher, [((n,), False) for n in range(6)])
    assert batcher.most <= 3
    assert answers == [(2 * n,) for n in range(6)]


def test_an_engine_that_broke_is_started_again_and_nothing_is_lost() -> None:
    engine = ScriptedEngine(crashes=1)
    engine.open.set()
    assert ask_all(Batcher(engine), [((1,), True), ((2,), True)]) == [(2,), (4,)]
    assert engine.restarts


def test_an_engine_that_breaks_again_and_again_costs_the_writer_its_turn() -> None:
    engine = ScriptedEngine(crashes=50)
    [answer] = ask_all(Batcher(engine), [((1,), True)])
    assert isinstance(answer, WriterUnavailable)
    assert "fell over" in answer.message


def test_a_silent_engine_is_started_again() -> None:
    engine = ScriptedEngine()
    batcher = Batcher(engine, silent_s=0.2)
    threading.Timer(0.5, engine.open.set).start()
    [answer] = ask_all(batcher, [((1,), True)])
    assert batcher.restarts >= 1
    assert answer == (2,) or isinstance(answer, WriterUnavailable)


def test_who_does_not_wait_any_longer_is_taken_out_of_the_engine() -> None:
    engine = ScriptedEngine(deaf={(7,)})
    engine.open.set()
    batcher = Batcher(engine)
    with pytest.raises(WriterUnavailable, match="not done"):
        batcher.ask((7,), 8, 0.2)
    assert batcher.ask((1,), 8, 5) == (2,)
    assert engine.cancelled


def test_words_are_told_while_they_come() -> None:
    class Slow(ScriptedEngine):
        def poll(self, seconds: float) -> list[Progress]:
            time.sleep(0.005)
            if not self.inside:
                return []
            [key] = self.inside
            told = tuple(range(len(getattr(self, "so_far", ())) + 1))
            self.so_far = told
            return [Progress(key, told, len(told) == 4)]

    heard: list[int] = []
    assert Batcher(Slow()).ask((1,), 8, 5, told=lambda tokens: heard.append(len(tokens))) == (0, 1, 2, 3)
    assert heard == [1, 2, 3, 4]


def test_closing_tells_whoever_waits_and_stops_the_engine() -> None:
    engine = ScriptedEngine()
    batcher = Batcher(engine)
    threading.Timer(0.1, batcher.close).start()
    with pytest.raises(WriterUnavailable, match="closed"):
        batcher.ask((1,), 8, 5)
    assert engine.closed.wait(5)


def a_real_engine() -> PagedEngine:
    import torch
    from transformers import GenerationConfig, Qwen3Config, Qwen3ForCausalLM

    torch.manual_seed(0)
    config = Qwen3Config(
        vocab_size=512, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=1, head_dim=16, max_position_embeddings=1024,
    )  # fmt: skip
    generation = GenerationConfig(do_sample=False, eos_token_id=511, max_new_tokens=8)
    return PagedEngine(Qwen3ForCausalLM(config).eval(), generation, most=8, pages=64, page_size=16)


@pytest.mark.slow
def test_the_real_engine_keeps_no_finished_command_alive() -> None:
    engine = a_real_engine()
    try:
        assert engine._manager._generation_thread.daemon
    finally:
        engine.close()


@pytest.mark.slow
def test_the_real_engine_answers_many_at_once() -> None:
    engine = a_real_engine()
    try:
        shared = tuple(range(5, 45))
        answers = ask_all(Batcher(engine), [((*shared, 100 + n), True) for n in range(6)])
        again = ask_all(Batcher(engine), [((*shared, 103), True)])
    finally:
        engine.close()
    assert all(isinstance(answer, tuple) and len(answer) == 8 for answer in answers)
    assert again == [answers[3]]

"""Drafts a second of a chat model: many at once through the queue, beside one-by-one `generate` on the same weights.

Run it on a GPU: python tests/bench/bench_batching.py --shape qwen3-8b. Random weights of a real architecture are as
fast as trained ones. Without a GPU the shape `tiny` shows that it runs; its figures say nothing. It asserts nothing.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import threading
import time
from dataclasses import dataclass
from typing import Any

from agent.writers.batching import Batcher
from agent.writers.paged_engine import PagedEngine

SHAPES: dict[str, dict[str, int]] = {
    "tiny": {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4,
             "num_key_value_heads": 2, "head_dim": 16, "vocab_size": 2048},
    "qwen3-4b": {"hidden_size": 2560, "intermediate_size": 9728, "num_hidden_layers": 36, "num_attention_heads": 32,
                 "num_key_value_heads": 8, "head_dim": 128, "vocab_size": 151_936},
    "qwen3-8b": {"hidden_size": 4096, "intermediate_size": 12_288, "num_hidden_layers": 36, "num_attention_heads": 32,
                 "num_key_value_heads": 8, "head_dim": 128, "vocab_size": 151_936},
}  # fmt: skip
BANDWIDTH = {"H100": 3.35e12, "H200": 4.8e12, "A100": 2.0e12, "L4": 3.0e11}
"""Bytes a second of the memory, as the makers state them."""


@dataclass(frozen=True, slots=True)
class Load:
    """Prompts that begin alike, as those of one campaign do: `shared` tokens in common, `own` of their own."""

    drafts: int
    shared: int
    own: int
    answer: int

    def prompts(self, vocabulary: int) -> list[list[int]]:
        common = [11 + n % (vocabulary - 20) for n in range(self.shared)]
        return [
            [*common, *(17 + (n * 31 + k) % (vocabulary - 20) for k in range(self.own))] for n in range(self.drafts)
        ]


def a_model(shape: str) -> Any:
    import torch
    from transformers import Qwen3Config, Qwen3ForCausalLM

    gpu = torch.cuda.is_available()
    torch.set_default_dtype(torch.bfloat16 if gpu else torch.float32)
    with torch.device("cuda" if gpu else "cpu"):
        model = Qwen3ForCausalLM(Qwen3Config(**SHAPES[shape], max_position_embeddings=8192, tie_word_embeddings=True))
    torch.set_default_dtype(torch.float32)
    return model.eval()


def one_by_one(model: Any, prompts: list[list[int]], answer: int) -> float:
    """Drafts a second of plain generate, each prompt by itself."""
    import torch

    started = time.perf_counter()
    for prompt in prompts:
        ids = torch.tensor([prompt], device=model.device)
        with torch.inference_mode():
            model.generate(ids, max_new_tokens=answer, min_new_tokens=answer, do_sample=False, pad_token_id=0)
    return len(prompts) / (time.perf_counter() - started)


def together(model: Any, prompts: list[list[int]], answer: int, most: int, small: bool) -> tuple[float, list[float]]:
    """Drafts a second through the queue, and the seconds until each draft's first token."""
    from transformers import GenerationConfig

    generation = GenerationConfig(do_sample=False, eos_token_id=-1, pad_token_id=0, max_new_tokens=answer)
    engine = PagedEngine(model, generation, most, **({"pages": 512, "page_size": 16} if small else {}))
    batcher = Batcher(engine, most)
    firsts: list[float] = []
    started = time.perf_counter()

    def ask(prompt: list[int]) -> None:
        heard: list[float] = []
        batcher.ask(prompt, answer, 600, False, lambda _: heard.append(time.perf_counter()) if not heard else None)
        firsts.append(heard[0] - started)

    threads = [threading.Thread(target=ask, args=(prompt,)) for prompt in prompts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - started
    batcher.close()
    engine.close()
    return len(prompts) / seconds, firsts


def main() -> None:
    import torch

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shape", choices=sorted(SHAPES), default="tiny")
    parser.add_argument("--drafts", type=int, default=16)
    parser.add_argument("--shared", type=int, default=96)
    parser.add_argument("--own", type=int, default=24)
    parser.add_argument("--answer", type=int, default=24)
    told = parser.parse_args()
    load = Load(told.drafts, told.shared, told.own, told.answer)
    model = a_model(told.shape)
    prompts = load.prompts(SHAPES[told.shape]["vocab_size"])
    few = prompts[: max(2, len(prompts) // 8)]
    naive = one_by_one(model, few, load.answer)
    batched, firsts = together(model, prompts, load.answer, most=64, small=told.shape == "tiny")
    where = torch.cuda.get_device_name(0) if torch.cuda.is_available() else "no GPU"
    sys.stdout.write(
        f"{told.shape} on {where}: {batched:.2f} drafts a second together, {naive:.2f} one by one, "
        f"{batched / naive:.1f} times; first token after {statistics.median(firsts) * 1000:.0f} ms (median of "
        f"{len(firsts)} at once)\n"
    )
    limit = next((rate for name, rate in BANDWIDTH.items() if name in where), None)
    if limit is not None:
        size = sum(weight.numel() * weight.element_size() for weight in model.parameters())
        steps = batched * load.answer / min(64, load.drafts)
        sys.stdout.write(f"reading the weights once a step: {steps * size / limit:.0%} of the memory's bandwidth\n")


if __name__ == "__main__":
    main()

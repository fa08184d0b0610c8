"""Trains the tiny model: composer's messages in, an ordinary Hugging Face folder out.

Seconds matter more than quality here: it is made on first use, on a laptop. Everything comes from our own phrasebook,
so that the folder may be given to anybody.
"""

from __future__ import annotations

import json
import math
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import Any

from agent.writers.phrasebook import phrasebook
from agent.writers.tiny.corpus import pairs
from agent.writers.tiny.dialect import control_tokens
from agent.writers.tiny.seen import count_neighbours, count_seen, save_seen
from agent.writers.tiny.tokens import train_tokenizer

NAME = "holdfast-tiny-demo"
CORPUS, VOCABULARY, STEPS, BATCH = 10000, 10000, 700, 16
RATE, WARM_UP = 5e-3, 40
SHAPE = {"hidden_size": 96, "intermediate_size": 240, "num_hidden_layers": 2, "num_attention_heads": 3}
Progress = Callable[[str, float], None]


def train_tiny(out: Path, seed: int = 0, steps: int | None = None, progress: Progress | None = None) -> Path:
    """Train and save to `out`, which appears only when it is whole. Gives `out`."""
    import torch
    from transformers import set_seed
    from transformers.utils import logging

    logging.disable_progress_bar()  # stderr belongs to the command that asked
    tell = progress or _silent
    started = time.perf_counter()
    set_seed(seed)
    tell("composing messages", 0.0)
    corpus = list(islice(pairs(seed), CORPUS))
    tokenizer = train_tokenizer([text for pair in corpus for text in pair], control_tokens(), VOCABULARY)
    rows = [_row(tokenizer, asked, said) for asked, said in corpus]
    model = _model(tokenizer)
    steps = steps or STEPS
    with _one_thread():
        loss = _fit(model, rows, tokenizer.pad_token_id, steps, torch.Generator().manual_seed(seed), tell)
    tell("saving", 1.0)
    asked = [line for line, _ in corpus]
    seen = count_seen(rows, asked, len(tokenizer), tokenizer.eos_token_id), count_neighbours(rows)
    _save(out, model, tokenizer, seen, _facts(model, rows, seed, steps, loss, time.perf_counter() - started))
    return out


@contextmanager
def _one_thread() -> Iterator[None]:
    """So small a model is quicker on one thread; on a busy machine several wait for each other, nine times as long."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _silent(_: str, __: float) -> None:
    """Nobody is watching."""


def _row(tokenizer: Any, asked: str, said: str) -> tuple[list[int], int]:
    """Ids of the whole turn, and where the answer starts: only the answer is learnt."""
    turns = [{"role": "user", "content": asked}]
    prompt = tokenizer.apply_chat_template(turns, add_generation_prompt=True, return_dict=False)
    answer = tokenizer(said, add_special_tokens=False)["input_ids"]
    return [*prompt, *answer, tokenizer.eos_token_id], len(prompt)


def _model(tokenizer: Any) -> Any:
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=len(tokenizer),
        max_position_embeddings=512,
        num_key_value_heads=SHAPE["num_attention_heads"],
        tie_word_embeddings=True,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        bos_token_id=None,
        **SHAPE,
    )
    return LlamaForCausalLM(config)


def _fit(
    model: Any, rows: Sequence[tuple[list[int], int]], pad: int, steps: int, generator: Any, tell: Progress
) -> float:
    import torch

    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, betas=(0.9, 0.97), weight_decay=0.01)
    model.train()
    smooth = math.nan
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1.0, (step + 1) / WARM_UP) * (1 - step / steps)
        ids, labels, mask = _batch(rows, pad, generator)
        loss = _loss(model, ids, labels, mask)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        smooth = loss.item() if math.isnan(smooth) else 0.95 * smooth + 0.05 * loss.item()
        tell(f"training, loss {smooth:.2f}", (step + 1) / steps)
    model.eval()
    return smooth


def _loss(model: Any, ids: Any, labels: Any, mask: Any) -> Any:
    """Cross entropy over the answer's tokens only: the vocabulary is the dear part of so small a model."""
    import torch

    hidden = model.model(input_ids=ids, attention_mask=mask).last_hidden_state[:, :-1]
    wanted = labels[:, 1:]
    learnt = wanted != -100
    return torch.nn.functional.cross_entropy(model.lm_head(hidden[learnt]), wanted[learnt])


def _batch(rows: Sequence[tuple[list[int], int]], pad: int, generator: Any) -> tuple[Any, Any, Any]:
    """Rows of like length together, so that little is padding."""
    import torch

    start = int(torch.randint(len(rows), (1,), generator=generator))
    chosen = [rows[(start + offset) % len(rows)] for offset in range(BATCH * 2)]
    chosen = sorted(chosen, key=lambda row: len(row[0]))
    half = int(torch.randint(2, (1,), generator=generator))
    chosen = chosen[half * BATCH : (half + 1) * BATCH]
    longest = max(len(ids) for ids, _ in chosen)
    ids = torch.full((BATCH, longest), pad)
    labels = torch.full((BATCH, longest), -100)
    mask = torch.zeros((BATCH, longest), dtype=torch.long)
    for place, (row, begin) in enumerate(chosen):
        ids[place, : len(row)] = torch.tensor(row)
        labels[place, begin : len(row)] = torch.tensor(row[begin:])
        mask[place, : len(row)] = 1
    return ids, labels, mask


def _facts(
    model: Any, rows: Sequence[tuple[list[int], int]], seed: int, steps: int, loss: float, seconds: float
) -> dict[str, Any]:
    return {
        "name": NAME,
        "parameters": sum(weights.numel() for weights in model.parameters()),
        "phrasebook": phrasebook().revision,
        "messages": len(rows),
        "tokens_per_message": round(sum(len(ids) - begin for ids, begin in rows) / len(rows), 1),
        "steps": steps,
        "seed": seed,
        "loss": round(loss, 3),
        "seconds": round(seconds, 1),
    }


def _save(out: Path, model: Any, tokenizer: Any, seen: Any, facts: dict[str, Any]) -> None:
    partial = out.with_name(out.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    model.save_pretrained(partial)
    tokenizer.save_pretrained(partial)
    save_seen(partial, *seen)
    (partial / "holdfast.json").write_text(json.dumps(facts, indent=2), encoding="utf-8")
    card = (files("agent.writers.tiny") / "card.md").read_text(encoding="utf-8")
    for key, value in facts.items():
        card = card.replace(f"<<{key}>>", str(value))
    (partial / "README.md").write_text(card, encoding="utf-8")
    shutil.rmtree(out, ignore_errors=True)
    partial.rename(out)

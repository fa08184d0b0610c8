"""Trains the house model: the composer's messages in, an ordinary Hugging Face folder out.

Everything comes from our own phrasebook, so that the weights may be given to anybody. The rate warms up, stays, and
falls to nothing at the end; the end begins when the held-out curve is flat, or the tokens are spent. A run that was
stopped goes on from its last checkpoint.
"""

from __future__ import annotations

import json
import math
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import Any

from agent.writers.house.corpus import pairs
from agent.writers.house.dialect import control_tokens
from agent.writers.house.threads import one_thread
from agent.writers.house.tokens import train_tokenizer
from agent.writers.phrasebook import phrasebook

SHAPE = {
    "hidden_size": 256,
    "intermediate_size": 640,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
}
VOCABULARY, TOKENIZER_MESSAGES, HELD_OUT_MESSAGES = 4096, 20_000, 600
BATCH, BUCKET, RATE, WARM_UP = 24, 32, 2.5e-3, 100
LOOK_EVERY, PATIENCE, FLAT, DECAY_SHARE = 200, 4, 0.003, 0.2
Progress = Callable[[str, float], None]
Row = tuple[list[int], int]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How much to train. `tokens` counts those learnt, answers only; the others are the shape of the data."""

    tokens: int = 8_000_000
    seed: int = 0
    vocabulary: int = VOCABULARY
    batch: int = BATCH
    tokenizer_messages: int = TOKENIZER_MESSAGES
    held_out_messages: int = HELD_OUT_MESSAGES


@dataclass(slots=True)
class Run:
    """Where a training stands. `curve` holds (step, tokens, held-out loss); `decay_from` is where the end began."""

    step: int = 0
    tokens: int = 0
    loss: float = math.nan
    seconds: float = 0.0
    decay_from: int | None = None
    decay_steps: int = 0
    curve: list[tuple[int, int, float]] = field(default_factory=list)

    @property
    def done(self) -> bool:
        return self.decay_from is not None and self.step >= self.decay_from + self.decay_steps

    def rate(self) -> float:
        """Share of the full rate at this step."""
        if self.decay_from is not None:
            return max(0.0, 1 - (self.step - self.decay_from) / max(1, self.decay_steps))
        return min(1.0, (self.step + 1) / WARM_UP)

    def look(self, budget: int) -> None:
        """Begin the end when little was won lately, or when what is left of the budget is just enough for it."""
        if self.decay_from is not None:
            return
        lately = [loss for _, _, loss in self.curve[-PATIENCE - 1 :]]
        flat = len(lately) > PATIENCE and min(lately[1:]) > lately[0] * (1 - FLAT)
        if flat or self.tokens >= budget * (1 - DECAY_SHARE):
            self.decay_from = self.step
            self.decay_steps = max(1, round(self.step * DECAY_SHARE / (1 - DECAY_SHARE)))


def train_house(out: Path, recipe: Recipe | None = None, progress: Progress | None = None) -> Path:
    """Train and save to `out`, which appears only when it is whole; checkpoints lie beside it until then."""
    from transformers import set_seed
    from transformers.utils import logging

    logging.disable_progress_bar()  # stderr belongs to the command that asked
    recipe, tell = recipe or Recipe(), progress or _silent
    set_seed(recipe.seed)
    work = out.with_name(out.name + ".training")
    work.mkdir(parents=True, exist_ok=True)
    tell("composing messages", 0.0)
    tokenizer = _tokenizer(work, recipe)
    held_out = _rows(tokenizer, list(islice(pairs(recipe.seed, held_out=True), recipe.held_out_messages)))
    model, optimizer, run = _started(work, tokenizer)
    data = _Data(tokenizer, recipe, run.step)
    with one_thread():
        while not run.done:
            started = time.perf_counter()
            _step(model, optimizer, run, data.batch(), tokenizer.pad_token_id)
            run.seconds += time.perf_counter() - started
            if run.step % LOOK_EVERY == 0 or run.done:
                loss = _held_out_loss(model, held_out, tokenizer.pad_token_id)
                run.curve.append((run.step, run.tokens, round(loss, 4)))
                run.look(recipe.tokens)
                _checkpoint(work, model, optimizer, run)
            tell(_standing(run), min(0.99, run.tokens / recipe.tokens))
    _save(out, model, tokenizer, recipe, run)
    shutil.rmtree(work)
    tell("saved", 1.0)
    return out


def _silent(_: str, __: float) -> None:
    """Nobody is watching."""


def _standing(run: Run) -> str:
    held_out = f"{run.curve[-1][2]:.3f}" if run.curve else "–"
    return f"step {run.step}, {run.tokens / 1e6:.2f}M tokens, loss {run.loss:.3f}, held out {held_out}"


def _tokenizer(work: Path, recipe: Recipe) -> Any:
    """Made once a training: its pieces are what the checkpoints were trained on."""
    from transformers import AutoTokenizer

    folder = work / "tokenizer"
    if folder.is_dir():
        return AutoTokenizer.from_pretrained(folder, local_files_only=True)
    corpus = list(islice(pairs(recipe.seed), recipe.tokenizer_messages))
    made = train_tokenizer([text for pair in corpus for text in pair], control_tokens(), recipe.vocabulary)
    made.save_pretrained(folder)
    return made


class _Data:
    """Fresh messages without end, in batches of like length, so that little is padding."""

    def __init__(self, tokenizer: Any, recipe: Recipe, steps_done: int) -> None:
        self._tokenizer, self._batch = tokenizer, recipe.batch
        # A resumed run sees other messages than those it has seen, whatever it had in its bucket when it stopped.
        self._pairs = pairs(recipe.seed + 1 + steps_done)
        self._bucket: list[list[Row]] = []

    def batch(self) -> list[Row]:
        if not self._bucket:
            rows = _rows(self._tokenizer, list(islice(self._pairs, self._batch * BUCKET)))
            rows.sort(key=lambda row: len(row[0]))
            batches = [rows[at : at + self._batch] for at in range(0, len(rows), self._batch)]
            # A fixed stride through the sorted batches: long and short ones take turns.
            self._bucket = [batches[(at * 13) % len(batches)] for at in range(len(batches))]
        return self._bucket.pop()


def _rows(tokenizer: Any, corpus: Sequence[tuple[str, str]]) -> list[Row]:
    """Ids of the whole turn, and where the answer starts: only the answer is learnt."""
    asked = [[{"role": "user", "content": line}] for line, _ in corpus]
    prompts = tokenizer.apply_chat_template(asked, add_generation_prompt=True, return_dict=False)
    answers = tokenizer([said for _, said in corpus], add_special_tokens=False)["input_ids"]
    return [
        ([*prompt, *answer, tokenizer.eos_token_id], len(prompt))
        for prompt, answer in zip(prompts, answers, strict=True)
    ]


def _started(work: Path, tokenizer: Any) -> tuple[Any, Any, Run]:
    """Model, optimizer and run: the last checkpoint, or new ones."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=len(tokenizer),
        max_position_embeddings=512,
        tie_word_embeddings=True,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        **SHAPE,
    )
    model: Any = LlamaForCausalLM(config)
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, betas=(0.9, 0.97), weight_decay=0.01)
    run = Run()
    if (work / "checkpoint.pt").is_file():
        kept = torch.load(work / "checkpoint.pt", weights_only=True)
        model.load_state_dict(kept["model"])
        optimizer.load_state_dict(kept["optimizer"])
        run = Run(**{**kept["run"], "curve": [tuple(point) for point in kept["run"]["curve"]]})
    return model, optimizer, run


def _checkpoint(work: Path, model: Any, optimizer: Any, run: Run) -> None:
    import torch

    partial = work / "checkpoint.partial"
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "run": asdict(run)}, partial)
    partial.replace(work / "checkpoint.pt")


def _step(model: Any, optimizer: Any, run: Run, rows: Sequence[Row], pad: int) -> None:
    import torch

    for group in optimizer.param_groups:
        group["lr"] = RATE * run.rate()
    model.train()
    loss, learnt = _loss(model, rows, pad)
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    run.step += 1
    run.tokens += learnt
    run.loss = loss.item() if math.isnan(run.loss) else 0.98 * run.loss + 0.02 * loss.item()


def _loss(model: Any, rows: Sequence[Row], pad: int) -> tuple[Any, int]:
    """Cross entropy over the answer's tokens only, and how many those are.

    Matrix products in bfloat16: about twice as fast where the processor has them, and the loss itself stays float32.
    """
    import torch

    ids, wanted, mask = _padded(rows, pad)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        hidden = model.model(input_ids=ids, attention_mask=mask).last_hidden_state[:, :-1]
        wanted = wanted[:, 1:]
        learnt = wanted != -100
        logits = model.lm_head(hidden[learnt])
    return torch.nn.functional.cross_entropy(logits.float(), wanted[learnt]), int(learnt.sum())


def _padded(rows: Sequence[Row], pad: int) -> tuple[Any, Any, Any]:
    """Ids, labels (-100 where nothing is learnt) and mask, [rows, longest]."""
    import torch

    longest = max(len(ids) for ids, _ in rows)
    ids = torch.full((len(rows), longest), pad)
    labels = torch.full((len(rows), longest), -100)
    mask = torch.zeros((len(rows), longest), dtype=torch.long)
    for place, (row, begin) in enumerate(rows):
        ids[place, : len(row)] = torch.tensor(row)
        labels[place, begin : len(row)] = torch.tensor(row[begin:])
        mask[place, : len(row)] = 1
    return ids, labels, mask


def _held_out_loss(model: Any, rows: Sequence[Row], pad: int) -> float:
    import torch

    model.eval()
    total, count = 0.0, 0
    with torch.inference_mode():
        for at in range(0, len(rows), BATCH):
            loss, learnt = _loss(model, rows[at : at + BATCH], pad)
            total, count = total + loss.item() * learnt, count + learnt
    return total / count


def _save(out: Path, model: Any, tokenizer: Any, recipe: Recipe, run: Run) -> None:
    import torch

    partial = out.with_name(out.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    model.to(torch.bfloat16).save_pretrained(partial)
    tokenizer.save_pretrained(partial)
    rows = _rows(tokenizer, list(islice(pairs(recipe.seed), recipe.held_out_messages)))
    facts = _facts(model, rows, recipe, run)
    (partial / "holdfast.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    card = (files("agent.writers.house") / "card.md").read_text(encoding="utf-8")
    for key, value in facts.items():
        card = card.replace(f"<<{key}>>", str(value))
    (partial / "README.md").write_text(card, encoding="utf-8")
    shutil.rmtree(out, ignore_errors=True)
    partial.rename(out)


def _facts(model: Any, rows: Sequence[Row], recipe: Recipe, run: Run) -> dict[str, Any]:
    book = phrasebook().revision
    return {
        "name": "holdfast-house",
        "revision": f"{book}-{recipe.seed}-{run.step}",
        "parameters": sum(weights.numel() for weights in model.parameters()),
        "phrasebook": book,
        "messages": run.step * recipe.batch,
        "tokens": run.tokens,
        "tokens_per_message": round(sum(len(ids) - begin for ids, begin in rows) / len(rows), 1),
        "steps": run.step,
        "seed": recipe.seed,
        "loss": round(run.loss, 3),
        "held_out_loss": run.curve[-1][2],
        "minutes": round(run.seconds / 60, 1),
        "curve": run.curve,
    }

"""What the grammar costs: an answer's tokens with and without it, in one run on one model, and the mask by itself.

Run it: python tests/bench/bench_grammar.py --shape qwen3-0.6b. Weights are random and the vocabulary made up (as many
tokens as the real one has, byte-level), because neither changes the time. It asserts nothing.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from agent.writers.constrain import GrammarEngine, GrammarMask, keep
from agent.writers.grammar import grammar_of
from agent.writers.house.sheets import made_up_sheet

SHAPES: dict[str, dict[str, int]] = {
    "tiny": {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4,
             "num_key_value_heads": 2, "head_dim": 16, "vocab_size": 4096},
    "qwen3-0.6b": {"hidden_size": 1024, "intermediate_size": 3072, "num_hidden_layers": 28, "num_attention_heads": 16,
                   "num_key_value_heads": 8, "head_dim": 128, "vocab_size": 151_936},
}  # fmt: skip
SHEETS, ROUNDS = 60, 3


def a_tokenizer(size: int) -> Any:
    """All bytes, then made-up English words and Chinese words, until there are `size` tokens."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    rng = random.Random(0)
    tokens = dict.fromkeys(["<end>", *sorted(pre_tokenizers.ByteLevel.alphabet())])
    spell = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    while len(tokens) < size:
        letters, first = ("abcdefghijklmnoprstuvwy.,", 1) if rng.random() < 0.6 else ("的一是不了在人有我他这您好谢", 1)
        word = rng.choice(["", " "]) + "".join(rng.choices(letters, k=rng.randint(first, 7)))
        tokens[spell.pre_tokenize_str(word)[0][0]] = None
    raw = Tokenizer(models.BPE(vocab={token: place for place, token in enumerate(tokens)}, merges=[]))
    raw.pre_tokenizer, raw.decoder = spell, decoders.ByteLevel()
    return PreTrainedTokenizerFast(tokenizer_object=raw, eos_token="<end>", pad_token="<end>")


def a_model(shape: str) -> Any:
    import torch
    from transformers import Qwen3Config, Qwen3ForCausalLM

    gpu = torch.cuda.is_available()
    torch.set_default_dtype(torch.bfloat16 if gpu else torch.float32)
    with torch.device("cuda" if gpu else "cpu"):
        model = Qwen3ForCausalLM(Qwen3Config(**SHAPES[shape], tie_word_embeddings=True))
    torch.set_default_dtype(torch.float32)
    return model.eval()


def seconds_a_token(model: Any, answer: int, mask: Callable[[int], list[GrammarMask]]) -> float:
    """Of an answer that may not end before its room is used."""
    import torch

    prompt = torch.arange(20, 20 + 64, device=model.device)[None]
    started = time.perf_counter()
    with torch.inference_mode():
        model.generate(
            prompt, max_new_tokens=answer, min_new_tokens=answer, do_sample=True, pad_token_id=0, eos_token_id=0,
            logits_processor=mask(prompt.shape[1]),
        )  # fmt: skip
    return (time.perf_counter() - started) / answer


def mask_alone(engine: GrammarEngine, tokenizer: Any, grammar: str) -> tuple[float, float]:
    """Microseconds a token: to follow and ask the grammar, and to bar the scores of one row."""
    import torch

    text = "Subject: a word from us\n\n{salutation}, we have not heard from you.\n\nBest wishes,\n{sign_off}"
    tokens = tokenizer.encode(text, add_special_tokens=False)
    follower, scores, spent, barred = engine.follower(grammar), torch.zeros((1, engine.width)), 0.0, 0.0
    for place in range(len(tokens)):
        started = time.perf_counter()
        follower.hear(tokens[:place])
        bits = follower.allowed()
        asked = time.perf_counter()
        keep(scores, bits[None])
        spent, barred = spent + asked - started, barred + time.perf_counter() - asked
    return 1e6 * spent / len(tokens), 1e6 * barred / len(tokens)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shape", choices=sorted(SHAPES), default="tiny")
    parser.add_argument("--answer", type=int, default=48)
    told = parser.parse_args()
    size = SHAPES[told.shape]["vocab_size"]
    tokenizer, rng = a_tokenizer(size), random.Random(1)
    engine = GrammarEngine(tokenizer, size, {0})
    sheets = [made_up_sheet(rng, f"s{number}") for number in range(SHEETS)]
    grammars = list(dict.fromkeys(grammar_of(sheet) for sheet in sheets))
    compiling = []
    for grammar in grammars:
        started = time.perf_counter()
        engine.compiled(grammar)
        compiling.append(1000 * (time.perf_counter() - started))
    mail = next(grammar for grammar in grammars if "Subject" in grammar and "sign_off" in grammar)
    asked, barred = mask_alone(engine, tokenizer, mail)
    sys.stdout.write(
        f"{size} tokens: a grammar compiles in {statistics.median(compiling):.1f} ms (median of {len(grammars)}, worst "
        f"{max(compiling):.1f}); a token costs {asked:.0f} µs to follow and {barred:.0f} µs to bar\n"
    )
    model = a_model(told.shape)
    seconds_a_token(model, 4, lambda _: [])
    free, held = [], []
    for _ in range(ROUNDS):
        free.append(seconds_a_token(model, told.answer, lambda _: []))
        held.append(seconds_a_token(model, told.answer, lambda length: [GrammarMask([engine.follower(mail)], length)]))
    one, other = statistics.median(free), statistics.median(held)
    sys.stdout.write(
        f"{told.shape}: {1000 * one:.2f} ms a token free, {1000 * other:.2f} ms held, ratio {other / one:.3f} "
        f"(median of {ROUNDS} each, in turn)\n"
    )


if __name__ == "__main__":
    main()

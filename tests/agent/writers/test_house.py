"""The house model is trained, saved, loaded and put to work; the one that ships keeps to sheet and situation."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from agent.domain import Case, CaseStatus, Channel, Decision, FactSheet, Language, Verdict, WriteRequest
from agent.draft import read_reply, write_draft
from agent.errors import NotReady
from agent.slots import act_keys, slot_names
from agent.writers.composer import Composer
from agent.writers.house import HouseWriter, load_house, train_house
from agent.writers.house.clauses import strays
from agent.writers.house.corpus import is_held_out, pairs
from agent.writers.house.dialect import control_line, control_tokens, controls_of
from agent.writers.house.sheets import made_up_sheet
from agent.writers.house.tokens import train_tokenizer
from agent.writers.house.train import Recipe
from agent.writers.slot_rules import rules_of

SMALL = Recipe(tokens=20_000, vocabulary=1500, batch=8, tokenizer_messages=600, held_out_messages=24)


def unseen_sheets(count: int) -> list[FactSheet]:
    """Of the combinations that training holds out."""
    rng = random.Random("never trained on")
    sheets = (made_up_sheet(rng, f"unseen-{number}") for number in range(count * 60))
    return list(islice((sheet for sheet in sheets if is_held_out(sheet)), count))


def test_every_control_of_a_line_is_a_token_of_its_own() -> None:
    known = set(control_tokens())
    for sheet in unseen_sheets(50):
        assert set(controls_of(control_line(sheet))) <= known


def test_training_never_sees_a_combination_that_is_held_out() -> None:
    seen = {tuple(controls_of(line)) for line, _ in islice(pairs(5), 400)}
    held_out = {tuple(controls_of(line)) for line, _ in islice(pairs(5, held_out=True), 100)}
    assert not seen & held_out


def test_the_tokenizer_gives_back_what_it_was_given() -> None:
    corpus = list(islice(pairs(3), 200))
    tokenizer = train_tokenizer([text for pair in corpus for text in pair], control_tokens(), 1500)
    for asked, said in corpus[:40]:
        assert tokenizer.decode(tokenizer(said)["input_ids"], skip_special_tokens=True) == said
        for slot in slot_names(said):
            assert len(tokenizer("{" + slot + "}")["input_ids"]) == 1
        assert len(tokenizer(asked)["input_ids"]) < 60


def test_nothing_that_the_composer_writes_strays_from_its_situation() -> None:
    rng = random.Random("composed")
    for number in range(400):
        sheet = made_up_sheet(rng, f"c-{number}")
        assert not strays(Composer().write(WriteRequest((), sheet, seed=number)).text, sheet)


def test_a_sentence_of_another_situation_is_found_and_so_is_one_of_none() -> None:
    rng = random.Random("strays")
    sheets = (made_up_sheet(rng, f"s-{number}") for number in range(3000))
    sheet = next(s for s in sheets if s.situation == "late_delivery" and s.language is Language.EN)
    found = strays("{salutation}. Sorry your item arrived damaged. The moon is made of cheese.", sheet)
    assert found.foreign == ("sorry your item arrived damaged",)
    assert found.unknown == ("the moon is made of cheese",)


@pytest.fixture(scope="module")
def briefly_trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train_house(tmp_path_factory.mktemp("models") / "house", SMALL)


@pytest.mark.slow
def test_it_is_saved_as_an_ordinary_model_with_an_honest_card(briefly_trained: Path) -> None:
    names = {path.name for path in briefly_trained.iterdir()}
    assert {"config.json", "model.safetensors", "tokenizer.json", "chat_template.jinja", "README.md"} <= names
    card = (briefly_trained / "README.md").read_text(encoding="utf-8")
    assert "holdfast-house" in card
    assert "<<" not in card
    assert [path.name for path in briefly_trained.parent.iterdir()] == ["house"]


@pytest.mark.slow
def test_even_badly_trained_it_writes_no_slot_that_it_may_not(briefly_trained: Path) -> None:
    writer = load_house(briefly_trained)
    requests = [WriteRequest((), sheet, seed=n, max_tokens=160) for n, sheet in enumerate(unseen_sheets(12))]
    for request, drawn in zip(requests, writer.sample(requests, 1), strict=True):
        rules = rules_of(request.sheet)
        said = [*slot_names(drawn[0].text), *(f"act:{key}" for key in act_keys(drawn[0].text))]
        assert all(said.count(slot) <= rules.uses.get(slot, 0) for slot in said)


class Stopped(Exception):
    """Somebody pulled the plug."""


@pytest.mark.slow
def test_a_training_that_was_stopped_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.writers.house.train.LOOK_EVERY", 5)
    told: list[str] = []

    def pull_the_plug(step: str, share: float) -> None:
        told.append(step)
        if step.startswith("step 8,"):
            raise Stopped

    recipe = replace(SMALL, tokens=6_000)
    with pytest.raises(Stopped):
        train_house(tmp_path / "house", recipe, pull_the_plug)
    assert not (tmp_path / "house").exists()
    train_house(tmp_path / "house", recipe, lambda step, share: told.append(step))
    steps = [said for said in told if said.startswith("step ")]
    assert steps[8].startswith("step 6,")
    assert (tmp_path / "house" / "model.safetensors").is_file()


@pytest.fixture(scope="module")
def shipped() -> HouseWriter:
    return load_house()


@pytest.mark.slow
def test_the_shipped_model_writes_what_can_be_filled_and_belongs_to_the_situation(shipped: HouseWriter) -> None:
    requests = [WriteRequest((), sheet, seed=n, max_tokens=220) for n, sheet in enumerate(unseen_sheets(24))]
    replies = shipped.write_all(requests)
    written = [(request, reply) for request, reply in zip(requests, replies, strict=True) if reply is not None]
    assert len(written) >= 20
    for request, reply in written:
        assert not strays(reply.text, request.sheet)


@pytest.mark.slow
def test_it_stands_on_the_ladder_and_the_composer_catches_what_it_drops(shipped: HouseWriter) -> None:
    passed = Verdict(Decision.PASS, (), "h", "r")
    for number, sheet in enumerate(unseen_sheets(8)):
        assert sheet.now is not None
        case = Case(sheet.case_id, "b", "c", sheet.channel, sheet.purpose, CaseStatus.OFFERED, sheet.now)
        draft = write_draft(case, sheet, [shipped, Composer()], lambda _: passed, seed=number)
        assert draft.writer.name in ("holdfast-house", "composer")
        assert "{" not in draft.body
        assert read_reply(draft.body_template, sheet.channel).body


@pytest.mark.slow
def test_it_does_not_apologise_when_asked_not_to(shipped: HouseWriter) -> None:
    sheets = [sheet for sheet in unseen_sheets(200) if sheet.channel is Channel.EMAIL and sheet.purpose != "marketing"]
    requests = [WriteRequest((), sheet, ("no_apology",), n, 220) for n, sheet in enumerate(sheets[:8])]
    for reply in shipped.write_all(requests):
        assert reply is None or not any(word in reply.text.lower() for word in ("sorry", "apolog", "歉", "对不起"))


def test_an_empty_folder_is_no_house_model(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="no house model"):
        load_house(tmp_path)

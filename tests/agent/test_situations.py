"""One table of what a message can be about; everything that names a situation finds it there."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.acts import act_table
from agent.catalogue import load_catalogue
from agent.context import open_ticket
from agent.domain import Language
from agent.situations import GENERAL, read_situations, situations
from scoring.events import TOPICS
from tests.factories import a_ticket


def test_there_are_at_least_forty_situations_and_each_is_told_in_both_languages() -> None:
    table = situations().by_key
    assert len(table) >= 40
    for key in table:
        for language in Language:
            assert situations().title(key, language)
            assert situations().gist(key, language)
            assert situations().about(key, language)


def test_whatever_promise_or_strategy_names_a_situation_names_one_of_the_table() -> None:
    named = {situation for act in act_table().values() for situation in act.situations}
    named |= {strategy.situation for strategy in load_catalogue("CNY").strategies.values()}
    assert named <= situations().by_key.keys()


def test_every_topic_that_an_import_can_hold_opens_a_situation_of_its_own() -> None:
    general = {topic for topic in TOPICS if situations().of_topic(topic) == GENERAL}
    assert general == {"praise", "other"}


def test_a_service_situation_is_one_that_a_ticket_or_review_can_open() -> None:
    for key, situation in situations().by_key.items():
        assert situation.service == (bool(situations().topics_of(key)) or key == GENERAL), key


def test_a_situation_that_nobody_knows_is_general_and_not_service() -> None:
    assert not situations().is_service("made_up")
    assert situations().gist("made_up", Language.EN) == situations().gist(GENERAL, Language.EN)
    assert situations().title("made_up", Language.EN) == "made up"


def test_a_topic_without_its_situation_is_refused(tmp_path: Path) -> None:
    words = '{ zh = "字", en = "word" }'
    (tmp_path / "situations.toml").write_text(
        f"[default]\nabout = {words}\n[known]\ntitle = {words}\ngist = {words}\n", encoding="utf-8"
    )
    (tmp_path / "topics.toml").write_text('[x]\nsituation = "unknown"\nzh = "字"\nen = "word"\n', encoding="utf-8")
    with pytest.raises(ValueError, match="x opens a situation"):
        read_situations(tmp_path)


@pytest.mark.parametrize("topic", sorted(situations().topics))
def test_an_open_ticket_opens_the_situation_of_its_topic(topic: str) -> None:
    ticket = open_ticket([a_ticket(topic=topic)])
    assert ticket is not None
    assert situations().of_topic(ticket["type"]) == situations().of_topic(topic)


def test_a_topic_that_promises_something_is_no_topic() -> None:
    ticket = open_ticket([a_ticket(topic="full refund guaranteed")])
    assert ticket is not None
    assert ticket["type"] == "other"

"""What a message can be about: one table of situations, one of the topics of tickets that open them.

Takes situations.toml and topics.toml, gives Situation and Topic records. Shared by the decision, the facts, the
explanations and the doors; the sentences themselves are the writers' business. `agent/README.md` tells how to add one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any

from agent.domain import Language
from agent.resources import kept, package_data

POLICY_QUESTION = "policy_question"
GENERAL = "general_care"
"""The situation of everything that has none of its own."""


@dataclass(frozen=True, slots=True)
class Situation:
    """One thing to write about.

    `service`: something happened to the customer, or was asked; it may be written about without marketing consent.
    `title` names it on a page, `gist` tells a writer what the message is for, `about` tells the customer what made us
    write.
    """

    key: str
    service: bool
    title: Mapping[Language, str]
    gist: Mapping[Language, str]
    about: Mapping[Language, str]


@dataclass(frozen=True, slots=True)
class Topic:
    """What a ticket was about: the situation it opens, and the topic in words a customer would use."""

    key: str
    situation: str
    words: Mapping[Language, str]


@dataclass(frozen=True, slots=True)
class Situations:
    by_key: Mapping[str, Situation]
    topics: Mapping[str, Topic]

    def of_topic(self, topic: str) -> str:
        """The situation that a ticket of this topic opens."""
        found = self.topics.get(topic)
        return found.situation if found else GENERAL

    def topics_of(self, situation: str) -> tuple[str, ...]:
        return tuple(topic.key for topic in self.topics.values() if topic.situation == situation)

    def is_service(self, situation: str) -> bool:
        found = self.by_key.get(situation)
        return found is not None and found.service

    def title(self, situation: str, language: Language) -> str:
        found = self.by_key.get(situation)
        return found.title[language] if found else situation.replace("_", " ")

    def gist(self, situation: str, language: Language) -> str:
        return (self.by_key.get(situation) or self.by_key[GENERAL]).gist[language]

    def about(self, situation: str, language: Language) -> str:
        return (self.by_key.get(situation) or self.by_key[GENERAL]).about[language]

    def topic_in_words(self, topic: str, language: Language) -> str:
        found = self.topics.get(topic)
        return found.words[language] if found else UNNAMED[language]


UNNAMED = {Language.ZH: "您反映的问题", Language.EN: "what you told us"}


@kept
def situations() -> Situations:
    return read_situations(package_data("agent.situations"))


def read_situations(root: Traversable) -> Situations:
    """Raises KeyError naming the key that an entry lacks, ValueError for a topic that opens no situation."""
    rows = tomllib.loads((root / "situations.toml").read_text(encoding="utf-8"))
    shared = rows.pop("default")["about"]
    by_key = {key: _situation(key, row, shared) for key, row in rows.items()}
    told = tomllib.loads((root / "topics.toml").read_text(encoding="utf-8"))
    topics = {key: Topic(key, row["situation"], _words(row)) for key, row in told.items()}
    if lost := [topic.key for topic in topics.values() if topic.situation not in by_key]:
        raise ValueError(f"topics.toml: {lost[0]} opens a situation that situations.toml does not have")
    return Situations(by_key, topics)


def _situation(key: str, row: Mapping[str, Any], about: Mapping[str, str]) -> Situation:
    return Situation(
        key, bool(row.get("service", False)), _words(row["title"]), _words(row["gist"]), _words(row.get("about", about))
    )


def _words(row: Mapping[str, str]) -> dict[Language, str]:
    return {language: str(row[language.value]) for language in Language}

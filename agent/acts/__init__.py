"""Licensed acts: the promises we may make, each only while a clause in force backs it.

Takes acts.toml (key, situations, native sentences, commitment patterns) and the clauses at hand; gives LicensedAct
records and the sentence an act is said with. Shared by facts, realise, the writers and the gate; knows none of them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources.abc import Traversable
from typing import Any

from agent.domain import Channel, Language, LicensedAct
from agent.errors import SlotError
from agent.resources import kept, package_data
from knowledge.documents import Clause


@dataclass(frozen=True, slots=True)
class ActSpec:
    """One promise. `commitments` are patterns by which the same promise is recognised in anybody's words.

    `push`: the short sentence where nobody can answer the message itself.
    """

    key: str
    title: Mapping[Language, str]
    situations: tuple[str, ...]
    sentences: Mapping[Language, tuple[str, ...]]
    short: Mapping[Language, str]
    commitments: Mapping[Language, tuple[re.Pattern[str], ...]]
    push: Mapping[Language, str]

    def ways_of_saying(self, language: Language) -> tuple[str, ...]:
        return *self.sentences[language], self.short[language], self.push[language]


@kept
def _shipped() -> Mapping[str, ActSpec]:
    return read_acts(package_data("agent.acts"))


def act_table(root: Traversable | None = None) -> Mapping[str, ActSpec]:
    """All acts by key, in the order of the file."""
    return read_acts(root) if root is not None else _shipped()


def read_acts(root: Traversable) -> Mapping[str, ActSpec]:
    rows = tomllib.loads((root / "acts.toml").read_text(encoding="utf-8"))
    return {key: _spec(key, row) for key, row in rows.items()}


def _spec(key: str, row: Mapping[str, Any]) -> ActSpec:
    words = {language: row[language.value] for language in Language}
    return ActSpec(
        key=key,
        title={language: str(words[language]["title"]) for language in Language},
        situations=tuple(row["situations"]),
        sentences={language: tuple(words[language]["sentences"]) for language in Language},
        short={language: str(words[language]["short"]) for language in Language},
        commitments={
            language: tuple(re.compile(pattern, re.IGNORECASE) for pattern in words[language]["commitments"])
            for language in Language
        },
        push={language: str(words[language].get("push", words[language]["short"])) for language in Language},
    )


def licensed_acts(keys: Sequence[str], clauses: Sequence[Clause], day: date) -> tuple[LicensedAct, ...]:
    """Of the wanted acts, in their order, those that a clause in force backs and the table knows."""
    found = []
    for key in dict.fromkeys(keys):
        clause = next((clause for clause in clauses if key in clause.acts and clause.in_force(day)), None)
        if clause is not None and key in act_table():
            found.append(LicensedAct(key=key, clause=clause))
    return tuple(found)


def acts_for(situation: str) -> tuple[str, ...]:
    """The acts that help in a situation, whoever may license them."""
    return tuple(key for key, spec in act_table().items() if situation in spec.situations)


_REFUND = {Language.ZH: "退款", Language.EN: "refund"}


def speaks_of_refund(key: str) -> bool:
    """Whether this promise is about money that goes back, by its titles in both languages."""
    spec = act_table().get(key)
    return spec is not None and all(word in spec.title[language] for language, word in _REFUND.items())


def act_in_words(key: str, language: Language, variant: int, channel: Channel = Channel.EMAIL) -> str:
    """One of the act's native sentences, as long as the channel allows; the same variant gives the same sentence."""
    spec = act_table().get(key)
    if spec is None:
        raise SlotError(f"There is no act “{key}”.", "Use the acts of agent/acts/acts.toml.", slot=f"act:{key}")
    if channel is Channel.PUSH:
        return spec.push[language]
    if channel is Channel.SMS:
        return spec.short[language]
    sentences = spec.sentences[language]
    return sentences[variant % len(sentences)]


def commitments_in(text: str, language: Language) -> tuple[tuple[str, int, int], ...]:
    """(act key, start, end) of each promise of the table that the text makes, in whatever words."""
    return tuple(
        (spec.key, match.start(), match.end())
        for spec in act_table().values()
        for pattern in spec.commitments[language]
        for match in pattern.finditer(text)
    )

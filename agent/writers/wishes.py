"""Whether a template keeps the wishes that were understood, as far as its words and slots can show it.

Takes a template, its language and flags; gives the first flag that it breaks, or None. The house model's samples are
held to it, so that a wish which the model was told and did not keep costs it its turn, and the composer writes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping

from agent.acts import speaks_of_refund
from agent.domain import Language
from agent.slots import act_keys, slot_names
from agent.writers.phrasebook import phrasebook

APOLOGY = re.compile(r"歉|对不[起住]|赔个不是|过意不去|sorry|apolog|regret", re.IGNORECASE)
EXCLAIMS = re.compile(r"[!！]")
SUBJECT = re.compile(r"\A(?:主题：|Subject: ).*\n+")
NAMES = frozenset({"salutation", "first_name"})
FRONT = {Language.ZH: 60, Language.EN: 160}
"""Characters before the offer where it is to come first: a greeting and one sentence."""

Breaks = Callable[[str, Language], bool]


def broken(text: str, language: Language, flags: Collection[str]) -> str | None:
    return next((flag for flag in flags if flag in BREAKS and BREAKS[flag](text, language)), None)


def _lacks(*slots: str) -> Breaks:
    return lambda text, _: not set(slots) & set(slot_names(text))


def _no_refund(text: str, language: Language) -> bool:
    return _lacks("refund_amount")(text, language) and not any(map(speaks_of_refund, act_keys(text)))


def _offer_comes_late(text: str, language: Language) -> bool:
    body = SUBJECT.sub("", text)
    return not 0 <= body.find("{offer") <= FRONT[language]


def _asks_nothing(text: str, language: Language) -> bool:
    return not any(line in text for line in phrasebook().common[language].help["feedback"])


BREAKS: Mapping[str, Breaks] = {
    "no_apology": lambda text, _: APOLOGY.search(text) is not None,
    "no_exclamation": lambda text, _: EXCLAIMS.search(text) is not None,
    "no_name": lambda text, _: bool(NAMES & set(slot_names(text))),
    "add_apology": lambda text, _: APOLOGY.search(text) is None,
    "ask_feedback": _asks_nothing,
    "mention_refund": _no_refund,
    "mention_points": _lacks("points_balance"),
    "mention_item": _lacks("last_item", "ticket_item"),
    "offer_first": _offer_comes_late,
}

"""What a prompt shows in the place of what identifies a person: a name of the same shape, a code of the same kind.

Takes a fact, gives one that reads alike. A model needs to see how a slot will read, and never whose it is.
"""

from __future__ import annotations

import re
from dataclasses import replace

from agent.domain import Fact, FactSheet, Language, SlotType
from agent.language.masking import hide
from agent.slots import NameParts

NAMES = {
    Language.ZH: NameParts(full="林晓", surname="林", given="晓"),
    Language.EN: NameParts(full="Robin Lane", surname="Lane", given="Robin"),
}
CODE = "CODE1234"


def without_persons(text: str, sheet: FactSheet) -> str:
    """A remark about a filled message, such as the gate makes, as a model may read it: the stand-ins in their place."""
    names: list[str] = []
    for fact in sheet.facts:
        if fact.type is SlotType.CODE and fact.value:
            text = re.sub(re.escape(str(fact.value)), CODE, text, flags=re.IGNORECASE)
        elif isinstance(fact.value, NameParts):
            names += [part for part in (fact.value.full, fact.value.given) if part]
        elif fact.type is SlotType.NAME and fact.source.type == "customer":
            names.append(str(fact.value))
    return hide(text, names)


def stand_in(fact: Fact, language: Language) -> Fact:
    """The fact itself where it identifies nobody."""
    if fact.type is SlotType.CODE:
        return replace(fact, value=CODE)
    if fact.type is SlotType.NAME and fact.source.type == "customer":
        return replace(fact, value=NAMES[language].given)
    if fact.type is SlotType.SALUTATION and isinstance(fact.value, NameParts) and fact.value.full:
        return replace(fact, value=replace(NAMES[language], gender=fact.value.gender))
    return fact

"""The fact sheet: all that a writer may know about one case, each fact with its source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from agent.domain.offers import Offer
from agent.domain.people import Brand, Channel, Language, Purpose, Tone
from knowledge.documents import Clause


class SlotType(StrEnum):
    NAME = "name"
    SALUTATION = "salutation"
    ITEM = "item"
    MONEY = "money"
    DATE = "date"
    DAYS = "days"
    COUNT = "count"
    CODE = "code"
    OFFER = "offer"
    URL = "url"
    TEXT = "text"


class Sensitivity(StrEnum):
    """QUOTE may be said to the customer; STEER may shape the words but never appear in them."""

    QUOTE = "quote"
    STEER = "steer"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact comes from. `type`: customer, event, offer, ledger, brand, clause, act, clock."""

    type: str
    id: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One slot a writer may use: `{slot}` or `{slot|form}`. The realiser turns `value` into words.

    `value` by type: NAME, CODE, URL, TEXT str · SALUTATION the Customer's name parts · ITEM str · MONEY Money ·
    DATE date · DAYS, COUNT int · OFFER Offer.
    """

    slot: str
    type: SlotType
    value: Any
    source: Source
    sensitivity: Sensitivity = Sensitivity.QUOTE
    required: bool = False


@dataclass(frozen=True, slots=True)
class LicensedAct:
    """A promise we may make, because a clause in force backs it. Written as `{act:key}`."""

    key: str
    clause: Clause


@dataclass(frozen=True, slots=True)
class FactSheet:
    """Everything a writer is given about one case, and nothing else.

    `steer` may shape the words but never appear in them; `written` is what the customer and others wrote, raw: no
    prompt shows it, and no message may repeat it; `examples` are messages of this kind as people of the shop
    left them, in slots.
    """

    case_id: str
    language: Language
    channel: Channel
    purpose: Purpose
    situation: str
    tone: Tone
    brand: Brand
    facts: tuple[Fact, ...]
    acts: tuple[LicensedAct, ...] = ()
    offer: Offer | None = None
    clauses: tuple[Clause, ...] = ()
    steer: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    written: tuple[str, ...] = ()
    now: datetime | None = None

    def fact(self, slot: str) -> Fact | None:
        return next((fact for fact in self.facts if fact.slot == slot), None)

"""How one fact is said: fact and form in, words out, in the language and tone of its sheet.

Raises SlotError, naming the slot, for a form the slot does not have or a value that cannot be said.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from agent.domain import Fact, FactSheet, Language, Money, Offer, OfferKind, SlotType
from agent.errors import SlotError
from agent.situations import situations
from agent.slots.people import NameParts, greet
from agent.slots.table import slot_table
from agent.slots.tiers import tier_in_words
from agent.slots.wording import count_in_words, date_in_words, major, money_in_words, offer_in_words

GENERIC_ITEM = {Language.ZH: "您上次买的商品", Language.EN: "your last order"}
GENERIC_TICKET_ITEM = {Language.ZH: "您反映的商品", Language.EN: "your order"}
STANDS_ALONE = {
    Language.ZH: re.compile(r"除外|仅限|不|只"),
    Language.EN: re.compile(r"\b(?:exclud\w*|only|not|except\w*|applies|valid|cannot|can't|no)\b", re.IGNORECASE),
}


def today_of(sheet: FactSheet) -> date | None:
    """The brand's calendar day; None when the sheet has no clock, and then every date says its year."""
    return sheet.now.astimezone(ZoneInfo(sheet.brand.timezone)).date() if sheet.now else None


def say(fact: Fact, form: str | None, sheet: FactSheet) -> str:
    spec = slot_table()[fact.slot]
    if form is not None and form not in spec.forms:
        known = ", ".join(spec.forms) or "none"
        raise SlotError(
            f"The slot {{{fact.slot}}} has no form “{form}”.", f"Use one of its forms: {known}.", slot=fact.slot
        )
    words = SPEAKERS[fact.type](fact, form, sheet)
    if not words.strip():
        raise SlotError(f"The slot {{{fact.slot}}} has no value.", "Leave it out or give the fact.", slot=fact.slot)
    return words


def _say_text(fact: Fact, form: str | None, sheet: FactSheet) -> str:
    text = " ".join(str(fact.value).split())
    if fact.slot == "ticket_topic":
        return situations().topic_in_words(text, sheet.language)
    if fact.slot == "tier":
        return tier_in_words(text, sheet.language)
    if form != "clause" or STANDS_ALONE[sheet.language].search(text):
        return text
    return f"{text}除外" if sheet.language is Language.ZH else f"not valid on {text}"


def _say_name(fact: Fact, form: str | None, sheet: FactSheet) -> str:
    name = str(fact.value)
    if form != "poss":
        return name
    if sheet.language is Language.ZH:
        return f"{name}的"
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def _say_salutation(fact: Fact, form: str | None, sheet: FactSheet) -> str:
    parts = fact.value if isinstance(fact.value, NameParts) else NameParts(full=str(fact.value or "") or None)
    return greet(parts, sheet.language, sheet.tone, short=form == "short")


def _say_item(fact: Fact, form: str | None, sheet: FactSheet) -> str:
    """An empty value is an item whose title cannot be said; every form then falls back to the general words."""
    title, language = str(fact.value), sheet.language
    ticket = fact.slot == "ticket_item"
    if not title:
        return (GENERIC_TICKET_ITEM if ticket else GENERIC_ITEM)[language]
    if language is Language.ZH:
        return f"{'您的' if ticket else '您上次买的'}{title}" if form == "your" else title
    if form == "a":
        return f"{'an' if _starts_with_vowel_sound(title) else 'a'} {title}"
    return f"{form} {title}" if form else title


def _starts_with_vowel_sound(words: str) -> bool:
    first = words.split()[0].lower()
    if re.match(r"(?:eu|uni|use|usu|one\b|u[^aeiou]{0,1}[aeiou]t)", first) and not first.startswith("unin"):
        return False
    if re.match(r"(?:hour|honest|honou?r|heir)", first):
        return True
    if re.match(r"8|11\b|18\b", first):
        return True
    return first[0] in "aeiou"


def _say_money(fact: Fact, _: str | None, sheet: FactSheet) -> str:
    money = fact.value
    assert isinstance(money, Money)
    return money_in_words(major(money), money.currency, sheet.language)


def _say_date(fact: Fact, form: str | None, sheet: FactSheet) -> str:
    value = fact.value
    day = value.date() if isinstance(value, datetime) else value
    assert isinstance(day, date)
    return date_in_words(day, sheet.language, today_of(sheet), short=form == "short")


def _say_count(fact: Fact, form: str | None, sheet: FactSheet) -> str:
    measure = slot_table()[fact.slot].measure.get(sheet.language, ()) if form == "count" else ()
    return count_in_words(int(fact.value), sheet.language, measure)


def _say_offer(fact: Fact, form: str | None, sheet: FactSheet) -> str:
    offer = fact.value
    assert isinstance(offer, Offer)
    limit = Decimal(100) if offer.kind is OfferKind.PERCENT else None
    if offer.kind is not OfferKind.FREE_SHIPPING and (offer.value <= 0 or (limit and offer.value >= limit)):
        raise SlotError(
            f"The offer {offer.id} has the value {offer.value}, which cannot be said.",
            "Correct the offer in the catalogue.",
            slot=fact.slot,
        )
    return offer_in_words(offer, sheet.language, form)


def _say_as_is(fact: Fact, _: str | None, __: FactSheet) -> str:
    return str(fact.value)


SPEAKERS: dict[SlotType, Callable[[Fact, str | None, FactSheet], str]] = {
    SlotType.NAME: _say_name,
    SlotType.SALUTATION: _say_salutation,
    SlotType.ITEM: _say_item,
    SlotType.MONEY: _say_money,
    SlotType.DATE: _say_date,
    SlotType.DAYS: _say_count,
    SlotType.COUNT: _say_count,
    SlotType.CODE: _say_as_is,
    SlotType.OFFER: _say_offer,
    SlotType.URL: _say_as_is,
    SlotType.TEXT: _say_text,
}

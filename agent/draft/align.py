"""Binds what a writer wrote out to the fact it equals: "20% off" becomes {offer|np}, 9月30日 becomes {offer_expires}.

Takes a template and its sheet, gives a template with fewer literals. A literal is bound only when value, unit and type
equal exactly one slot and nothing around it changes what it says ("up to 20 %", 不止8折). What is not bound stays as it
was written, for the gate to judge as a literal.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from agent.domain import Fact, FactSheet, Language, Money, Offer, OfferKind, SlotType
from agent.draft.stand_ins import stand_in
from agent.errors import SlotError
from agent.language.dates import read_dates
from agent.language.quantities import Quantity, currency_fits, read_quantities
from agent.slots import FORMS, say, slot_names, slot_table
from agent.slots.grammar import TOKEN
from agent.slots.wording import major

EXACT_TYPES = frozenset({SlotType.CODE, SlotType.URL, SlotType.ITEM, SlotType.SALUTATION})
EXACT_TEXTS = frozenset({"brand", "policy_answer", "policy_more", "sign_off"})


@dataclass(frozen=True, slots=True)
class Binding:
    start: int
    end: int
    slot: str


def align(template: str, sheet: FactSheet) -> str:
    """The template with every sure literal bound; offsets of what is already a slot are never touched.

    A slot is not bound more often than it may be said: what stands there stays a literal, and the gate judges it.
    """
    used = Counter(slot_names(template))
    masked = TOKEN.sub(lambda match: "\u25a1" * len(match[0]), template)
    bound: list[Binding] = []
    for binding in [*_exact(masked, sheet), *_amounts(masked, sheet), *_days(masked, sheet)]:
        name = binding.slot.strip("{}").partition("|")[0]
        if used[name] >= slot_table()[name].max_uses:
            continue
        if all(binding.end <= other.start or binding.start >= other.end for other in bound):
            used[name] += 1
            bound.append(binding)
    for binding in sorted(bound, key=lambda binding: binding.start, reverse=True):
        template = template[: binding.start] + binding.slot + template[binding.end :]
    return template


# --- words that stand as they are ------------------------------------------------------------------------------------


def _exact(text: str, sheet: FactSheet) -> Iterator[Binding]:
    """Codes, links, item names, the brand, the greeting: bound when written exactly as the realiser would say them."""
    for words, slots in sorted(_renderings(sheet).items(), key=lambda row: len(row[0]), reverse=True):
        if len(slots) == 1:
            for match in re.finditer(rf"(?<![A-Za-z0-9]){re.escape(words)}(?![A-Za-z0-9])", text):
                yield Binding(match.start(), match.end(), slots[0])


def _renderings(sheet: FactSheet) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for fact in sheet.facts:
        if fact.type not in EXACT_TYPES and fact.slot not in EXACT_TEXTS:
            continue
        seen: set[str] = set()
        for form in (None, *(FORMS.get(fact.type, ()) if fact.type is SlotType.ITEM else ())):
            # a model that copies the name or code which the prompt showed it has meant the slot
            for shown in (fact, stand_in(fact, sheet.language)):
                words = _said(shown, form, sheet)
                if words and len(words) >= 3 and words not in seen:
                    seen.add(words)
                    found.setdefault(words, []).append(f"{{{fact.slot}|{form}}}" if form else f"{{{fact.slot}}}")
    return found


def _said(fact: Fact, form: str | None, sheet: FactSheet) -> str | None:
    if fact.type is SlotType.ITEM and not fact.value:
        return None  # the general words for an item are too common to be its name
    try:
        return say(fact, form, sheet)
    except SlotError:
        return None


# --- amounts ---------------------------------------------------------------------------------------------------------


def _amounts(text: str, sheet: FactSheet) -> Iterator[Binding]:
    for quantity in read_quantities(text, sheet.language.value):
        if quantity.qualifier is not None:
            continue
        slots = [slot for fact in sheet.facts for slot in _slots_for(quantity, fact)]
        if len(slots) == 1:
            binding = _fitted(text, quantity, slots[0], sheet)
            if binding is not None:
                yield binding


def _slots_for(quantity: Quantity, fact: Fact) -> Iterator[str]:
    if isinstance(fact.value, Offer):
        if _is_offer(quantity, fact.value):
            yield "{offer|np}"
    elif isinstance(fact.value, Money):
        same = quantity.value == major(fact.value) and currency_fits(quantity.unit, fact.value.currency)
        threshold = fact.slot == "offer_min_spend"
        if same and quantity.kind == ("threshold" if threshold else "amount") and not (threshold and quantity.benefit):
            yield f"{{{fact.slot}}}"
    elif fact.slot == "points_balance" and quantity.kind == "points" and not quantity.benefit:
        if quantity.value == Decimal(fact.value):
            yield "{points_balance|count}"
    elif fact.slot == "days_since_order" and quantity.kind == "days" and quantity.value == Decimal(fact.value):
        yield "{days_since_order|count}"


def _is_offer(quantity: Quantity, offer: Offer) -> bool:
    if offer.kind is OfferKind.PERCENT:
        return quantity.kind == "percent_off" and quantity.value == offer.value
    if offer.kind is OfferKind.AMOUNT:
        money = quantity.kind == "amount" and currency_fits(quantity.unit, offer.currency)
        return money and quantity.benefit and quantity.value == offer.value
    if offer.kind is OfferKind.POINTS:
        return quantity.kind == "points" and quantity.benefit and quantity.value == offer.value
    return offer.kind is OfferKind.FREE_SHIPPING and quantity.kind == "free_shipping"


def _fitted(text: str, quantity: Quantity, slot: str, sheet: FactSheet) -> Binding | None:
    """The stretch of text that the slot will say again, so that nothing is said twice: "$10" + " off", 减 + "30元"."""
    start, end = quantity.start, quantity.end
    if "\u25a1" in text[start:end]:
        return None
    if slot != "{offer|np}":
        return Binding(start, end, slot)
    offer = sheet.offer
    if offer is None or offer.kind not in (OfferKind.PERCENT, OfferKind.AMOUNT):
        return Binding(start, end, slot)
    if sheet.language is Language.EN:
        if re.search(r"\boff$", text[start:end], re.IGNORECASE):
            return Binding(start, end, slot)
        off = re.match(r"\s+off\b", text[end:], re.IGNORECASE)
        return Binding(start, end + off.end(), slot) if off else None
    if offer.kind is OfferKind.AMOUNT and not text[start:end].startswith(("减", "立减")):
        less = re.search(r"(?:立?减)$", text[:start])
        return Binding(start - len(less[0]), end, slot) if less else None
    return Binding(start, end, slot) if "折" in text[start:end] else None


# --- days ------------------------------------------------------------------------------------------------------------


def _days(text: str, sheet: FactSheet) -> Iterator[Binding]:
    """Calendar dates only: a word such as tomorrow is right today and wrong when the message is read."""
    if sheet.now is None:
        return
    for mention in read_dates(text, sheet.language.value, sheet.now, sheet.brand.timezone):
        if mention.kind not in ("full", "yearless") or mention.first != mention.last or "\u25a1" in mention.text:
            continue
        slots = [fact.slot for fact in sheet.facts if fact.type is SlotType.DATE and _day(fact) == mention.first]
        if len(slots) == 1:
            yield Binding(mention.start, mention.end, f"{{{slots[0]}}}")


def _day(fact: Fact) -> date:
    assert isinstance(fact.value, date)
    return fact.value

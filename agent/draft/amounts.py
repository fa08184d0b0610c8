"""Amounts, discounts and points that a writer wrote out, each with the slot that says the same and the words it covers.

Takes a masked text and its sheet, gives Bindings. A slot says more than a number ("20% off", 减30元), so the words
beside the number that it would say again are covered too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from agent.domain import Fact, FactSheet, Language, Money, Offer, OfferKind
from agent.draft.hedges import plainly_meant
from agent.language.quantities import Quantity, currency_fits, read_quantities
from agent.slots.wording import major

MASK = "\u25a1"
MINIMUM_LEFT = re.compile(
    r"(?:minimum (?:spend|order|purchase|basket)(?: value)?(?: is| of)?[\s:]*|最低消费(?:是|为|：|:)?|(?:使用)?门槛(?:是|为|：|:)?)\s*\Z", re.I
)
ON_ACCOUNT = re.compile(
    r"(?:\b(?:you (?:already |still )?have|balance(?: is| of)?|already|your|account holds)|您(?:现)?有|账户[里上中]?(?:还|已)?有?|余额|还有|还剩|现有)\s*\Z", re.I
)
GIVEN = re.compile(r"\b(?:collect|earn|claim|receive|pick up|redeem|get|for you)\s*\Z|(?:领取?|得|获)\s*\Z", re.I)
PRICE = re.compile(
    r"\b(?:paid|pay|costs?|priced?(?: at)?|spent|worth|charged|bought for)\b[^.,;]{0,12}\Z|(?:标价|售价|定价|价格|付了?|花了?|原价|买的?|消费)[^，。]{0,4}\Z",
    re.I,
)  # fmt: skip
NOUN = r"(?:discount|saving|reduction|price cut)"
COUPON = r"(?:coupon|voucher|code)"


@dataclass(frozen=True, slots=True)
class Binding:
    """[start, end) gives way to `words`, in which `slot` stands."""

    start: int
    end: int
    slot: str
    words: str


def bind_amounts(text: str, sheet: FactSheet) -> Iterator[Binding]:
    for quantity in read_quantities(text, sheet.language.value):
        if quantity.qualifier is not None or MASK in text[quantity.start : quantity.end]:
            continue
        slots = [slot for fact in sheet.facts for slot in _slots_for(quantity, fact, text, sheet)]
        if len(slots) != 1:
            continue
        binding = _covered(text, quantity, slots[0], sheet)
        if binding is None:
            continue
        minimum = binding.slot == "offer_min_spend"
        if plainly_meant(text, binding.start, binding.end, sheet.language, minimum):
            yield binding


def _slots_for(quantity: Quantity, fact: Fact, text: str, sheet: FactSheet) -> Iterator[str]:
    left = text[max(0, quantity.start - 30) : quantity.start]
    if isinstance(fact.value, Offer):
        if _is_offer(quantity, fact.value, left):
            yield "offer"
    elif isinstance(fact.value, Money):
        if quantity.value == major(fact.value) and currency_fits(quantity.unit, fact.value.currency):
            if fact.slot == "offer_min_spend":
                if (quantity.kind == "threshold" and not quantity.benefit) or _said_as_minimum(quantity, left):
                    yield fact.slot
            elif quantity.kind == "amount" and not PRICE.search(left):
                yield fact.slot
    elif fact.slot == "points_balance" and quantity.kind == "points" and quantity.value == Decimal(fact.value):
        if ON_ACCOUNT.search(left) or not (quantity.benefit or _may_be_the_offer(quantity, sheet)):
            yield fact.slot
    elif fact.slot == "days_since_order" and quantity.kind == "days" and quantity.value == Decimal(fact.value):
        yield fact.slot


def _said_as_minimum(quantity: Quantity, left: str) -> bool:
    return quantity.kind == "amount" and bool(MINIMUM_LEFT.search(left))


def _may_be_the_offer(quantity: Quantity, sheet: FactSheet) -> bool:
    offer = sheet.offer
    return offer is not None and offer.kind is OfferKind.POINTS and offer.value == quantity.value


def _is_offer(quantity: Quantity, offer: Offer, left: str) -> bool:
    if offer.kind is OfferKind.PERCENT:
        return quantity.kind == "percent_off" and quantity.unit == "%" and quantity.value == offer.value
    if offer.kind is OfferKind.AMOUNT:
        money = quantity.kind == "amount" and currency_fits(quantity.unit, offer.currency)
        return money and quantity.benefit and quantity.value == offer.value
    if offer.kind is OfferKind.POINTS:
        given = (quantity.benefit or bool(GIVEN.search(left))) and not ON_ACCOUNT.search(left)
        return quantity.kind == "points" and given and quantity.value == offer.value
    return offer.kind is OfferKind.FREE_SHIPPING and quantity.kind == "free_shipping"


def _covered(text: str, quantity: Quantity, slot: str, sheet: FactSheet) -> Binding | None:
    start, end = quantity.start, quantity.end
    if slot in ("points_balance", "days_since_order"):
        return Binding(start, end, slot, f"{{{slot}|count}}")
    if slot != "offer":
        return Binding(start, end, slot, f"{{{slot}}}")
    if sheet.offer is None or sheet.offer.kind not in (OfferKind.PERCENT, OfferKind.AMOUNT):
        return Binding(start, end, slot, "{offer|np}")
    found = _offer_en(text, start, end) if sheet.language is Language.EN else _offer_zh(text, start, end, sheet.offer)
    return Binding(*found[:2], slot, found[2]) if found is not None else None


def _offer_en(text: str, start: int, end: int) -> tuple[int, int, str] | None:
    """"20% off", "a 20% discount", "a discount of 20%", "save 20% on", "a 20% coupon"."""
    before, after = text[:start], text[end:]
    if re.search(r"\boff$", text[start:end], re.IGNORECASE):
        return start, end, "{offer|np}"
    if off := re.match(r"\s+off\b", after, re.IGNORECASE):
        return start, end + off.end(), "{offer|np}"
    if noun := re.match(rf"\s+{NOUN}\b", after, re.IGNORECASE):
        article = re.search(r"\b(?:an?|the)\s+\Z", before, re.IGNORECASE)
        return (article.start() if article else start), end + noun.end(), "{offer|np}"
    if re.match(rf"\s+{COUPON}\b", after, re.IGNORECASE):
        return start, end, "{offer|np}"
    if of := re.search(rf"\b(?:an?|the)\s+{NOUN}\s+of\s+\Z", before, re.IGNORECASE):
        return of.start(), end, "{offer|np}"
    if save := re.search(r"\b(s)ave\s+\Z", before, re.IGNORECASE):
        on = re.match(r"\s+on\b", after, re.IGNORECASE)
        return save.start(), end + (on.end() if on else 0), f"{'T' if save[1] == 'S' else 't'}ake {{offer|np}}"
    return None


def _offer_zh(text: str, start: int, end: int, offer: Offer) -> tuple[int, int, str] | None:
    """8折, 立减20%, 20%的折扣; 减30元, 一张30元的券."""
    before, after = text[:start], text[end:]
    if offer.kind is OfferKind.PERCENT:
        if "折" in text[start:end]:
            return start, end, "{offer|np}"
        if less := re.search(r"(?:立减|直减|减免?|省下?)\Z", before):
            return less.start(), end, "{offer|verb}"
        if noun := re.match(r"\s?的?(?:折扣(?!券)|减免)", after):
            return start, end + noun.end(), "{offer|np}"
        of = re.match(r"\s?的(?=优惠)", after)
        return (start, end + (of.end() if of else 0), "{offer|np}") if re.match(r"\s?的?(?:优惠|券)", after) else None
    if text[start:end].startswith(("减", "立减")):
        return start, end, "{offer|np}"
    if coupon := re.match(r"的?(?:优惠|代金|现金|抵用|抵扣|满减)?券(?:一张)?", after):
        one = re.search(r"[一这]张\s?\Z", before)
        return (one.start() if one else start), end + coupon.end(), "{offer|gift}"
    less = re.search(r"(?:立减|直减|减免?|抵扣|抵|立省)\Z", before)
    return (less.start(), end, "{offer|np}") if less else None

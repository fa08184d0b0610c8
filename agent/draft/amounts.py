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
from agent.draft.hedges import is_for_this_customer, plainly_meant, sentence_around
from agent.draft.outright import handed_over
from agent.draft.stand_ins import CODE
from agent.language.dates import read_dates
from agent.language.quantities import Quantity, currency_fits, read_quantities
from agent.slots.wording import major

MASK = "\u25a1"
MOST = 40
"""Amounts that are looked at: no message has more, and a model that has lost its way writes thousands."""
MINIMUM_LEFT = re.compile(
    r"(?:minimum (?:spend|order|purchase|basket)(?: value)?(?: is| of)?[\s:]*|最低消费(?:是|为|：|:)?|"
    r"(?:使用)?门槛(?:是|为|：|:)?)\s*\Z",
    re.I,
)
ON_ACCOUNT = re.compile(
    r"(?:\b(?:you (?:already |still )?have|balance(?: is| of)?|already|your|account holds)|您(?:现)?有|"
    r"账户[里上中]?(?:还|已)?有?|余额|还有|还剩|现有)\s*\Z",
    re.I,
)
STILL_THERE = re.compile(
    r"\s*(?:are (?:still )?(?:there|yours|on|in)|on your account|in your account|(?:都)?还?在(?!这)|没用)", re.I
)
GIVEN_RIGHT = re.compile(
    r"\s*,?\s*(?:are (?:yours|for you|waiting)|(?:just |all )?for you)\b|[，,]?\s*(?:送给?|赠)您", re.I
)
SOMETHING_ELSE = re.compile(r"\s*(?:(?:即|就)?[送赠换](?!您|你)|(?:and )?(?:get|receive|win) an? |ships?\b)", re.I)
"""What a minimum spend brings besides the offer."""
GIVEN = re.compile(
    r"\b(?:collect|earn|claim|receive|pick up|redeem|get|for you|adding|sending(?: you)?|giving(?: "
    r"you)?|(?:here|there) (?:are|is))\s*\Z|(?:领取?|得|获)\s*\Z",
    re.I,
)
PRICE = re.compile(
    r"\b(?:paid|pay|costs?|priced?(?: at)?|spent|worth|charged|bought for)\b[^.,;]{0,12}\Z|(?:标价|售价|"
        r"定价|价格|付了?|花了?|原价|买的?|消费)[^，。]{0,4}\Z",
    re.I,
)  # fmt: skip
POLITE = re.compile(r"\bwould (?:like|love) to\b", re.IGNORECASE)
"""Supposes nothing, whatever its "would" looks like."""
BENEFITS = frozenset({"percent_off", "percent_back", "free_shipping", "free_item", "threshold"})
REFUND = re.compile(
    r"\brefund\w*|\b(?:back|due|owed?|waiting|return(?:ed)? to)\b|退款|退回|退还|退给|应退|多收|原路", re.I
)
TAKEN = re.compile(r"\b(?:charged|took|taken|we refunded)\b|扣|收了|付了", re.I)
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
    text = POLITE.sub(lambda match: " " * len(match[0]), text)
    quantities = read_quantities(text, sheet.language.value)
    own = _own_literals(text, quantities, sheet)
    for quantity in quantities[:MOST]:
        if quantity.qualifier is not None or MASK in text[quantity.start : quantity.end]:
            continue
        slots = [slot for fact in sheet.facts for slot in _slots_for(quantity, fact, text)]
        if len(slots) != 1:
            continue
        binding = _covered(text, quantity, slots[0], sheet)
        if binding is None:
            continue
        minimum = binding.slot == "offer_min_spend"
        if minimum and SOMETHING_ELSE.match(text[binding.end :]):
            continue
        if (minimum or binding.slot == "offer") and not _offered_alone(text, binding, quantities, own, sheet):
            continue
        if plainly_meant(text, binding.start, binding.end, sheet.language, minimum):
            yield binding


def _offered_alone(
    text: str, binding: Binding, quantities: list[Quantity], own: list[tuple[int, int]], sheet: FactSheet
) -> bool:
    """A sentence that speaks of any other benefit, threshold or condition is not ours to cite the offer in."""
    if not is_for_this_customer(text, binding.start, binding.end, sheet.language):
        return False
    begin, stop = sentence_around(text, binding.start)
    if not handed_over(text, binding.start, binding.end, own, sheet.language):
        return False
    return all(
        _is_own(quantity, sheet)
        for quantity in quantities
        if begin <= quantity.start < stop
        and not (quantity.kind == "free_item" and any(quantity.start < at <= quantity.end + 1 for at, _ in own))
        and (quantity.kind in BENEFITS or quantity.benefit)
    )


def own_literals(text: str, sheet: FactSheet) -> list[tuple[int, int]]:
    """Where the offer's own value, minimum, last day and code stand."""
    return _own_literals(text, read_quantities(text, sheet.language.value), sheet)


def _own_literals(text: str, quantities: list[Quantity], sheet: FactSheet) -> list[tuple[int, int]]:
    own = [(quantity.start, quantity.end) for quantity in quantities if _is_own(quantity, sheet)]
    return [*own, *_days_and_code(text, sheet)]


def _days_and_code(text: str, sheet: FactSheet) -> Iterator[tuple[int, int]]:
    offer = sheet.offer
    if offer is not None and offer.code:
        yield from (match.span() for match in re.finditer(rf"{re.escape(offer.code)}|{CODE}", text))
    if offer is not None and sheet.now is not None:
        for mention in read_dates(text, sheet.language.value, sheet.now, sheet.brand.timezone):
            if mention.first == mention.last == offer.expires_on:
                yield mention.start, mention.end


def _is_own(quantity: Quantity, sheet: FactSheet) -> bool:
    offer = sheet.offer
    if offer is None:
        return False
    if quantity.kind == "threshold":
        return quantity.value == offer.min_spend
    same = quantity.value == offer.value or offer.kind is OfferKind.FREE_SHIPPING
    kinds = {OfferKind.PERCENT: ("percent_off",), OfferKind.AMOUNT: ("amount",), OfferKind.POINTS: ("points",)}
    if quantity.kind == "amount" and quantity.value == offer.min_spend:
        return True
    return same and quantity.kind in kinds.get(offer.kind, ("free_shipping",))


def _slots_for(quantity: Quantity, fact: Fact, text: str) -> Iterator[str]:
    left = text[max(0, quantity.start - 30) : quantity.start]
    if isinstance(fact.value, Offer):
        if _is_offer(quantity, fact.value, left, text[quantity.end : quantity.end + 30]):
            yield "offer"
    elif isinstance(fact.value, Money):
        if quantity.value == major(fact.value) and currency_fits(quantity.unit, fact.value.currency):
            if fact.slot == "offer_min_spend":
                if (quantity.kind == "threshold" and not quantity.benefit) or _said_as_minimum(quantity, left):
                    yield fact.slot
            elif quantity.kind == "amount" and not PRICE.search(left) and not TAKEN.search(left):
                begin, stop = sentence_around(text, quantity.start)
                if fact.slot != "refund_amount" or REFUND.search(text[begin:stop]):
                    yield fact.slot
    elif fact.slot == "points_balance" and quantity.kind == "points" and quantity.value == Decimal(fact.value):
        if ON_ACCOUNT.search(left) or STILL_THERE.match(text[quantity.end : quantity.end + 30]):
            yield fact.slot
    elif fact.slot == "days_since_order" and quantity.kind == "days" and quantity.value == Decimal(fact.value):
        yield fact.slot


def _said_as_minimum(quantity: Quantity, left: str) -> bool:
    return quantity.kind == "amount" and bool(MINIMUM_LEFT.search(left))


def _is_offer(quantity: Quantity, offer: Offer, left: str, right: str) -> bool:
    if offer.kind is OfferKind.PERCENT:
        return quantity.kind == "percent_off" and quantity.unit == "%" and quantity.value == offer.value
    if offer.kind is OfferKind.AMOUNT:
        money = quantity.kind == "amount" and currency_fits(quantity.unit, offer.currency)
        return money and quantity.benefit and quantity.value == offer.value
    if offer.kind is OfferKind.POINTS:
        told = (
            quantity.benefit
            or GIVEN.search(left)
            or GIVEN_RIGHT.match(right)
            or re.search(r"\b(?:bonus|extra)\b", quantity.text)
        )
        given = bool(told) and not ON_ACCOUNT.search(left)
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
    """ "20% off", "a 20% discount", "a discount of 20%", "save 20% on", "a 20% coupon"."""
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
            return None if after.startswith(("卡", "屏风", "叠")) else (start, end, "{offer|np}")
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

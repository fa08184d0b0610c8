"""Is the offer in the words the offer in the row? Kind, value, currency and threshold, against the reserved coupon.

Closed world: a benefit that neither the row nor a clause nor the record carries is a promise nobody keeps.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from agent.domain import Finding, Severity
from agent.guardrails.context import OfferTerms
from agent.guardrails.derived import price_after
from agent.guardrails.message import Field, Message
from agent.guardrails.rule import Rule, broken, fine
from agent.guardrails.selling import BEYOND
from agent.language.entities import code_skeleton
from agent.language.normalise import fold
from agent.language.quantities import Quantity, currency_fits, quantities_in
from agent.language.sieve import sieve

# --- what the words promise -------------------------------------------------------------------------------------------

_ON_THE_SIDE = frozenset({"free_item"})
_EXTRA = sieve(r"买.送|免单|on the house|bogo|buy one|free (?:month|phone|gift)|complimentary|第[二2]件")


def _nothing_reserved(message: Message) -> Iterator[Finding]:
    if message.context.offer is not None:
        return
    reason = "No offer is reserved for this customer, so nothing may be promised. Take it out."
    for field in message.fields:
        taken: list[tuple[int, int]] = []
        for quantity in message.benefits_of(field):
            taken.append((quantity.start, quantity.end))
            yield field.finding("OFFER_NONE", Severity.BLOCK, reason, quantity.start, quantity.end, field.tight)
        for match in message.vague_benefits_of(field):
            if not any(a < match.end() and match.start() < b for a, b in taken):
                yield field.finding("OFFER_NONE", Severity.BLOCK, reason, *match.span(), field.tight)


def matches(quantity: Quantity, offer: OfferTerms) -> bool:
    """Whether a quantity says the row's own benefit; currency is another rule's matter."""
    if offer.kind == "percent":
        return quantity.kind in ("percent_off", "percent") and quantity.unit == "%" and quantity.value == offer.value
    if offer.kind == "amount":
        return quantity.kind == "amount" and quantity.value == offer.value
    if offer.kind == "points":
        return quantity.kind == "points" and quantity.value == offer.value
    return quantity.kind == "free_shipping" and offer.kind == "free_shipping"


def code_positions(field: Field, offer: OfferTerms) -> list[int]:
    """Where the row's code, or something that looks like it, stands in the tight view."""
    if not offer.code:
        return []
    wanted = offer.code.casefold()
    return [match.start() for match in re.finditer(re.escape(wanted), field.tight.text)]


_OF_USE = sieve(
    r"使用|下单|立减|减|享|凭|领|兑换|抵|省|送|(?<![a-z])(?:spend|takes?|gets?|saves?|uses?|enter|apply"
    r"|redeem|off|gives?|claim|add)"
    r"(?![a-z])"
)


def presents_offer(message: Message) -> bool:
    """Whether the words bring the offer to the customer, rather than deny it or leave it out."""
    offer = message.context.offer
    if offer is None:
        return False
    for field in message.fields:
        # in an answer, a code that is only named brings nothing: "MH40, with the number zero"
        if any(
            not field.is_denied(at) and (message.is_marketing or _OF_USE.search(field.sentence(at)))
            for at in code_positions(field, offer)
        ):
            return True
        if next(iter(message.benefits_of(field)), None) is not None:
            return True
        if any(
            matches(q, offer)
            and not field.is_denied(q.start)
            and not _is_of_something_else(q, field, message)
            and not (q.kind == "free_shipping" and message.licence.gives_free(field.passage(q.start)))
            for q in field.quantities
        ):
            return True
    return False


_BENEFIT = sieve(
    r"减|省|优惠|券|码|折|赠|送|(?<![a-z])(?:off|discount|codes?|saves?|coupon|voucher|offer|bonus|free"
    r"|claim)(?![a-z])"
)


def _is_of_something_else(quantity: Quantity, field: Field, message: Message) -> bool:
    """The row's number told of another thing: a fee of a clause, or a sum that the customer brought up."""
    if message.licence.says(quantity) and not _BENEFIT.search(field.sentence(quantity.start)):
        return True
    said = message.context.customer.facts.get("customer_said_in_thread")
    told = quantities_in(fold(str(said)).text, message.context.customer.language) if said else []
    return any(other.kind == quantity.kind and other.value == quantity.value for other in told)


def _amount(message: Message) -> Iterator[Finding]:
    offer = message.context.offer
    if offer is None:
        return
    yield from _twice(message, offer)
    yield from _beyond(message, offer)
    said_right = _says_it_right(message, offer)
    for field in message.fields:
        for quantity in _claims(field, message, offer, said_right):
            if not matches(quantity, offer):
                reason = f"The reserved offer is {said(offer)}; the text says {quantity.text.strip()}."
                yield field.finding("OFFER_AMOUNT", Severity.BLOCK, reason, quantity.start, quantity.end, field.tight)
            elif quantity.qualifier in ("at_least", "range", "up_to", "about"):
                reason = f"The reserved offer is exactly {said(offer)}; the text makes it a bound."
                severity = Severity.BLOCK if quantity.qualifier in ("at_least", "range") else Severity.HUMAN
                yield field.finding("OFFER_AMOUNT", severity, reason, quantity.start, quantity.end, field.tight)


_ONCE_MORE = sieve(
    r"(?:再|又|另外?再|额外再)(?:打|减|享|省|返|降|优惠)|折上折"
    r"|(?<![a-z])(?:another|an (?:extra|additional)|a further) (?:\d+|[a-z]+)[ -]?(?:%|percent)"
    r"|(?:takes?|get|plus|gives?|saves?)(?: you)?(?: off)?(?: another| an extra"
    r"| a further)? ?(?:\d+|ten|five|fifteen|twenty|thirty) ?(?:%|percent )?(?:more|again"
    r"|extra)(?![a-z])"
)


def _twice(message: Message, offer: OfferTerms) -> Iterator[Finding]:
    """The right value said once is right; said again on top of itself it is more than the row."""
    for field in message.fields:
        right = [q.end for q in field.quantities if matches(q, offer)]
        for match in _ONCE_MORE.finditer(field.tight.text):
            if any(end <= match.start() for end in right):
                reason = f"The reserved offer is {said(offer)}, once. The text adds to it."
                yield field.finding("OFFER_AMOUNT", Severity.BLOCK, reason, *match.span(), field.tight)


def _beyond(message: Message, offer: OfferTerms) -> Iterator[Finding]:
    for field in message.fields:
        for match in BEYOND.finditer(field.tight.text):
            if not field.is_denied(match.start()) and not message.licence.has_phrase(match.group()):
                reason = f"The reserved offer is {said(offer)}; the text gives more."
                yield field.finding("OFFER_AMOUNT", Severity.BLOCK, reason, *match.span(), field.tight)


def _says_it_right(message: Message, offer: OfferTerms) -> bool:
    return any(matches(quantity, offer) for field in message.fields for quantity in message.benefits_of(field))


def _claims(field: Field, message: Message, offer: OfferTerms, said_right: bool) -> Iterator[Quantity]:
    """Quantities that speak of the offer: benefits, and percentages or sums beside its code."""
    presented = message.benefits_of(field)
    for quantity in presented:
        # 红包 or "a gift" beside the right value is only a pretty name for it
        if quantity.kind in _ON_THE_SIDE and said_right and not _EXTRA.search(quantity.text):
            continue
        if not _is_worked_out(quantity, field, message, offer):
            yield quantity
    if offer.kind == "points" and not presented:  # 520 points for 250: no other rule knows the row
        yield from (
            quantity
            for quantity in field.quantities
            if quantity.kind == "points"
            and quantity.value != offer.value
            and not message.licence.knows(quantity)
            and not {quantity.value - offer.value, quantity.value + offer.value} & message.licence.numbers
        )
    beside = {field.sentence(at) for at in code_positions(field, offer)}
    told = {(quantity.start, quantity.end) for quantity in presented}
    for quantity in field.quantities:
        if (quantity.start, quantity.end) in told or quantity.kind not in ("percent", "amount"):
            continue
        if quantity.qualifier == "negated":
            continue
        if field.sentence(quantity.start) in beside and not message.licence.knows(quantity):
            if quantity.kind == "amount" and quantity.value == offer.min_spend:
                continue
            if not _is_worked_out(quantity, field, message, offer):
                yield quantity


def _is_worked_out(quantity: Quantity, field: Field, message: Message, offer: OfferTerms) -> bool:
    """A sum that follows from the row: the total of a monthly rebate, or an example order before and after."""
    if quantity.kind != "amount":
        return False
    if quantity.value in price_after(offer, message) or message.licence.points_buy(quantity.value):
        return True
    if offer.kind == "amount":
        spans = [other.value for other in message.licence.quantities if other.kind in ("months", "weeks")]
        if any(quantity.value == offer.value * months for months in spans):
            return True
    if quantity.benefit or not _EXAMPLE.search(field.sentence(quantity.start)):
        return False
    return quantity.value in example_sums(field, message, offer)


def example_sums(field: Field, message: Message, offer: OfferTerms) -> frozenset[Decimal]:
    """What an order costs before and after the offer, where the text tells both sums."""

    def pairs() -> frozenset[Decimal]:
        told = {one.value for one in field.quantities if one.kind in ("amount", "threshold") and not one.benefit}
        after = {before: after_offer(before, offer) for before in told}
        return frozenset(one for before, then in after.items() if then in told for one in (before, then))

    return message.once(("sums of an example", field.name), pairs)


_EXAMPLE = sieve(
    r"订单|一单|原|后是|只要|只需|相当于|比如|例如|(?<![a-z])(?:order|basket|costs?|becomes?|pay"
    r"|instead|for example)(?![a-z])"
)


def after_offer(price: Decimal, offer: OfferTerms) -> Decimal | None:
    """What an order of `price` costs with the offer; None where the offer does not reach it."""
    if price < offer.min_spend:
        return None
    if offer.kind == "percent":
        return price * (100 - offer.value) / 100
    return price - offer.value if offer.kind == "amount" else None


def said(offer: OfferTerms) -> str:
    """The row's benefit for a reader of findings."""
    value = f"{offer.value.normalize():f}"
    if offer.kind == "percent":
        return f"{value} % off"
    if offer.kind == "amount":
        return f"{value} {offer.currency} off"
    return f"{value} points" if offer.kind == "points" else offer.kind.replace("_", " ")


def _currency(message: Message) -> Iterator[Finding]:
    offer = message.context.offer
    if offer is None or not offer.currency:
        return
    for field in message.fields:
        for quantity in field.quantities:
            if quantity.kind not in ("amount", "threshold") or currency_fits(quantity.unit, offer.currency):
                continue
            of_offer = (
                quantity.benefit or quantity.kind == "threshold" or quantity.value in (offer.value, offer.min_spend)
            )
            if of_offer and offer.kind != "points" and not message.licence.says(quantity):
                reason = f"The offer is in {offer.currency}; the text says {quantity.text.strip()}."
                yield field.finding("OFFER_CURRENCY", Severity.BLOCK, reason, quantity.start, quantity.end, field.tight)


# --- threshold --------------------------------------------------------------------------------------------------------


def _threshold(message: Message) -> Iterator[Finding]:
    offer = message.context.offer
    if offer is None:
        return
    stated = False
    for field in message.fields:
        for quantity in field.quantities:
            if quantity.value == offer.min_spend and quantity.kind in ("threshold", "amount", "number"):
                stated = stated or quantity.value > 0
            elif _is_wrong_threshold(quantity, field, message, offer):
                stated = True
                reason = f"The offer needs {_minimum(offer)}; the text says {quantity.text.strip()}."
                yield field.finding(
                    "OFFER_THRESHOLD", Severity.BLOCK, reason, quantity.start, quantity.end, field.tight
                )
    if offer.min_spend > 0 and not stated and presents_offer(message) and message.fields:
        field = message.body or message.fields[0]
        reason = f"The offer needs {_minimum(offer)}, and the text leaves that out."
        yield field.raw_finding("OFFER_THRESHOLD", Severity.BLOCK, reason, *_offer_place(field, message, offer))


def _is_wrong_threshold(quantity: Quantity, field: Field, message: Message, offer: OfferTerms) -> bool:
    if quantity.kind != "threshold" or quantity.qualifier == "negated" or field.is_denied(quantity.start):
        return False
    return quantity.value != offer.min_spend and not message.licence.says(quantity)


def _minimum(offer: OfferTerms) -> str:
    return f"a spend of {offer.min_spend.normalize():f} {offer.currency}" if offer.min_spend else "no minimum spend"


def _offer_place(field: Field, message: Message, offer: OfferTerms) -> tuple[int, int]:
    """The words that bring the offer, in raw offsets."""
    quantity = next(iter(message.benefits_of(field)), None)
    if quantity is not None:
        return field.tight.raw_span(quantity.start, quantity.end)
    at = next(iter(code_positions(field, offer)), None)
    if at is not None and offer.code:
        return field.tight.raw_span(at, at + len(offer.code))
    return 0, len(field.raw)


def looks_like(one: str, other: str) -> bool:
    return code_skeleton(one) == code_skeleton(other)


# --- the table --------------------------------------------------------------------------------------------------------

PERCENT = {
    "kind": "percent",
    "value": 20,
    "currency": "CNY",
    "code": "QH20",
    "min_spend": 0,
    "expires_on": "2026-09-30",
}
THIRTY = {
    "kind": "amount",
    "value": 30,
    "currency": "CNY",
    "code": "MAN30",
    "min_spend": 150,
    "expires_on": "2026-09-25",
}
DOLLARS = {
    "kind": "amount",
    "value": 15,
    "currency": "USD",
    "code": "THANKS15",
    "min_spend": 75,
    "expires_on": "2026-09-28",
}
POINTS = {"kind": "points", "value": 300, "currency": "USD", "code": "LOYAL300", "expires_on": "2026-09-30"}
SHIPPING = {"kind": "free_shipping", "value": 0, "currency": "CNY", "code": "BAOYOU", "expires_on": "2026-09-30"}
RULES: tuple[Rule, ...] = (
    Rule(
        "OFFER_NONE",
        30,
        "Trust in what we promise",
        "Advertising Law art. 4 and 28; Price Law art. 14(4); FTC Act s. 5; UCPD art. 6",
        Severity.BLOCK,
        _nothing_reserved,
        examples=(
            broken("给您打八折。"),
            broken("送您一张优惠券。"),
            broken("为您申请了30元无门槛红包。"),
            broken("Stay with us and your next month is on the house.", language="en"),
            broken("Here is a little discount for you.", language="en"),
            broken("Get a F R E E phone today.", language="en"),
            fine("目前没有优惠可以给您。"),
            fine(
                "您问的五折屏风展开宽2.4米。",
                changes={"customer": {"facts": {"asked_item": "五折屏风", "width": "2.4米"}}},
            ),
            fine("The code SPRING20 has expired.", language="en"),
            fine("Keep the board away from air drier than 20% humidity.", language="en"),
            fine("To turn off autopay, open Billing.", language="en"),
            fine("延误可申请运费减半。", changes={"policy": [{"id": "sla", "text": "延误可申请运费减半。"}]}),
            broken("A great deal on teapots, just for you.", language="en"),
            broken("Your next coffee is on us.", language="en"),
            fine("It means a great deal to us. You can lean on us. That is on us, and we apologise.", language="en"),
            fine(
                "您说优惠券用不了，赠品也少了，很抱歉。送的是礼物，更该好好送到。",
                because="what went wrong gives nothing",
            ),
            fine("能省一点是一点，少跑一趟冤枉路。"),
        ),
    ),
    Rule(
        "OFFER_AMOUNT",
        31,
        "The right value",
        "Advertising Law art. 28; rules against price fraud (SAMR 2022)",
        Severity.BLOCK,
        _amount,
        examples=(
            broken("送您五折券QH20。", changes={"offer": PERCENT}),
            broken("QH20：２折优惠。", changes={"offer": PERCENT}, because="20 % off is 8折, not 2折"),
            broken("QH20，不止8折。", changes={"offer": PERCENT}),
            broken("QH20，立减20元。", changes={"offer": PERCENT}),
            broken("Take twenty-five percent off with QH20.", language="en", changes={"offer": PERCENT}),
            broken("We put $300 in your account.", language="en", changes={"offer": POINTS}),
            broken("送您八折券QH20，全单免单。", changes={"offer": PERCENT}),
            broken("20% off with QH20, and a free year of membership.", language="en", changes={"offer": PERCENT}),
            broken("全场包邮，再送您30元券MAN30，满150可用。", changes={"offer": THIRTY}),
            fine("送您八折券QH20。", changes={"offer": PERCENT}),
            fine("QH20: a fifth off.", language="en", changes={"offer": PERCENT}),
            fine("满一百五十元立减三十元，券码MAN30。", changes={"offer": THIRTY}),
            fine("500积分还在，另有八折券QH20。", changes={"offer": PERCENT, "customer": {"facts": {"points": 500}}}),
            fine("包邮券BAOYOU已到账，运费我们出。", changes={"offer": SHIPPING}),
            fine("小礼物，给您200积分。", changes={"offer": {**POINTS, "value": 200, "currency": "CNY", "code": None}}),
        ),
    ),
    Rule(
        "OFFER_CURRENCY",
        32,
        "The right money",
        "Rules against price fraud (SAMR 2022); UCPD art. 6",
        Severity.BLOCK,
        _currency,
        examples=(
            broken("MAN30满150美元减30美元。", changes={"offer": THIRTY}),
            broken("MAN30满150减30（英镑）。", changes={"offer": THIRTY}, because="the money is named behind the sum"),
            broken("THANKS15: £15 off orders over £75.", language="en", changes={"offer": DOLLARS}),
            fine("满￥150减￥30，MAN30。", changes={"offer": THIRTY}),
            fine("THANKS15: $15 off orders over $75.", language="en", changes={"offer": DOLLARS}),
        ),
    ),
    Rule(
        "OFFER_THRESHOLD",
        33,
        "No hidden condition",
        "Rules on sales promotion (SAMR order 32)",
        Severity.BLOCK,
        _threshold,
        examples=(
            broken("送您30元券MAN30。", changes={"offer": THIRTY}, because="the minimum is left out"),
            broken("满100减30元，MAN30。", changes={"offer": THIRTY}),
            broken("无门槛30元券MAN30。", changes={"offer": THIRTY}),
            broken("QH20满99元打八折。", changes={"offer": PERCENT}),
            broken("$15 off with THANKS15, no minimum.", language="en", changes={"offer": DOLLARS}),
            fine("满150减30，MAN30。", changes={"offer": THIRTY}),
            fine("无门槛8折券QH20。", changes={"offer": PERCENT}),
            fine("Spend $75 or more and take $15 off with THANKS15.", language="en", changes={"offer": DOLLARS}),
            fine("您的券MAN30已过期。", changes={"offer": THIRTY}, because="nothing is offered any more"),
        ),
    ),
)

"""Is it this customer's code, and does the ledger still carry it?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.domain import Finding, Severity
from agent.guardrails.message import Field, Message, context_finding
from agent.guardrails.offer_value import DOLLARS, PERCENT, THIRTY
from agent.guardrails.rule import Rule, broken, fine
from agent.language.entities import code_skeleton, edit_distance
from agent.language.normalise import fold
from agent.language.sieve import sieve

_CUE_LEFT = sieve(
    r"(?:券码|优惠码|兑换码|折扣码|口令|码|券|输入|使用)\s?[:：是为]?\s?[“\"'「]?$"
    r"|(?<![a-z])(?:codes?|coupon|voucher|promo|use|using|with|enter|apply|add|quote"
    r"|type)(?: (?:code|the code|coupon))?(?: (?:is|reads|will be))?:?\s?[“\"'‘]?$"
)
_CUE_RIGHT = sieve(r"\s?[”\"'」]?\s?(?:券|码|优惠|takes|gives|gets|saves|at checkout|for \d)")
# Capitals that everybody writes and nobody redeems.
_COMMON = frozenset(
    "STOP STOPALL QUIT CANCEL UNSUBSCRIBE START HELP SMS MMS FAQ USB HDMI WIFI HTTP HTTPS HTML "
    "JSON PDF UTC GMT CEO USA "
    "ASAP RSVP VIP LED LCD GPS NFC OTP PIN APP IOS UPS DHL AER APR APY ISA VAT USD CNY EUR GBP RMB JPY HKD NASA ETA "
    "ABCD NULL NONE XXXX XXXL CTIA FDIC SIPC".split()
)
_TECHNICAL = sieve(
    r"\d+(?:gb|mb|tb|kg|cm|mm|ml|km|hz|ghz|mhz|mah|w|v|k|x|d|p|st|nd|rd|th|pm|am|hrs?|h|mins?|s|m"
    r"|g|l|oz|lbs?|pcs?|折|yr|yo|ct|in|ft|bn)|[a-z]{1,2}\d{1,3}|wi-?fi\d?|mp[34]|usb\d?|\d+-\d+"
    r"|covid-?19|iphone\d+|v\d+|\d{1,2}:\d{2}[ap]m",
    re.I,
)


def _codes(message: Message) -> Iterator[Finding]:
    offer = message.context.offer
    for field in message.fields:
        for start, end, token in field.code_tokens:
            if offer is not None and offer.code and token.casefold() == offer.code.casefold():
                continue
            rule = _complaint(token, start, end, field, message)
            if rule is not None:
                wanted = f"The reserved code is {offer.code}" if offer and offer.code else "No code is reserved"
                yield field.raw_finding(rule, Severity.BLOCK, f"{wanted}; the text says {token}.", start, end)


def _complaint(token: str, start: int, end: int, field: Field, message: Message) -> str | None:
    """OFFER_CODE or OFFER_NONE for a code that nobody reserved, None for any other token."""
    offer, code = message.context.offer, message.context.offer.code if message.context.offer else None
    if code and is_near(token, code) and not message.licence.has_phrase(token.casefold()):
        return "OFFER_CODE"
    if token.upper() in _COMMON or _TECHNICAL.fullmatch(token) or _in_link(start, field):
        return None
    if message.licence.has_phrase(fold(token).text) or _ends_a_denial(start, field):
        return None
    left, right = fold(field.raw[max(0, start - 24) : start]).text, fold(field.raw[end : end + 16]).text
    cued = bool(_CUE_LEFT.search(left) or _CUE_RIGHT.match(right))
    mixed = any(char.isdigit() for char in token)
    if offer is None:
        return "OFFER_NONE" if cued and (mixed or _speaks_of_code(left)) else None
    return "OFFER_CODE" if cued or (mixed and _speaks_of_code(field.tight.text) and not token.isdigit()) else None


def is_near(token: str, code: str) -> bool:
    """A slip or a disguise of the code: the same to the eye, or a character or two away."""
    if code_skeleton(token) == code_skeleton(code):
        return True
    reach = 2 if len(code) >= 6 else 1
    return len(code) >= 4 and edit_distance(token.casefold(), code.casefold(), reach) <= reach


def _speaks_of_code(text: str) -> bool:
    return bool(re.search(r"码|口令|券|code|coupon|voucher", text))


def _in_link(start: int, field: Field) -> bool:
    for link in field.links:
        a, b = field.tight.raw_span(link.start, link.end)
        if a <= start < b:
            return True
    return False


def _ends_a_denial(start: int, field: Field) -> bool:
    return field.is_denied(field.tight.at(start))


def _ledger(message: Message) -> Iterator[Finding]:
    offer = message.context.offer
    if offer is None or not offer.ledger_given:
        return
    row = offer.ledger
    if row is None or row.unanswered:
        what = "the ledger" if row is None else ", ".join(row.unanswered)
        yield context_finding("OFFER_LEDGER", Severity.HUMAN, f"Nobody could read {what}; wait for the ledger.")
        return
    cost = offer.value if offer.kind == "amount" else 0
    if row.remaining_budget is not None and (row.remaining_budget <= 0 or row.remaining_budget < cost):
        yield context_finding("OFFER_LEDGER", Severity.BLOCK, "The budget of this offer is used up.")
    if row.customer_uses_left is not None and row.customer_uses_left <= 0:
        yield context_finding("OFFER_LEDGER", Severity.BLOCK, "This customer has used the offer as often as allowed.")
    if (
        row.margin_after_pct is not None
        and row.margin_floor_pct is not None
        and row.margin_after_pct < row.margin_floor_pct
    ):
        reason = f"The margin would fall to {row.margin_after_pct} %, under the floor of {row.margin_floor_pct} %."
        yield context_finding("OFFER_LEDGER", Severity.BLOCK, reason)


RULES: tuple[Rule, ...] = (
    Rule(
        "OFFER_CODE",
        33,
        "A code that works at the till",
        "House rule; UCPD art. 6",
        Severity.BLOCK,
        _codes,
        examples=(
            broken("八折券QH2O。", changes={"offer": PERCENT}, because="the letter O"),
            broken("八折，券码：VIP88。", changes={"offer": PERCENT}),
            broken("Your code is SAVE500. $15 off over $75 with THANKS15.", language="en", changes={"offer": DOLLARS}),
            broken("$15 off over $75 with THANKSl5.", language="en", changes={"offer": DOLLARS}),
            broken("$15 off over $75 with THANKS16.", language="en", changes={"offer": DOLLARS}),
            fine("八折券QH20。", changes={"offer": PERCENT}),
            fine("八折券ｑｈ20。", changes={"offer": PERCENT}),
            fine(
                "满150减30，MAN30。您的订单QH26081177已签收。",
                changes={"offer": THIRTY, "customer": {"facts": {"last_order": {"id": "QH26081177"}}}},
            ),
            fine("八折券QH20，USB接口与WIFI均可，拒收请回复STOP。", changes={"offer": PERCENT}),
        ),
    ),
    Rule(
        "OFFER_LEDGER",
        36,
        "The budget",
        "House rule: a coupon is reserved before it is promised",
        Severity.BLOCK,
        _ledger,
        examples=(
            broken("八折券QH20。", changes={"offer": {**PERCENT, "ledger": {"remaining_budget": 0}}}),
            broken("八折券QH20。", changes={"offer": {**PERCENT, "ledger": {"customer_uses_left": 0}}}),
            broken(
                "八折券QH20。",
                changes={"offer": {**PERCENT, "ledger": {"margin_after_pct": 4.5, "margin_floor_pct": 8}}},
            ),
            broken("八折券QH20。", changes={"offer": {**PERCENT, "ledger": None}}, because="no answer is no yes"),
            fine(
                "八折券QH20。",
                changes={"offer": {**PERCENT, "ledger": {"remaining_budget": 900, "customer_uses_left": 1}}},
            ),
            fine("八折券QH20。", changes={"offer": PERCENT}, because="nobody asked a ledger"),
        ),
    ),
)

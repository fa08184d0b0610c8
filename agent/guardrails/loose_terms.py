"""The offer told loosely in English: bare numbers for value and threshold, no end, and what the row keeps out let in.

"Fifteen off once you hit seventy" names no currency and is a promise all the same. Closed world: a number in such a
place is the row's, or stands in another input.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from agent.domain import Finding, Severity
from agent.guardrails.context import OfferTerms
from agent.guardrails.message import Field, Message
from agent.language.numbers import NumberToken, read_numbers
from agent.language.relative_dates import month_end
from agent.language.sieve import sieve

# --- numbers without a currency ---------------------------------------------------------------------------------------

_UNIT = r"(?: ?(?:%|percent|per ?cent|quid|bucks?|pounds?|dollars?|euros?|or so|odd|-odd|ish))?"
_OFF = re.compile(rf"{_UNIT} (?:off(?! (?:and|then|on the|at|to|for the (?:day|week)))|knocked off|discount)(?![a-z])")
_TAKES = sieve(
    r"(?<![a-z])(?:takes?|knocks?|saves?(?: you)?|cuts?|shaves?|gets? you|drops?(?: it)? by"
    r"|slash(?:es)?) (?:off )?(?:a |an )?$"
)
_SPEND = sieve(
    r"(?<![a-z])(?:spend(?:ing)?(?: over| at least| more than)?|(?:once|when|if) you(?:'ve)? (?:hit|reach"
    r"|pass|spend|get to|top)|hit"
    r"|orders? (?:of|over|above|from)|baskets? (?:of|over|above|from)|minimum(?: spend)?(?: of| is)?"
    r"|(?:goes|get|go) (?:over|past)"
    r") (?:a |about )?$"
)
_NO_SUM = re.compile(
    r" ?(?:%|percent|per ?cent|days?|hours?|hrs?|minutes?|mins?|weeks?|months?|years?|am|pm|o'clock"
    r"|of (?:the|our|your)|people|to \d"
    r"|points?|gb|gigs?|items?|boxes|bags|times|st|nd|rd|th|:|\d|kg|g(?![a-z])|ml|cm|miles|degrees|countries"
    r"|steps|reasons|ways"
    r"|screens?|lines?|lessons?|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
)


def loose_numbers(field: Field, message: Message, offer: OfferTerms) -> Iterator[Finding]:
    """Values and thresholds told as bare numbers that are not the row's."""
    text = field.tight.text
    for token in read_numbers(text):
        if token.form == "fraction" or _is_known(token, message, offer) or _has_a_unit(token, field):
            continue
        if _OFF.match(text, token.end) or (_takes(text, token) and not _NO_SUM.match(text, token.end)):
            reason = "The reserved offer has another value."
            yield field.finding("OFFER_AMOUNT", Severity.BLOCK, reason, token.start, token.end, field.tight)
        elif offer.min_spend > 0 and _is_a_spend(token, field, offer):
            reason = "The offer needs another spend."
            yield field.finding("OFFER_THRESHOLD", Severity.BLOCK, reason, token.start, token.end, field.tight)


def _is_a_spend(token: NumberToken, field: Field, offer: OfferTerms) -> bool:
    text = field.tight.text
    told = _SPEND.search(text[max(0, token.start - 40) : token.start]) and not _NO_SUM.match(text, token.end)
    return bool(told) and _tells_of_offer(field.sentence(token.start), offer)


def _has_a_unit(token: NumberToken, field: Field) -> bool:
    """Sums and rates that say what they are: the other rules of the offer look at them."""
    return any(one.kind not in ("number", "count") and one.start <= token.start < one.end for one in field.quantities)


def _takes(text: str, token: NumberToken) -> bool:
    return (
        bool(_TAKES.search(text[max(0, token.start - 24) : token.start])) and " off" in text[token.end : token.end + 24]
    )


def _is_known(token: NumberToken, message: Message, offer: OfferTerms) -> bool:
    known = (offer.value, offer.min_spend, Decimal(0), Decimal(1))
    return token.value in known or message.licence.has_number(token.value)


_BENEFIT = sieve(r"(?<![a-z])(?:off|discount|code|saves?|saving|takes?|free|bonus|points)(?![a-z])")


def _tells_of_offer(sentence: str, offer: OfferTerms) -> bool:
    return bool(_BENEFIT.search(sentence)) or bool(offer.code and offer.code.casefold() in sentence)


_CODE = sieve(r"(?<![a-z])(?:off|discount|codes?|voucher|coupon|claim)(?![a-z])")


def _is_of_offer(sentence: str, offer: OfferTerms) -> bool:
    return bool(_CODE.search(sentence)) or bool(offer.code and offer.code.casefold() in sentence)


# --- no end -----------------------------------------------------------------------------------------------------------

_ENDLESS = sieve(
    r"(?<![a-z])(?:(?:doesn't|does not|won't|will not|never) (?:ever )?(?:run out|runs out|end|ends|lapse"
    r"|go off|go away|stop working"
    r"|go anywhere)|all (?:month|winter|autumn|summer|spring|year|season|december|november|october"
    r"|january|september)(?: long)?"
    r"|any (?:day|time) (?:in|this|next|you|that|before christmas|this side)(?: \w+)?|whenever you(?:'re| are) ready"
    r"|whenever (?:it suits|suits|you (?:like|want|fancy|get round))|year[- ]round|open-ended|indefinitely"
    r"|(?:as long|however long) as you (?:like|want|need)|stays? (?:valid|open|good|live)"
    r"|there's no (?:end|rush|last day|clock|date)"
    r"|no (?:end|closing|cut-?off|last) (?:date|day|in sight)|isn't going anywhere|keeps (?:for ever"
    r"|forever))(?![a-z])"
)


def endless(field: Field, offer: OfferTerms) -> Iterator[Finding]:
    """Words that give an offer with a last day more days than it has, in a sentence that tells of the offer."""
    if offer.expires_on is None:
        return
    whole_month = offer.expires_on == month_end(offer.expires_on)
    for match in _ENDLESS.finditer(field.tight.text):
        sentence = field.sentence(match.start())
        named = any(
            mention.first <= offer.expires_on <= mention.last for mention in field.dates if mention.kind != "month"
        )
        true = named or (whole_month and match.group().startswith(("all", "any"))) or field.is_denied(match.start())
        if _is_of_offer(sentence, offer) and not true and not _PAID.search(sentence):
            reason = f"The offer ends on {offer.expires_on}."
            yield field.finding("OFFER_EXPIRY", Severity.BLOCK, reason, *match.span(), field.tight)


_PAID = sieve(r"(?<![a-z])(?:pin(?![a-z])|cancel|pause|skip|refund|return|withdraw|points (?:don't|never|do not))")

# --- what the row keeps out -------------------------------------------------------------------------------------------

_OTHER_WORDS = {
    "alcohol": r"wines?|beers?|gin|whisk(?:e?y)|booze|prosecco|champagne|spirits|cider|vodka|rum|fizz|bubbly",
    "infant milk": r"formula|baby milk|infant formula",
    "gift card": r"gift ?cards?|gift vouchers?",
    "clearance": r"clearance|sale (?:items?|rail|stuff)|reduced items?",
    "game console": r"consoles?|playstation|xbox|nintendo",
    "mattress": r"mattress(?:es)?",
    "subscription": r"subscriptions?",
    "overnight": r"overnight",
    "exam week": r"exam (?:weeks?|season|prep)",
    "oversized": r"oversized?|bulky|tents?|skis?|kayaks?",
    "gift set": r"gift sets?|gift boxes",
}
_LETS_IN = sieve(
    r"(?<![a-z])(?:too|also|as well|included|includes?|including|counts?|even|covers?|works? (?:on|for"
    r"|with)|use it (?:on|for|towards?)"
    r"|good (?:on|for)|goes (?:on|towards?)|fine|yes|sure|any(?:thing)?|everything|applies|apply it"
    r"|stick it on|welcome|valid on|and all"
    r"|the lot|no matter|whatever)(?![a-z])"
)
_KEEPS_OUT = sieve(
    r"(?<![a-z])(?:not|no|never|without|except|exclud\w*|but|aside|apart|other than|out|doesn't|don't"
    r"|won't|isn't|aren't|can't|bar|barring"
    r"|minus|save for|unless|only|excl)(?![a-z])|n't"
)


def let_in(field: Field, offer: OfferTerms) -> Iterator[Finding]:
    """A thing that the row keeps out, by whatever name, in a sentence that lets it in."""
    for thing, words in _OTHER_WORDS.items():
        if thing not in offer.exclusions.casefold():
            continue
        for match in re.finditer(rf"(?<![a-z])(?:{words})(?![a-z])", field.tight.text):
            sentence = field.sentence(match.start())
            around = field.tight.text[max(0, match.start() - 24) : match.end() + 16]
            if _LETS_IN.search(around) and _tells_of_offer(field.tight.text, offer) and not _KEEPS_OUT.search(sentence):
                reason = f"The row keeps {thing} out; the text lets it in."
                yield field.finding("OFFER_TERMS", Severity.BLOCK, reason, *match.span(), field.tight)


def loose_terms(message: Message) -> Iterator[Finding]:
    """Everything loose that is told of the reserved offer."""
    offer = message.context.offer
    if offer is None or message.context.customer.language != "en":
        return
    for field in message.fields:
        yield from loose_numbers(field, message, offer)
        yield from endless(field, offer)
        yield from let_in(field, offer)

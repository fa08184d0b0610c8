"""Who pays the carrier, and from which sum on: free carriage stands in a clause, the reserved row or the record, for
that way of the parcel."""

from __future__ import annotations

from agent.guardrails.message import Field, Message
from agent.guardrails.parts import Part, clauses_on
from agent.language.quantities import quantities_in
from agent.language.sieve import sieve

_CARRIAGE = sieve(
    r"运费|邮费|快递费|邮资|路费|包邮|(?<![a-z])(?:shipping|postage|carriage|(?:free )?delivery (?:costs?|fees?"
    r"|charges?)|free delivery|label|courier|send(?:ing)? (?:it|them) back"
    r"|return it|ships?|(?:free|paid|covered) (?:both ways|each way))(?![a-z])"
)
FREE = sieve(
    r"包邮|免(?!责|费电话|打)|(?:我们|咱们|小店|店里|本店|商家|公司|平台)\w{0,4}(?:出|付|承担|负责|掏|包)|不(?:用|需"
    r"|必|要|收|另收)\w{0,4}(?:付|出|花|掏|给|运|邮|钱|费)"
    r"|算我们|分文不|一分(?:钱)?不|不花"
    r"|(?<!feel )(?<!you're )(?<!are )(?<![a-z])(?:free(?! to)|on us|on the house|we(?:'ll| will)? (?:pay|cover"
    r"|take care of)|prepaid|pre-paid|our (?:cost"
    r"|expense|treat)"
    r"|costs? you nothing|no (?:extra )?(?:cost|charge|fee)|nothing to pay|won't cost|doesn't cost"
    r"|not (?:be )?charged)(?![a-z])"
)
_BACK = sieve(
    r"退|换|寄回|来回|往返"
    r"|(?<![a-z])(?:both ways|each way|return\w*|send\w* (?:it|them) back|exchang\w+|back|label)(?![a-z])"
)
_BELOW = sieve(r"(?:不满|不足|未满|没满|不到)\s?\d|(?<![a-z])(?:under|below|less than) [$£€]?\d")
_ALL = sieve(r"一律|全部|所有|任何|不管|无论|不满|(?<![a-z])(?:all|every|any|always|whatever|no matter)(?![a-z])")
_THEIR_ORDER = sieve(r"(?:这|此|该|本)(?:单|笔|个订单|次)|(?<![a-z])(?:this order|your order)(?![a-z])")


def not_on_us(part: Part, field: Field, message: Message) -> str | None:
    """That carriage is free, where no clause, row or fact frees that way of it."""
    offer = message.context.offer
    if (
        not part.says(FREE)
        or not part.speaks_of(_CARRIAGE)
        or field.is_denied(part.start)
        or (offer is not None and offer.kind == "free_shipping" and not part.says(_BACK))
    ):
        return None
    back = bool(part.speaks_of(_BACK))
    granting = [c for c in clauses_on(_CARRIAGE, message) if FREE.search(c) and (_BACK.search(c) or not back)]
    if not granting:
        known = any(FREE.search(text) and _CARRIAGE.search(text) for text in message.licence.fact_texts)
        return None if known else "No clause says that the carriage is on us. Quote the clause."
    if part.says(_ALL) and not any(_ALL.search(clause) for clause in granting):
        return "The clause does not pay the carriage of all. Quote the clause."
    if part.says(_BELOW):
        return "The clause frees the carriage from a sum on. Quote the clause."
    from_a_sum = [any(one.kind == "threshold" for one in quantities_in(c, _language(message))) for c in granting]
    told = field.has_threshold or part.speaks_of(_THEIR_ORDER)
    return "The clause has a threshold, and the text leaves it out. Keep it." if all(from_a_sum) and not told else None


def _language(message: Message) -> str:
    return message.context.customer.language


def no_such_threshold(part: Part, field: Field, message: Message) -> str | None:
    """Free from 39, where the clause says 59."""
    here = field.quantities_in(part.start, part.end)
    is_free = any(one.kind == "free_shipping" for one in here)
    if not is_free and not (part.speaks_of(_CARRIAGE) and part.says(FREE)):
        return None
    offer = message.context.offer
    for one in here:
        told = one.kind in ("threshold", "amount") and not message.licence.says(one)
        if told and not (offer is not None and one.value in (offer.min_spend, offer.value)):
            if one.kind == "amount" and message.licence.knows(one):
                continue
            return f"No clause frees the carriage from {one.text.strip()}. Quote the clause."
    return None

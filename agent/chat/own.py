"""What only the record of whoever is talking can answer: their order, points, tier. Takes a conversation, gives a Plan.

Of an order, which one it is, and no guess about the carrier: that a colleague can look up.
"""

from __future__ import annotations

from agent.chat.account import Asked, account_facts, asked_of_record
from agent.chat.order_numbers import asks_by_number, wants_it_for_more
from agent.chat.orders import asks_where, is_long_ago, last_order, order_numbered, was_cancelled
from agent.chat.plan import Plan
from agent.chat.records import Conversation
from agent.domain import Customer, Fact, Language
from agent.house import House


def from_the_record(
    conversation: Conversation, customer: Customer | None, language: Language, house: House
) -> Plan | None:
    """What only the record of whoever is talking can answer; None for another question."""
    question = conversation.question
    if number := asks_by_number(conversation):
        plan = _about_number(number, customer, language, house)
        if plan.own and wants_it_for_more(conversation):
            because = "gives the number of an order that was spoken of before: read what they want done with it"
            return Plan("number_noted", hand_off=True, because=because)
        return plan
    if asks_where(question):
        return _about_order(last_order(customer, language, house) if customer else ())
    asked = asked_of_record(question)
    return _about_account(asked, customer, language, house) if asked else None


def _about_account(asked: Asked, customer: Customer | None, language: Language, house: House) -> Plan:
    if customer is None:
        return Plan("account_unknown")
    if asked is Asked.LAST_ORDER:
        order = last_order(customer, language, house)
        named = {fact.slot for fact in order}
        occasion = "last_order_item" if "last_item" in named else "last_order" if named else "no_order"
        return Plan(occasion, own=order, covered=True)
    if asked is Asked.POINTS and customer.points == 0:
        return Plan("no_points", covered=True)
    facts = account_facts(customer)
    slot = "points_balance" if asked is Asked.POINTS else "tier"
    if slot not in {fact.slot for fact in facts}:
        return Plan("account_unknown")
    return Plan(asked.value, own=facts, covered=True)


def _about_order(order: tuple[Fact, ...], which: str = "") -> Plan:
    """Which order is on record, and no guess about the carrier: that a colleague can look up."""
    known = {fact.slot for fact in order}
    occasion = "order_item" if "last_item" in known else "order" if known else "order_unknown"
    if which or is_long_ago(order):
        occasion = f"{which or 'old_'}{occasion}"
    return Plan(occasion, hand_off=True, because="asks where an order is: look it up with the carrier", own=order)


def _about_number(number: str, customer: Customer | None, language: Language, house: House) -> Plan:
    """Whether nobody has this order or somebody else has it, the words are the same: whose it is, is not told."""
    if customer is not None and (order := order_numbered(number, customer, language, house)):
        return _about_order(order, "numbered_")
    if customer is not None and was_cancelled(number, customer, house):
        return Plan("order_cancelled", hand_off=True, because="asks about an order that is cancelled: check it")
    because = "asks about an order by a number that is not on record for them: look it up"
    return Plan("number_unknown" if customer else "number_taken", hand_off=True, because=because)

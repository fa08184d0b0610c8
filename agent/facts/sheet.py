"""Lays out all a writer may know about one case. Takes records, gives a FactSheet; fetches nothing and asks no clock.

The slots are those of agent/slots/slots.toml. Each fact names its source. What a customer merely looked at or left in a
basket steers the words and is never a slot: nobody likes to hear that they were watched.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from agent.acts import licensed_acts
from agent.domain import (
    MONEY_KINDS,
    Brand,
    Case,
    Channel,
    Customer,
    Event,
    Fact,
    FactSheet,
    Language,
    Offer,
    OfferDecision,
    Purpose,
    Source,
    Tone,
)
from agent.facts.items import short_name
from agent.facts.people import clean_tier, read_name
from agent.language.claims import speaks, tells_a_machine
from agent.language.masking import mask
from agent.money import to_minor
from agent.situations import POLICY_QUESTION, situations
from agent.slots import slot_table
from knowledge.documents import Clause, Passage


def build_fact_sheet(
    case: Case,
    customer: Customer,
    brand: Brand,
    decision: OfferDecision,
    events: Sequence[Event],
    passages: Sequence[Passage],
    now: datetime,
    tone: Tone | None = None,
) -> FactSheet:
    language = _language(customer, brand)
    zone = ZoneInfo(brand.timezone)
    today = now.astimezone(zone).date()
    offer = decision.offer if case.purpose is not Purpose.SERVICE else None
    clauses = _clauses_in_force(passages, today)
    facts = [
        *_customer_facts(customer),
        *order_facts(events, language, today, zone, names_of(customer)),
        *(_ticket_facts(events, case, language, zone, names_of(customer))),
        *_offer_facts(offer, language, case.channel),
        *_policy_facts(_clauses_in_force(_answering(passages, case), today), case, language),
        *_brand_facts(brand, language),
    ]
    return FactSheet(
        case_id=case.case_id,
        language=language,
        channel=case.channel,
        purpose=case.purpose,
        situation=case.situation or decision.situation,
        tone=tone or Tone.WARM,
        brand=brand,
        facts=tuple(facts),
        acts=licensed_acts(decision.acts, clauses, today),
        offer=offer,
        clauses=tuple(clause for clause in clauses if clause.language == language.value),
        written=tuple(_written(customer, events, passages)),
        steer=tuple(_steer(case, customer, events, passages, language)),
        now=now,
    )


def _language(customer: Customer, brand: Brand) -> Language:
    if customer.language in brand.languages or not brand.languages:
        return customer.language
    return brand.assumed_language or brand.languages[0]


def names_of(customer: Customer) -> tuple[str, ...]:
    """All that this customer is called on record, whether it can be trusted as a name or not."""
    return tuple(name for name in (customer.name, customer.given_name) if name)


def _fact(slot: str, value: Any, source: Source, required: bool = False) -> Fact:
    return Fact(slot=slot, type=slot_table()[slot].type, value=value, source=source, required=required)


def _customer_facts(customer: Customer) -> Iterable[Fact]:
    source = Source("customer", customer.id)
    name = read_name(customer)
    yield _fact("salutation", name, source)
    if name.given:
        yield _fact("first_name", name.given, source)
    if customer.points is not None and customer.points > 0:
        yield _fact("points_balance", customer.points, source)
    if tier := clean_tier(customer.tier):
        yield _fact("tier", tier, source)


def order_facts(
    events: Sequence[Event], language: Language, today: date, zone: ZoneInfo, people: Sequence[str]
) -> Iterable[Fact]:
    """Of the last order that was not cancelled: the item of its dearest line, because that is the one remembered."""
    orders = [event for event in events if event.kind == "order" and (event.quantity is None or event.quantity > 0)]
    cancelled = {event.order_id for event in events if event.kind == "cancel" and event.order_id}
    orders = [event for event in orders if event.order_id is None or event.order_id not in cancelled]
    if not orders:
        return
    last = max(orders, key=lambda event: event.at)
    same = [event for event in orders if event.at == last.at or (last.order_id and event.order_id == last.order_id)]
    sayable = [event for event in same if short_name(event.item, language, people)]
    line = max(sayable or same, key=lambda event: event.amount.minor if event.amount else 0)
    source = Source("event", line.id)
    day = line.at.astimezone(zone).date()
    yield _fact("last_item", short_name(line.item, language, people), source)
    yield _fact("last_order_date", day, source)
    yield _fact("days_since_order", (today - day).days, source)
    yield _fact("orders_count", len({event.order_id or event.id for event in orders}), source)


def _ticket_facts(
    events: Sequence[Event], case: Case, language: Language, zone: ZoneInfo, people: Sequence[str]
) -> Iterable[Fact]:
    topics = situations().topics_of(case.situation)
    tickets = [event for event in events if event.kind == "ticket" and event.topic in topics]
    if not tickets:
        return
    ticket = max(tickets, key=lambda event: event.at)
    source = Source("event", ticket.id)
    yield _fact("ticket_topic", ticket.topic, source)
    yield _fact("ticket_date", ticket.at.astimezone(zone).date(), source)
    if ticket.item:
        yield _fact("ticket_item", short_name(ticket.item, language, people), source)
    if ticket.amount is not None and case.situation == "refund_slow" and ticket.amount.minor > 0:
        yield _fact("refund_amount", ticket.amount, source)


def _offer_facts(offer: Offer | None, language: Language, channel: Channel) -> Iterable[Fact]:
    """What must be said of an offer is required: what it is, its code, its threshold, its last day."""
    if offer is None or offer.kind not in MONEY_KINDS:
        return
    source = Source("ledger", offer.reservation_id) if offer.reservation_id else Source("offer", offer.id)
    yield _fact("offer", offer, source, required=True)
    if offer.code:
        yield _fact("offer_code", offer.code, source, required=True)
    if offer.expires_on:
        yield _fact("offer_expires", offer.expires_on, source, required=True)
    if offer.min_spend > 0:
        yield _fact("offer_min_spend", to_minor(offer.min_spend, offer.currency), source, required=True)
    exclusions = offer.exclusions.get(language, "").strip()
    if exclusions:
        yield _fact("offer_exclusions", exclusions, source, required=channel is Channel.EMAIL)


SHORT_ANSWER = 70
"""Characters of a quoted clause that still leave room for the rest of an SMS or a push."""


def _answering(passages: Sequence[Passage], case: Case) -> Sequence[Passage]:
    """Those that may answer: to a question only what was found for it, not what merely backs a promise beside it."""
    return [one for one in passages if one.score > 0] if case.situation == POLICY_QUESTION else passages


def _policy_facts(clauses: Sequence[Clause], case: Case, language: Language) -> Iterable[Fact]:
    if not situations().topics_of(case.situation) and case.purpose is not Purpose.REPLY:
        return
    longest = SHORT_ANSWER if case.channel in (Channel.SMS, Channel.PUSH) else None
    for clause in clauses:
        if clause.customer_text and clause.language == language.value:
            if longest is not None and len(clause.customer_text) > longest:
                continue
            yield _fact("policy_answer", clause.customer_text, Source("clause", clause.id))
            return


def _brand_facts(brand: Brand, language: Language) -> Iterable[Fact]:
    source = Source("brand", brand.id)
    values = {
        "brand": brand.name_in(language),
        "sign_off": brand.sign_off.get(language) or brand.name_in(language),
        "shop_url": brand.shop_url,
        "unsubscribe": brand.unsubscribe_url,
        "postal_address": brand.postal_address,
        "signature": brand.signature or brand.name,
    }
    for slot, value in values.items():
        if value:
            yield _fact(slot, value, source)


def _clauses_in_force(passages: Sequence[Passage], today: date) -> tuple[Clause, ...]:
    found = [passage.clause for passage in passages if passage.clause is not None]
    ours = [
        clause
        for clause in found
        if clause.in_force(today) and clause.audience == "customer" and not tells_a_machine(clause.text)
    ]
    return tuple(dict.fromkeys(ours))


NEWEST = 12


def _written(customer: Customer, events: Sequence[Event], passages: Sequence[Passage]) -> Iterable[str]:
    """Words of others that came with this case: reviews, tickets, and whatever speaks in a field that should name."""
    yield from (event.text for event in events[-NEWEST:] if event.text)
    yield from (passage.text for passage in passages if passage.source_type == "history")
    yield from (passage.text for passage in passages if passage.clause and tells_a_machine(passage.text))
    named = [*names_of(customer), customer.tier]
    named += [field for event in events[-NEWEST:] for field in (event.item, event.topic)]
    yield from (field for field in named if field and speaks(field))


STEER_WORDS = {
    "cart": {Language.ZH: "购物车里留有商品（不可提及）", Language.EN: "left something in the basket (do not mention)"},
    "view": {Language.ZH: "近来也在浏览（不可提及）", Language.EN: "has been browsing (do not mention)"},
    "review": {Language.ZH: "写过评价", Language.EN: "has written reviews"},
    "coupon_used": {Language.ZH: "用过优惠券", Language.EN: "has used a coupon before"},
}


def _steer(
    case: Case, customer: Customer, events: Sequence[Event], passages: Sequence[Passage], language: Language
) -> Iterable[str]:
    names = names_of(customer)
    for reason in case.reasons[:3]:
        text = reason.text.get(language.value)
        if text:
            yield mask(text, names)
    kinds = {event.kind for event in events}
    for kind, words in STEER_WORDS.items():
        if kind in kinds:
            yield words[language]
    for passage in passages:
        ours = passage.source_type == "history" and passage.language == language.value
        if ours and not tells_a_machine(passage.text):  # words for a model are no background
            yield mask(passage.text, names)[:200]

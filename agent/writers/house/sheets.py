"""Made-up fact sheets, as the house would build them, with every choice left to chance.

Takes a random generator, gives a sheet. No customer's data is in it. Serves training and the evaluation of writers.
"""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from agent.acts import act_table
from agent.domain import (
    Brand,
    Channel,
    Fact,
    FactSheet,
    Language,
    LicensedAct,
    Money,
    Offer,
    OfferKind,
    Purpose,
    SlotType,
    Source,
    Tone,
)
from agent.situations import situations
from agent.slots import NameParts, slot_table
from knowledge.documents import Clause

NOW = datetime(2026, 1, 15, 2, 0, tzinfo=UTC)
BRAND = Brand("b", "Shop", "1 Road", "UTC", "CNY", tuple(Language), ("shop.example",))
VALUES: dict[str, Any] = {
    "salutation": NameParts(full="Kim", given="Kim"),
    "first_name": "Kim",
    "last_item": "Teapot",
    "points_balance": 900,
    "tier": "Gold",
    "ticket_topic": "quality",
    "ticket_item": "Teapot",
    "ticket_date": date(2026, 1, 3),
    "refund_amount": Money(19900, "CNY"),
    "policy_answer": "Returns are open.",
    "brand": "Shop",
    "sign_off": "Shop",
    "shop_url": "https://shop.example",
    "unsubscribe": "https://shop.example/u",
    "postal_address": "1 Road",
    "signature": "Shop",
}
ALWAYS = ("salutation", "brand", "sign_off", "unsubscribe", "postal_address", "signature")
OFTEN = {"first_name": 0.9, "last_item": 0.8, "points_balance": 0.4, "tier": 0.4, "shop_url": 0.8}
TICKET = {"ticket_topic": 0.9, "ticket_item": 0.7, "ticket_date": 0.9, "refund_amount": 0.4, "policy_answer": 0.6}


def made_up_sheet(rng: random.Random, case_id: str) -> FactSheet:
    language, channel, tone = rng.choice(list(Language)), rng.choice(list(Channel)), rng.choice(list(Tone))
    situation = rng.choice(list(situations().by_key))
    serving = situations().is_service(situation)
    purpose = (
        Purpose.REPLY
        if channel is Channel.CHAT
        else Purpose.SERVICE
        if serving and rng.random() < 0.8
        else Purpose.MARKETING
    )
    offer = None if purpose is Purpose.SERVICE else _offer(rng)
    slots = [*ALWAYS, *(slot for slot, chance in OFTEN.items() if rng.random() < chance)]
    slots += [slot for slot, chance in TICKET.items() if serving and rng.random() < chance]
    facts = [_fact(slot, VALUES[slot]) for slot in slots] + (_offer_facts(offer, rng) if offer else [])
    return FactSheet(
        case_id, language, channel, purpose, situation, tone, BRAND, tuple(facts), _acts(situation, rng), offer, now=NOW
    )


def _fact(slot: str, value: Any, required: bool = False) -> Fact:
    kind: SlotType = slot_table()[slot].type
    return Fact(slot, kind, value, Source("offer" if required else "customer", "x"), required=required)


def _offer(rng: random.Random) -> Offer | None:
    kind = rng.choice([None, *OfferKind])
    if kind is None:
        return None
    return Offer("o", kind, Decimal(20), "CNY", Money(0, "CNY"), exclusions={})


def _offer_facts(offer: Offer, rng: random.Random) -> list[Fact]:
    if offer.kind not in (OfferKind.PERCENT, OfferKind.AMOUNT, OfferKind.FREE_SHIPPING, OfferKind.POINTS):
        return []
    facts = [_fact("offer", offer, required=True)]
    if rng.random() < 0.85:
        facts.append(_fact("offer_code", "AB12CD", required=True))
    if rng.random() < 0.85:
        facts.append(_fact("offer_expires", date(2026, 2, 28), required=True))
    if rng.random() < 0.6:
        facts.append(_fact("offer_min_spend", Money(19900, "CNY"), required=True))
    if rng.random() < 0.4:
        facts.append(_fact("offer_exclusions", "x", required=True))
    return facts


def _acts(situation: str, rng: random.Random) -> tuple[LicensedAct, ...]:
    fitting = [key for key, spec in act_table().items() if situation in spec.situations]
    rng.shuffle(fitting)
    clause = Clause("x#1", "x", "1", "", "en")
    return tuple(LicensedAct(key, clause) for key in fitting[: rng.choice((0, 1, 1, 2))])

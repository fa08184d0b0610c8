"""Cases that no writer has seen: made-up customers, goods, tickets and offers, laid out as the house lays out its own.

Takes the clauses in force (they license the promises) and phrasings of wishes; gives EvalCases, the same for a seed.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from agent.acts import acts_for
from agent.context import Live
from agent.domain import (
    MONEY_KINDS,
    Brand,
    Case,
    CaseStatus,
    Channel,
    Consent,
    Customer,
    Event,
    FactSheet,
    Language,
    Money,
    Offer,
    OfferDecision,
    OfferKind,
    OfferStatus,
    Purpose,
    Tone,
)
from agent.evaluation.phrasings import Phrasing
from agent.facts import build_fact_sheet
from agent.resources import package_data
from agent.situations import GENERAL, situations
from knowledge.documents import Clause, Passage

NOW = datetime(2026, 5, 12, 2, 30, tzinfo=UTC)
EXPIRES = date(2026, 6, 3)
WISHES = 0.4
"""Share of the cases on which a rep has a wish."""
ZONE, CURRENCY = "Asia/Shanghai", {Language.ZH: "CNY", Language.EN: "USD"}


@dataclass(frozen=True, slots=True)
class EvalCase:
    """One case with everything that writing and judging it need. `wish` is what a rep asks for, if anything."""

    case: Case
    sheet: FactSheet
    live: Live
    wish: Phrasing | None

    @property
    def instruction(self) -> str:
        return self.wish.text if self.wish else ""


def unseen_cases(
    count: int, clauses: Sequence[Clause], phrasings: Sequence[Phrasing] = (), seed: int = 0
) -> list[EvalCase]:
    """`count` cases over all situations, channels, tones and languages, in an order without pattern."""
    rng = random.Random(f"evaluation|{seed}")
    told = tomllib.loads((package_data("agent.evaluation") / "cases.toml").read_text(encoding="utf-8"))
    keys = list(situations().by_key)
    order = [keys[number % len(keys)] for number in range(count)]
    rng.shuffle(order)
    return [_case(f"eval-{seed}-{number}", key, rng, told, clauses, phrasings) for number, key in enumerate(order)]


def _case(
    case_id: str,
    situation: str,
    rng: random.Random,
    told: Mapping[str, Any],
    clauses: Sequence[Clause],
    phrasings: Sequence[Phrasing],
) -> EvalCase:
    language, channel, tone = rng.choice(list(Language)), rng.choice(list(Channel)), rng.choice(list(Tone))
    words = told[language.value]
    served = situations().is_service(situation) and situation != GENERAL
    purpose = Purpose.REPLY if channel is Channel.CHAT else Purpose.SERVICE if served else Purpose.MARKETING
    customer, brand = _customer(case_id, language, rng, words), _brand(told, language)
    events = _events(customer, situation, served, rng, words)
    offer = _offer(language, rng) if purpose is Purpose.MARKETING else None
    acts = acts_for(situation)
    status = OfferStatus.OFFERED if offer else OfferStatus.NO_OFFER
    decision = OfferDecision(status, situation, "", offer, acts, offer.kind if offer else None)
    case = Case(
        case_id, brand.id, customer.id, channel, purpose, CaseStatus.OFFERED, NOW, situation, None, None, None, decision
    )
    backing = [clause for clause in clauses if clause.language == language.value and set(acts) & set(clause.acts)]
    passages = [Passage("clause", clause.id, clause.text, 1.0, clause.language, clause) for clause in backing]
    sheet = build_fact_sheet(case, customer, brand, decision, events, passages, NOW, tone)
    live = Live(customer, brand, purpose, NOW, events, backing, offer)
    return EvalCase(case, sheet, live, _wish(sheet, rng, phrasings))


def _wish(sheet: FactSheet, rng: random.Random, phrasings: Sequence[Phrasing]) -> Phrasing | None:
    """A wish in the language of the shop's reps, which is as often the other one, that this case could keep."""
    if not phrasings or rng.random() >= WISHES:
        return None
    keepable = [phrasing for phrasing in phrasings if phrasing.can_be_kept_on(sheet)]
    return rng.choice(keepable) if keepable else None


def _customer(case_id: str, language: Language, rng: random.Random, words: Mapping[str, Any]) -> Customer:
    name = rng.choice(words["names"])
    return Customer(
        id=f"{case_id}-c",
        brand_id="eval",
        name=name,
        given_name=name.split(" ")[0] if language is Language.EN and name[:1].isupper() else None,
        gender=rng.choice(["female", "male", None]),
        language=language,
        timezone=ZONE,
        email=f"{case_id}@mail.example",
        phone="13000000000",
        tier=rng.choice([*words["tiers"], None]),
        points=rng.choice([None, 0, 1, 240, 12_800]),
        consents={channel: Consent(True, NOW - timedelta(days=90), "form", "marketing") for channel in Channel},
        made_up=True,
    )


def _brand(told: Mapping[str, Any], language: Language) -> Brand:
    return Brand(
        id="eval",
        name=told[language.value]["brand"],
        names={spoken: told[spoken.value]["brand"] for spoken in Language},
        postal_address="8 Moonhill Road, Ningbo 315000",
        timezone=ZONE,
        currency=CURRENCY[language],
        languages=tuple(Language),
        domains=("moonhill.example",),
        from_email="care@moonhill.example",
        unsubscribe_url="https://moonhill.example/unsubscribe",
        shop_url="https://moonhill.example",
        sign_off={spoken: told[spoken.value]["sign_off"] for spoken in Language},
        made_up=True,
    )


def _events(
    customer: Customer, situation: str, served: bool, rng: random.Random, words: Mapping[str, Any]
) -> tuple[Event, ...]:
    currency = CURRENCY[customer.language]
    item = rng.choice(words["items"])
    order = Event(
        f"{customer.id}-o", customer.id, NOW - timedelta(days=rng.randint(20, 200)), "order", order_id="M00417",
        item=item, quantity=1.0, amount=Money(rng.randint(20, 900) * 100, currency),
    )  # fmt: skip
    if not served:
        return (order,) if rng.random() < 0.85 else ()
    ticket = Event(
        f"{customer.id}-t", customer.id, NOW - timedelta(days=rng.randint(1, 9)), "ticket", status="closed",
        topic=rng.choice(situations().topics_of(situation)), item=item if rng.random() < 0.7 else None,
        amount=order.amount if situation == "refund_slow" else None, text=rng.choice(words["tickets"]),
    )  # fmt: skip
    return order, ticket


def _offer(language: Language, rng: random.Random) -> Offer | None:
    kind = rng.choice([None, *sorted(MONEY_KINDS), *sorted(MONEY_KINDS)])
    if kind is None:
        return None
    value = {
        OfferKind.PERCENT: rng.choice(["5", "12", "12.5", "20", "33"]),
        OfferKind.AMOUNT: rng.choice(["8", "15", "49.90", "120"]),
        OfferKind.POINTS: rng.choice(["100", "1500"]),
    }.get(OfferKind(kind), "0")
    code = "".join(rng.choice("ACDEFGHJKMNPQRTUVWXY3479") for _ in range(8))
    return Offer(
        id=f"eval-{kind}",
        kind=OfferKind(kind),
        value=Decimal(value),
        currency=CURRENCY[language],
        cost=Money(1000, CURRENCY[language]),
        code=code if rng.random() < 0.9 else None,
        min_spend=Decimal(rng.choice(["0", "59", "199"])),
        expires_on=EXPIRES,
        exclusions={Language.ZH: "礼品卡除外", Language.EN: "gift cards excluded"} if rng.random() < 0.4 else {},
    )

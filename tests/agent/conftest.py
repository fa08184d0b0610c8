"""Records to build a fact sheet from, close to what a real shop has; both databases, for what must hold on either."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from agent.acts import acts_for
from agent.domain import (
    Brand,
    Case,
    CaseStatus,
    Channel,
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
from agent.facts import build_fact_sheet
from knowledge.documents import Clause, Passage
from tests.servers import own_schema

NOW = datetime(2026, 9, 15, 2, 30, tzinfo=UTC)

BRAND = Brand(
    id="harbor",
    name="Harbor Tea",
    postal_address="12 Quay Street, Hangzhou",
    timezone="Asia/Shanghai",
    currency="CNY",
    languages=(Language.ZH, Language.EN),
    domains=("harbor.example",),
    signature="港湾茶铺",
    unsubscribe_url="https://harbor.example/u/abc",
    shop_url="https://harbor.example",
    sign_off={Language.ZH: "港湾茶铺 客服组", Language.EN: "The Harbor Tea team"},
)
PEOPLE = {
    Language.ZH: Customer("c1", "harbor", "欧阳嘉慧", Language.ZH, gender="female", points=900),
    Language.EN: Customer("c1", "harbor", "Will Carter", Language.EN, points=900),
}
ITEMS = {Language.ZH: "2026新款【正品】青瓷茶具套装", Language.EN: "WHITE HANGING HEART T-LIGHT HOLDER"}


def an_offer(kind: str = "percent", value: str = "20", **changes: Any) -> Offer:
    offer = Offer(
        id="o1",
        kind=OfferKind(kind),
        value=Decimal(value),
        currency="CNY",
        cost=Money(1000, "CNY"),
        code="QH20",
        min_spend=Decimal(199),
        expires_on=date(2026, 9, 30),
        exclusions={Language.ZH: "礼品卡", Language.EN: "gift cards"},
    )
    return replace(offer, **changes)


def a_clause(language: Language, acts: tuple[str, ...]) -> Clause:
    zh = language is Language.ZH
    return Clause(
        id="service#3",
        document="service",
        clause="3",
        text="自签收之日起七天内，未使用的商品可以退货。" if zh else "Unused items can be returned after delivery.",
        language=language.value,
        customer_text="未使用的商品签收后可以退货。" if zh else "Unused items can be returned after delivery.",
        acts=acts,
    )


def an_event(kind: str, days_ago: int, **changes: Any) -> Event:
    event = Event(id=f"e-{kind}-{days_ago}", customer_id="c1", at=NOW - timedelta(days=days_ago), kind=kind)
    return replace(event, **changes)


@pytest.fixture
def make_sheet() -> Callable[..., FactSheet]:
    def make(
        language: str = "zh",
        channel: str = "email",
        situation: str = "long_silence",
        offer: Offer | None = None,
        tone: str = "warm",
        purpose: str = "marketing",
        events: tuple[Event, ...] | None = None,
        acts: tuple[str, ...] | None = None,
        **customer: Any,
    ) -> FactSheet:
        spoken = Language(language)
        history = events
        if history is None:
            order = an_event("order", 67, order_id="A1", item=ITEMS[spoken], amount=Money(26800, "CNY"), quantity=1)
            ticket = an_event("ticket", 3, topic=situation, item=ITEMS[spoken], status="open")
            history = (order, ticket)
        keys = acts_for(situation)[:2] if acts is None else acts
        passage = Passage("clause", "service#3", "", 1.0, language, clause=a_clause(spoken, keys))
        case = Case("case-1", "harbor", "c1", Channel(channel), Purpose(purpose), CaseStatus.OFFERED, NOW, situation)
        status = OfferStatus.OFFERED if offer else OfferStatus.NO_OFFER
        decision = OfferDecision(status, situation, "because", offer, keys)
        person = replace(PEOPLE[spoken], **customer)
        return build_fact_sheet(case, person, BRAND, decision, history, (passage,), NOW, Tone(tone))

    return make


@pytest.fixture
def offers() -> Callable[..., Offer]:
    return an_offer


@pytest.fixture
def events() -> Callable[..., Event]:
    return an_event


@pytest.fixture
def brand() -> Brand:
    return BRAND


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database: a SQLite file, or a schema of its own on a real PostgreSQL server."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'holdfast.db'}"
    return own_schema(str(request.getfixturevalue("server")))

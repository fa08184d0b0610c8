"""Records for tests, each whole and plausible; name what matters and leave the rest."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from agent.domain import (
    Brand,
    Case,
    CaseStatus,
    Channel,
    Consent,
    Customer,
    Event,
    Language,
    Message,
    Money,
    Purpose,
)
from knowledge.documents import Clause
from scoring.records import Reason, RiskBand, RiskScore

NOW = datetime(2026, 3, 2, 2, 30, tzinfo=UTC)
"""Half past ten in the morning in Shanghai."""


def a_brand(**changes: Any) -> Brand:
    known: dict[str, Any] = {
        "id": "linjian",
        "name": "林间小铺",
        "names": {Language.ZH: "林间小铺", Language.EN: "Linden Lane"},
        "postal_address": "12 Linden Lane, Hangzhou 310012",
        "timezone": "Asia/Shanghai",
        "currency": "CNY",
        "languages": (Language.ZH, Language.EN),
        "domains": ("linden-lane.example",),
        "from_email": "care@linden-lane.example",
        "unsubscribe_url": "https://linden-lane.example/unsubscribe",
        "shop_url": "https://linden-lane.example",
        "sign_off": {Language.ZH: "林间小铺客服 小林", Language.EN: "May at Linden Lane"},
        "made_up": True,
    }
    return Brand(**{**known, **changes})


def a_customer(customer_id: str = "c1", language: Language = Language.ZH, **changes: Any) -> Customer:
    zh = language is Language.ZH
    known: dict[str, Any] = {
        "id": customer_id,
        "brand_id": "linjian",
        "name": "欧阳雪" if zh else "Nora Bell",
        "given_name": "雪" if zh else "Nora",
        "gender": "female",
        "language": language,
        "timezone": "Asia/Shanghai" if zh else "Europe/London",
        "email": f"{customer_id}@mail.example",
        "phone": "13000000000",
        "consents": {channel: Consent(True, NOW - timedelta(days=200), "form", "marketing") for channel in Channel},
        "made_up": True,
    }
    return Customer(**{**known, **changes})


def a_reason(code: str = "no_recent_purchase", contribution: float = 1.2) -> Reason:
    return Reason(code, "recency", 67.0, contribution, {"zh": "最近一次下单是67天前", "en": "last order 67 days ago"})


def a_score(
    customer_id: str = "c1", *reasons: Reason, probability: float = 0.7, value: int | None = 300_000
) -> RiskScore:
    return RiskScore(
        customer_id, probability, 0.85, -0.4, RiskBand.HIGH, reasons or (a_reason(),), NOW, "test-model", value
    )


def a_case(case_id: str = "case_1", customer_id: str = "c1", **changes: Any) -> Case:
    known: dict[str, Any] = {
        "case_id": case_id,
        "brand_id": "linjian",
        "customer_id": customer_id,
        "channel": Channel.EMAIL,
        "purpose": Purpose.MARKETING,
        "status": CaseStatus.SCORED,
        "opened_at": NOW,
        "score": a_score(customer_id),
    }
    return Case(**{**known, **changes})


def an_order(customer_id: str = "c1", days_ago: int = 67, item: str = "紫砂茶具套装", **changes: Any) -> Event:
    known: dict[str, Any] = {
        "id": f"{customer_id}-o{days_ago}",
        "customer_id": customer_id,
        "at": NOW - timedelta(days=days_ago),
        "kind": "order",
        "order_id": f"L{days_ago:05}",
        "item": item,
        "quantity": 1.0,
        "amount": Money(26_800, "CNY"),
    }
    return Event(**{**known, **changes})


def a_ticket(customer_id: str = "c1", days_ago: int = 3, topic: str = "late_delivery", status: str = "open") -> Event:
    return Event(
        f"{customer_id}-t{days_ago}{status}", customer_id, NOW - timedelta(days=days_ago), "ticket",
        topic=topic, status=status, text="还没收到",
    )  # fmt: skip


def a_clause(
    key: str = "returns-zh#质量问题", acts: tuple[str, ...] = (), language: str = "zh", **changes: Any
) -> Clause:
    document, _, clause = key.partition("#")
    known: dict[str, Any] = {
        "id": key,
        "document": document,
        "clause": clause,
        "text": "商品有破损，15天内可以退换，运费由我们承担。",
        "language": language,
        "valid_from": date(2025, 1, 1),
        "acts": acts,
    }
    return Clause(**{**known, **changes})


def a_message(key: str = "msg_1", **changes: Any) -> Message:
    known: dict[str, Any] = {
        "key": key,
        "case_id": "case_1",
        "draft_id": "draft_1",
        "brand_id": "linjian",
        "customer_id": "c1",
        "channel": Channel.EMAIL,
        "purpose": Purpose.MARKETING,
        "recipient": "nora@mail.example",
        "subject": "The teapot",
        "body": "Hi Nora",
        "headers": {
            "From": "Linden Lane <care@linden-lane.example>",
            "Message-ID": f"<{key}@linden-lane.example>",
            "Auto-Submitted": "auto-generated",
        },
        "text_hash": "hash",
    }
    return Message(**{**known, **changes})

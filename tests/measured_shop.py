"""A shop in which a campaign ran: its cases, lots, messages and everybody's orders, written straight into the store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pandas as pd

from agent.domain import (
    CampaignStatus,
    CaseStatus,
    Channel,
    Delivery,
    DeliveryStatus,
    Draft,
    Language,
    OfferDecision,
    OfferStatus,
    Purpose,
    WriterStamp,
)  # fmt: skip
from agent.plan import Plan, as_row
from api import sample_shop
from api.bootstrap import Workshop
from api.clock import FixedClock
from api.home import Home
from api.settings import Settings
from scoring.events import EVENT_COLUMNS
from tests.factories import NOW, a_case, a_customer, a_message

CAMPAIGN = "care"
WRITTEN, HELD = 300, 100
INDIVIDUAL = 50
SENT = WRITTEN - 50
PLAN = Plan(CAMPAIGN, contact_cost=0.1)


def a_measured_shop(folder: Path, plan: Plan = PLAN) -> Workshop:
    """`w0` … were written to (the last fifty of them not sent yet), `h0` … are held out; opened at NOW."""
    home = Home(folder)
    sample_shop.lay_out(home)
    shop = Workshop(home, Settings.model_validate({"home": folder, "holdout_share": 0.25}), FixedClock(NOW))
    store = shop.store
    arms = [*((f"w{n}", False) for n in range(WRITTEN)), *((f"h{n}", True) for n in range(HELD))]
    store.people.put([a_customer(name) for name, _ in arms], NOW)
    with store.write():
        store.campaigns.put(CAMPAIGN, CampaignStatus.RUNNING, {**as_row(plan), "holdout_share": 0.25}, NOW, "may")
        store.campaigns.report(CAMPAIGN, len(arms), len(arms))
        for number, (name, held) in enumerate(arms):
            status = OfferStatus.HELD_OUT if held else OfferStatus.NO_OFFER
            store.cases.open(
                a_case(
                    f"case_{name}", name, campaign_id=CAMPAIGN,
                    decision=OfferDecision(status, "no_recent_purchase", ""),
                    status=CaseStatus.HELD_OUT if held else CaseStatus.SENT if number < SENT else CaseStatus.CHECKED,
                    arm=plan.arms[number % len(plan.arms)].name if plan.arms and not held else None,
                )
            )  # fmt: skip
            if not held and number < SENT:
                store.cases.put_draft(_draft(name, cell=number >= INDIVIDUAL), NOW)
                message = a_message(f"msg_{name}", case_id=f"case_{name}", draft_id=f"draft_{name}", customer_id=name)
                store.outbox.enqueue(message, NOW)
                store.outbox.claim(message.key, NOW)
                sent = Delivery(message.key, DeliveryStatus.SENT, NOW, "sink")
                assert store.outbox.finish(sent, DeliveryStatus.SENDING)
    return shop


def _draft(name: str, cell: bool) -> Draft:
    stamp = WriterStamp("composer", "1", "", 0, 20, 0, 1, detail={"drafted_for": "cell"} if cell else {})
    return Draft(
        f"draft_{name}", f"case_{name}", Language.EN, Channel.EMAIL, Purpose.MARKETING, "no_recent_purchase",
        "The cup", "Hi", "The cup", "Hi", (), stamp,
    )  # fmt: skip


def later(shop: Workshop, days: float) -> Workshop:
    return replace(shop, clock=FixedClock(NOW + timedelta(days=days)))


def happened(shop: Workshop, names: list[str], day: float, kind: str = "order", **values: object) -> None:
    """One event for each of these customers, so many days after the contact."""
    known: dict[str, object] = {"quantity": 1.0, "unit_price": 80.0, "currency": "CNY", "item": "Cup", **values}
    rows = [
        {
            "event_id": f"{kind}-{name}-{day}",
            "customer_id": name,
            "at": NOW + timedelta(days=day),
            "kind": kind,
            **known,
        }
        for name in names
    ]
    shop.log.append(pd.DataFrame(rows).reindex(columns=list(EVENT_COLUMNS)))


def written(count: int, begin: int = 0) -> list[str]:
    return [f"w{n}" for n in range(begin, begin + count)]


def held(count: int) -> list[str]:
    return [f"h{n}" for n in range(count)]

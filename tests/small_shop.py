"""A home folder with a small shop in it, made in a second: everything is real but the people.

Six customers with orders, scores and consents, c1 and c3 in Chinese and the others in English, policies in the index,
codes in the pool. The clock stands at half past ten in the morning in Shanghai.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from agent.access import Role, Scope
from agent.domain import Customer, Event, Language
from api import sample_shop, sign_in
from api.bootstrap import Workshop
from api.clock import FixedClock
from api.home import Home
from api.importing import import_policies
from api.settings import Settings
from tests.factories import NOW, a_customer, a_score, a_ticket, an_order

PEOPLE = ("c1", "c2", "c3", "c4", "c5", "c6")
ITEMS = {"zh": "紫砂茶具套装", "en": "Cast Iron Teapot"}


@dataclass
class SmallShop:
    workshop: Workshop

    def key(self, role: Role, *scopes: Scope) -> str:
        return sign_in.add_key(self.workshop, f"{role.value}-{len(scopes)}", role, scopes)[1]


def people() -> list[Customer]:
    return [a_customer(name, Language.ZH if name in ("c1", "c3") else Language.EN) for name in PEOPLE]


def happenings() -> list[Event]:
    orders = [an_order(customer.id, 60 + n, ITEMS[customer.language]) for n, customer in enumerate(people())]
    return [*orders, a_ticket("c5", 3)]


def a_small_shop(folder: Path, **settings: object) -> SmallShop:
    """`settings` change the operator's settings, `holdout_share` is 0 unless it is said."""
    home = Home(folder)
    sample_shop.lay_out(home)
    known: dict[str, object] = {"home": folder, "holdout_share": 0.0, **settings}
    workshop = Workshop(home, Settings.model_validate(known), FixedClock(NOW))
    import_policies(workshop, home.policies, dry_run=False)
    store = workshop.store
    store.people.put(people(), NOW)
    store.scores.put(
        [a_score(name, probability=0.9 - n / 10, value=(n + 1) * 100_000) for n, name in enumerate(PEOPLE)]
    )
    workshop.log.append(as_log(happenings()))
    for offer in workshop.catalogue.offers.values():
        if offer.codes:
            store.ledger.add_codes(offer.id, [f"{offer.id[:2].upper()}Q7K{n}XM" for n in range(9)])
    return SmallShop(workshop)


def as_log(events: list[Event]):  # type: ignore[no-untyped-def]
    """Events in the columns of the event log."""
    from agent.inbound import Arrival
    from api.arrivals import as_table

    def row(event: Event) -> dict[str, object]:
        return {
            "event_id": event.id,
            "at": event.at.isoformat(),
            "kind": event.kind,
            "order_id": event.order_id,
            "item": event.item,
            "quantity": event.quantity,
            "unit_price": event.amount.minor / 100 if event.amount else None,
            "currency": event.amount.currency if event.amount else None,
            "topic": event.topic,
            "status": event.status,
            "text": event.text,
        }

    return as_table([Arrival(event.id, event.customer_id, None, NOW, [row(event)]) for event in events])

"""A house with its surroundings at hand: real store, gate, ledger and composer; only the world is a stand-in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from agent import pipeline
from agent.adapters.store import SqlStore
from agent.adapters.store.engine import open_engine, upgrade
from agent.catalogue import load_catalogue
from agent.context import LIMITS
from agent.domain import Case, CaseStatus, Channel, Language
from agent.house import House
from agent.writers.composer import Composer
from tests.factories import NOW, a_brand, a_case, a_clause, a_customer, an_order
from tests.fakes import ListedHistory, ListedPolicies, RememberingChannel, SetClock


@dataclass
class Street:
    """A house with its surroundings at hand."""

    house: House
    store: SqlStore
    clock: SetClock
    history: ListedHistory
    channel: RememberingChannel
    engine: sa.Engine

    def open(self, **changes: object) -> Case:
        case = a_case(**changes)  # type: ignore[arg-type]
        assert self.store.cases.open(case)
        return case

    def approved(self, **changes: object) -> Case:
        prepared = pipeline.prepare(self.open(**changes), self.house)
        assert prepared.case.status is CaseStatus.CHECKED, prepared.verdict
        return pipeline.approve(prepared.case, "lin", self.house)

    def reserved(self) -> tuple[int, int]:
        budget = self.store.ledger.budget("offer:amount_15")
        assert budget is not None
        return budget.reserved_minor, budget.spent_minor


def a_street(folder: Path, url: str = "") -> Street:
    """Two customers, c1 in Chinese and c2 in English, each with one order; five codes for every offer."""
    engine = open_engine(url or f"sqlite:///{folder / 'x.db'}")
    upgrade(engine)
    store = SqlStore(engine, "linjian")
    catalogue = load_catalogue("CNY")
    for offer in catalogue.offers.values():
        if offer.is_money:
            store.ledger.set_budget(f"offer:{offer.id}", offer.budget)
            store.ledger.add_codes(offer.id, [f"{offer.id[:2].upper()}Q7K{n}XM" for n in range(5)])
    store.people.put([a_customer(), a_customer("c2", Language.EN)], NOW)
    clock, channel = SetClock(NOW), RememberingChannel()
    history = ListedHistory([an_order(), an_order("c2", item="Cast Iron Teapot")])
    policies = ListedPolicies(
        [a_clause("service-zh#人工", ("human_reply",)), a_clause("returns-zh#延误", ("trace_parcel",))]
    )
    house = House(
        a_brand(), store, history, policies, (Composer(),), catalogue, dict.fromkeys(Channel, channel), clock, LIMITS,
        holdout_share=0.0,
    )  # fmt: skip
    return Street(house, store, clock, history, channel, engine)

"""Outcomes: what came of it."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from agent.adapters.store import schema
from agent.adapters.store.transactions import Transactions
from agent.domain import Money, OfferStatus, Outcome


class Results:
    def __init__(self, tx: Transactions, brand_id: str) -> None:
        self._tx = tx
        self._brand = brand_id

    def record(self, outcome: Outcome) -> bool:
        """False when this outcome is known already: the same file may be imported twice."""
        t = schema.outcomes
        same = (t.c.case_id == outcome.case_id) & (t.c.kind == outcome.kind) & (t.c.at == outcome.at)
        with self._tx.write() as c:
            if c.execute(sa.select(t.c.id).where(same)).first():
                return False
            c.execute(
                t.insert().values(
                    brand_id=self._brand,
                    case_id=outcome.case_id,
                    kind=outcome.kind,
                    at=outcome.at,
                    source=outcome.source,
                    amount_minor=outcome.amount.minor if outcome.amount else None,
                    currency=outcome.amount.currency if outcome.amount else None,
                )
            )
        return True

    def by_arm(self, campaign_id: str) -> Mapping[tuple[bool, str], int]:
        """(held out, kind) → customers of this campaign with such an outcome, each counted once."""
        o, k = schema.outcomes, schema.cases
        held = sa.case((k.c.decision["status"].as_string() == OfferStatus.HELD_OUT.value, 1), else_=0)
        query = (
            sa.select(held, o.c.kind, sa.func.count(sa.distinct(k.c.customer_id)))
            .join(k, k.c.case_id == o.c.case_id)
            .where(o.c.brand_id == self._brand, k.c.campaign_id == campaign_id)
            .group_by(held, o.c.kind)
        )
        with self._tx.read() as c:
            return {(bool(arm), kind): int(count) for arm, kind, count in c.execute(query)}

    def of_case(self, case_id: str) -> list[Outcome]:
        t = schema.outcomes
        query = sa.select(t).where(t.c.case_id == case_id, t.c.brand_id == self._brand).order_by(t.c.at, t.c.id)
        with self._tx.read() as c:
            return [
                Outcome(
                    row.case_id,
                    row.kind,
                    row.at,
                    row.source,
                    Money(row.amount_minor, row.currency) if row.currency else None,
                )
                for row in c.execute(query)
            ]

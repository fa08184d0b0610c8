"""Outcomes and campaigns: what came of it, and who started it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from agent.adapters.store import schema
from agent.adapters.store.transactions import Transactions
from agent.domain import Money, Outcome
from agent.errors import NotFound


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


class Campaigns:
    def __init__(self, tx: Transactions, brand_id: str) -> None:
        self._tx = tx
        self._brand = brand_id

    def put(self, campaign_id: str, status: str, plan: Mapping[str, Any], at: datetime) -> None:
        """Create a campaign, or take its new status and plan."""
        t = schema.campaigns
        here = (t.c.brand_id == self._brand) & (t.c.campaign_id == campaign_id)
        with self._tx.write() as c:
            values = {"status": status, "plan": dict(plan), "updated_at": at}
            if c.execute(t.update().where(here).values(**values)).rowcount == 0:
                c.execute(t.insert().values(brand_id=self._brand, campaign_id=campaign_id, created_at=at, **values))

    def names(self) -> list[str]:
        """Every campaign, newest first."""
        t = schema.campaigns
        query = sa.select(t.c.campaign_id).where(t.c.brand_id == self._brand).order_by(t.c.created_at.desc())
        with self._tx.read() as c:
            return list(c.execute(query).scalars())

    def get(self, campaign_id: str) -> tuple[str, Mapping[str, Any]]:
        """Status and plan. Raises NotFound."""
        t = schema.campaigns
        here = (t.c.brand_id == self._brand) & (t.c.campaign_id == campaign_id)
        with self._tx.read() as c:
            row = c.execute(sa.select(t.c.status, t.c.plan).where(here)).first()
        if row is None:
            raise NotFound(f"no campaign {campaign_id!r}", "start one with: holdfast campaign start PLAN.toml")
        return row.status, row.plan

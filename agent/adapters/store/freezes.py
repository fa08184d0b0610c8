"""The freeze of all budgets in SQL: a row for each time that somebody froze or thawed them; the newest one counts."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from agent.adapters.store import schema
from agent.adapters.store.transactions import Transactions
from agent.ledger import Freeze


class Freezes:
    def __init__(self, tx: Transactions, brand_id: str) -> None:
        self._tx = tx
        self._brand = brand_id

    def standing(self) -> Freeze | None:
        """None while budgets may be reserved from."""
        t = schema.freezes
        query = sa.select(t).where(t.c.brand_id == self._brand).order_by(t.c.id.desc()).limit(1)
        with self._tx.read() as c:
            row = c.execute(query).first()
        return Freeze(row.by, row.at, row.note) if row is not None and row.frozen else None

    def set(self, frozen: bool, by: str, at: datetime, note: str = "") -> None:
        row = {"brand_id": self._brand, "frozen": frozen, "by": by, "at": at, "note": note}
        with self._tx.write() as c:
            c.execute(schema.freezes.insert().values(row))

"""The kill switch in SQL: a row for each time that somebody turned it; the newest one says how it stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from agent.adapters.store import schema
from agent.adapters.store.transactions import Transactions
from agent.domain import SendingState


class Sending:
    """Fits SendingBook."""

    def __init__(self, tx: Transactions, brand_id: str) -> None:
        self._tx = tx
        self._brand = brand_id

    def state(self) -> SendingState:
        newest = self._rows(1)
        return newest[0] if newest else SendingState()

    def set(self, stopped: bool, by: str, at: datetime, note: str = "") -> SendingState:
        """Turn the switch. A second stop is kept as well: two people may each have had a reason."""
        with self._tx.write() as c:
            row = {"brand_id": self._brand, "stopped": stopped, "by": by, "at": at, "note": note}
            c.execute(schema.sending.insert().values(row))
        return SendingState(stopped, by, at, note)

    def turns(self) -> list[SendingState]:
        """Who turned it and when, newest first."""
        return self._rows(None)

    def _rows(self, limit: int | None) -> list[SendingState]:
        t = schema.sending
        query = sa.select(t).where(t.c.brand_id == self._brand).order_by(t.c.id.desc()).limit(limit)
        with self._tx.read() as c:
            return [_state(row) for row in c.execute(query)]


def _state(row: Any) -> SendingState:
    return SendingState(row.stopped, row.by, row.at, row.note)

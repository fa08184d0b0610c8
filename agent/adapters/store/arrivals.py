"""Events that came in one by one, waiting to be moved into the event log in bulk.

A row is one message of the sender with the event rows that it means. The sender's message id is kept once: a doubled
message is harmless. `refused` names why a message was set aside; it stays here until somebody looks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from agent.adapters.store import schema
from agent.adapters.store.transactions import Transactions, insert
from agent.inbound import Arrival

CHUNK = 500


class Arrivals:
    def __init__(self, tx: Transactions, brand_id: str) -> None:
        self._tx = tx
        self._brand = brand_id

    def add(self, arrivals: Sequence[Arrival]) -> int:
        """Keep what is new; how many that were."""
        t, added = schema.arrivals, 0
        with self._tx.write() as c:
            for start in range(0, len(arrivals), CHUNK):
                rows = [self._row(arrival) for arrival in arrivals[start : start + CHUNK]]
                done = c.execute(insert(c, t).values(rows).on_conflict_do_nothing().returning(t.c.id))
                added += len(done.all())
        return added

    def of_customers(self, customer_ids: Sequence[str]) -> list[Arrival]:
        t = schema.arrivals
        found: list[Arrival] = []
        with self._tx.read() as c:
            for start in range(0, len(customer_ids), CHUNK):
                ids = list(customer_ids[start : start + CHUNK])
                query = sa.select(t).where(t.c.brand_id == self._brand, t.c.customer_id.in_(ids), t.c.refused.is_(None))
                found += [_arrival(row) for row in c.execute(query.order_by(t.c.id))]
        return found

    def waiting(self, limit: int) -> list[Arrival]:
        """What can be moved into the event log, oldest first."""
        t = schema.arrivals
        here = (t.c.brand_id == self._brand) & t.c.refused.is_(None) & t.c.customer_id.is_not(None)
        with self._tx.read() as c:
            return [_arrival(row) for row in c.execute(sa.select(t).where(here).order_by(t.c.id).limit(limit))]

    def remove(self, numbers: Sequence[int]) -> None:
        t = schema.arrivals
        with self._tx.write() as c:
            for start in range(0, len(numbers), CHUNK):
                part = list(numbers[start : start + CHUNK])
                c.execute(t.delete().where(t.c.brand_id == self._brand, t.c.id.in_(part)))

    def counts(self) -> Mapping[str, int]:
        """waiting, anonymous, refused."""
        t = schema.arrivals
        kind = sa.case((t.c.refused.is_not(None), "refused"), (t.c.customer_id.is_(None), "anonymous"), else_="waiting")
        query = sa.select(kind, sa.func.count()).where(t.c.brand_id == self._brand).group_by(kind)
        with self._tx.read() as c:
            found = {name: int(count) for name, count in c.execute(query)}
        return {"waiting": 0, "anonymous": 0, "refused": 0, **found}

    def refused(self, limit: int = 100) -> list[Arrival]:
        t = schema.arrivals
        query = sa.select(t).where(t.c.brand_id == self._brand, t.c.refused.is_not(None)).order_by(t.c.id.desc())
        with self._tx.read() as c:
            return [_arrival(row) for row in c.execute(query.limit(limit))]

    # --- who an anonymous visitor turned out to be --------------------------------------------------------------------

    def identify(self, anonymous_id: str, customer_id: str) -> int:
        """From now on, and for what waits here already, this visitor is that customer; how many messages that freed."""
        t, i = schema.arrivals, schema.identities
        with self._tx.write() as c:
            fresh = insert(c, i).values(brand_id=self._brand, anonymous_id=anonymous_id, customer_id=customer_id)
            key = [i.c.brand_id, i.c.anonymous_id]
            c.execute(fresh.on_conflict_do_update(index_elements=key, set_={"customer_id": customer_id}))
            mine = (t.c.brand_id == self._brand) & (t.c.anonymous_id == anonymous_id) & t.c.customer_id.is_(None)
            return c.execute(t.update().where(mine).values(customer_id=customer_id)).rowcount

    def known_as(self, anonymous_ids: Sequence[str]) -> dict[str, str]:
        i = schema.identities
        with self._tx.read() as c:
            query = sa.select(i.c.anonymous_id, i.c.customer_id).where(
                i.c.brand_id == self._brand, i.c.anonymous_id.in_(list(anonymous_ids))
            )
            return {row.anonymous_id: row.customer_id for row in c.execute(query)}

    def _row(self, arrival: Arrival) -> dict[str, Any]:
        return {
            "brand_id": self._brand,
            "message_id": arrival.message_id,
            "customer_id": arrival.customer_id,
            "anonymous_id": arrival.anonymous_id,
            "received_at": arrival.received_at,
            "rows": [dict(row) for row in arrival.rows],
            "refused": arrival.refused,
        }


def _arrival(row: Any) -> Arrival:
    return Arrival(
        row.message_id, row.customer_id, row.anonymous_id, row.received_at, row.rows, row.refused, number=row.id
    )

"""What somebody wrote back by SMS and the like, each thing once; whose number nobody knows is kept with its words."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from agent.adapters.store import schema
from agent.adapters.store.transactions import Transactions, insert
from agent.domain import Channel, InboundText, KeptAnswer


class Answers:
    """Fits AnswerBook."""

    def __init__(self, tx: Transactions, brand_id: str) -> None:
        self._tx = tx
        self._brand = brand_id

    def add(self, answer: InboundText, customer_id: str | None, stopped: bool) -> bool:
        """False when it was told before. A customer's own words are a ticket, and not kept a second time."""
        row = {
            "brand_id": self._brand,
            "answer_id": answer.id,
            "channel": answer.channel.value,
            "address": answer.address,
            "at": answer.at,
            "source": answer.source,
            "stopped": stopped,
            "customer_id": customer_id,
            "text": answer.text if customer_id is None else "",
        }
        t = schema.answers
        with self._tx.write() as c:
            fresh = insert(c, t).values(row).on_conflict_do_nothing().returning(t.c.answer_id)
            return c.execute(fresh).first() is not None

    def of_nobody(self, limit: int = 100) -> Sequence[KeptAnswer]:
        """Answers from addresses that no customer had, newest first."""
        t = schema.answers
        query = sa.select(t).where(t.c.brand_id == self._brand, t.c.customer_id.is_(None))
        with self._tx.read() as c:
            rows = c.execute(query.order_by(t.c.at.desc(), t.c.answer_id).limit(limit))
            return [
                KeptAnswer(
                    row.answer_id, Channel(row.channel), row.address, row.at, row.source, row.stopped, None, row.text
                )
                for row in rows
            ]

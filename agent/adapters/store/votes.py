"""Votes on two drafts side by side: one a case and voter."""

from __future__ import annotations

import sqlalchemy as sa

from agent.adapters.store import schema
from agent.adapters.store.transactions import Transactions
from agent.domain import Language, Vote


class Votes:
    def __init__(self, tx: Transactions, brand_id: str) -> None:
        self._tx = tx
        self._brand = brand_id

    def cast(self, vote: Vote) -> bool:
        """False when this person has voted on this case before: the first word counts."""
        t = schema.votes
        same = (t.c.brand_id == self._brand) & (t.c.case_id == vote.case_id) & (t.c.by == vote.by)
        with self._tx.write() as c:
            if c.execute(sa.select(t.c.id).where(same)).first():
                return False
            c.execute(
                t.insert().values(
                    brand_id=self._brand,
                    case_id=vote.case_id,
                    language=vote.language.value,
                    better=vote.better,
                    worse=vote.worse,
                    tie=vote.tie,
                    by=vote.by,
                    at=vote.at,
                )
            )
        return True

    def all(self) -> list[Vote]:
        t = schema.votes
        query = sa.select(t).where(t.c.brand_id == self._brand).order_by(t.c.id)
        with self._tx.read() as c:
            return [
                Vote(row.case_id, Language(row.language), row.better, row.worse, row.tie, row.by, row.at)
                for row in c.execute(query)
            ]

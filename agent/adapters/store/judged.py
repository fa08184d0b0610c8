"""What was judged at the moment of sending, with everything that it was judged on: the source of every replay."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa

from agent.adapters.store import schema
from agent.adapters.store.codec import from_json
from agent.adapters.store.transactions import Transactions
from agent.domain import Span, Verdict, Words
from agent.hashes import words_hash
from agent.replay import Judged
from agent.spans import reanchor

PAGE = 500


class JudgedMessages:
    def __init__(self, tx: Transactions, brand_id: str) -> None:
        self._tx = tx
        self._brand = brand_id

    def count(self, since: datetime, until: datetime) -> int:
        with self._tx.read() as c:
            return int(
                c.execute(sa.select(sa.func.count()).select_from(self._source(since, until).subquery())).scalar_one()
            )

    def between(self, since: datetime, until: datetime) -> Iterator[Judged]:
        """Judgements at the moment of sending in [since, until), in their order, each with the words it was about."""
        after = 0
        while True:
            query = self._source(since, until).where(schema.verdicts.c.id > after).limit(PAGE)
            with self._tx.read() as c:
                rows = c.execute(query).all()
            for row in rows:
                if (judged := _judged(row)) is not None:
                    yield judged
            if len(rows) < PAGE:
                return
            after = rows[-1].id

    def _source(self, since: datetime, until: datetime) -> sa.Select[tuple[object, ...]]:
        v, d, o = schema.verdicts.c, schema.drafts.c, schema.outbox.c
        return (
            sa.select(v.id, v.case_id, v.at, v.text_hash, v.data, v.context, d.data.label("draft"), o.subject, o.body)
            .join(schema.drafts, d.draft_id == v.draft_id)
            .join(schema.outbox, o.case_id == v.case_id, isouter=True)
            .where(v.brand_id == self._brand, v.moment == "send", v.at >= since, v.at < until)
            .order_by(v.id)
        )


def _judged(row: sa.Row[tuple[object, ...]]) -> Judged | None:
    """None where the words that were judged are no longer anywhere: a person edited them, and then nothing was sent."""
    written = Words(row.draft["subject"], row.draft["body"])
    known = [written] if row.body is None else [Words(row.subject, row.body), written]
    words = next((one for one in known if words_hash(one.subject, one.body) == row.text_hash), None)
    if words is None:
        return None
    spans = (from_json(Span, span) for span in row.draft["spans"] if span["kind"] == "act")
    acts = reanchor(spans, written, words)
    return Judged(row.case_id, row.at, words, row.context, acts, from_json(Verdict, row.data))

"""Scores, run by run: a run is seen once it is whole, however long its writing took, and the oldest are let go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from agent.adapters.store import schema
from agent.adapters.store.codec import score_from_json, to_json
from agent.adapters.store.transactions import CHUNK, Transactions, chunks, insert
from scoring.records import RiskBand, RiskScore

KEEP_RUNS = 8
"""Moments whose scores are kept: a week of daily ones, and the one before. A case keeps its own score for ever."""
AT_A_TIME = 5_000
"""Scores that share a transaction: nobody who writes waits for a million."""


class Scores:
    def __init__(self, tx: Transactions, brand_id: str) -> None:
        self._tx = tx
        self._brand = brand_id

    # --- written ------------------------------------------------------------------------------------------------------

    def put(self, scores: Iterable[RiskScore]) -> int:
        """A whole run, or several: all that is stored of them is what is given here."""
        everything = list(scores)
        self.add(everything)
        for as_of, model in dict.fromkeys((score.as_of, score.model) for score in everything):
            self.finish_run(as_of, model)
        return len(everything)

    def add(self, scores: Sequence[RiskScore]) -> None:
        """A part of a run, which nobody sees before `finish_run`. A score that is there already is replaced."""
        t = schema.scores
        key = ("brand_id", "customer_id", "as_of", "model")
        for start in range(0, len(scores), AT_A_TIME):
            rows = [_row(self._brand, score) for score in scores[start : start + AT_A_TIME]]
            with self._tx.write() as c:
                for at in range(0, len(rows), CHUNK):
                    fresh = insert(c, t)
                    changed = {name: fresh.excluded[name] for name in rows[0] if name not in key}
                    upsert = fresh.on_conflict_do_update(index_elements=list(key), set_=changed)
                    c.execute(upsert, rows[at : at + CHUNK])

    def finish_run(self, as_of: datetime, model: str) -> None:
        """From now on these are the scores, if no later moment was scored. Lets go of runs beyond `KEEP_RUNS`."""
        row = {"brand_id": self._brand, "as_of": as_of, "model": model}
        with self._tx.write() as c:
            c.execute(insert(c, schema.score_runs).values(row).on_conflict_do_nothing())
        self._let_go()

    def _let_go(self) -> None:
        r, t = schema.score_runs, schema.scores
        with self._tx.read() as c:
            moments = sa.select(r.c.as_of).where(r.c.brand_id == self._brand).distinct().order_by(r.c.as_of.desc())
            kept = list(c.execute(moments.limit(KEEP_RUNS)).scalars())
            old = [moment for moment in _moments(c, self._brand) if moment < kept[0] and moment not in kept]
        for moment in old:  # whatever is later than the newest run is being written by somebody else
            of_it = (t.c.brand_id == self._brand) & (t.c.as_of == moment)
            some = sa.select(t.c.customer_id).where(of_it).limit(AT_A_TIME).scalar_subquery()
            while self._delete(t.delete().where(of_it, t.c.customer_id.in_(some))):
                pass
            self._delete(r.delete().where(r.c.brand_id == self._brand, r.c.as_of == moment))

    def _delete(self, what: sa.Delete) -> int:
        with self._tx.write() as c:
            return c.execute(what).rowcount

    # --- read ---------------------------------------------------------------------------------------------------------

    def of(self, customer_id: str) -> RiskScore | None:
        """The newest score; None when this customer was never scored."""
        return self.of_many([customer_id]).get(customer_id)

    def of_many(self, customer_ids: Sequence[str]) -> dict[str, RiskScore]:
        """The newest score of each of these customers who was ever scored."""
        t = schema.scores
        other = t.alias()
        same = (other.c.brand_id == t.c.brand_id) & (other.c.customer_id == t.c.customer_id)
        last = sa.select(sa.func.max(other.c.as_of)).where(same, other.c.as_of <= self._newest).correlate(t)
        newest: dict[str, RiskScore] = {}
        with self._tx.read() as c:
            for ids in chunks(customer_ids):
                query = sa.select(t.c.data).where(t.c.brand_id == self._brand, t.c.customer_id.in_(ids))
                for data in c.execute(query.where(t.c.as_of == last.scalar_subquery())).scalars():
                    score = score_from_json(data)
                    newest[score.customer_id] = score
        return newest

    def newest_run(self) -> tuple[datetime, str] | None:
        """Moment and model of the newest scoring run; None when nobody was ever scored."""
        r = schema.score_runs
        query = sa.select(r.c.as_of, r.c.model).where(r.c.brand_id == self._brand).order_by(r.c.as_of.desc()).limit(1)
        with self._tx.read() as c:
            row = c.execute(query).first()
        return (row.as_of, row.model) if row is not None else None

    def count(self) -> int:
        """How many customers the newest run scored."""
        t = schema.scores
        query = sa.select(sa.func.count(t.c.customer_id.distinct())).where(self._of_newest_run)
        with self._tx.read() as c:
            return int(c.execute(query).scalar_one())

    def bands_before(self, as_of: datetime) -> dict[str, RiskBand] | None:
        """Everybody's band in the newest scoring run older than this moment; None when there was none."""
        t, r = schema.scores, schema.score_runs
        with self._tx.read() as c:
            older = sa.select(sa.func.max(r.c.as_of)).where(r.c.brand_id == self._brand, r.c.as_of < as_of)
            before = c.execute(older).scalar_one()
            if before is None:
                return None
            query = sa.select(t.c.customer_id, t.c.band).where(t.c.brand_id == self._brand, t.c.as_of == before)
            return {customer_id: RiskBand(band) for customer_id, band in c.execute(query)}

    def ranking(self) -> list[RiskScore]:
        """Everybody's score of the newest scoring run, riskiest first, without reasons: light enough for a million."""
        t = schema.scores
        query = (
            sa.select(t.c.customer_id, t.c.probability, t.c.band, t.c.as_of, t.c.model, t.c.value_minor)
            .where(self._of_newest_run)
            .order_by(t.c.probability.desc(), t.c.customer_id)
        )
        bands = {band.value: band for band in RiskBand}
        with self._tx.read() as c:
            # two models may have scored the same moment: whichever comes first here speaks for the customer
            found: dict[str, RiskScore] = {}
            runs: dict[tuple[datetime, str], tuple[datetime, str]] = {}  # one moment and name for all, not a million
            for name, probability, band, as_of, model, value in c.execute(query):
                moment, stamp = runs.setdefault((as_of, model), (as_of, model))
                score = RiskScore(name, probability, 0.0, 0.0, bands[band], (), moment, stamp, value)
                found.setdefault(name, score)
            return list(found.values())

    def latest(self) -> list[RiskScore]:
        """Everybody's scores of the newest scoring run, riskiest first, with their reasons: not for a million."""
        t = schema.scores
        query = sa.select(t.c.data).where(self._of_newest_run).order_by(t.c.probability.desc(), t.c.customer_id)
        with self._tx.read() as c:
            return [score_from_json(data) for data in c.execute(query).scalars()]

    @property
    def _newest(self) -> sa.ScalarSelect[datetime]:
        r = schema.score_runs
        return sa.select(sa.func.max(r.c.as_of)).where(r.c.brand_id == self._brand).scalar_subquery()

    @property
    def _of_newest_run(self) -> sa.ColumnElement[bool]:
        t = schema.scores
        return (t.c.brand_id == self._brand) & (t.c.as_of == self._newest)


def _moments(c: sa.Connection, brand_id: str) -> Iterator[datetime]:
    """Every moment of which there are scores, newest first, each found by the index."""
    t = schema.scores
    query = sa.select(sa.func.max(t.c.as_of)).where(t.c.brand_id == brand_id)
    moment = c.execute(query).scalar_one()
    while moment is not None:
        yield moment
        moment = c.execute(query.where(t.c.as_of < moment)).scalar_one()


def _row(brand_id: str, score: RiskScore) -> dict[str, Any]:
    return {
        "brand_id": brand_id,
        "customer_id": score.customer_id,
        "as_of": score.as_of,
        "model": score.model,
        "probability": score.probability,
        "band": score.band.value,
        "value_minor": score.value_minor,
        "data": to_json(score),
    }

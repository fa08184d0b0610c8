"""Scores, run by run: a run is seen once it is whole, however long its writing took, and the oldest are let go.

A run is a moment and a model. One that was scored before is scored anew in its place, part by part.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
Run = tuple[datetime, str]
"""Moment and model."""


class Scores:
    def __init__(self, tx: Transactions, brand_id: str) -> None:
        self._tx = tx
        self._brand = brand_id

    # --- written ------------------------------------------------------------------------------------------------------

    def put(self, scores: Iterable[RiskScore]) -> int:
        """Scores whose runs are whole with them."""
        everything = list(scores)
        self.add(everything)
        for as_of, model in dict.fromkeys((score.as_of, score.model) for score in everything):
            self.finish_run(as_of, model)
        return len(everything)

    def add(self, scores: Sequence[RiskScore]) -> None:
        """A part of a run, which nobody sees before `finish_run`. A score that is there already is replaced."""
        t = schema.scores
        key = ("brand_id", "customer_id", "as_of", "model")
        for run in dict.fromkeys((score.as_of, score.model) for score in scores):
            self._tell(run, whole=False)
        for start in range(0, len(scores), AT_A_TIME):
            rows = [_row(self._brand, score) for score in scores[start : start + AT_A_TIME]]
            with self._tx.write() as c:
                for at in range(0, len(rows), CHUNK):
                    fresh = insert(c, t)
                    changed = {name: fresh.excluded[name] for name in rows[0] if name not in key}
                    upsert = fresh.on_conflict_do_update(index_elements=list(key), set_=changed)
                    c.execute(upsert, rows[at : at + CHUNK])

    def finish_run(self, as_of: datetime, model: str) -> None:
        """From now on these are the scores, if no later moment was scored. Lets go of moments beyond `KEEP_RUNS`."""
        self._tell((as_of, model), whole=True)
        oldest = self.oldest_kept()
        if oldest is not None:
            self._let_go(oldest)

    def oldest_kept(self) -> datetime | None:
        """A run of an earlier moment would be let go at once; None while there is room for any."""
        r = schema.score_runs
        moments = sa.select(r.c.as_of).where(r.c.brand_id == self._brand, r.c.whole).distinct()
        with self._tx.read() as c:
            last = moments.order_by(r.c.as_of.desc()).offset(KEEP_RUNS - 1).limit(1)
            return c.execute(last).scalar_one_or_none()

    def _tell(self, run: Run, whole: bool) -> None:
        """Where a run stands; one that is whole stays so while it is scored anew."""
        row = {"brand_id": self._brand, "as_of": run[0], "model": run[1], "whole": whole}
        with self._tx.write() as c:
            fresh = insert(c, schema.score_runs).values(row)
            key = ["brand_id", "as_of", "model"]
            c.execute(
                fresh.on_conflict_do_update(index_elements=key, set_={"whole": True})
                if whole
                else fresh.on_conflict_do_nothing()
            )

    def _let_go(self, oldest: datetime) -> None:
        """Of what is earlier, with whatever nobody finished there."""
        r, t = schema.score_runs, schema.scores
        old = (t.c.brand_id == self._brand) & (t.c.as_of < oldest)
        some = sa.select(t.c.customer_id).where(old).limit(AT_A_TIME).scalar_subquery()
        while self._delete(t.delete().where(old, t.c.customer_id.in_(some))):
            pass
        self._delete(r.delete().where(r.c.brand_id == self._brand, r.c.as_of < oldest))

    def _delete(self, what: sa.Delete) -> int:
        with self._tx.write() as c:
            return c.execute(what).rowcount

    # --- read ---------------------------------------------------------------------------------------------------------

    def of(self, customer_id: str) -> RiskScore | None:
        """The newest score; None when none is on record."""
        return self.of_many([customer_id]).get(customer_id)

    def of_many(self, customer_ids: Sequence[str]) -> dict[str, RiskScore]:
        """The newest score of each of these customers of whom any is on record."""
        t = schema.scores
        newest: dict[str, RiskScore] = {}
        with self._tx.read() as c:
            other, whole = t.alias(), self._whole(c)
            same = (other.c.brand_id == t.c.brand_id) & (other.c.customer_id == t.c.customer_id)
            last = sa.select(sa.func.max(other.c.as_of)).where(same, _of_any(other, whole)).correlate(t)
            here = (t.c.brand_id == self._brand) & _of_any(t, whole) & (t.c.as_of == last.scalar_subquery())
            for ids in chunks(customer_ids):
                for data in c.execute(sa.select(t.c.data).where(here, t.c.customer_id.in_(ids))).scalars():
                    score = score_from_json(data)
                    newest[score.customer_id] = score
        return newest

    def newest_run(self) -> Run | None:
        """None when nobody was ever scored."""
        with self._tx.read() as c:
            return next(iter(self._whole(c)), None)

    def count(self) -> int:
        """How many customers the newest run scored."""
        t = schema.scores
        with self._tx.read() as c:
            query = sa.select(sa.func.count(t.c.customer_id.distinct())).where(self._of_newest(c))
            return int(c.execute(query).scalar_one())

    def bands_before(self, as_of: datetime) -> dict[str, RiskBand] | None:
        """Everybody's band in the newest scoring run older than this moment; None when there was none."""
        t = schema.scores
        with self._tx.read() as c:
            before = next((moment for moment, _ in self._whole(c) if moment < as_of), None)
            if before is None:
                return None
            query = sa.select(t.c.customer_id, t.c.band).where(t.c.brand_id == self._brand, t.c.as_of == before)
            return {customer_id: RiskBand(band) for customer_id, band in c.execute(query)}

    def ranking(self) -> list[RiskScore]:
        """Everybody's score of the newest scoring run, riskiest first, without reasons: light enough for a million."""
        t = schema.scores
        columns = sa.select(t.c.customer_id, t.c.probability, t.c.band, t.c.as_of, t.c.model, t.c.value_minor)
        bands = {band.value: band for band in RiskBand}
        with self._tx.read() as c:
            query = columns.where(self._of_newest(c)).order_by(t.c.probability.desc(), t.c.customer_id)
            # two models may have scored the same moment: whichever comes first here speaks for the customer
            found: dict[str, RiskScore] = {}
            runs: dict[Run, Run] = {}  # one moment and name for all, not a million
            for name, probability, band, as_of, model, value in c.execute(query):
                moment, stamp = runs.setdefault((as_of, model), (as_of, model))
                score = RiskScore(name, probability, 0.0, 0.0, bands[band], (), moment, stamp, value)
                found.setdefault(name, score)
            return list(found.values())

    def latest(self) -> list[RiskScore]:
        """Everybody's scores of the newest scoring run, riskiest first, with their reasons: not for a million."""
        t = schema.scores
        with self._tx.read() as c:
            query = sa.select(t.c.data).where(self._of_newest(c)).order_by(t.c.probability.desc(), t.c.customer_id)
            return [score_from_json(data) for data in c.execute(query).scalars()]

    def _whole(self, c: sa.Connection) -> list[Run]:
        """Every run that is whole, newest first: a handful."""
        r = schema.score_runs
        query = sa.select(r.c.as_of, r.c.model).where(r.c.brand_id == self._brand, r.c.whole)
        return [(as_of, model) for as_of, model in c.execute(query.order_by(r.c.as_of.desc(), r.c.model))]

    def _of_newest(self, c: sa.Connection) -> sa.ColumnElement[bool]:
        whole = self._whole(c)
        newest = [run for run in whole if run[0] == whole[0][0]]
        return (schema.scores.c.brand_id == self._brand) & _of_any(schema.scores, newest)


def _of_any(table: sa.FromClause, runs: Sequence[Run]) -> sa.ColumnElement[bool]:
    return sa.or_(sa.false(), *((table.c.as_of == as_of) & (table.c.model == model) for as_of, model in runs))


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

"""Cases, their drafts, verdicts, reviews, and the one trace that tells the whole story."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from agent.adapters.store import schema
from agent.adapters.store.case_rows import (
    case_of,
    case_row,
    draft_row,
    review_row,
    score_line,
    short_score,
    trace_row,
    verdict_row,
)
from agent.adapters.store.codec import from_json, to_json
from agent.adapters.store.transactions import Transactions, chunks, insert
from agent.domain import (
    ALLOWED,
    WAITING_FOR_PERSON,
    Case,
    CaseStatus,
    Channel,
    Decided,
    Draft,
    OfferStatus,
    Purpose,
    Reached,
    Review,
    TraceStep,
    Verdict,
)
from agent.errors import NotFound, TransitionNotAllowed
from agent.hashes import words_hash


class Cases:
    def __init__(self, tx: Transactions, brand_id: str) -> None:
        self._tx = tx
        self._brand = brand_id

    def open(self, case: Case) -> bool:
        """Store a new case. False when a case with this id is there already: whoever comes second does nothing."""
        with self._tx.write() as c:
            fresh = insert(c, schema.cases).values(case_row(case)).on_conflict_do_nothing()
            if c.execute(fresh.returning(schema.cases.c.case_id)).first() is None:  # a row count is not always given
                return False
            self.note(case.case_id, "score", case.opened_at, score_line(case))
        return True

    def keep_reached(self, reached: Sequence[Reached], at: datetime) -> None:
        """New cases with all that came of each in one go: many rows of a table in one statement."""
        if not reached:
            return
        verdicts = [
            verdict_row(self._brand, one.case.case_id, one.draft.draft_id, moment, verdict, context, at)
            for one in reached
            if one.draft is not None
            for moment, verdict, context in one.judged
        ]
        drafts = [draft_row(self._brand, one.draft, at) for one in reached if one.draft is not None]
        reviews = [review_row(self._brand, one.case.case_id, one.review) for one in reached if one.review is not None]
        lines = [
            trace_row(self._brand, one.case.case_id, step, at, data)
            for one in reached
            for step, data in (("score", short_score(one.case)), *one.told)
        ]
        rows = [{**case_row(one.case), "updated_at": at} for one in reached]
        with self._tx.write() as c:
            for table, some in (
                (schema.cases, rows),
                (schema.drafts, drafts),
                (schema.verdicts, verdicts),
                (schema.reviews, reviews),
                (schema.trace, lines),
            ):
                if some:
                    c.execute(table.insert(), some)

    def known(self, case_ids: Sequence[str]) -> set[str]:
        t = schema.cases
        with self._tx.read() as c:
            return {
                name
                for part in chunks(case_ids)
                for name in c.execute(sa.select(t.c.case_id).where(t.c.case_id.in_(part))).scalars()
            }

    def campaigns_of(self, customer_ids: Sequence[str]) -> Mapping[str, Sequence[tuple[str | None, datetime]]]:
        """The campaign, if any, and the moment of each case of these customers."""
        t = schema.cases
        found: dict[str, list[tuple[str | None, datetime]]] = {}
        with self._tx.read() as c:
            for part in chunks(customer_ids):
                query = sa.select(t.c.customer_id, t.c.campaign_id, t.c.opened_at)
                query = query.where(t.c.brand_id == self._brand, t.c.customer_id.in_(part)).order_by(t.c.opened_at)
                for customer_id, campaign_id, at in c.execute(query):
                    found.setdefault(customer_id, []).append((campaign_id, at))
        return found

    def get(self, case_id: str) -> Case:
        """Raises NotFound."""
        t = schema.cases
        with self._tx.read() as c:
            row = c.execute(sa.select(t).where(t.c.case_id == case_id, t.c.brand_id == self._brand)).first()
        if row is None:
            raise NotFound(f"no case {case_id!r}", "see: holdfast review list")
        return case_of(row)

    def exists(self, case_id: str) -> bool:
        t = schema.cases
        with self._tx.read() as c:
            return c.execute(sa.select(t.c.case_id).where(t.c.case_id == case_id)).first() is not None

    def advance(self, case: Case, to: CaseStatus, at: datetime, **changes: Any) -> Case:
        """Move a case to its next status and return it as stored.

        Raises TransitionNotAllowed when the move is not one of `ALLOWED`, or when somebody else moved the case first.
        """
        if to is not case.status and to not in ALLOWED[case.status]:
            raise TransitionNotAllowed(f"case {case.case_id} cannot go from {case.status} to {to}")
        moved = replace(case, status=to, **changes)
        t = schema.cases
        with self._tx.write() as c:
            done = c.execute(
                t.update()
                .where(t.c.case_id == case.case_id, t.c.status == case.status.value)
                .values(**{**case_row(moved), "updated_at": at})
            )
            if done.rowcount != 1:
                raise TransitionNotAllowed(
                    f"case {case.case_id} is no longer {case.status}: somebody else moved it", "reload it and try again"
                )
            if to is not case.status:
                self.note(case.case_id, "status", at, {"from": case.status.value, "to": to.value})
        return moved

    def untold(self, limit: int) -> list[Case]:
        """What waits for a person and nobody was told of in their group, most at stake first."""
        t, trace = schema.cases, schema.trace
        told = sa.select(trace.c.case_id).where(trace.c.case_id == t.c.case_id, trace.c.step == "told").exists()
        query = (
            sa.select(t)
            .where(t.c.brand_id == self._brand, t.c.status.in_([status.value for status in WAITING_FOR_PERSON]), ~told)
            .order_by(t.c.priority.desc(), t.c.case_id)
            .limit(limit)
        )
        with self._tx.read() as c:
            return [case_of(row) for row in c.execute(query)]

    def find(
        self,
        statuses: Sequence[CaseStatus] = (),
        campaign_id: str | None = None,
        customer_id: str | None = None,
    ) -> list[Case]:
        t = schema.cases
        query = sa.select(t).where(t.c.brand_id == self._brand).order_by(t.c.opened_at, t.c.case_id)
        if statuses:
            query = query.where(t.c.status.in_([status.value for status in statuses]))
        if campaign_id is not None:
            query = query.where(t.c.campaign_id == campaign_id)
        if customer_id is not None:
            query = query.where(t.c.customer_id == customer_id)
        with self._tx.read() as c:
            return [case_of(row) for row in c.execute(query)]

    def decided(self, since: datetime) -> Iterator[Decided]:
        """Marketing decided for scored customers in cases opened since then, oldest first; never the held-out."""
        t = schema.cases
        status = t.c.decision["status"].as_string()
        query = (
            sa.select(t.c.customer_id, t.c.score["probability"].as_float().label("probability"), status.label("status"))
            .where(t.c.brand_id == self._brand, t.c.purpose == Purpose.MARKETING.value, t.c.opened_at >= since)
            .where(status.in_([OfferStatus.OFFERED.value, OfferStatus.NO_OFFER.value]))
            .order_by(t.c.opened_at, t.c.case_id)
        )
        with self._tx.read() as c:
            for row in c.execute(query):
                if row.probability is not None:
                    yield Decided(row.customer_id, row.probability, row.status == OfferStatus.OFFERED.value)

    def queue(
        self,
        statuses: Sequence[CaseStatus],
        limit: int,
        after: tuple[float, str] | None = None,
        channel: Channel | None = None,
    ) -> list[tuple[Case, float]]:
        """Cases in these statuses with their priority, most at stake first; `after` is the last row of the page before.

        Ties go by case id, so that a page never repeats or skips a case.
        """
        t = schema.cases
        query = sa.select(t).where(t.c.brand_id == self._brand, t.c.status.in_([status.value for status in statuses]))
        if channel is not None:
            query = query.where(t.c.channel == channel.value)
        if after is not None:
            first, name = after
            later = (t.c.priority < first) | ((t.c.priority == first) & (t.c.case_id > name))
            query = query.where(later)
        with self._tx.read() as c:
            rows = c.execute(query.order_by(t.c.priority.desc(), t.c.case_id).limit(limit))
            return [(case_of(row), row.priority) for row in rows]

    def holding_coupons(self, statuses: Sequence[CaseStatus], opened_before: datetime) -> list[str]:
        """Cases in these statuses, opened before that moment, for which a coupon is still reserved."""
        t, r = schema.cases, schema.reservations
        query = (
            sa.select(t.c.case_id)
            .distinct()
            .join(r, (r.c.case_id == t.c.case_id) & (r.c.status == "reserved"))
            .where(t.c.brand_id == self._brand, t.c.status.in_([status.value for status in statuses]))
            .where(t.c.opened_at < opened_before)
        )
        with self._tx.read() as c:
            return list(c.execute(query).scalars())

    def coupons_out(self) -> list[tuple[str, date | None]]:
        """Reservations whose message left and that nobody redeemed yet, each with its offer's last day."""
        t, r = schema.cases, schema.reservations
        query = (
            sa.select(r.c.reservation_id, t.c.decision["offer"]["expires_on"].as_string())
            .join(t, t.c.case_id == r.c.case_id)
            .where(r.c.brand_id == self._brand, r.c.status == "committed")
        )
        with self._tx.read() as c:
            return [(name, date.fromisoformat(last) if last else None) for name, last in c.execute(query)]

    def counts(self, campaign_id: str | None = None) -> Mapping[CaseStatus, int]:
        """How many cases stand where."""
        t = schema.cases
        query = sa.select(t.c.status, sa.func.count()).where(t.c.brand_id == self._brand).group_by(t.c.status)
        if campaign_id is not None:
            query = query.where(t.c.campaign_id == campaign_id)
        with self._tx.read() as c:
            return {CaseStatus(status): int(count) for status, count in c.execute(query)}

    # --- words and judgements -----------------------------------------------------------------------------------------

    def put_draft(self, draft: Draft, at: datetime) -> None:
        row, t = draft_row(self._brand, draft, at), schema.drafts
        with self._tx.write() as c:
            # The same words for the same case are the same draft.
            if c.execute(sa.select(t.c.id).where(t.c.draft_id == draft.draft_id)).first() is None:
                c.execute(t.insert().values(row))

    def draft(self, draft_id: str) -> Draft:
        """Raises NotFound."""
        t = schema.drafts
        with self._tx.read() as c:
            data = c.execute(
                sa.select(t.c.data).where(t.c.draft_id == draft_id, t.c.brand_id == self._brand)
            ).scalar_one_or_none()
        if data is None:
            raise NotFound(f"no draft {draft_id!r}", "see: holdfast review list")
        return from_json(Draft, data)

    def latest_draft(self, case_id: str) -> Draft | None:
        t = schema.drafts
        query = (
            sa.select(t.c.data)
            .where(t.c.case_id == case_id, t.c.brand_id == self._brand)
            .order_by(t.c.id.desc())
            .limit(1)
        )
        with self._tx.read() as c:
            data = c.execute(query).scalar_one_or_none()
        return from_json(Draft, data) if data is not None else None

    def keep_variants(self, case_id: str, written: Sequence[tuple[Draft, Verdict]], at: datetime) -> None:
        """Drafts side by side, in the place of those that stood there before."""
        t = schema.variants
        with self._tx.write() as c:
            c.execute(t.delete().where(t.c.case_id == case_id, t.c.brand_id == self._brand))
            for draft, verdict in written:
                row = {"brand_id": self._brand, "case_id": case_id, "at": at}
                c.execute(t.insert().values(**row, draft=to_json(draft), verdict=to_json(verdict)))

    def variants(self, case_id: str) -> list[tuple[Draft, Verdict]]:
        """Those that were written last, in their order."""
        t = schema.variants
        query = sa.select(t).where(t.c.case_id == case_id, t.c.brand_id == self._brand).order_by(t.c.id)
        with self._tx.read() as c:
            return [(from_json(Draft, row.draft), from_json(Verdict, row.verdict)) for row in c.execute(query)]

    def put_verdict(
        self, case_id: str, draft_id: str, moment: str, verdict: Verdict, context: Mapping[str, Any], at: datetime
    ) -> None:
        """Keep a judgement with everything it was based on, so that it can be replayed."""
        with self._tx.write() as c:
            c.execute(
                schema.verdicts.insert().values(
                    verdict_row(self._brand, case_id, draft_id, moment, verdict, context, at)
                )
            )

    def latest_verdict(self, draft_id: str) -> Verdict | None:
        """The newest judgement of the draft's own words; what somebody tried in their place is another matter."""
        draft = self.draft(draft_id)
        t = schema.verdicts
        query = (
            sa.select(t.c.data)
            .where(t.c.draft_id == draft_id, t.c.text_hash == words_hash(draft.subject, draft.body))
            .order_by(t.c.id.desc())
            .limit(1)
        )
        with self._tx.read() as c:
            data = c.execute(query).scalar_one_or_none()
        return from_json(Verdict, data) if data is not None else None

    def rules_seen(self, draft_id: str, moment: str) -> set[str]:
        """The rules that spoke at the newest judgement of that moment: what the person saw who decided then."""
        t = schema.verdicts
        query = (
            sa.select(t.c.data).where(t.c.draft_id == draft_id, t.c.moment == moment).order_by(t.c.id.desc()).limit(1)
        )
        with self._tx.read() as c:
            data = c.execute(query).scalar_one_or_none()
        return {finding.rule for finding in from_json(Verdict, data).findings} if data is not None else set()

    def put_review(self, case_id: str, review: Review) -> None:
        with self._tx.write() as c:
            c.execute(schema.reviews.insert().values(review_row(self._brand, case_id, review)))

    # --- the trace ----------------------------------------------------------------------------------------------------

    def note(self, case_id: str, step: str, at: datetime, data: Mapping[str, Any]) -> None:
        with self._tx.write() as c:
            c.execute(schema.trace.insert().values(trace_row(self._brand, case_id, step, at, data)))

    def story(self, case_id: str) -> list[TraceStep]:
        """Every step of a case, in the order in which they happened."""
        t = schema.trace
        query = sa.select(t).where(t.c.case_id == case_id, t.c.brand_id == self._brand).order_by(t.c.id)
        with self._tx.read() as c:
            return [TraceStep(row.case_id, row.step, row.at, row.data) for row in c.execute(query)]

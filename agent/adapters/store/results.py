"""Outcomes: what came of it, case by case and campaign by campaign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from agent.adapters.store import schema
from agent.adapters.store.transactions import Transactions
from agent.bandit import Seen
from agent.domain import (
    CaseStatus,
    DeliveryStatus,
    Followed,
    HowFar,
    Money,
    OfferStatus,
    Outcome,
    Purpose,
    Settled,
)
from agent.review import AUDIT_SAMPLE, AUTOMATIC

TAKEN = ("redeemed", "late")
"""Taken by the till, also after their money had gone to others: the shop honoured them."""
ENDED = ("was cancelled", "the goal of the flow was reached")


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

    def by_arm(self, campaign_id: str) -> Mapping[tuple[bool, str], int]:
        """(held out, kind) → customers of this campaign with such an outcome, each counted once."""
        o, k, held = schema.outcomes, schema.cases, _held()
        query = (
            sa.select(held, o.c.kind, sa.func.count(sa.distinct(k.c.customer_id)))
            .join(k, k.c.case_id == o.c.case_id)
            .where(*self._drawn(campaign_id))
            .group_by(held, o.c.kind)
        )
        with self._tx.read() as c:
            return {(bool(arm), kind): int(count) for arm, kind, count in c.execute(query)}

    def arms(self, campaign_id: str) -> tuple[int, int]:
        """How many customers of this campaign were drawn to be written to, and how many to be held out."""
        held = _held()
        people = sa.func.count(sa.distinct(schema.cases.c.customer_id))
        query = sa.select(held, people).where(*self._drawn(campaign_id)).group_by(held)
        with self._tx.read() as c:
            found = {bool(arm): int(count) for arm, count in c.execute(query)}
        return found.get(False, 0), found.get(True, 0)

    def followed(self, campaign_id: str) -> list[Followed]:
        """Everybody of this campaign for whom lots were drawn, in the order of the cases.

        Who got several messages of a flow is one customer, followed from the first one on.
        """
        k, s = schema.cases, schema.suppressions
        gone = (s.c.customer_id == k.c.customer_id) & (s.c.brand_id == k.c.brand_id) & (s.c.at >= k.c.opened_at)
        offer = k.c.decision["offer"]["id"].as_string()
        query = (
            sa.select(
                k.c.case_id, k.c.customer_id, k.c.channel, k.c.opened_at, _held(), offer, s.c.at, k.c.arm, k.c.status
            )
            .outerjoin(s, gone)
            .where(*self._drawn(campaign_id))
            .order_by(k.c.opened_at, k.c.case_id)
        )
        with self._tx.read() as c:
            rows = c.execute(query).all()
            kinds, money = _kinds(c, campaign_id), _redeemed(c, campaign_id)
            left, words = _deliveries(c, campaign_id), _words(c, campaign_id)
        cases = [
            Followed(
                case_id, customer, channel, opened_at, bool(held), offer or "", *words.get(case_id, ("", False)),
                far=_how_far(CaseStatus(status), left.get(case_id)),
                redeemed=money.get(case_id),
                unsubscribed=at is not None or CaseStatus.UNSUBSCRIBED.value in kinds.get(case_id, ()),
                stayed=_stayed(kinds.get(case_id, set())),
                arm=arm or "",
            )
            for case_id, customer, channel, opened_at, held, offer, at, arm, status in rows
        ]  # fmt: skip
        return _by_customer(cases)

    def unsettled(self, opened_before: datetime) -> list[tuple[str, str, datetime]]:
        """Cases of campaigns of which nobody has said whether the customer stayed: case, customer, opened."""
        k, o = schema.cases, schema.outcomes
        known = sa.select(o.c.case_id).where(o.c.kind.in_([CaseStatus.STAYED.value, CaseStatus.LEFT.value]))
        query = (
            sa.select(k.c.case_id, k.c.customer_id, k.c.opened_at)
            .where(*self._drawn(None), k.c.opened_at < opened_before, k.c.case_id.not_in(known))
            .order_by(k.c.opened_at, k.c.case_id)
        )
        with self._tx.read() as c:
            return [(row.case_id, row.customer_id, row.opened_at) for row in c.execute(query)]

    def of_sizes(self, offers: Sequence[str], since: datetime) -> dict[str, Seen]:
        """What became of sizes drawn by lot since then, over all campaigns; those never drawn are left out."""
        k, o = schema.cases, schema.outcomes
        offer = k.c.decision["offer"]["id"].as_string()
        kinds = [kind.value for kind in (CaseStatus.STAYED, CaseStatus.LEFT, CaseStatus.REDEEMED)]
        query = (
            sa.select(offer, o.c.kind, sa.func.count(sa.distinct(k.c.case_id)))
            .join(o, (o.c.case_id == k.c.case_id) & o.c.kind.in_(kinds))
            .where(k.c.brand_id == self._brand, k.c.opened_at >= since, offer.in_(offers))
            .where(k.c.decision["propensity"].as_float().is_not(None))
            .group_by(offer, o.c.kind)
        )
        counts: dict[str, dict[str, int]] = {}
        with self._tx.read() as c:
            for size, kind, count in c.execute(query):
                counts.setdefault(size, {})[kind] = int(count)
        return {size: _seen(kinds) for size, kinds in counts.items()}

    def coupons_settled(self, reserved: Mapping[str, tuple[datetime, datetime]]) -> dict[tuple[str, str], Settled]:
        """(offer, campaign, "" for none) → what became of the coupons that left and were reserved in this span of time.

        `reserved`: offer → from when until when. One that was paid back after a cancelled order cost nothing.
        """
        r, k = schema.reservations, schema.cases
        left = ("committed", "expired", "refunded", *TAKEN)
        spans = [(r.c.offer_id == offer) & r.c.at.between(*span) for offer, span in reserved.items()]
        campaign = sa.func.coalesce(k.c.campaign_id, "")
        query = (
            sa.select(r.c.offer_id, campaign, r.c.status, sa.func.count())
            .outerjoin(k, k.c.case_id == r.c.case_id)
            .where(r.c.brand_id == self._brand, r.c.status.in_(left), sa.or_(sa.false(), *spans))
            .group_by(r.c.offer_id, campaign, r.c.status)
            .order_by(r.c.offer_id, campaign)
        )
        found: dict[tuple[str, str], Settled] = {}
        with self._tx.read() as c:
            for offer, of, status, count in c.execute(query):
                known = found.get((offer, of), Settled(0, 0))
                came = int(count) if status in TAKEN else 0
                found[offer, of] = Settled(known.coupons + int(count), known.redeemed + came)
        return found

    def audited(self, campaign_id: str) -> tuple[list[str | None], int]:
        """(what a person decided about each message of the audit sample, None: nothing yet; messages sent alone).

        A draft that was rejected because its campaign ended says nothing about its words, so it counts as undecided.
        """
        t, r = schema.trace, schema.reviews
        sample = sa.select(t.c.case_id).where(
            t.c.case_id.in_(_of(campaign_id)), t.c.step == "waits", t.c.data["because"].as_string() == AUDIT_SAMPLE
        )
        by_whom = r.c.data["reviewer"].as_string()
        alone = sa.select(sa.func.count(sa.distinct(r.c.case_id))).where(
            r.c.case_id.in_(_of(campaign_id)), by_whom == AUTOMATIC
        )
        said = sa.select(r.c.case_id, r.c.data["decision"].as_string(), r.c.data["note"].as_string())
        with self._tx.read() as c:
            decided: dict[str, str | None] = dict.fromkeys(c.execute(sample).scalars())
            for case_id, decision, note in c.execute(said.where(r.c.case_id.in_(list(decided))).order_by(r.c.id)):
                ended = decision == "reject" and any(note.endswith(why) for why in ENDED)
                if decision in ("approve", "edit", "reject") and not ended and decided[case_id] != "edit":
                    decided[case_id] = decision
            return list(decided.values()), int(c.execute(alone).scalar_one())

    def _drawn(self, campaign_id: str | None) -> tuple[sa.ColumnElement[bool], ...]:
        """Cases for which lots were drawn: decided, and not about an open ticket, which is answered in any case."""
        k = schema.cases
        which = k.c.campaign_id == campaign_id if campaign_id is not None else k.c.campaign_id.is_not(None)
        decided = k.c.decision["status"].as_string().is_not(None)
        return (k.c.brand_id == self._brand, which, k.c.purpose == Purpose.MARKETING.value, decided)

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


def _seen(kinds: Mapping[str, int]) -> Seen:
    stayed, left = kinds.get(CaseStatus.STAYED.value, 0), kinds.get(CaseStatus.LEFT.value, 0)
    return Seen(stayed + left, stayed, min(kinds.get(CaseStatus.REDEEMED.value, 0), stayed + left))


def _by_customer(cases: Sequence[Followed]) -> list[Followed]:
    found: dict[str, Followed] = {}
    for case in cases:
        first = found.setdefault(case.customer_id, case)
        if first is not case:
            found[case.customer_id] = replace(
                first,
                far=min(first.far, case.far, key=list(HowFar).index),
                redeemed=_sum(first.redeemed, case.redeemed),
                unsubscribed=first.unsubscribed or case.unsubscribed,
            )
    return list(found.values())


def _sum(one: Money | None, other: Money | None) -> Money | None:
    if one is None or other is None:
        return one or other
    return Money(one.minor + other.minor, one.currency)


def _held() -> sa.ColumnElement[int]:
    """Made once a query: PostgreSQL groups by an expression only where it is the very same."""
    held = schema.cases.c.decision["status"].as_string() == OfferStatus.HELD_OUT.value
    return sa.case((held, 1), else_=0)


def _of(campaign_id: str) -> sa.Select[tuple[str]]:
    return sa.select(schema.cases.c.case_id).where(schema.cases.c.campaign_id == campaign_id)


def _kinds(c: sa.Connection, campaign_id: str) -> dict[str, set[str]]:
    t = schema.outcomes
    found: dict[str, set[str]] = {}
    for case_id, kind in c.execute(sa.select(t.c.case_id, t.c.kind).where(t.c.case_id.in_(_of(campaign_id)))):
        found.setdefault(case_id, set()).add(kind)
    return found


def _redeemed(c: sa.Connection, campaign_id: str) -> dict[str, Money]:
    t = schema.reservations
    query = sa.select(t.c.case_id, t.c.amount_minor, t.c.currency).where(
        t.c.case_id.in_(_of(campaign_id)), t.c.status == "redeemed"
    )
    return {case_id: Money(minor, currency) for case_id, minor, currency in c.execute(query)}


def _deliveries(c: sa.Connection, campaign_id: str) -> dict[str, DeliveryStatus]:
    t = schema.outbox
    query = sa.select(t.c.case_id, t.c.status).where(t.c.case_id.in_(_of(campaign_id)))
    return {case_id: DeliveryStatus(status) for case_id, status in c.execute(query)}


_FAR = {
    DeliveryStatus.SENT: HowFar.WRITTEN_TO,
    DeliveryStatus.UNKNOWN: HowFar.UNKNOWN,
    DeliveryStatus.QUEUED: HowFar.QUEUED,
    DeliveryStatus.SENDING: HowFar.QUEUED,
    DeliveryStatus.FAILED: HowFar.FAILED,
}


_FAR_BY_CASE = {
    CaseStatus.SCORED: HowFar.DRAFTED,
    CaseStatus.OFFERED: HowFar.DRAFTED,
    CaseStatus.NO_OFFER: HowFar.DRAFTED,
    CaseStatus.DRAFTED: HowFar.DRAFTED,
    CaseStatus.CHECKED: HowFar.DRAFTED,
    CaseStatus.BLOCKED: HowFar.WAITING,
    CaseStatus.NEEDS_PERSON: HowFar.WAITING,
    CaseStatus.APPROVED: HowFar.QUEUED,
    CaseStatus.QUEUED: HowFar.QUEUED,
    CaseStatus.SENDING: HowFar.QUEUED,
    CaseStatus.SENT: HowFar.WRITTEN_TO,
    CaseStatus.DELIVERED: HowFar.WRITTEN_TO,
    CaseStatus.UNKNOWN: HowFar.UNKNOWN,
    CaseStatus.FAILED: HowFar.FAILED,
    CaseStatus.REJECTED: HowFar.ENDED,
    CaseStatus.HELD_OUT: HowFar.ENDED,
    # Who was rejected stays or leaves as well, and may still use a coupon or a way out from elsewhere.
    CaseStatus.STAYED: HowFar.ENDED,
    CaseStatus.LEFT: HowFar.ENDED,
    CaseStatus.REDEEMED: HowFar.UNKNOWN,
    CaseStatus.UNSUBSCRIBED: HowFar.UNKNOWN,
}
"""Where no message of the case is in the outbox, or it was stopped there. Every state is in it: tests/api."""


def _how_far(status: CaseStatus, delivery: DeliveryStatus | None) -> HowFar:
    """The outbox knows what left; of what never came there, or was stopped in it, the case knows what it waits for."""
    if delivery is not None and delivery in _FAR:
        return _FAR[delivery]
    return _FAR_BY_CASE[status]


def _words(c: sa.Connection, campaign_id: str) -> dict[str, tuple[str, bool]]:
    """Writer of the newest draft, and whether it wrote for a whole cell."""
    t = schema.drafts
    stamp = t.c.data["writer"]
    query = (
        sa.select(t.c.case_id, stamp["name"].as_string(), stamp["detail"]["drafted_for"].as_string())
        .where(t.c.case_id.in_(_of(campaign_id)))
        .order_by(t.c.id)
    )
    return {case_id: (name or "", bool(cell)) for case_id, name, cell in c.execute(query)}


def _stayed(kinds: set[str]) -> bool | None:
    if CaseStatus.STAYED.value in kinds:
        return True
    return False if CaseStatus.LEFT.value in kinds else None

"""The ledger for a group of customers inside one transaction: looked up once, reckoned in memory, written together.

Everybody of the group is locked before anything is read, every budget before it is reckoned with, and every code is
set aside before it is promised, so that `keep` writes what `reserve` answers. Whoever writes alone waits meanwhile.
Two groups on PostgreSQL may want each other's budgets: the database then ends one, which is done again one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import sqlalchemy as sa

from agent.adapters.store import schema
from agent.adapters.store.reservation_rows import (
    as_reservation,
    insert_new,
    known_to_case,
    new_reservation,
    queue_up,
)
from agent.adapters.store.transactions import Transactions, chunks
from agent.domain import Money
from agent.errors import StoreUnavailable
from agent.ledger import Budget, Claim, Refusal, Reservation

CODES = 16
"""Codes that are set aside at a time: nobody else is told that there is none while a group sits on many."""


class Freezing(Protocol):
    def standing(self) -> object | None: ...


class GroupLedger:
    """Fits GroupBook. Lives no longer than the transaction in which it was made."""

    def __init__(
        self, tx: Transactions, brand_id: str, freezes: Freezing, customer_ids: Sequence[str], case_ids: Sequence[str]
    ) -> None:
        self._tx, self._brand = tx, brand_id
        with tx.write() as c:
            queue_up(c, brand_id, customer_ids)
            self._frozen = freezes.standing() is not None
            self._held = self._of_customers(c, customer_ids)
            self._of_case = self._of_cases(c, case_ids)
        self._budgets: dict[str, Budget | None] = {}
        self._codes: dict[str, list[str]] = {}
        self._last: dict[str, str] = {}
        self._taken: Counter[str] = Counter()
        self._new: list[tuple[Reservation, Claim]] = []

    def budget(self, budget_id: str) -> Budget | None:
        """As it stands now, without what this group has taken so far."""
        if budget_id not in self._budgets:
            t = schema.budgets
            query = sa.select(t).where(t.c.brand_id == self._brand, t.c.budget_id == budget_id).with_for_update()
            with self._tx.write() as c:
                row = c.execute(query).first()
            found = row and Budget(
                budget_id, Money(row.amount_minor, row.currency), row.reserved_minor, row.spent_minor
            )
            self._budgets[budget_id] = found or None
        return self._budgets[budget_id]

    def uses(self, customer_id: str, since: datetime, offer_id: str | None = None) -> int:
        held = self._held.get(customer_id, ())
        return sum(at >= since and offer_id in (None, offer) for offer, at in held)

    def reserve(self, claim: Claim) -> Reservation | Refusal:
        if (known := self._of_case.get((claim.case_id, claim.offer_id))) is not None:
            return known
        if any(self.uses(claim.customer_id, cap.since, cap.offer_id) >= cap.at_most for cap in claim.caps):
            return Refusal.CUSTOMER_CAP
        if self._frozen:
            return Refusal.FROZEN
        for budget_id in sorted(claim.budgets):
            budget = self.budget(budget_id)
            if budget is None or budget.amount.currency != claim.amount.currency:
                return Refusal.NO_BUDGET
            if budget.left - self._taken[budget_id] < claim.amount.minor:
                return Refusal.BUDGET_EXHAUSTED
        code = self._next_code(claim.offer_id) if claim.needs_code else None
        if claim.needs_code and code is None:
            return Refusal.NO_CODE_LEFT
        for budget_id in claim.budgets:
            self._taken[budget_id] += claim.amount.minor
        got = new_reservation(claim, code)
        self._of_case[claim.case_id, claim.offer_id] = got
        if claim.amount.minor > 0:
            self._held.setdefault(claim.customer_id, []).append((claim.offer_id, claim.at))
        self._new.append((got, claim))
        return got

    def keep(self) -> None:
        """Write what was reserved. Raises StoreUnavailable when the database counts otherwise: nothing is kept then."""
        if not self._new:
            return
        b, k = schema.budgets, schema.codes
        with self._tx.write() as c:
            for budget_id in sorted(self._taken):
                amount = self._taken[budget_id]
                here = (b.c.brand_id == self._brand) & (b.c.budget_id == budget_id)
                enough = b.c.reserved_minor + b.c.spent_minor + amount <= b.c.amount_minor
                values = {"reserved_minor": b.c.reserved_minor + amount}
                self._require(c.execute(b.update().where(here, enough).values(**values)).rowcount == 1, budget_id)
            insert_new(c, self._brand, self._new)
            coded = [{"its_code": got.code, "holder": got.id} for got, _ in self._new if got.code is not None]
            if coded:
                free = (k.c.brand_id == self._brand) & (k.c.code == sa.bindparam("its_code"))
                free &= k.c.reservation_id.is_(None) & k.c.redeemed_at.is_(None)
                done = c.execute(k.update().where(free).values(reservation_id=sa.bindparam("holder")), coded)
                self._require(done.rowcount == len(coded), "the codes")
        self._new.clear()
        self._taken.clear()

    def _require(self, held: bool, what: str) -> None:
        if not held:
            raise StoreUnavailable(f"{what} changed under a lock", "the group is done again, one by one")

    def _next_code(self, offer_id: str) -> str | None:
        """Of those that this transaction has set aside, in the order in which anybody else would take them."""
        if not self._codes.get(offer_id):
            t = schema.codes
            free = (
                sa.select(t.c.code)
                .where(t.c.brand_id == self._brand, t.c.offer_id == offer_id, t.c.code > self._last.get(offer_id, ""))
                .where(t.c.reservation_id.is_(None), t.c.redeemed_at.is_(None))
                .order_by(t.c.code)
                .limit(CODES)
                .with_for_update(skip_locked=True)
            )
            with self._tx.write() as c:
                found = list(c.execute(free).scalars())
            self._codes[offer_id] = found[::-1]
            self._last[offer_id] = found[-1] if found else self._last.get(offer_id, "")
        return self._codes[offer_id].pop() if self._codes[offer_id] else None

    def _of_customers(self, c: sa.Connection, ids: Sequence[str]) -> dict[str, list[tuple[str, datetime]]]:
        t = schema.reservations
        held: dict[str, list[tuple[str, datetime]]] = {}
        for part in chunks(ids):
            query = sa.select(t.c.customer_id, t.c.offer_id, t.c.at).where(
                t.c.brand_id == self._brand,
                t.c.customer_id.in_(part),
                t.c.status != "released",
                t.c.amount_minor > 0,
            )
            for customer_id, offer_id, at in c.execute(query):
                held.setdefault(customer_id, []).append((offer_id, at))
        return held

    def _of_cases(self, c: sa.Connection, ids: Sequence[str]) -> dict[tuple[str, str], Reservation | Refusal]:
        """What a case has already; a coupon that ran out or was paid back is no new one."""
        t = schema.reservations
        found: dict[tuple[str, str], Reservation | Refusal] = {}
        for part in chunks(ids):
            query = sa.select(t).where(t.c.case_id.in_(part), t.c.status != "released")
            for row in c.execute(query).mappings():
                known = as_reservation(row)
                found[known.case_id, known.offer_id] = known_to_case(known)
        return found

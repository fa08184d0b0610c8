"""The ledger in SQL: conditional updates inside one write transaction, a CHECK constraint behind them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from agent.adapters.store import schema, settling
from agent.adapters.store.freezes import Freezes
from agent.adapters.store.group_ledger import GroupLedger
from agent.adapters.store.reservation_rows import as_reservation, insert_new, known_to_case, new_reservation, queue_up
from agent.adapters.store.transactions import Transactions
from agent.domain import Money
from agent.errors import InputError
from agent.ledger import Budget, Claim, Freeze, Refusal, Reservation


class _Refused(Exception):
    def __init__(self, why: Refusal) -> None:
        self.why = why


class Ledger:
    def __init__(self, tx: Transactions, brand_id: str) -> None:
        self._tx = tx
        self._brand = brand_id
        self._freezes = Freezes(tx, brand_id)

    # --- budgets and codes --------------------------------------------------------------------------------------------

    def set_budget(self, budget_id: str, amount: Money) -> None:
        t = schema.budgets
        with self._tx.write() as c:
            here = (t.c.brand_id == self._brand) & (t.c.budget_id == budget_id)
            row = c.execute(sa.select(t).where(here)).first()
            if row is None:
                c.execute(
                    t.insert().values(
                        brand_id=self._brand,
                        budget_id=budget_id,
                        currency=amount.currency,
                        amount_minor=amount.minor,
                        reserved_minor=0,
                        spent_minor=0,
                    )
                )
                return
            taken = row.reserved_minor + row.spent_minor
            if row.currency != amount.currency or amount.minor < taken:
                raise InputError(
                    f"budget {budget_id!r} cannot become {amount.minor} {amount.currency} (minor units): "
                    f"{taken} {row.currency} are spent or reserved",
                    "choose at least that amount, in the same currency",
                )
            c.execute(t.update().where(here).values(amount_minor=amount.minor))

    def budget(self, budget_id: str) -> Budget | None:
        t = schema.budgets
        with self._tx.read() as c:
            row = c.execute(sa.select(t).where(t.c.brand_id == self._brand, t.c.budget_id == budget_id)).first()
        return _budget(row) if row is not None else None

    def budgets(self) -> list[Budget]:
        t = schema.budgets
        with self._tx.read() as c:
            query = sa.select(t).where(t.c.brand_id == self._brand).order_by(t.c.budget_id)
            return [_budget(row) for row in c.execute(query)]

    def add_codes(self, offer_id: str, codes: Iterable[str]) -> int:
        """Put single-use codes of the shop's till into the pool. Known codes are left as they are."""
        wanted = list(dict.fromkeys(codes))
        t = schema.codes
        with self._tx.write() as c:
            known = set(c.execute(sa.select(t.c.code).where(t.c.brand_id == self._brand)).scalars())
            fresh = [code for code in wanted if code not in known]
            if fresh:
                c.execute(t.insert(), [{"brand_id": self._brand, "code": code, "offer_id": offer_id} for code in fresh])
        return len(fresh)

    def codes_left(self, offer_id: str) -> int:
        t = schema.codes
        query = sa.select(sa.func.count()).where(
            t.c.brand_id == self._brand,
            t.c.offer_id == offer_id,
            t.c.reservation_id.is_(None),
            t.c.redeemed_at.is_(None),
        )
        with self._tx.read() as c:
            return int(c.execute(query).scalar_one())

    # --- the freeze after a restore ---------------------------------------------------------------------------------

    def frozen(self) -> Freeze | None:
        return self._freezes.standing()

    def freeze(self, by: str, at: datetime, note: str = "") -> None:
        self._freezes.set(True, by, at, note)

    def unfreeze(self, by: str, at: datetime, note: str = "") -> None:
        self._freezes.set(False, by, at, note)

    # --- reserve → commit → release ----------------------------------------------------------------------------------

    def reserve(self, claim: Claim) -> Reservation | Refusal:
        with self._tx.write() as c:
            queue_up(c, self._brand, [claim.customer_id])
            if (known := self._of_case(c, claim.case_id, claim.offer_id)) is not None:
                return known_to_case(known)
            if any(self.uses(claim.customer_id, cap.since, cap.offer_id) >= cap.at_most for cap in claim.caps):
                return Refusal.CUSTOMER_CAP
            if self._freezes.standing() is not None:
                return Refusal.FROZEN
            try:
                with c.begin_nested():
                    return self._reserve(c, claim)
            except _Refused as refused:
                return refused.why

    def _reserve(self, c: sa.Connection, claim: Claim) -> Reservation:
        for budget_id in sorted(claim.budgets):  # one order for everybody, so that two writers cannot deadlock
            self._take(c, budget_id, claim.amount)
        made = new_reservation(claim, self._free_code(c, claim.offer_id) if claim.needs_code else None)
        insert_new(c, self._brand, [(made, claim)])
        if made.code is not None:
            t = schema.codes
            mine = (t.c.brand_id == self._brand) & (t.c.code == made.code)
            c.execute(t.update().where(mine).values(reservation_id=made.id))
        return made

    def _take(self, c: sa.Connection, budget_id: str, amount: Money) -> None:
        t = schema.budgets
        here = (t.c.brand_id == self._brand) & (t.c.budget_id == budget_id)
        enough = t.c.reserved_minor + t.c.spent_minor + amount.minor <= t.c.amount_minor
        taken = c.execute(
            t.update()
            .where(here, t.c.currency == amount.currency, enough)
            .values(reserved_minor=t.c.reserved_minor + amount.minor)
        )
        if taken.rowcount == 0:
            exists = c.execute(sa.select(t.c.budget_id).where(here, t.c.currency == amount.currency)).first()
            raise _Refused(Refusal.BUDGET_EXHAUSTED if exists else Refusal.NO_BUDGET)

    def _free_code(self, c: sa.Connection, offer_id: str) -> str:
        t = schema.codes
        free = (
            sa.select(t.c.code)
            .where(
                t.c.brand_id == self._brand,
                t.c.offer_id == offer_id,
                t.c.reservation_id.is_(None),
                t.c.redeemed_at.is_(None),
            )
            .order_by(t.c.code)
            .limit(1)
            .with_for_update(skip_locked=True)  # PostgreSQL; SQLite holds the write lock already and ignores it
        )
        code = c.execute(free).scalar_one_or_none()
        if code is None:
            raise _Refused(Refusal.NO_CODE_LEFT)
        return str(code)

    def commit(self, reservation_id: str, at: datetime) -> None:
        with self._tx.write() as c:
            settling.move(c, reservation_id, "committed", at)

    def release(self, reservation_id: str, at: datetime) -> None:
        t = schema.codes
        with self._tx.write() as c:
            if settling.move(c, reservation_id, "released", at):
                mine = (t.c.reservation_id == reservation_id) & t.c.redeemed_at.is_(None)  # a code of the till is gone
                c.execute(t.update().where(mine).values(reservation_id=None))

    # --- what comes back from the till --------------------------------------------------------------------------------

    def redeem(self, code: str, at: datetime) -> Reservation | None:
        k = schema.codes
        with self._tx.write() as c:
            mine = (k.c.brand_id == self._brand) & (k.c.code == self._spelled(c, code)) & k.c.redeemed_at.is_(None)
            while found := c.execute(sa.select(k.c.reservation_id).where(mine)).first():
                # A code may have been held before by a reservation that was released: the pool knows who holds it now.
                holder: str | None = found.reservation_id
                if holder is not None:
                    settling.lock(c, holder)  # before the code, as in releasing
                still = mine & k.c.reservation_id.is_not_distinct_from(holder)
                if c.execute(k.update().where(still).values(redeemed_at=at)).rowcount == 0:
                    continue  # it changed hands in this moment
                if holder is None:
                    return None  # nobody's, but the till took it: it is in the pool no more
                settling.redeem(c, holder, at)
                return self.reservation(holder)
        return None

    def _spelled(self, c: sa.Connection, code: str) -> str:
        """A code as it stands in the pool, however the till's clerk typed it; as told when it is none of ours."""
        k, bare = schema.codes, code.strip()
        told = (code, bare, bare.upper(), bare.lower())
        known = set(c.execute(sa.select(k.c.code).where(k.c.brand_id == self._brand, k.c.code.in_(told))).scalars())
        return next((one for one in told if one in known), code)

    def redeem_held(self, reservation_id: str, at: datetime) -> bool:
        with self._tx.write() as c:
            if not settling.redeem(c, reservation_id, at):
                return False
            self._burn(c, reservation_id, at)
            return True

    def refund(self, reservation_id: str, at: datetime) -> bool:
        with self._tx.write() as c:
            if not settling.move(c, reservation_id, "refunded", at):
                return False
            self._burn(c, reservation_id, at)
            return True

    def expire(self, reservation_id: str, at: datetime) -> bool:
        with self._tx.write() as c:
            return settling.move(c, reservation_id, "expired", at)

    def _burn(self, c: sa.Connection, reservation_id: str, at: datetime) -> None:
        k = schema.codes
        live = (k.c.reservation_id == reservation_id) & k.c.redeemed_at.is_(None)
        c.execute(k.update().where(live).values(redeemed_at=at))

    # --- many at once -------------------------------------------------------------------------------------------------

    def for_group(self, customer_ids: Sequence[str], case_ids: Sequence[str]) -> GroupLedger:
        return GroupLedger(self._tx, self._brand, self._freezes, customer_ids, case_ids)

    # --- looking up ---------------------------------------------------------------------------------------------------

    def reservation(self, reservation_id: str) -> Reservation | None:
        t = schema.reservations
        with self._tx.read() as c:
            row = c.execute(sa.select(t).where(t.c.reservation_id == reservation_id)).mappings().first()
        return as_reservation(dict(row)) if row else None

    def reservations(self, limit: int, after: tuple[datetime, str] | None = None) -> list[Reservation]:
        """Newest first; `after` is (moment, id) of the last row of the page before."""
        t = schema.reservations
        query = sa.select(t).where(t.c.brand_id == self._brand)
        if after is not None:
            at, name = after
            query = query.where((t.c.at < at) | ((t.c.at == at) & (t.c.reservation_id > name)))
        with self._tx.read() as c:
            rows = c.execute(query.order_by(t.c.at.desc(), t.c.reservation_id).limit(limit)).mappings()
            return [as_reservation(dict(row)) for row in rows]

    def _of_case(self, c: sa.Connection, case_id: str, offer_id: str) -> Reservation | None:
        t = schema.reservations
        query = sa.select(t).where(t.c.case_id == case_id, t.c.offer_id == offer_id, t.c.status != "released")
        row = c.execute(query).mappings().first()
        return as_reservation(dict(row)) if row else None

    def uses(self, customer_id: str, since: datetime, offer_id: str | None = None) -> int:
        t = schema.reservations
        query = sa.select(sa.func.count()).where(
            t.c.brand_id == self._brand,
            t.c.customer_id == customer_id,
            t.c.at >= since,
            t.c.status != "released",
            t.c.amount_minor > 0,
        )
        if offer_id is not None:
            query = query.where(t.c.offer_id == offer_id)
        with self._tx.read() as c:
            return int(c.execute(query).scalar_one())

    def holder(self, code: str) -> Reservation | None:
        k, t = schema.codes, schema.reservations
        query = sa.select(t).join(k, k.c.reservation_id == t.c.reservation_id)
        with self._tx.read() as c:
            here = (k.c.brand_id == self._brand) & (k.c.code == self._spelled(c, code))
            row = c.execute(query.where(here)).mappings().first()
        return as_reservation(dict(row)) if row else None


def _budget(row: Any) -> Budget:
    return Budget(row.budget_id, Money(row.amount_minor, row.currency), row.reserved_minor, row.spent_minor)

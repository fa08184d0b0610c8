"""What becomes of a reservation in SQL: one conditional update a step, and the money of its budgets with it.

The table of moves says which steps there are and what each does to the money. Budgets are taken in one order by
everybody, here as in reserving, so that two writers cannot wait for each other.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from agent.adapters.store import schema

MOVES: dict[tuple[str, str], tuple[int, int]] = {
    ("reserved", "committed"): (-1, +1),
    ("reserved", "released"): (-1, 0),
    ("reserved", "redeemed"): (-1, +1),  # the words leaked before the message left, and the till took them
    ("committed", "redeemed"): (0, 0),
    ("committed", "expired"): (0, -1),
    ("committed", "refunded"): (0, -1),  # the order was cancelled before anybody told of it
    ("redeemed", "refunded"): (0, -1),
    ("expired", "redeemed"): (0, +1),  # a till that took it late, while there is room
    ("expired", "late"): (0, 0),  # a till that took it late, when its money had gone to others
}
"""(from, to) → what is added to reserved and to spent, in shares of the reservation's amount."""


def move(c: sa.Connection, reservation_id: str, to: str, at: datetime) -> bool:
    """Take a reservation there from wherever it may come; False when it is nowhere near."""
    return any(_moved(c, reservation_id, since, to, at) for since, there in MOVES if there == to)


def redeem(c: sa.Connection, reservation_id: str, at: datetime) -> bool:
    """Whoever presents it: spent if it was not, and taken again if it had expired, as long as there is room."""
    lapsed = lock(c, reservation_id) == "expired"
    return move(c, reservation_id, "late" if lapsed and not _has_room(c, reservation_id) else "redeemed", at)


def _moved(c: sa.Connection, reservation_id: str, since: str, to: str, at: datetime) -> bool:
    t, b = schema.reservations, schema.budgets
    here = (t.c.reservation_id == reservation_id) & (t.c.status == since)
    if c.execute(t.update().where(here).values(status=to, updated_at=at)).rowcount == 0:
        return False
    reserved, spent = MOVES[since, to]
    if not reserved and not spent:
        return True
    amount, brand = c.execute(
        sa.select(t.c.amount_minor, t.c.brand_id).where(t.c.reservation_id == reservation_id)
    ).one()
    values = {"reserved_minor": b.c.reserved_minor + reserved * amount, "spent_minor": b.c.spent_minor + spent * amount}
    for budget_id in _budgets(c, reservation_id):
        c.execute(b.update().where(b.c.brand_id == brand, b.c.budget_id == budget_id).values(**values))
    return True


def _has_room(c: sa.Connection, reservation_id: str) -> bool:
    """Whether every budget could take it again. They are locked in order, so that the answer stays true."""
    t, b = schema.reservations, schema.budgets
    amount, brand = c.execute(
        sa.select(t.c.amount_minor, t.c.brand_id).where(t.c.reservation_id == reservation_id)
    ).one()
    left = b.c.amount_minor - b.c.reserved_minor - b.c.spent_minor
    return all(
        c.execute(
            sa.select(left).where(b.c.brand_id == brand, b.c.budget_id == budget_id).with_for_update()
        ).scalar_one()
        >= amount
        for budget_id in _budgets(c, reservation_id)
    )


def lock(c: sa.Connection, reservation_id: str) -> str | None:
    """How it stands, and nobody else moves it before this transaction ends."""
    t = schema.reservations
    query = sa.select(t.c.status).where(t.c.reservation_id == reservation_id).with_for_update()
    return c.execute(query).scalar_one_or_none()


def _budgets(c: sa.Connection, reservation_id: str) -> list[str]:
    link = schema.reservation_budgets
    mine = sa.select(link.c.budget_id).where(link.c.reservation_id == reservation_id)
    return sorted(c.execute(mine).scalars())  # in our order, not the database's: collations differ

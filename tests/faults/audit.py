"""What must hold in a ledger at any moment, read in one snapshot while others write and die."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import sqlalchemy as sa

SUMS = """
select b.budget_id, b.amount_minor, b.reserved_minor, b.spent_minor,
  coalesce(sum(case when r.status = 'reserved' then r.amount_minor end), 0) as reserved,
  coalesce(sum(case when r.status in ('committed', 'redeemed') then r.amount_minor end), 0) as spent
from budgets b
left join reservation_budgets l on l.brand_id = b.brand_id and l.budget_id = b.budget_id
left join reservations r on r.reservation_id = l.reservation_id
group by b.budget_id, b.amount_minor, b.reserved_minor, b.spent_minor
"""
TWICE = (
    "select code from reservations where status <> 'released' and code is not null group by code having count(*) > 1"
)
LOOSE = """
select k.code from codes k left join reservations r on r.reservation_id = k.reservation_id
where (k.reservation_id is not null and (r.status = 'released' or r.code <> k.code))
   or (r.status in ('redeemed', 'late', 'refunded') and k.redeemed_at is null)
"""
HALF = """
select r.reservation_id from reservations r left join reservation_budgets l on l.reservation_id = r.reservation_id
group by r.reservation_id having count(l.budget_id) <> 4
"""
TWO_LIVES = """
select case_id from reservations where status <> 'released' group by case_id, offer_id having count(*) > 1
"""


def audit(engine: sa.Engine) -> int:
    """Every pot adds up and is not overdrawn, every code is one reservation's. Gives the number of reservations."""
    snapshot = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with engine.connect().execution_options(**snapshot) as c:
        for pot in c.execute(sa.text(SUMS)):
            assert (pot.reserved_minor, pot.spent_minor) == (pot.reserved, pot.spent), f"{pot.budget_id} adds up"
            assert pot.reserved_minor + pot.spent_minor <= pot.amount_minor, f"{pot.budget_id} is overdrawn"
        for what, query in (("given twice", TWICE), ("loose", LOOSE), ("half kept", HALF), ("two lives", TWO_LIVES)):
            assert c.execute(sa.text(query)).all() == [], what
        return int(c.execute(sa.text("select count(*) from reservations")).scalar_one())


def statuses(engine: sa.Engine) -> Counter[str]:
    with engine.connect() as c:
        query = sa.text("select status, count(*) from reservations group by status")
        return Counter({str(status): int(n) for status, n in c.execute(query)})


def audit_till(till: Path) -> int:
    """No code was let through twice. Gives how many were let through."""
    codes = till.read_text(encoding="utf-8").split() if till.exists() else []
    assert len(codes) == len(set(codes)), "a code was taken at the till twice"
    return len(codes)

"""A writer of the ledger: reserves, commits, releases, redeems, refunds, expires, in any order, until it is killed.

Besides its own reservations it takes up those that others left behind, so that two writers often want the same one.
"""

from __future__ import annotations

import os
import random
from datetime import datetime, timedelta

from agent.adapters.store import SqlStore
from agent.adapters.store.engine import open_engine
from agent.adapters.store.ledger import Ledger
from agent.domain import Money
from agent.ledger import Cap, Claim, Reservation
from tests.factories import NOW
from tests.faults.lives import Fate

BRAND = "linjian"
OFFERS, CUSTOMERS, DAYS = ("ten", "five"), 5, 3
BUDGETS = {
    "campaign:spring": 400,
    **{f"offer:{offer}": 250 for offer in OFFERS},
    **{f"day:{day}": 180 for day in range(DAYS)},
    **{f"customer:c{n}": 120 for n in range(CUSTOMERS)},
}


def write_until_killed(number: int, last: int | None, url: str, till: str) -> None:
    dice, fate = random.Random(number), Fate(last)
    engine = open_engine(url)
    ledger = SqlStore(engine, BRAND).ledger
    fate.watch(engine)
    for step in range(10_000):
        now = NOW + timedelta(days=dice.randint(-400, 400))  # no two steps agree about the time
        claim = _claim(f"{number}-{step}", now, dice)
        got = ledger.reserve(claim)
        if isinstance(got, Reservation) and dice.random() < 0.7:
            ledger.commit(got.id, now)
        if dice.random() < 0.2:
            ledger.reserve(claim)  # the answer was lost, and the caller asks again
        for _ in range(3):
            _take_up(ledger, till, now, dice, fate)


def _claim(case_id: str, now: datetime, dice: random.Random) -> Claim:
    customer, offer = f"c{dice.randrange(CUSTOMERS)}", dice.choice(OFFERS)
    budgets = ["campaign:spring", f"offer:{offer}", f"day:{dice.randrange(DAYS)}", f"customer:{customer}"]
    dice.shuffle(budgets)
    amount, needs_code = Money(dice.randint(1, 9), "CNY"), dice.random() < 0.7
    caps = (Cap(now - timedelta(days=30), None, 20),) if dice.random() < 0.2 else ()
    return Claim(case_id, customer, offer, amount, budgets, needs_code, now, caps)


def _take_up(ledger: Ledger, till: str, now: datetime, dice: random.Random, fate: Fate) -> None:
    """Settle any reservation, whoever made it; the till notes each code that it was allowed to take."""
    before = now + timedelta(days=dice.randint(0, 900))
    if not (found := ledger.reservations(30, after=(before, ""))):
        return
    held = dice.choice(found)
    if held.code and dice.random() < 0.3:
        if ledger.redeem(held.code, now) is not None:
            _note(till, held.code)
            fate.point()
        return
    dice.choice([ledger.commit, ledger.release, ledger.expire, ledger.refund, ledger.refund])(held.id, now)


def _note(till: str, code: str) -> None:
    handle = os.open(till, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(handle, f"{code}\n".encode())
    os.close(handle)

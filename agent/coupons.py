"""What becomes of a coupon after its message left: redeemed at the till, paid back, or never used.

Takes what the till told, or the clock; moves the ledger. It knows nothing of drafts, channels or the gate.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from agent.domain import Case
from agent.house import House
from agent.ledger import Reservation

GRACE = timedelta(days=14)
"""The tills' files come late: a coupon is given up two weeks after its last day, not on it."""


def redeem(code: str | None, case: Case | None, at: datetime, house: House) -> Reservation | None:
    """The till took it: told by its code, or by the case alone. None when it is unknown or was redeemed before."""
    ledger = house.store.ledger
    if code:
        return ledger.redeem(code, at)
    offer = case.decision.offer if case and case.decision else None
    if offer is None or offer.reservation_id is None:
        return None
    return ledger.reservation(offer.reservation_id) if ledger.redeem_held(offer.reservation_id, at) else None


def expire_unused(house: House) -> int:
    """Coupons that nobody came with, two weeks after their last day: their money goes back. How many."""
    now = house.clock.now()
    gone = (now - GRACE).date()
    return sum(
        house.store.ledger.expire(reservation_id, now)
        for reservation_id, last in house.store.cases.coupons_out()
        if last is not None and last < gone
    )

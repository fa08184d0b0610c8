"""What becomes of a coupon once it was reserved: given back before its message left; redeemed, or never used, after.

Takes what the till told, or the clock; moves the ledger. It knows nothing of drafts, channels or the gate.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from agent.domain import Case, CaseStatus
from agent.house import House
from agent.ledger import Reservation

S = CaseStatus
HOLDING = (S.OFFERED, S.CHECKED, S.BLOCKED, S.NEEDS_PERSON)
HOLD_FOR = timedelta(days=3)
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


def give_up_stale(house: House) -> int:
    """A coupon is held three days for a draft that nobody decides about; then it goes back. How many did."""
    given_back = 0
    for case_id in house.store.cases.holding_coupons(HOLDING, house.clock.now() - HOLD_FOR):
        with house.store.write():
            case = house.store.cases.get(case_id)
            if case.status in HOLDING:  # nobody approved it since it was found
                release(case, house)
                given_back += 1
    return given_back


def has_lapsed(case: Case, house: House) -> bool:
    """Whether the coupon of this case was given back: then it must be decided anew before anything is sent."""
    reservation_id = reserved(case)
    held = house.store.ledger.reservation(reservation_id) if reservation_id else None
    return held is not None and held.status == "released"


def release(case: Case, house: House) -> None:
    """Give back what was reserved for this case, if anything was."""
    if reservation_id := reserved(case):
        house.store.ledger.release(reservation_id, house.clock.now())


def reserved(case: Case) -> str | None:
    offer = case.decision.offer if case.decision else None
    return offer.reservation_id if offer else None

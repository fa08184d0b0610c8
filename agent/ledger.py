"""Coupons and their money, counted once: reserve → commit → release.

A reservation takes its cost out of every budget that it belongs to (campaign, offer, day, customer), and a single-use
code out of the pool, in one transaction: all of it or nothing. It is committed when the message leaves, released when
it does not; afterwards the till redeems it, a cancelled order refunds it, or it expires.
`reserved + spent <= amount` holds at every moment; the database itself refuses anything else. This module is the
vocabulary; the counting lives in the store, behind `LedgerBook`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from agent.domain import Money


class Refusal(StrEnum):
    """Why nothing was reserved. Each is a normal answer, not an error."""

    NO_BUDGET = "no_budget"
    BUDGET_EXHAUSTED = "budget_exhausted"
    NO_CODE_LEFT = "no_code_left"
    CUSTOMER_CAP = "customer_cap"
    HAD_ITS_COUPON = "had_its_coupon"
    FROZEN = "budgets_frozen"


@dataclass(frozen=True, slots=True)
class Reservation:
    """`status` goes reserved → committed → redeemed, or reserved → released.

    Afterwards committed → expired (nobody came), committed or redeemed → refunded (the order was undone). A coupon that
    the till took after it had expired is redeemed if its budgets still have room, else `late`: on no budget, shown.
    """

    id: str
    case_id: str
    customer_id: str
    offer_id: str
    amount: Money
    status: str
    at: datetime
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Budget:
    """One pot. `left` is what may still be reserved, in minor units."""

    id: str
    amount: Money
    reserved_minor: int = 0
    spent_minor: int = 0

    @property
    def left(self) -> int:
        return self.amount.minor - self.reserved_minor - self.spent_minor


@dataclass(frozen=True, slots=True)
class Freeze:
    """Nothing new is reserved until somebody lifts it; what was reserved is still committed, released and redeemed."""

    by: str
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class Cap:
    """How many money offers one customer may have had since then, over all campaigns; of one offer, or of any."""

    since: datetime
    offer_id: str | None = None
    at_most: int = 1


@dataclass(frozen=True, slots=True)
class Claim:
    """What is asked of the ledger: this much, from all of these budgets, with a code or without, within these caps."""

    case_id: str
    customer_id: str
    offer_id: str
    amount: Money
    budgets: Sequence[str]
    needs_code: bool
    at: datetime
    caps: Sequence[Cap] = ()


class CouponBook(Protocol):
    """What a decision asks of the ledger."""

    def budget(self, budget_id: str) -> Budget | None: ...

    def reserve(self, claim: Claim) -> Reservation | Refusal:
        """All or nothing. Asking twice for the same case and offer gives the same reservation."""
        ...

    def uses(self, customer_id: str, since: datetime, offer_id: str | None = None) -> int:
        """How many money offers this customer holds or was sent since then, over all campaigns."""
        ...


class GroupBook(CouponBook, Protocol):
    """A ledger for some customers inside one transaction. What it reserved is in the store once `keep` was called."""

    def keep(self) -> None: ...


class LedgerBook(CouponBook, Protocol):
    def set_budget(self, budget_id: str, amount: Money) -> None:
        """Create a budget or change its size. Raises InputError below what is already spent or reserved."""
        ...

    def frozen(self) -> Freeze | None:
        """Who froze all budgets, when and why; None while they may be reserved from."""
        ...

    def freeze(self, by: str, at: datetime, note: str = "") -> None: ...

    def unfreeze(self, by: str, at: datetime, note: str = "") -> None: ...

    def for_group(self, customer_ids: Sequence[str], case_ids: Sequence[str]) -> GroupBook:
        """For new cases of these customers; called inside a transaction, which locks all of them."""
        ...

    def commit(self, reservation_id: str, at: datetime) -> None:
        """The message left: reserved becomes spent. Doing it twice changes nothing."""
        ...

    def release(self, reservation_id: str, at: datetime) -> None:
        """The message will not leave: the money and the code go back. A committed reservation stays."""
        ...

    def reservation(self, reservation_id: str) -> Reservation | None: ...

    def codes_left(self, offer_id: str) -> int:
        """Single-use codes of this offer that nobody holds."""
        ...

    def holder(self, code: str) -> Reservation | None:
        """Who holds a code now; None when nobody does."""
        ...

    def redeem(self, code: str, at: datetime) -> Reservation | None:
        """The shop's till took a code. None when it is unknown, nobody's, or was redeemed before."""
        ...

    def redeem_held(self, reservation_id: str, at: datetime) -> bool:
        """The same, told by the reservation; False when that was known, or there was nothing to take."""
        ...

    def refund(self, reservation_id: str, at: datetime) -> bool:
        """The order was undone: its money goes back, once. The code stays used. False when nothing was spent on it."""
        ...

    def expire(self, reservation_id: str, at: datetime) -> bool:
        """Nobody came with it: its money goes back. The code stays out of the pool, for it is in somebody's inbox."""
        ...

"""Ledgers that write nothing: one that answers as the real one would, for a preview; one with money for everybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from agent.domain import Money
from agent.errors import TransitionNotAllowed
from agent.ledger import Budget, Claim, Freeze, GroupBook, LedgerBook, Refusal, Reservation


class AmpleBook:
    """Fits CouponBook. Money and codes enough, and nobody ever had an offer: shows what fits, not what is left."""

    def budget(self, _budget_id: str) -> Budget | None:
        return None

    def reserve(self, claim: Claim) -> Reservation | Refusal:
        return Reservation(
            "rehearsed", claim.case_id, claim.customer_id, claim.offer_id, claim.amount, "reserved", claim.at
        )

    def uses(self, _customer_id: str, _since: datetime, _offer_id: str | None = None) -> int:
        return 0


class RehearsedLedger:
    """Fits LedgerBook. Reads the real budgets, remembers in memory what it would have taken."""

    def __init__(self, real: LedgerBook, planned: Mapping[str, Money] | None = None) -> None:
        """`planned` are budgets that will be set when the rehearsed thing starts."""
        self._real = real
        self._planned = dict(planned or {})
        self._taken: Counter[str] = Counter()
        self._codes: Counter[str] = Counter()

    def budget(self, budget_id: str) -> Budget | None:
        real, planned = self._real.budget(budget_id), self._planned.get(budget_id)
        if planned is None:
            return real
        return Budget(budget_id, planned, real.reserved_minor, real.spent_minor) if real else Budget(budget_id, planned)

    def frozen(self) -> Freeze | None:
        return self._real.frozen()

    def freeze(self, by: str, at: datetime, note: str = "") -> None:
        raise TransitionNotAllowed(f"a rehearsal does not freeze ({by}, {at}, {note})")

    def unfreeze(self, by: str, at: datetime, note: str = "") -> None:
        raise TransitionNotAllowed(f"a rehearsal does not thaw ({by}, {at}, {note})")

    def reserve(self, claim: Claim) -> Reservation | Refusal:
        if self.frozen() is not None:
            return Refusal.FROZEN
        for budget_id in claim.budgets:
            budget = self.budget(budget_id)
            if budget is None:
                return Refusal.NO_BUDGET
            if budget.left - self._taken[budget_id] < claim.amount.minor:
                return Refusal.BUDGET_EXHAUSTED
        if claim.needs_code and self._real.codes_left(claim.offer_id) <= self._codes[claim.offer_id]:
            return Refusal.NO_CODE_LEFT
        for budget_id in claim.budgets:
            self._taken[budget_id] += claim.amount.minor
        self._codes[claim.offer_id] += claim.needs_code
        return Reservation(
            "rehearsed", claim.case_id, claim.customer_id, claim.offer_id, claim.amount, "reserved", claim.at
        )

    def codes_left(self, offer_id: str) -> int:
        return self._real.codes_left(offer_id) - self._codes[offer_id]

    def reservation(self, reservation_id: str) -> Reservation | None:
        return self._real.reservation(reservation_id)

    def uses(self, customer_id: str, since: datetime, offer_id: str | None = None) -> int:
        return self._real.uses(customer_id, since, offer_id)

    def set_budget(self, budget_id: str, amount: Money) -> None:
        raise TransitionNotAllowed(f"a rehearsal does not set budgets ({budget_id}, {amount})")

    def for_group(self, customer_ids: Sequence[str], case_ids: Sequence[str]) -> GroupBook:
        raise TransitionNotAllowed(f"a rehearsal reserves nothing for {len(customer_ids)} customers ({len(case_ids)})")

    def commit(self, reservation_id: str, at: datetime) -> None:
        raise TransitionNotAllowed(f"a rehearsal does not spend ({reservation_id}, {at})")

    def release(self, reservation_id: str, at: datetime) -> None:
        raise TransitionNotAllowed(f"a rehearsal holds nothing to release ({reservation_id}, {at})")

    def holder(self, code: str) -> Reservation | None:
        return self._real.holder(code)

    def redeem(self, code: str, at: datetime) -> Reservation | None:
        raise TransitionNotAllowed(f"a rehearsal does not redeem ({code}, {at})")

    def redeem_held(self, reservation_id: str, at: datetime) -> bool:
        raise TransitionNotAllowed(f"a rehearsal does not redeem ({reservation_id}, {at})")

    def refund(self, reservation_id: str, at: datetime) -> bool:
        raise TransitionNotAllowed(f"a rehearsal does not refund ({reservation_id}, {at})")

    def expire(self, reservation_id: str, at: datetime) -> bool:
        raise TransitionNotAllowed(f"a rehearsal lets nothing expire ({reservation_id}, {at})")

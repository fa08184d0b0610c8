"""Random histories of the ledger beside a model in memory: every answer and every pot alike, on both databases.

n is small here and large in `make proof` (HOLDFAST_PROOF_HISTORIES), which runs this same code.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from agent.adapters.store import SqlStore
from agent.adapters.store.engine import open_engine
from agent.domain import Money
from agent.errors import InputError
from agent.ledger import Cap, Claim, Refusal, Reservation
from tests.factories import NOW
from tests.faults.ledger_model import Held, Model, Pot

HISTORIES = int(os.environ.get("HOLDFAST_PROOF_HISTORIES", "15"))
POTS = {"campaign:spring": 40, "offer:ten": 25, "offer:five": 20, "day:1": 12, "day:2": 15, "customer:c1": 9}
CODES = {"ten": ["T1", "T2", "T3"], "five": ["F1", "F2"]}
BRANDS = count()
DAYS = st.integers(-3, 3)


class Histories(RuleBasedStateMachine):
    """A ledger of a brand of its own in a database that all histories share."""

    store_of: Callable[[str], SqlStore]

    def __init__(self) -> None:
        super().__init__()
        self.brand = f"brand{next(BRANDS)}"
        self.store = type(self).store_of(self.brand)
        self.ledger = self.store.ledger
        self.now = NOW
        self.model = Model({name: Pot(amount) for name, amount in POTS.items()})
        for name, amount in POTS.items():
            self.ledger.set_budget(name, Money(amount, "CNY"))
        for offer, codes in CODES.items():
            self.model.free[offer] = list(codes)
            assert self.ledger.add_codes(offer, codes) == len(codes)

    @rule(
        case=st.integers(1, 6),
        customer=st.sampled_from(["c1", "c2"]),
        offer=st.sampled_from(["ten", "five"]),
        day=st.sampled_from(["day:1", "day:2"]),
        amount=st.integers(0, 8),
        code=st.booleans(),
        cap=st.sampled_from([None, 1, 2]),
    )
    def reserve(self, case: int, customer: str, offer: str, day: str, amount: int, code: bool, cap: int | None) -> None:
        budgets = ["campaign:spring", f"offer:{offer}", day]
        if customer == "c1":
            budgets.insert(0, "customer:c1")
        caps = () if cap is None else (Cap(self.now - timedelta(days=2), offer, cap),)
        claim = Claim(f"{self.brand}-{case}", customer, offer, Money(amount, "CNY"), budgets, code, self.now, caps)
        self.same(self.model.answer(claim), self.ledger.reserve(claim), claim)

    @rule(
        asked=st.lists(
            st.tuples(
                st.integers(1, 6), st.sampled_from(["c1", "c2"]), st.sampled_from(["ten", "five"]), st.integers(0, 8),
                st.booleans(), st.sampled_from([None, 1, 2]),
            ),
            min_size=1,
            max_size=5,
        )
    )  # fmt: skip
    def reserve_together(self, asked: list[tuple[int, str, str, int, bool, int | None]]) -> None:
        """A group in one transaction: each answer as if they had come one after the other."""
        claims = []
        for case, customer, offer, amount, code, cap in asked:
            caps = () if cap is None else (Cap(self.now - timedelta(days=2), offer, cap),)
            budgets = ["campaign:spring", f"offer:{offer}"]
            name = f"{self.brand}-{case}"
            claims.append(Claim(name, customer, offer, Money(amount, "CNY"), budgets, code, self.now, caps))
        with self.store.write():
            group = self.ledger.for_group([one.customer_id for one in claims], [one.case_id for one in claims])
            for claim in claims:
                self.same(self.model.answer(claim), group.reserve(claim), claim)
            group.keep()

    def same(self, expected: Held | Refusal | None, got: Reservation | Refusal, claim: Claim) -> None:
        if isinstance(expected, Refusal):
            assert got is expected
            return
        assert isinstance(got, Reservation)
        if expected is None:
            expected = self.model.reserve(got.id, claim)
        assert (got.id, got.status, got.code) == (expected.name, expected.status, expected.code)

    @precondition(lambda self: self.model.held)
    @rule(step=st.sampled_from(["commit", "release", "expire", "redeem_held", "refund"]), which=st.integers(0, 99))
    def settle(self, step: str, which: int) -> None:
        held = self.model.held[which % len(self.model.held)]
        said: Any = getattr(self.ledger, step)(held.name, self.now)
        assert said == getattr(self.model, step.removesuffix("_held"))(held)

    @precondition(lambda self: any(held.status == "committed" for held in self.model.held))
    @rule(which=st.integers(0, 9))
    def nobody_comes(self, which: int) -> None:
        held = self._some("committed", which)
        assert self.ledger.expire(held.name, self.now)
        assert self.model.expire(held)

    @precondition(lambda self: any(held.status == "expired" for held in self.model.held))
    @rule(which=st.integers(0, 9))
    def somebody_comes_late(self, which: int) -> None:
        held = self._some("expired", which)
        assert self.ledger.redeem_held(held.name, self.now)
        assert self.model.redeem(held)

    def _some(self, status: str, which: int) -> Held:
        those = [held for held in self.model.held if held.status == status]
        return those[which % len(those)]

    @rule(code=st.sampled_from([*CODES["ten"], *CODES["five"], "GUESS"]))
    def present_at_the_till(self, code: str) -> None:
        holder = next((h for h in self.model.held if h.code == code and h.status != "released"), None)
        got = self.ledger.redeem(code, self.now)
        if holder is None or code in self.model.used:
            assert got is None
            if code != "GUESS" and code not in self.model.used:
                self._leaked(code)
            return
        assert self.model.redeem(holder)
        assert got is not None
        assert (got.id, got.status) == (holder.name, holder.status)

    def _leaked(self, code: str) -> None:
        """Nobody held it, and the till took it: nobody ever will."""
        self.model.used.add(code)
        for codes in self.model.free.values():
            if code in codes:
                codes.remove(code)

    @rule(name=st.sampled_from(sorted(POTS)), amount=st.integers(0, 60))
    def change_a_budget(self, name: str, amount: int) -> None:
        pot = self.model.pots[name]
        try:
            self.ledger.set_budget(name, Money(amount, "CNY"))
        except InputError:
            assert amount < pot.reserved + pot.spent
        else:
            assert amount >= pot.reserved + pot.spent
            pot.amount = amount

    @rule(days=DAYS)
    def the_clock_jumps(self, days: int) -> None:
        self.now = self.now + timedelta(days=days)

    @invariant()
    def every_pot_is_as_the_model_says_and_none_is_overdrawn(self) -> None:
        for budget in self.ledger.budgets():
            pot = self.model.pots[budget.id]
            assert (budget.amount.minor, budget.reserved_minor, budget.spent_minor) == (
                pot.amount, pot.reserved, pot.spent,
            )  # fmt: skip
            assert budget.left >= 0

    @invariant()
    def every_reservation_and_code_is_as_the_model_says(self) -> None:
        for held in self.model.held:
            found = self.ledger.reservation(held.name)
            assert found is not None
            assert found.status == held.status
        for offer, codes in self.model.free.items():
            assert self.ledger.codes_left(offer) == len(codes)
        for code in [code for codes in CODES.values() for code in codes]:
            assert self._name(code) == self._holder(code)

    def _name(self, code: str) -> str | None:
        found = self.ledger.holder(code)
        return found.id if found else None

    def _holder(self, code: str) -> str | None:
        holders: list[Held] = [h for h in self.model.held if h.code == code and h.status != "released"]
        assert len(holders) <= 1, "a code belongs to one reservation"
        return holders[0].name if holders else None


def test_the_ledger_answers_like_its_model_over_random_histories(url: str) -> None:
    engine = open_engine(url)
    machine = type("OnThisDatabase", (Histories,), {"store_of": staticmethod(lambda brand: SqlStore(engine, brand))})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=HISTORIES,
            stateful_step_count=40,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a history of forty steps takes minutes to shrink
            derandomize=HISTORIES < 100,  # the same in every run of CI; other ones in each proof
            suppress_health_check=list(HealthCheck),
        ),
    )
    engine.dispose()

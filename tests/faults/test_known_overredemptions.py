"""Over-redemptions that shop systems had in public, at the same moment of two checkouts, re-told to our ledger.

Each docstring names the thread and what went wrong there, in our words. Both databases, because here they differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import TypeVar

import pytest

from agent.adapters.store import SqlStore
from agent.adapters.store.engine import open_engine
from agent.adapters.store.ledger import Ledger
from agent.domain import Money
from agent.ledger import Cap, Claim, Refusal, Reservation
from tests.factories import NOW

T = TypeVar("T")
AT_ONCE = 6
ONCE_A_MONTH = (Cap(NOW - timedelta(days=30)),)


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    engine = open_engine(url)
    yield SqlStore(engine, "qinghe").ledger
    engine.dispose()


def claim(case: str, customer: str | None = None, caps: tuple[Cap, ...] = (), code: bool = False) -> Claim:
    return Claim(case, customer or case, "ten", Money(10, "CNY"), ["campaign", "offer:ten"], code, NOW, caps)


def with_room_for(ledger: Ledger, uses: int, codes: int = 0) -> None:
    ledger.set_budget("campaign", Money(1000, "CNY"))
    ledger.set_budget("offer:ten", Money(10 * uses, "CNY"))
    ledger.add_codes("ten", [f"TEN{n}" for n in range(codes)])


def taken(ledger: Ledger, budget: str = "offer:ten") -> tuple[int, int]:
    found = ledger.budget(budget)
    assert found is not None
    return found.reserved_minor, found.spent_minor


def at_once(*calls: Callable[[], T]) -> list[T]:
    """All of them in the same moment, each on a connection of its own."""
    barrier = Barrier(len(calls))

    def start(call: Callable[[], T]) -> T:
        barrier.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(start, calls))


def test_of_many_checkouts_in_one_moment_one_gets_the_last_use(ledger: Ledger) -> None:
    """saleor #544, django-oscar #2101, medusa #16012: everybody read "one use left", and everybody took it."""
    with_room_for(ledger, uses=1)
    got = at_once(*[lambda n=n: ledger.reserve(claim(f"cart{n}")) for n in range(AT_ONCE)])
    assert sum(isinstance(one, Reservation) for one in got) == 1
    assert {one for one in got if isinstance(one, Refusal)} == {Refusal.BUDGET_EXHAUSTED}
    assert taken(ledger) == taken(ledger, "campaign") == (10, 0)


def test_one_customers_carts_in_one_moment_stay_within_the_cap_of_a_customer(ledger: Ledger) -> None:
    """django-oscar #4580 (fixes #4612, #4622), vendure #4660: once a customer was asked before it was counted."""
    with_room_for(ledger, uses=AT_ONCE)
    carts = [claim(f"cart{n}", "mei", ONCE_A_MONTH) for n in range(AT_ONCE)]
    got = at_once(*[lambda cart=cart: ledger.reserve(cart) for cart in carts])
    assert sum(isinstance(one, Reservation) for one in got) == 1
    assert got.count(Refusal.CUSTOMER_CAP) == AT_ONCE - 1
    assert taken(ledger) == (10, 0)


def test_a_checkout_in_two_steps_that_is_sent_many_times_takes_one_use(ledger: Ledger) -> None:
    """saleor #8219 and #15855, woocommerce #27294: both halves of one payment, or a retry of it, were counted."""
    with_room_for(ledger, uses=AT_ONCE, codes=AT_ONCE)
    got = at_once(*[lambda: ledger.reserve(claim("cart", code=True)) for _ in range(AT_ONCE)])
    assert len({one.id for one in got if isinstance(one, Reservation)}) == 1
    assert all(isinstance(one, Reservation) for one in got)
    assert (taken(ledger), ledger.codes_left("ten")) == ((10, 0), AT_ONCE - 1)


def test_a_use_that_is_given_back_while_others_are_taken_is_neither_lost_nor_doubled(ledger: Ledger) -> None:
    """medusa #16595: giving back read a total, subtracted, and wrote over what was taken meanwhile."""
    with_room_for(ledger, uses=AT_ONCE * 2)
    old = [ledger.reserve(claim(f"old{n}")) for n in range(AT_ONCE)]
    back = [lambda one=one: ledger.release(one.id, NOW) for one in old if isinstance(one, Reservation)]
    at_once(*back, *[lambda n=n: ledger.reserve(claim(f"new{n}")) for n in range(AT_ONCE)])
    assert taken(ledger) == taken(ledger, "campaign") == (10 * AT_ONCE, 0)


def test_a_single_code_in_many_browsers_is_let_through_once(ledger: Ledger) -> None:
    """shopware #13552 (lock added in #17843): a code for one use, put into several baskets, was good in each."""
    with_room_for(ledger, uses=1, codes=1)
    held = ledger.reserve(claim("cart", code=True))
    assert isinstance(held, Reservation)
    assert held.code == "TEN0"
    ledger.commit(held.id, NOW)
    got = at_once(*[lambda: ledger.redeem("TEN0", NOW) for _ in range(AT_ONCE)])
    assert [one.id for one in got if one] == [held.id]
    assert taken(ledger) == (0, 10)


def test_an_order_that_is_cancelled_many_times_is_paid_back_once(ledger: Ledger) -> None:
    """registrasion #1, pretix #165: a cancelled order gave its voucher back, and what it gave back was used twice."""
    with_room_for(ledger, uses=2, codes=2)
    held = ledger.reserve(claim("cart", code=True))
    assert isinstance(held, Reservation)
    assert held.code is not None
    ledger.commit(held.id, NOW)
    assert ledger.redeem(held.code, NOW)
    assert sorted(at_once(*[lambda: ledger.refund(held.id, NOW) for _ in range(AT_ONCE)]))[-2:] == [False, True]
    assert taken(ledger) == (0, 0), "the money is there for somebody else, once"
    assert ledger.redeem(held.code, NOW) is None, "the code is not"
    assert ledger.codes_left("ten") == 1

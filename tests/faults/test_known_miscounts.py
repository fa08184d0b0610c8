"""Coupons that shop systems counted wrongly in public, one step after the other, re-told to our ledger.

Each docstring names the thread and what went wrong there, in our words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from agent.adapters.store import SqlStore
from agent.adapters.store.engine import open_engine, upgrade
from agent.adapters.store.ledger import Ledger
from agent.domain import Money
from agent.ledger import Refusal, Reservation
from tests.factories import NOW
from tests.faults.test_known_overredemptions import ONCE_A_MONTH, claim, taken, with_room_for


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    engine = open_engine(f"sqlite:///{tmp_path / 'x.db'}")
    upgrade(engine)
    yield SqlStore(engine, "qinghe").ledger
    engine.dispose()


def held(ledger: Ledger, case: str, code: bool = True) -> Reservation:
    got = ledger.reserve(claim(case, code=code))
    assert isinstance(got, Reservation)
    return got


def test_the_last_code_of_a_pool_as_large_as_the_limit_is_still_given(ledger: Ledger) -> None:
    """shopware #4177: ten codes under a limit of ten, and the tenth was refused."""
    with_room_for(ledger, uses=10, codes=10)
    assert len({held(ledger, f"cart{n}").code for n in range(10)}) == 10
    assert ledger.reserve(claim("cart10", code=True)) is Refusal.BUDGET_EXHAUSTED


def test_a_limit_counts_without_a_code_as_well(ledger: Ledger) -> None:
    """vendure #4353: limits were looked at where a code was typed in, and nowhere else."""
    with_room_for(ledger, uses=2)
    assert isinstance(ledger.reserve(claim("a", "mei", ONCE_A_MONTH)), Reservation)
    assert ledger.reserve(claim("b", "mei", ONCE_A_MONTH)) is Refusal.CUSTOMER_CAP
    assert isinstance(ledger.reserve(claim("c", "lin", ONCE_A_MONTH)), Reservation)
    assert ledger.reserve(claim("d", "wu", ONCE_A_MONTH)) is Refusal.BUDGET_EXHAUSTED


def test_what_gave_nothing_is_no_use(ledger: Ledger) -> None:
    """vendure #5278: a promotion that took nothing off still used the customer's one time up."""
    with_room_for(ledger, uses=2)
    assert isinstance(ledger.reserve(replace(claim("a", "mei"), amount=Money(0, "CNY"))), Reservation)
    assert isinstance(ledger.reserve(claim("b", "mei", ONCE_A_MONTH)), Reservation)


def test_what_was_refused_took_nothing_from_anywhere(ledger: Ledger) -> None:
    """shopper #510: the order was there before the limit was asked, and stayed when the limit said no."""
    with_room_for(ledger, uses=1, codes=2)
    held(ledger, "a")
    assert ledger.reserve(claim("b", code=True)) is Refusal.BUDGET_EXHAUSTED
    assert (taken(ledger, "campaign"), ledger.codes_left("ten")) == ((10, 0), 1)


def test_a_message_that_never_left_gives_the_use_back_once(ledger: Ledger) -> None:
    """vendure #1466, sylius #10125: a cancelled order kept the customer's one use for ever."""
    with_room_for(ledger, uses=1, codes=1)
    first = ledger.reserve(claim("a", "mei", ONCE_A_MONTH, code=True))
    assert isinstance(first, Reservation)
    for _ in range(2):
        ledger.release(first.id, NOW)
    assert (taken(ledger), ledger.codes_left("ten")) == ((0, 0), 1)
    assert isinstance(ledger.reserve(claim("b", "mei", ONCE_A_MONTH, code=True)), Reservation)


def test_whoever_tries_again_after_a_failure_keeps_the_coupon(ledger: Ledger) -> None:
    """woocommerce #31245 and #27673, saleor #7588: the retry of an order was refused because of its own first try."""
    with_room_for(ledger, uses=1, codes=1)
    first, again = (ledger.reserve(claim("a", "mei", ONCE_A_MONTH, code=True)) for _ in range(2))
    assert isinstance(first, Reservation)
    assert again == first


def test_a_coupon_that_comes_after_its_last_day_never_overdraws(ledger: Ledger) -> None:
    """medusa #6551, prestashop #26235, django-oscar #2891: it ran out between cart and order."""
    with_room_for(ledger, uses=1, codes=3)
    late = held(ledger, "a")
    ledger.commit(late.id, NOW)
    assert ledger.expire(late.id, NOW + timedelta(days=60))
    assert not ledger.expire(late.id, NOW + timedelta(days=61)), "once"
    assert ledger.reserve(claim("a", code=True)) is Refusal.HAD_ITS_COUPON
    other = held(ledger, "b")
    assert late.code is not None
    assert other.code is not None
    taken_late = ledger.redeem(late.code, NOW + timedelta(days=62))
    assert taken_late is not None
    assert (taken_late.status, taken(ledger)) == ("late", (10, 0)), "its money is another's now"
    ledger.commit(other.id, NOW)
    assert ledger.expire(other.id, NOW + timedelta(days=60))
    back = ledger.redeem(other.code, NOW + timedelta(days=62))
    assert back is not None
    assert (back.status, taken(ledger)) == ("redeemed", (0, 10)), "there was room: it is spent again"


def test_a_code_that_leaked_before_its_message_left_is_paid_for(ledger: Ledger) -> None:
    """easy-digital-downloads #3859: uses that are counted at the end alone miss what the till took before."""
    with_room_for(ledger, uses=2, codes=2)
    read_aloud = held(ledger, "a")
    assert read_aloud.code is not None
    assert ledger.redeem(read_aloud.code, NOW)
    ledger.release(read_aloud.id, NOW)
    ledger.commit(read_aloud.id, NOW)
    assert taken(ledger) == (0, 10)
    assert ledger.redeem("TEN1", NOW) is None, "nobody's: there is no reservation to show"
    assert ledger.codes_left("ten") == 0, "but the till took it, so nobody is given it"


def test_a_code_is_the_same_in_small_letters(ledger: Ledger) -> None:
    """shopware #17843: the lock was on the code as typed, so abc and ABC were two."""
    with_room_for(ledger, uses=1, codes=1)
    mine = held(ledger, "a")
    ledger.commit(mine.id, NOW)
    found = ledger.redeem(" ten0 ", NOW)
    assert found is not None
    assert found.id == mine.id
    assert ledger.redeem("TEN0", NOW) is None


def test_a_customer_with_a_new_address_is_the_same_customer(ledger: Ledger) -> None:
    """saleor #18563: the limit hung on the e-mail address, and whoever changed it had another use.

    Ours hangs on the customer's id. A guest whom the shop keeps under another id is another customer to us.
    """
    with_room_for(ledger, uses=2)
    assert isinstance(ledger.reserve(claim("a", "mei", ONCE_A_MONTH)), Reservation)
    assert ledger.reserve(claim("b", "mei", ONCE_A_MONTH)) is Refusal.CUSTOMER_CAP

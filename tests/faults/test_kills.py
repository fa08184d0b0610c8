"""kill -9 at any moment: money is never overspent, no message is lost, none leaves twice.

n is small here and large in `make proof` (HOLDFAST_PROOF_KILLS, a writer), which runs this same code.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from agent import campaign, pipeline
from agent.adapters.store import SqlStore
from agent.adapters.store.engine import open_engine
from agent.domain import CaseStatus, DeliveryStatus, Money
from agent.plan import Plan
from tests.factories import NOW, a_customer, a_score, an_order
from tests.faults.audit import audit, audit_till, statuses
from tests.faults.lives import live_and_die
from tests.faults.sender import send_until_killed
from tests.faults.writer import BRAND, BUDGETS, OFFERS, write_until_killed
from tests.street import a_street

KILLS = int(os.environ.get("HOLDFAST_PROOF_KILLS", "6"))
CROWD = int(os.environ.get("HOLDFAST_PROOF_CROWD", "2"))
SENDERS = int(os.environ.get("HOLDFAST_PROOF_SENDERS", "15"))
CODES = 12
POINTS = 150
"""A step of a writer has some sixty of them."""
AUDIT_EVERY = 16
MANY = 300
"""Of so many kills we ask that every kind of step was among them; of a few, that there was work at all."""


@pytest.mark.slow
@pytest.mark.parametrize(("writers", "kills"), [(8, KILLS), (64, CROWD)])
def test_a_budget_is_never_overspent_whoever_is_killed(url: str, tmp_path: Path, writers: int, kills: int) -> None:
    engine, till = open_engine(url), tmp_path / "till.txt"
    ledger = SqlStore(engine, BRAND).ledger
    for name, amount in BUDGETS.items():
        ledger.set_budget(name, Money(amount, "CNY"))
    for offer in OFFERS:
        ledger.add_codes(offer, [f"{offer}{n}" for n in range(CODES)])
    for dead in live_and_die(write_until_killed, (url, str(till)), writers * kills, writers, seed=7, points=POINTS):
        if dead % AUDIT_EVERY == 1:
            audit(engine)
            audit_till(till)
            for offer in OFFERS:  # the pool is kept short, so that writers fight for the last code
                ledger.add_codes(offer, [f"{offer}{dead:06}{n}" for n in range(CODES - ledger.codes_left(offer))])
    made = audit(engine)
    found = statuses(engine)
    taken = audit_till(till)
    assert made > 0, "the writers did work before they were killed"
    if writers * kills >= MANY:
        assert made > writers * kills / 20
        assert taken > 0
        assert len(found) >= 6, f"they came through every kind of step: {found}"
    engine.dispose()


@pytest.mark.slow
def test_every_approved_message_is_handed_over_once_or_listed_as_unknown(tmp_path: Path) -> None:
    street = a_street(tmp_path)
    names = [f"k{n}" for n in range(SENDERS * 2)]
    codes = [f"{n:06}XM" for n in range(len(names))]
    street.store.ledger.add_codes("amount_15", codes)
    street.store.people.put([a_customer(name) for name in names], NOW)
    street.history.events += [an_order(name) for name in names]
    street.store.scores.put([a_score(name) for name in names])
    campaign.run(Plan("kills", auto_send=True, audit_share=0.0), street.house)
    approved = {row.message.key for row in street.store.outbox.due(NOW, limit=len(names) + 1)}
    assert len(approved) == len(names)
    held, spent = street.reserved()
    assert held > spent == 0, "coupons go with them"

    folder = str(tmp_path)
    for _ in live_and_die(send_until_killed, (folder,), SENDERS, at_once=1, seed=11, points=500):
        _never_twice(tmp_path)
    pipeline.recover(street.house, timedelta(seconds=-1))
    for _ in live_and_die(send_until_killed, (folder,), 1, at_once=1, seed=11, points=10**9, least_killed=0):
        handed_over = _never_twice(tmp_path)

    unknown = {row for row in approved if street.store.outbox.get(row).status is DeliveryStatus.UNKNOWN}  # type: ignore[union-attr]
    assert set(handed_over) | unknown == approved, "none was lost"
    left = len(approved) - len(unknown)
    assert unknown or SENDERS < MANY, "some died in the middle of a message"
    assert street.store.outbox.counts() == {DeliveryStatus.UNKNOWN: len(unknown), DeliveryStatus.SENT: left}
    by_status = Counter(case.status for case in street.store.cases.find(campaign_id="kills"))
    assert by_status == {CaseStatus.SENT: left, CaseStatus.UNKNOWN: len(unknown)}
    assert street.reserved() == (0, held), "money follows the message: spent for what left or may have"


def _never_twice(folder: Path) -> list[str]:
    file = folder / "handed-over.txt"
    keys = file.read_text(encoding="utf-8").split() if file.exists() else []
    assert len(keys) == len(set(keys)), "no message was handed over twice"
    return keys

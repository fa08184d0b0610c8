"""kill -9 at any moment: money is never overspent, no message is lost, none leaves twice.

n is small here and large in `make proof` (HOLDFAST_PROOF_KILLS), which runs this same code.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from agent import campaign, pipeline
from agent.adapters.store import SqlStore
from agent.adapters.store.engine import open_engine, upgrade
from agent.domain import CaseStatus, DeliveryStatus, Money
from agent.plan import Plan
from tests.factories import NOW, a_customer, a_score, an_order
from tests.street import a_street

KILLS = int(os.environ.get("HOLDFAST_PROOF_KILLS", "6"))
ROOT = Path(__file__).parents[2]


def start(*arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.faults.killed", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n", process.stderr.read() if process.stderr else ""
    return process


@pytest.mark.slow
def test_a_budget_is_never_overspent_whoever_is_killed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    engine = open_engine(url)
    upgrade(engine)
    ledger = SqlStore(engine, "linjian").ledger
    ledger.set_budget("campaign", Money(3_000 * KILLS, "CNY"))
    ledger.add_codes("ten", [f"CODE{n:05}" for n in range(1_000 * KILLS)])
    dice = random.Random(7)
    budget = None
    for kill in range(KILLS):
        writers = [start("reserve", url, str(kill * 10 + n)) for n in range(3)]
        time.sleep(0.05 + 0.5 * dice.random())
        for writer in writers:
            writer.kill()
            writer.wait()
            assert b"Error" not in (writer.stderr.read() if writer.stderr else b"")
        budget = ledger.budget("campaign")
        assert budget is not None
        with engine.connect() as c:
            held = c.execute(sa.text("select coalesce(sum(amount_minor), 0) from reservations where status='reserved'"))
            spent = c.execute(
                sa.text("select coalesce(sum(amount_minor), 0) from reservations where status='committed'")
            )
            twice = c.execute(
                sa.text("select code from reservations where status != 'released' group by code having count(*) > 1")
            )
            assert (budget.reserved_minor, budget.spent_minor) == (held.scalar_one(), spent.scalar_one())
            assert twice.all() == [], "a code belongs to one reservation"
        assert budget.reserved_minor + budget.spent_minor <= 3_000 * KILLS
    assert budget is not None
    assert budget.spent_minor > 0, "the writers did work before they were killed"


@pytest.mark.slow
def test_every_approved_message_is_handed_over_once_or_listed_as_unknown(tmp_path: Path) -> None:
    street = a_street(tmp_path)
    names = [f"k{n}" for n in range(30)]
    street.store.people.put([a_customer(name) for name in names], NOW)
    street.history.events += [an_order(name) for name in names]
    street.store.people.put_scores([a_score(name, value=1_000) for name in names])
    campaign.run(Plan("kills", auto_send=True, audit_share=0.0), street.house)
    approved = {row.message.key for row in street.store.outbox.due(NOW)}
    assert len(approved) == 30

    dice = random.Random(11)
    for _ in range(KILLS):
        sender = start("send", str(tmp_path))
        time.sleep(0.4 * dice.random())
        sender.kill()
        sender.wait()
    lost = set(pipeline.recover(street.house, timedelta(seconds=-1)))
    done = start("send", str(tmp_path))
    assert done.wait(timeout=120) == 0, done.stderr.read() if done.stderr else ""

    handed_over = (tmp_path / "handed-over.txt").read_text(encoding="utf-8").split()
    assert len(handed_over) == len(set(handed_over)), "no message was handed over twice"
    assert set(handed_over) | lost == approved, "none was lost"
    counts = street.store.outbox.counts()
    assert counts.get(DeliveryStatus.UNKNOWN, 0) == len(lost)
    assert counts.get(DeliveryStatus.SENT, 0) == 30 - len(lost)
    by_status = Counter(case.status for case in street.store.cases.find(campaign_id="kills"))
    assert by_status == Counter({CaseStatus.SENT: 30 - len(lost), CaseStatus.UNKNOWN: len(lost)}) - Counter()
    budget = street.store.ledger.budget("offer:amount_15")
    assert budget is not None
    assert budget.reserved_minor == 0, "money follows the message: nothing is held for one that left or may have"

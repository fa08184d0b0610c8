"""A campaign in cells over a whole shop: from events to the outbox, where its time goes, how fast, how much memory.

Run: python -m tests.bench.bench_campaign [customers]. A simulated shop is laid out and a scorer trained beforehand;
what is timed is what a campaign does: score, reason, place, offer, fill, gate, outbox, with a ledger, a trace and a
verdict for each message, by the product's own functions. Nothing leaves. One process: SQLite has one writer. The goal
is a million customers in 3 minutes and 1 GB; the last line says how far that is, in proportion to what was measured.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from agent import campaign
from agent.adapters.store.cases import Cases
from agent.adapters.store.group_ledger import GroupLedger
from agent.adapters.store.outbox import Outbox
from agent.campaign import quick
from agent.campaign.filling import Filler
from agent.campaign.quick import QuickPath
from agent.cells import CellStock
from agent.domain import Channel, Money
from agent.plan import Plan
from api import sample_shop
from api.bootstrap import Workshop
from api.clock import FixedClock
from api.demo import _shop, _train
from api.home import Home
from api.importing import import_policies
from api.scoring_store import score_store
from api.settings import Settings
from scoring.records import RiskBand
from tests.factories import NOW

PLAN = Plan("bench", RiskBand.LOW, None, (Channel.EMAIL, Channel.PUSH, Channel.SMS), auto_send=True, audit_share=0.0,
            cells=True, individual=0)  # fmt: skip
GOAL_S, GOAL_MB = 180, 1024
CELLS = "draft and approve each cell, once"
LONG_WAY = "the long way, for open tickets and odd names"
WATCHED: tuple[tuple[Any, str, str], ...] = (
    (QuickPath, "_rows", "read customers, histories, scores"),
    (quick, "read_ahead", "read what the store knows of a group"),
    (QuickPath, "_placed", "place: consent, caps, hold-out, arms"),
    (QuickPath, "_decide", "offer: decision, reservation"),
    (Filler, "fill", "cell, fill, citations, judgement, message"),
    (CellStock, "write", CELLS),
    (quick, "reach", LONG_WAY),
    (QuickPath, "_recall", "read what ever happened to those on the long way"),
    (GroupLedger, "keep", "store reservations"),
    (Cases, "keep_reached", "store cases, drafts, verdicts, trace"),
    (Outbox, "enqueue_new", "store messages"),
)


class Watch:
    """Seconds by stage, each without the stages inside it."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.times: Counter[str] = Counter()
        self._inside: list[float] = []

    def over(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*given: Any, **named: Any) -> Any:
            self._inside.append(0.0)
            started = time.perf_counter()
            try:
                return work(*given, **named)
            finally:
                self._took(name, time.perf_counter() - started)

        return timed

    def over_each(self, name: str, work: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
        """The same for what gives its results one by one."""

        def timed(*given: Any, **named: Any) -> Iterator[Any]:
            rows = work(*given, **named)
            following = self.over(name, lambda: next(rows, rows))
            while (row := following()) is not rows:
                yield row

        return timed

    def _took(self, name: str, spent: float) -> None:
        self.seconds[name] += spent - self._inside.pop()
        self.times[name] += 1
        if self._inside:
            self._inside[-1] += spent


def a_shop(folder: Path, customers: int) -> Workshop:
    home = Home(folder)
    sample_shop.lay_out(home)
    workshop = Workshop(home, Settings.model_validate({"home": folder}), FixedClock(NOW))
    _shop(workshop, customers)
    import_policies(workshop, home.policies, dry_run=False)
    _train(workshop, lambda _step, _share: None)
    for line in workshop.catalogue.offers.values():
        if line.is_money:
            workshop.store.ledger.set_budget(f"offer:{line.id}", Money(10**12, workshop.brand.currency))
        if line.codes:
            workshop.store.ledger.add_codes(line.id, [f"{line.id[:2].upper()}K{n:06}X" for n in range(customers)])
    return workshop


def measure(customers: int) -> tuple[Watch, Counter[str], float]:
    """Where the time went, cases by status, and the megabytes that the campaign added at its peak."""
    with tempfile.TemporaryDirectory() as folder:
        workshop = a_shop(Path(folder) / "home", customers)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        watch = Watch()
        score = watch.over("score, reasons, store them", score_store)
        score(workshop, workshop.clock.now(), workshop.home.scorer)
        for room, name, words in WATCHED:
            over = watch.over_each if name == "_rows" else watch.over
            setattr(room, name, over(words, getattr(room, name)))
        whole = watch.over("commits, progress, the loop", lambda: [1 for _ in campaign.walk_through(PLAN, house)])
        house = replace(workshop.house, holdout_share=0.1)
        campaign.begin(PLAN, "bench", house)
        whole()
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        statuses = Counter({status.value: n for status, n in workshop.store.cases.counts().items()})
    return watch, statuses, after - before


def main() -> None:
    customers = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    watch, statuses, added = measure(customers)
    seconds, total = watch.seconds, sum(watch.seconds.values())
    sys.stdout.write(f"a campaign in cells over {customers:,} customers: {dict(statuses)}\n")
    for name, spent in sorted(seconds.items(), key=lambda row: -row[1]):
        sys.stdout.write(f"  {spent:8.2f} s  {spent / total:5.0%}  {1000 * spent / customers:7.2f} ms each  {name}\n")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(
        f"  {total:8.2f} s in all, {customers / total:,.0f} customers a second, {peak:,.0f} MB at the peak\n"
    )
    sys.stdout.write(f"  of which {added:,.0f} MB came with scoring and the campaign itself\n")
    cells, alone = seconds[CELLS], seconds[LONG_WAY]
    quick = (customers - watch.times[LONG_WAY]) / (total - cells - alone)
    sys.stdout.write(f"  {quick:,.0f} customers a second but for the cells and the long way; ")
    sys.stdout.write(f"on the long way {watch.times[LONG_WAY]:,}, {watch.times[LONG_WAY] / alone:,.0f} a second\n")
    minutes = (cells + (total - cells) / customers * 1_000_000) / 60
    sys.stdout.write(
        f"a million at this rate, the cells drafted once: {minutes:,.0f} minutes; the goal is {GOAL_S // 60}, "
        f"and {GOAL_MB:,} MB\n"
    )


if __name__ == "__main__":
    main()

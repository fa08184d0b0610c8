"""What follows from a campaign's measurement by itself: outcomes are recorded, a campaign that harms is paused.

`settle` says of each customer whether they stayed, once their horizon is over; `watch` pauses a campaign that does too
much harm. Both may run as often as one likes: what is recorded is not recorded again, what a person resumed goes on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from agent import campaign, feedback
from agent.campaign import is_over
from agent.domain import CampaignRow, CampaignStatus, CaseStatus
from agent.errors import TransitionNotAllowed
from agent.outcomes import OutcomeRow
from api.bootstrap import Workshop
from api.measuring import frame, measure
from scoring.experiments.follow_up import HORIZON, settled
from scoring.experiments.stops import Stop

if TYPE_CHECKING:
    import pandas as pd

TOGETHER = 500
"""Outcomes in one transaction: few enough that a sender hardly waits, enough for a million in minutes."""


def settle(workshop: Workshop) -> Counter[str]:
    """Whoever bought within the horizon stayed, whoever did not has left: recorded once their days are over.

    Only as far as the orders reach: silence of a file that was not exported yet is no customer's silence.
    """
    now, span = workshop.clock.now(), workshop.log.span()
    waiting = workshop.store.results.unsettled(now - timedelta(days=HORIZON))
    counts: Counter[str] = Counter()
    if span is None or not waiting:
        return counts
    cases, until = frame(waiting), min(now, span[1])
    ids = sorted(set(cases["customer_id"]))
    events = workshop.log.load(since=cases["opened_at"].min(), until=until, customer_ids=ids)
    known = list(_known(cases, events, until))
    for begin in range(0, len(known), TOGETHER):
        with workshop.store.write():
            for row in known[begin : begin + TOGETHER]:
                counts[row.kind] += feedback.record(row, workshop.house, "orders") is not None
    return counts


def _known(cases: pd.DataFrame, events: pd.DataFrame, until: datetime) -> Iterator[OutcomeRow]:
    """A customer may have been in several campaigns: each turn asks of each customer once."""
    import pandas as pd

    for _, turn in cases.groupby(cases.groupby("customer_id").cumcount()):
        over = turn["opened_at"] + timedelta(days=HORIZON)
        for case_id, at, stayed in zip(turn["case_id"], over, settled(turn, events, until), strict=True):
            if not pd.isna(stayed):
                kind = CaseStatus.STAYED if stayed else CaseStatus.LEFT
                yield OutcomeRow(kind.value, pd.Timestamp(at).to_pydatetime(), case_id=str(case_id))


def watch(workshop: Workshop) -> list[tuple[str, Stop]]:
    """Pause each campaign that breaches a limit; give back which and why.

    One that a person resumed in spite of it goes on until more of the same harm comes in.
    """
    stopped = []
    store = workshop.store
    for row in store.campaigns.rows([CampaignStatus.RUNNING, CampaignStatus.DONE]):
        if is_over(row, store.cases.counts(row.id)):
            continue
        breached = next((stop for stop in measure(row.id, workshop).stops if stop.breached), None)
        if breached is None or _seen_before(row, breached):
            continue
        try:
            campaign.pause(row.id, workshop.house, "a guardrail", f"{breached.harm}: {breached.at_least:.2%}")
        except TransitionNotAllowed:
            continue  # somebody else stopped it, or it ended in this moment
        store.campaigns.note_harm(row.id, breached.harm.value, breached.written_to.stayed)
        stopped.append((row.id, breached))
    return stopped


def _seen_before(row: CampaignRow, stop: Stop) -> bool:
    return stop.written_to.stayed <= int(dict(row.plan.get("harm_seen", {})).get(stop.harm.value, -1))

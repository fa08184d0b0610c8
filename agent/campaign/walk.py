"""Going through a campaign: draft for everybody flagged, queue what may go by itself, leave the rest to people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from time import monotonic

from agent import pipeline
from agent.at_once import at_once
from agent.campaign import flows
from agent.campaign.ladders import Ladders
from agent.campaign.moves import begin
from agent.campaign.placing import SAID, Flagged, Placer, candidates, new_case, with_history
from agent.campaign.quick import QuickPath
from agent.campaign.reaching import reach
from agent.campaign.sizing import with_odds
from agent.campaign.together import Together
from agent.domain import CampaignStatus, CaseStatus
from agent.errors import GateRefused, InputError, TransitionNotAllowed
from agent.house import House
from agent.plan import Plan

C = CampaignStatus
REPORT_EVERY_S, LOOK_EVERY_S = 0.5, 0.05
Progress = Callable[[int, int], None]


def run(plan: Plan, house: House, progress: Progress | None = None, by: str = "") -> list[pipeline.Prepared]:
    """Begin a campaign and go through it here and now."""
    if begin(plan, by, house) is not C.RUNNING:
        return []  # it waits for a second person, or for its day
    return go_through(plan, house, progress)


def go_through(plan: Plan, house: House, progress: Progress | None = None) -> list[pipeline.Prepared]:
    """All of `walk_through` at once. For a large campaign take them one by one: a prepared case holds all it saw."""
    return list(walk_through(plan, house, progress))


def walk_through(plan: Plan, house: House, progress: Progress | None = None) -> Iterator[pipeline.Prepared]:
    """Draft for everybody flagged, queue what may go by itself, leave the rest to people. Resumes where it stopped.

    Of a flow this is one turn: it goes on until somebody cancels it. Ends early when somebody pauses or cancels it.
    Raises TransitionNotAllowed when another process is at work on it.
    """
    campaigns = house.store.campaigns
    if not campaigns.claim(plan.id):
        raise TransitionNotAllowed(f"another process is at work on campaign {plan.id}", "see: holdfast campaign status")
    try:
        if plan.flow is not None:
            yield from flows.walk(plan, house, progress)
            return
        flagged, _ = candidates(plan, house)
        house = with_odds(plan, flagged, house)
        ladders, placer = Ladders(plan, house), Placer(plan, house)

        def one(row: tuple[int, Flagged]) -> pipeline.Prepared | None:
            number, (score, customer, events) = row
            if campaigns.status(plan.id) is not C.RUNNING:
                return None
            place = placer.place(customer, events)
            if place.channel is None:
                return None
            own = ladders.house_for(place.arm.name if place.arm else None, number)
            return reach(new_case(plan, score, customer, place, house), plan, own, place.arm)

        rows = enumerate(with_history(flagged, house, kinds=SAID), start=1)
        if not ladders.quick:
            reached = at_once(one, rows, house.drafters)
        elif plan.cells:
            reached = QuickPath(plan, house, ladders, placer).through(flagged)
        else:
            reached = Together(house).over(one, rows)
        next_look = next_report = 0.0
        for number, prepared in enumerate(reached, start=1):
            if prepared is not None:
                yield prepared
            if monotonic() >= next_look:
                if campaigns.status(plan.id) is not C.RUNNING:
                    return
                next_look = monotonic() + LOOK_EVERY_S
            if monotonic() >= next_report:  # a commit each, so not for each customer
                campaigns.report(plan.id, number, len(flagged))
                next_report = monotonic() + REPORT_EVERY_S
            if progress is not None:
                progress(number, len(flagged))
        campaigns.report(plan.id, len(flagged), len(flagged))
        with suppress(TransitionNotAllowed):  # paused or cancelled in the last moment: that stands
            campaigns.move(plan.id, C.DONE, [C.RUNNING], house.clock.now())
    finally:
        campaigns.release(plan.id)


def approve_all(campaign_id: str, reviewer: str, house: House, limit: int | None = None) -> tuple[int, list[str]]:
    """A person's word on everything that the gate passed, each asked again: how many are queued, and why not the rest.

    What waits for a person one by one (findings, the audit sample) is not touched. Raises NotFound, and
    TransitionNotAllowed for a campaign that was cancelled.
    """
    if house.store.campaigns.row(campaign_id).status is C.CANCELLED:
        raise TransitionNotAllowed(
            f"campaign {campaign_id} was cancelled: its drafts are rejected", "start one with another id"
        )
    queued, refused = 0, list[str]()
    for case in house.store.cases.find([CaseStatus.CHECKED], campaign_id=campaign_id)[:limit]:
        try:
            pipeline.approve(case, reviewer, house)
            queued += 1
        except (GateRefused, InputError) as error:
            refused.append(f"{case.customer_id}: {error.message}")
    return queued, refused

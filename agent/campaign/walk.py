"""Going through a campaign: draft for everybody flagged, queue what may go by itself, leave the rest to people."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from agent import pipeline
from agent.arms import Arm
from agent.at_once import at_once
from agent.campaign.ladders import Ladders
from agent.campaign.moves import begin
from agent.campaign.placing import Flagged, candidates, new_case, placing, rivals, with_history
from agent.domain import CampaignStatus, Case, CaseStatus
from agent.errors import GateRefused, InputError, TransitionNotAllowed
from agent.holdout import held_out
from agent.house import House
from agent.plan import Plan
from agent.review import AUTOMATIC

C = CampaignStatus
Progress = Callable[[int, int], None]


def run(plan: Plan, house: House, progress: Progress | None = None, by: str = "") -> list[pipeline.Prepared]:
    """Begin a campaign and go through it here and now."""
    if begin(plan, by, house) is not C.RUNNING:
        return []  # it waits for a second person, or for its day
    return go_through(plan, house, progress)


def go_through(plan: Plan, house: House, progress: Progress | None = None) -> list[pipeline.Prepared]:
    """Draft for everybody flagged, queue what may go by itself, leave the rest to people. Resumes where it stopped.

    Ends early when somebody pauses or cancels it. Raises TransitionNotAllowed when another process is at work on it.
    """
    campaigns = house.store.campaigns
    if not campaigns.claim(plan.id):
        raise TransitionNotAllowed(f"another process is at work on campaign {plan.id}", "see: holdfast campaign status")
    try:
        flagged, _ = candidates(plan, house)
        done: list[pipeline.Prepared] = []
        ladders, ahead = Ladders(plan, house), rivals(plan, house)

        def reach(row: tuple[int, Flagged]) -> pipeline.Prepared | None:
            number, (score, customer, events) = row
            if campaigns.status(plan.id) is not C.RUNNING:
                return None
            place = placing(plan, customer, events, house, ahead)
            if place.channel is None:
                return None
            own = ladders.house_for(place.arm.name if place.arm else None, number)
            return _reach(new_case(plan, score, customer, place, house), plan, own, place.arm)

        rows = enumerate(with_history(flagged, house), start=1)
        for number, prepared in enumerate(at_once(reach, rows, house.drafters), start=1):
            if campaigns.status(plan.id) is not C.RUNNING:
                return done if prepared is None else [*done, prepared]
            done += [prepared] if prepared is not None else []
            campaigns.report(plan.id, number, len(flagged))
            if progress is not None:
                progress(number, len(flagged))
        campaigns.report(plan.id, len(flagged), len(flagged))
        with suppress(TransitionNotAllowed):  # paused or cancelled in the last moment: that stands
            campaigns.move(plan.id, C.DONE, [C.RUNNING], house.clock.now())
        return done
    finally:
        campaigns.release(plan.id)


def _reach(case: Case, plan: Plan, house: House, arm: Arm | None = None) -> pipeline.Prepared | None:
    """One customer. None when an earlier run is done with this case; one that it left half-way is taken up there."""
    wish = arm.instruction if arm else ""
    if house.store.cases.open(case):
        _note_arm(case, arm, house)
    else:
        case = house.store.cases.get(case.case_id)
    if case.status is CaseStatus.SCORED:
        prepared = pipeline.prepare(case, house, wish)
    elif case.status in (CaseStatus.OFFERED, CaseStatus.NO_OFFER):
        prepared = pipeline.redraft(case, house, wish)
    elif case.status is CaseStatus.CHECKED and plan.auto_send:
        prepared = pipeline.Prepared(case)
    else:
        return None
    if not plan.auto_send or prepared.case.status is not CaseStatus.CHECKED:
        return prepared
    if held_out(f"audit:{plan.id}", case.customer_id, plan.audit_share):
        return replace(prepared, case=pipeline.set_aside(prepared.case, "drawn for the audit sample", house))
    if house.store.campaigns.status(plan.id) is not C.RUNNING:
        return prepared  # paused or cancelled while this one was written: a person decides
    try:
        return replace(prepared, case=pipeline.approve(prepared.case, AUTOMATIC, house))
    except (GateRefused, InputError) as error:  # the world changed within the second, or the address is gone
        return replace(prepared, case=pipeline.set_aside(prepared.case, error.message, house))


def _note_arm(case: Case, arm: Arm | None, house: House) -> None:
    """The lot as it fell, with its propensity: whoever evaluates later needs both."""
    if arm is not None:
        line = {"arm": arm.name, "propensity": arm.share, "lot": f"arms:{case.campaign_id}"}
        house.store.cases.note(case.case_id, "arm", case.opened_at, line)


def approve_all(campaign_id: str, reviewer: str, house: House, limit: int | None = None) -> tuple[int, list[str]]:
    """A person's word on everything that the gate passed, each asked again: how many are queued, and why not the rest.

    What waits for a person one by one (findings, the audit sample) is not touched.
    """
    queued, refused = 0, list[str]()
    for case in house.store.cases.find([CaseStatus.CHECKED], campaign_id=campaign_id)[:limit]:
        try:
            pipeline.approve(case, reviewer, house)
            queued += 1
        except (GateRefused, InputError) as error:
            refused.append(f"{case.customer_id}: {error.message}")
    return queued, refused

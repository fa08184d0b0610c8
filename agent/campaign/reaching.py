"""One case of a campaign as far as it comes by itself: decided, drafted, judged, and queued where the plan lets it."""

from __future__ import annotations

from dataclasses import replace

from agent import pipeline
from agent.arms import Arm
from agent.domain import CampaignStatus, Case, CaseStatus
from agent.errors import GateRefused, InputError
from agent.holdout import held_out
from agent.house import House
from agent.plan import Plan
from agent.review import AUDIT_SAMPLE, AUTOMATIC


def reach(case: Case, plan: Plan, house: House, arm: Arm | None = None) -> pipeline.Prepared | None:
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
        return replace(prepared, case=pipeline.set_aside(prepared.case, AUDIT_SAMPLE, house))
    if house.store.campaigns.status(plan.id) is not CampaignStatus.RUNNING:
        return prepared  # paused or cancelled while this one was written: a person decides
    try:
        return replace(prepared, case=pipeline.approve(prepared.case, AUTOMATIC, house))
    except (GateRefused, InputError) as error:  # the world changed within the second, or the address is gone
        return replace(prepared, case=pipeline.set_aside(prepared.case, error.message, house))


def _note_arm(case: Case, arm: Arm | None, house: House) -> None:
    """The lot as it fell, with its propensity: whoever evaluates later needs both."""
    if arm is not None:
        house.store.cases.note(case.case_id, "arm", case.opened_at, arm_line(case, arm))


def arm_line(case: Case, arm: Arm) -> dict[str, object]:
    return {"arm": arm.name, "propensity": arm.share, "lot": f"arms:{case.campaign_id}"}

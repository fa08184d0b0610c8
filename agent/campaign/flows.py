"""Customers through the steps of a flow: who enters, whose time has come, who has reached the goal.

Each step is one row that is moved after the step was taken, and the case of a message is a function of customer, entry
and step: whoever is killed in between takes the same step again and finds the same case. A message goes through the
same pipeline as any other. Who is held out walks along until the first message would be written, so that both groups
have waited and met the same conditions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from agent import pipeline, steps
from agent.campaign.ladders import Ladders
from agent.campaign.moves import OPEN
from agent.campaign.placing import Flagged, Placer, candidates, new_case, with_history
from agent.campaign.reaching import reach
from agent.domain import (
    WAITING_FOR_PERSON,
    CampaignStatus,
    Case,
    CaseStatus,
    Customer,
    Event,
    FlowState,
    FlowStatus,
)
from agent.errors import TransitionNotAllowed
from agent.flow import Flow, entered_by, holds, reached
from agent.flow import Step as FlowStep
from agent.house import House
from agent.pipeline import Prepared
from agent.plan import Plan
from scoring.records import RiskScore

F = FlowStatus
LOOK_EVERY = timedelta(minutes=15)
"""How often everybody is looked at for entering and for goals: it reads every history, a due step only its own."""
PUT_OFF, PATIENCE = timedelta(hours=12), 14
"""A message that cannot go now (another one went two days ago) is tried twice a day for a week, then passed over."""
UNDECIDED = WAITING_FOR_PERSON | {CaseStatus.CHECKED}
LOOKS_AGAIN = timedelta(hours=1)
"""A draft that waits for a person is looked at again so often; until it is decided the customer stays at that step."""
FOR_GOOD = ("no consent", "SUPPRESSED", "MINOR", "CONSENT_CHANNEL", "HOLD_ACCOUNT")
"""Reasons against writing that a week will not change."""


def walk(plan: Plan, house: House, progress: Callable[[int, int], None] | None = None) -> list[Prepared]:
    """One turn: let in who enters, end for whom the goal is reached, take every step whose time has come."""
    flow, now = plan.flow, house.clock.now()
    assert flow is not None, "a plan without steps is no flow"
    looked = house.store.flows.looked_at(plan.id)
    if looked is None or now - looked >= LOOK_EVERY:
        _end_where_reached(plan, flow, house)
        _let_in(plan, flow, house)
        house.store.flows.looked(plan.id, now)
    due, placer, ladders = house.store.flows.due(plan.id, now), None, None
    done: list[Prepared] = []
    for number, (state, customer, events, score) in enumerate(_with_people(due, house), start=1):
        placer = placer or Placer(plan, house)
        ladders = ladders or Ladders(plan, house)
        if house.store.campaigns.status(plan.id) is not CampaignStatus.RUNNING:
            return done
        done += _go_on(state, customer, events, score, plan, flow, house, ladders, placer)
        house.store.campaigns.report(plan.id, number, len(due))
        if progress is not None:
            progress(number, len(due))
    return done


def enters(plan: Plan, events: Sequence[Event], score: RiskScore, house: House) -> bool:
    """Whether this customer would enter now, whatever they did in it before."""
    return plan.flow is None or entered_by(plan.flow, events, score, house.clock.now())


# --- in and out -------------------------------------------------------------------------------------------------------


def _let_in(plan: Plan, flow: Flow, house: House) -> None:
    now = house.clock.now()
    people, _ = candidates(plan, house)
    for part in _in_parts(people):
        before = house.store.flows.newest(plan.id, [score.customer_id for score in part])
        for score, customer, events in with_history(part, house):
            last = before.get(customer.id)
            if _may_enter(last, flow, house) and entered_by(flow, events, score, now):
                entry = last.entry + 1 if last is not None else 0
                house.store.flows.enter(FlowState(plan.id, customer.id, entry, now, 0, now))


def _may_enter(last: FlowState | None, flow: Flow, house: House) -> bool:
    if last is None:
        return True
    if last.status is F.ACTIVE or flow.again_after is None:
        return False
    return house.clock.now() - last.entered_at >= flow.again_after


def _end_where_reached(plan: Plan, flow: Flow, house: House) -> None:
    for state, _, events, _ in _with_people(house.store.flows.active(plan.id), house):
        if reached(flow, events, state.entered_at):
            _end(state, F.GOAL, house)


def _end(state: FlowState, status: FlowStatus, house: House) -> None:
    """Nothing more is written; with the goal reached, what was drafted and has not left is taken back."""
    house.store.flows.move(state, status=status)
    if status is not F.GOAL:
        return
    for case in house.store.cases.find(OPEN, campaign_id=state.campaign_id, customer_id=state.customer_id):
        with suppress(TransitionNotAllowed):  # it left in this very moment, or somebody else decided about it
            if case.status is CaseStatus.QUEUED:
                case = pipeline.take_back(case, "the flow", house)
            elif case.status in (CaseStatus.OFFERED, CaseStatus.NO_OFFER):
                case = pipeline.set_aside(case, "the goal of the flow was reached", house)
            pipeline.reject(case, "the flow", house, note="the goal of the flow was reached")


# --- steps ------------------------------------------------------------------------------------------------------------


def _go_on(
    state: FlowState,
    customer: Customer,
    events: tuple[Event, ...],
    score: RiskScore,
    plan: Plan,
    flow: Flow,
    house: House,
    ladders: Ladders,
    placer: Placer,
) -> Iterator[Prepared]:
    """All steps until one of them must be waited for."""
    now = house.clock.now()
    while state.status is F.ACTIVE and state.due_at <= now:
        if reached(flow, events, state.entered_at):
            _end(state, F.GOAL, house)
            return
        if state.step >= len(flow.steps):
            _end(state, F.DONE, house)
            return
        step = flow.steps[state.step]
        if step.wait is not None:
            state = house.store.flows.move(state, step=state.step + 1, due_at=now + step.wait, waited=0)
        elif step.condition is not None:
            met = holds(step.condition, events, score, now, state.entered_at)
            to = state.step + 1 if met else flow.place_of(step.otherwise)
            state = house.store.flows.move(state, step=to, waited=0)
        else:
            state, prepared = _message(state, step, (score, customer, events), plan, house, ladders, placer)
            if prepared is not None:
                yield prepared


def _message(
    state: FlowState, step: FlowStep, who: Flagged, plan: Plan, house: House, ladders: Ladders, placer: Placer
) -> tuple[FlowState, Prepared | None]:
    """Write it, put it off, or give up. The row moves on after the message: a crash in between writes nothing twice."""
    score, customer, events = who
    number, flows = state.step, house.store.flows
    name = case_id(state, house)
    if house.store.cases.exists(name):  # an earlier turn died between the message and the row
        case = house.store.cases.get(name)
        arm = steps.arm_of(case, house)
        prepared = reach(case, plan, ladders.house_for(case.arm, plan.individual + 1), arm)
        return _after(state, case, house), prepared
    place = placer.place(customer, events, channels=step.channels)
    if place.serving:  # a ticket is open: it is put right first, and the flow waits
        return _put_off(state, house, "a ticket is open"), None
    if place.channel is None:
        return _put_off(state, house, place.why_not), None
    if state.entry and place.held_out:
        return flows.move(state, status=F.HELD_OUT), None
    case = replace(
        new_case(plan, score, customer, place, house), case_id=name, situation=step.situation or "", step=number
    )
    prepared = reach(case, plan, ladders.house_for(case.arm, plan.individual + 1), place.arm)
    return _after(state, house.store.cases.get(name), house), prepared


def _after(state: FlowState, case: Case, house: House) -> FlowState:
    if case.status is CaseStatus.HELD_OUT:
        return house.store.flows.move(state, status=F.HELD_OUT)
    if case.status in UNDECIDED:  # the next step speaks of a message that came: it waits for whoever decides
        return house.store.flows.move(state, due_at=house.clock.now() + LOOKS_AGAIN)
    return house.store.flows.move(state, step=state.step + 1, waited=0)


def _put_off(state: FlowState, house: House, why: str) -> FlowState:
    if why.startswith(FOR_GOOD):
        return house.store.flows.move(state, status=F.LEFT)
    if state.waited + 1 >= PATIENCE:
        return house.store.flows.move(state, step=state.step + 1, waited=0)
    return house.store.flows.move(state, due_at=house.clock.now() + PUT_OFF, waited=state.waited + 1)


def case_id(state: FlowState, house: House) -> str:
    """A function of brand, flow, customer, entry and step: whoever asks again means the same case."""
    parts = (house.brand.id, state.campaign_id, state.customer_id, str(state.entry), str(state.step))
    return f"case_{hashlib.sha256(chr(31).join(parts).encode()).hexdigest()[:20]}"


# --- people -----------------------------------------------------------------------------------------------------------


def _with_people(
    states: Sequence[FlowState], house: House
) -> Iterator[tuple[FlowState, Customer, tuple[Event, ...], RiskScore]]:
    """Each state with what the step looks at; a customer who was erased leaves the flow."""
    for part in _in_parts(states):
        ids = [state.customer_id for state in part]
        known, timelines = house.store.people.get_many(ids), house.history.timelines(ids, house.clock.now())
        scores = house.store.scores.of_many(ids)
        for state in part:
            score = scores.get(state.customer_id)
            if state.customer_id not in known or score is None:
                house.store.flows.move(state, status=F.LEFT)
                continue
            yield state, known[state.customer_id], timelines.get(state.customer_id, ()), score


T = TypeVar("T")


def _in_parts(rows: Sequence[T], size: int = 500) -> Iterator[Sequence[T]]:
    return (rows[start : start + size] for start in range(0, len(rows), size))

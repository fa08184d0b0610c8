"""Many cases at once: who would be written to and why not the others, then one case after the other.

A campaign is a plan and a status; its cases are its progress. A case's id is a function of campaign and customer, so
whoever was reached before a crash is skipped after it, and starting twice reaches nobody twice.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from agent import pipeline, steps, ways
from agent.at_once import at_once
from agent.cells import CellWriter, PatientWriter
from agent.cells.preview import MessagePreview
from agent.context import Live, gate_context, open_ticket
from agent.domain import CampaignRow, CampaignStatus, Case, CaseStatus, Channel, Customer, Event, Money, Purpose, Words
from agent.errors import GateRefused, InputError, TransitionNotAllowed
from agent.guardrails import check, context_from_json
from agent.holdout import held_out
from agent.house import House
from agent.ledger import Budget
from agent.offer_check import too_small
from agent.offers import choose_offer
from agent.plan import Plan, as_row
from agent.priority import by_priority
from agent.rehearsal import RehearsedLedger
from agent.review import AUTOMATIC
from scoring.records import RiskBand, RiskScore

BANDS = (RiskBand.LOW, RiskBand.MEDIUM, RiskBand.HIGH)
C = CampaignStatus
OPEN = (
    CaseStatus.OFFERED,
    CaseStatus.NO_OFFER,
    CaseStatus.CHECKED,
    CaseStatus.BLOCKED,
    CaseStatus.NEEDS_PERSON,
    CaseStatus.QUEUED,
)
"""Where a case of a cancelled campaign may still stand and can be ended."""
Progress = Callable[[int, int], None]
Flagged = tuple[RiskScore, Customer, tuple[Event, ...]]


@dataclass(frozen=True, slots=True)
class Preview:
    """What starting now would do; nothing was reserved or stored. `served`: an open ticket is answered instead."""

    scored: int
    flagged: int
    recipients: int
    served: int
    held_out: int
    excluded: Mapping[str, int]
    offers: Mapping[str, int]
    without_offer: int
    cost: Money


@dataclass(frozen=True, slots=True)
class Place:
    """Where one customer stands in a campaign. `channel` None: left out, `why_not` says why.

    `serving`: a ticket is open, so this customer gets help and no marketing. `held_out`: in the control group; a case
    is kept for the comparison and nothing is written.
    """

    channel: Channel | None
    why_not: str = ""
    serving: bool = False
    held_out: bool = False


def candidates(plan: Plan, house: House) -> tuple[list[RiskScore], int]:
    """The flagged customers, most at stake first, and how many were scored at all."""
    scores = house.store.people.latest_scores()
    wanted = BANDS[BANDS.index(plan.band) :]
    return by_priority(score for score in scores if score.band in wanted)[: plan.top], len(scores)


def preview(plan: Plan, house: House, messages: MessagePreview | None = None) -> Preview:
    """Walk through the decisions without writing: every exclusion with its reason, every offer with its cost.

    `messages`, when given, is shown each decided case, to fill and judge what would be said. Raises InputError for a
    budget that does not pay for one coupon.
    """
    require_sense(plan, house)
    flagged, scored = candidates(plan, house)
    ledger = RehearsedLedger(house.store.ledger, {f"campaign:{plan.id}": plan.budget} if plan.budget else {})
    excluded: Counter[str] = Counter()
    offers: Counter[str] = Counter()
    held, without, served, cost = 0, 0, 0, 0
    for score, customer, events in _with_history(flagged, house):
        if house.store.cases.exists(case_id(plan, customer, house)):
            excluded["already in this campaign"] += 1
            continue
        place = placing(plan, customer, events, house)
        if place.held_out:
            held += 1
        elif place.channel is None:
            excluded[place.why_not] += 1
        elif place.serving:
            served += 1
        else:
            case = new_case(plan, score, customer, place, house)
            sayable = ways.carries_offers(case.channel, customer, case.purpose, house)
            context = replace(steps.offer_context(customer.id, events, house), held_out=False, sayable=sayable)
            decision = choose_offer(case, customer, house.catalogue, ledger, context)
            offers[decision.offer.id if decision.offer else ""] += 1
            if messages is not None:
                messages.add(case, customer, events, decision)
            cost += decision.offer.cost.minor if decision.offer else 0
    without = offers.pop("", 0)
    return Preview(
        scored=scored,
        flagged=len(flagged),
        recipients=offers.total() + without,
        served=served,
        held_out=held,
        excluded=dict(excluded.most_common()),
        offers=dict(offers.most_common()),
        without_offer=without,
        cost=Money(cost, house.catalogue.currency),
    )


def begin(plan: Plan, by: str, house: House) -> None:
    """Start a campaign, or one that is done once more: nobody is reached twice. A worker then goes through it.

    Raises TransitionNotAllowed for one that is paused or was cancelled, InputError for a budget that cannot be.
    """
    require_sense(plan, house)
    now = house.clock.now()
    with house.store.write():
        if (status := house.store.campaigns.status(plan.id)) in (C.PAUSED, C.CANCELLED):
            raise TransitionNotAllowed(f"campaign {plan.id} is {status}", "resume it, or give the plan another id")
        if plan.budget is not None:
            house.store.ledger.set_budget(f"campaign:{plan.id}", plan.budget)
        # The chance of being held out is kept with it: else nobody could check that the arms have their shares.
        row = {**as_row(plan), "holdout_share": house.holdout_share}
        house.store.campaigns.put(plan.id, C.RUNNING, row, now, by)


def require_sense(plan: Plan, house: House) -> None:
    """Raises InputError for a budget that does not pay for one coupon."""
    pot = [Budget(f"campaign:{plan.id}", plan.budget)] if plan.budget is not None else []
    for flaw in too_small(pot, list(house.catalogue.offers.values())):
        raise InputError(f"the budget of campaign {plan.id} {flaw.says}", flaw.remedy)


def run(plan: Plan, house: House, progress: Progress | None = None, by: str = "") -> list[pipeline.Prepared]:
    """Begin a campaign and go through it here and now."""
    begin(plan, by, house)
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
        alone = replace(house, writers=tuple(PatientWriter(writer) for writer in house.writers))
        many = replace(house, writers=tuple(CellWriter(writer) for writer in alone.writers)) if plan.cells else alone

        def reach(row: tuple[int, Flagged]) -> pipeline.Prepared | None:
            number, (score, customer, events) = row
            if campaigns.status(plan.id) is not C.RUNNING:
                return None
            place = placing(plan, customer, events, house)
            if place.channel is None:
                return None
            own = alone if number <= plan.individual else many
            return _reach(new_case(plan, score, customer, place, house), plan, own)

        rows = enumerate(_with_history(flagged, house), start=1)
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


def pause(campaign_id: str, house: House) -> None:
    """No more drafts, and nothing of it leaves, until it is resumed. Raises TransitionNotAllowed when all is over."""
    _require_open(campaign_id, house)
    house.store.campaigns.move(campaign_id, C.PAUSED, [C.RUNNING, C.DONE], house.clock.now())


def resume(campaign_id: str, house: House) -> None:
    """A worker goes on where it stopped; what is queued may leave again."""
    house.store.campaigns.move(campaign_id, C.RUNNING, [C.PAUSED], house.clock.now())


def cancel(campaign_id: str, by: str, house: House) -> int:
    """Never again: what was drafted is rejected, what is queued is taken back, coupons go back. What left, left.

    Returns how many cases were ended. Raises TransitionNotAllowed when all is over.
    """
    _require_open(campaign_id, house)
    house.store.campaigns.move(campaign_id, C.CANCELLED, [C.RUNNING, C.PAUSED, C.DONE], house.clock.now())
    ended = 0
    for case in house.store.cases.find(OPEN, campaign_id=campaign_id):
        try:
            if case.status is CaseStatus.QUEUED:
                case = pipeline.take_back(case, by, house)
            elif case.status in (CaseStatus.OFFERED, CaseStatus.NO_OFFER):
                case = pipeline.set_aside(case, f"campaign {campaign_id} was cancelled", house)
            pipeline.reject(case, by, house, note=f"campaign {campaign_id} was cancelled")
            ended += 1
        except TransitionNotAllowed:
            continue  # it left in this very moment, or somebody else decided about it
    return ended


def is_over(row: CampaignRow, cases: Mapping[CaseStatus, int]) -> bool:
    """Gone through, and no case of it can still be drafted, decided or sent."""
    return row.status is C.DONE and not any(cases.get(status) for status in OPEN)


def _require_open(campaign_id: str, house: House) -> None:
    if is_over(house.store.campaigns.row(campaign_id), house.store.cases.counts(campaign_id)):
        raise TransitionNotAllowed(f"campaign {campaign_id} is done, and nothing of it waits", "there is nothing to do")


def _reach(case: Case, plan: Plan, house: House) -> pipeline.Prepared | None:
    """One customer. None when an earlier run is done with this case; one that it left half-way is taken up there."""
    if not house.store.cases.open(case):
        case = house.store.cases.get(case.case_id)
    if case.status is CaseStatus.SCORED:
        prepared = pipeline.prepare(case, house)
    elif case.status in (CaseStatus.OFFERED, CaseStatus.NO_OFFER):
        prepared = pipeline.redraft(case, house)
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


def case_id(plan: Plan, customer: Customer, house: House) -> str:
    """A function of brand, plan and customer: whoever asks again means the same case."""
    digest = hashlib.sha256(f"{house.brand.id}\x1f{plan.id}\x1f{customer.id}".encode()).hexdigest()
    return f"case_{digest[:20]}"


def new_case(plan: Plan, score: RiskScore, customer: Customer, place: Place, house: House) -> Case:
    return Case(
        case_id=case_id(plan, customer, house),
        brand_id=house.brand.id,
        customer_id=customer.id,
        channel=place.channel or plan.channels[0],
        purpose=Purpose.SERVICE if place.serving else Purpose.MARKETING,
        status=CaseStatus.SCORED,
        opened_at=house.clock.now(),
        campaign_id=plan.id,
        score=score,
    )


def placing(plan: Plan, customer: Customer, events: Sequence[Event], house: House) -> Place:
    """Whether and how this customer is reached now, in the gate's own words where the gate is against it."""
    if elsewhere(customer, plan, house):
        return Place(None, "in another campaign these days")
    if house.store.outbox.sent_since(customer.id, house.clock.now() - steps.GAP):
        return Place(None, f"had a message within {steps.GAP.days} days")
    channel, why_not = _way(plan, customer, house)
    if channel is None:
        return Place(None, why_not)
    against = _objections(customer, events, channel, house)
    serving = open_ticket(events) is not None
    if not serving and steps.wants_peace(events, house.clock.now()):
        return Place(None, "better left alone: asked lately for fewer messages")
    if hard := [rule for rule in against if not (serving and rule == "HOLD_CASE")]:
        return Place(None, hard[0])
    held = not serving and held_out(house.experiment, customer.id, house.holdout_share)
    return Place(channel, serving=serving, held_out=held)


def _way(plan: Plan, customer: Customer, house: House) -> tuple[Channel | None, str]:
    """The first channel of the plan with a consent, an address that still takes messages, and words that may go there.

    Else why there is none: what came nearest.
    """
    why_not = "no consent and address on any channel of the plan"
    for name in plan.channels:
        if choose_channel(customer, [name]) is None:
            continue
        if not ways.reached_on(name, customer, house):
            why_not = "messages to the address came back"
        elif ways.shut(name, customer, Purpose.MARKETING, house):
            why_not = "only approved texts go on the channel that is left, and there is none for it"
        else:
            return name, ""
    return None, why_not


def choose_channel(customer: Customer, preferred: Sequence[Channel]) -> Channel | None:
    """The first preferred channel with a consent and an address; None when there is none."""
    addresses = {Channel.EMAIL: customer.email, Channel.SMS: customer.phone}
    for channel in preferred:
        consent = customer.consents.get(channel)
        if consent is not None and consent.granted and addresses.get(channel, customer.id):
            return channel
    return None


def _objections(customer: Customer, events: Sequence[Event], channel: Channel, house: House) -> list[str]:
    """The rules that would keep any marketing from this customer now. The hour is none: such a message waits."""
    now = house.clock.now()
    sent = house.store.outbox.sent_since(customer.id, now - timedelta(days=7))
    live = Live(customer, house.brand, Purpose.MARKETING, now, events, (), sent_last_7_days=sent)
    verdict = check(Words("-", "-"), context_from_json(gate_context(live, {}, channel, house.limits)))
    waiting = {"QUIET_HOURS"} if verdict.deferred_until is not None else set()
    return [f.rule for f in verdict.findings if f.field == "context" and f.rule not in waiting]


def elsewhere(customer: Customer, plan: Plan, house: House) -> bool:
    """One customer, one campaign at a time: somebody else's case younger than a week comes first."""
    since = house.clock.now() - timedelta(days=7)
    cases = house.store.cases.find(customer_id=customer.id)
    return any(case.campaign_id not in (None, plan.id) and case.opened_at > since for case in cases)


def _with_history(scores: Sequence[RiskScore], house: House, chunk: int = 500) -> Iterator[Flagged]:
    now = house.clock.now()
    for start in range(0, len(scores), chunk):
        part = scores[start : start + chunk]
        ids = [score.customer_id for score in part]
        known = house.store.people.get_many(ids)
        timelines = house.history.timelines(ids, now)
        for score in part:
            if (customer := known.get(score.customer_id)) is not None:
                yield score, customer, timelines.get(customer.id, ())

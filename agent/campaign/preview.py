"""What starting a campaign now would do: the very decisions, with a ledger that writes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from agent import steps, ways
from agent.arms import Arm
from agent.campaign.checks import require_sense
from agent.campaign.flows import enters
from agent.campaign.mind import Mind, warnings
from agent.campaign.placing import Placer, candidates, case_id, new_case, with_history
from agent.campaign.sizing import with_odds
from agent.cells.preview import MessagePreview
from agent.domain import Case, Money
from agent.house import House
from agent.offers import choose_offer
from agent.plan import Plan
from agent.rehearsal import RehearsedLedger


@dataclass(frozen=True, slots=True)
class Preview:
    """What starting now would do; nothing was reserved or stored. `served`: an open ticket is answered instead.

    `arms`: how many of the recipients are in each. `warnings`: what a person should know before starting.
    """

    scored: int
    flagged: int
    recipients: int
    served: int
    held_out: int
    excluded: Mapping[str, int]
    offers: Mapping[str, int]
    without_offer: int
    cost: Money
    arms: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[Mind, ...] = ()


def preview(plan: Plan, house: House, messages: MessagePreview | None = None) -> Preview:
    """Walk through the decisions without writing: every exclusion with its reason, every offer with its cost.

    `messages`, when given, is shown each decided case, to fill and judge what would be said. Raises InputError for a
    budget that does not pay for one coupon.
    """
    require_sense(plan, house)
    flagged, scored = candidates(plan, house)
    ledger = RehearsedLedger(house.store.ledger, {f"campaign:{plan.id}": plan.budget} if plan.budget else {})
    house = with_odds(plan, flagged, house)
    placer = Placer(plan, house)
    excluded: Counter[str] = Counter()
    arms: Counter[str] = Counter({arm.name: 0 for arm in plan.arms})
    offers: Counter[str] = Counter()
    held, without, served, cost = 0, 0, 0, 0
    inside = house.store.flows.newest(plan.id, [score.customer_id for score in flagged]) if plan.flow else {}
    for number, (score, customer, events) in enumerate(with_history(flagged, house), start=1):
        if not enters(plan, events, score, house):
            excluded["does not enter the flow now"] += 1
            continue
        if house.store.cases.exists(case_id(plan, customer, house)) or customer.id in inside:
            excluded["already in this campaign"] += 1
            continue
        place = placer.place(customer, events)
        if place.held_out:
            held += 1
        elif place.channel is None:
            excluded[place.why_not] += 1
        elif place.serving:
            served += 1
        else:
            case = new_case(plan, score, customer, place, house)
            arms.update([case.arm] if case.arm else [])
            case, only = _as_it_would_be(case, plan)
            sayable = ways.carries_offers(case.channel, customer, case.purpose, house)
            context = replace(steps.offer_context(customer.id, events, house), held_out=False, sayable=sayable)
            context = replace(context, only=only, drawn=steps.drawn_for(case, house))
            decision = choose_offer(case, customer, house.catalogue, ledger, context)
            offers[decision.offer.id if decision.offer else ""] += 1
            if messages is not None and plan.cells and plan.flow is None and number <= plan.individual:
                messages.alone += 1
            elif messages is not None:
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
        arms=dict(arms),
        warnings=warnings(plan, house),
    )


def _as_it_would_be(case: Case, plan: Plan) -> tuple[Case, tuple[str, ...] | None]:
    """The case and the offers it may carry: what its arm says, else the first message of the flow."""
    only = steps.only_offer(_arm(plan, case.arm))
    if plan.flow is None:
        return case, only
    first = plan.flow.steps[plan.flow.first_message]
    return replace(case, situation=first.situation or ""), only if only is not None else steps.of_step(first)


def _arm(plan: Plan, name: str | None) -> Arm | None:
    return next((arm for arm in plan.arms if arm.name == name), None)

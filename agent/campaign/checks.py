"""What cannot be meant about a campaign: refused before anything is reserved or sent."""

from __future__ import annotations

from agent.arms import WORDS_ALONE, Arm
from agent.bandit import Sizes
from agent.campaign.ladders import ladder_of
from agent.campaign.mind import first_day
from agent.domain import CampaignStatus, Money
from agent.draft import prompts_of
from agent.errors import InputError, NotReady, PlanRefused
from agent.house import House
from agent.ledger import Budget
from agent.money import to_major
from agent.offer_check import too_small
from agent.plan import Plan
from prompts.template import PromptError

C = CampaignStatus
UNDER_WAY = (C.REVIEW, C.SCHEDULED, C.RUNNING, C.PAUSED)


def require_sense(plan: Plan, house: House) -> None:
    """Raises InputError: a budget that does not pay for one coupon, an arm that could not be what it says."""
    pot = [Budget(f"campaign:{plan.id}", plan.budget)] if plan.budget is not None else []
    for flaw in too_small(pot, list(house.catalogue.offers.values())):
        raise InputError(f"the budget of campaign {plan.id} {flaw.says}", flaw.remedy)
    if plan.id in plan.not_with:
        raise PlanRefused(f"campaign {plan.id} cannot exclude itself", "take it out of not_with")
    for step in plan.flow.steps if plan.flow else ():
        _require_offer(f"the step {step.name!r}", step.offer, plan, house)
    if plan.bandit is not None:
        _require_sizes(plan.bandit, plan, house)
    for arm in plan.arms:
        _require_offer(f"the arm {arm.name!r}", arm.offer, plan, house)
        _require_words(arm, house)


def at_stake(plan: Plan, house: House) -> Money:
    """What this campaign may spend at most: its budget; without one, all that the offers still hold."""
    if plan.budget is not None:
        return plan.budget
    pots = (house.store.ledger.budget(f"offer:{line.id}") for line in house.catalogue.offers.values() if line.is_money)
    return Money(sum(pot.left for pot in pots if pot is not None), house.catalogue.currency)


# --- arms -------------------------------------------------------------------------------------------------------------


def _require_offer(who: str, offer: str | None, plan: Plan, house: House) -> None:
    if offer is None or offer == WORDS_ALONE:
        return
    line = house.catalogue.offers.get(offer)
    if line is None or not line.is_money:
        known = ", ".join(one.id for one in house.catalogue.offers.values() if one.is_money)
        raise PlanRefused(f"{who} offers {offer!r}, which is no money offer", f"name one of {known}")
    if line.ends_on is not None and line.ends_on < first_day(plan, house):
        raise PlanRefused(
            f"{who} offers {line.id}, which ends on {line.ends_on}, before the campaign begins",
            "move ends_on of the offer or starts_at of the plan",
        )
    left = line.margin_left(house.brand.margin_pct, to_major(line.cost))
    if left is not None and left < house.catalogue.margin_floor_pct:
        raise PlanRefused(
            f"{who} offers {line.id}, which leaves {left:.1f} % of margin: nobody would get it",
            f"the floor is {house.catalogue.margin_floor_pct} %; see: holdfast offers check",
        )


def _require_sizes(sizes: Sizes, plan: Plan, house: House) -> None:
    """Every size is an offer that may be made, and costs no less than the floor and no more than the ceiling."""
    if any(arm.offer is not None for arm in plan.arms) or plan.flow is not None:
        raise PlanRefused("a bandit chooses the offer, and so do the arms or steps of this plan", "keep one of them")
    for offer in sizes.offers:
        _require_offer("the bandit", offer, plan, house)
        cost = to_major(house.catalogue.offers[offer].cost) if offer in house.catalogue.offers else None
        if cost is None:
            raise PlanRefused(f"the bandit cannot draw {offer!r}", "name offers that cost money")
        if (sizes.floor is not None and cost < sizes.floor) or (sizes.ceiling is not None and cost > sizes.ceiling):
            raise PlanRefused(
                f"the bandit may draw {offer}, which costs {cost}: outside its floor and ceiling",
                "take it out, or move floor or ceiling",
            )


def _require_words(arm: Arm, house: House) -> None:
    try:
        ladder = ladder_of(arm, house)
    except NotReady as error:
        raise PlanRefused(f"the arm {arm.name!r}: {error.message}", error.remedy) from error
    if arm.prompt is None:
        return
    if not getattr(ladder[0], "reads_prompts", True):
        raise PlanRefused(
            f"the arm {arm.name!r} has a prompt of its own, and {ladder[0].name} reads no prompts",
            "name a writer that does, or try another instruction",
        )
    try:
        for language in house.brand.languages:
            for name in ("care_message", "coupon_message"):
                prompts_of(arm.prompt)(name, language.value)
    except PromptError as error:
        raise PlanRefused(f"the arm {arm.name!r}: {error}", "put the file under overrides/prompts/") from error

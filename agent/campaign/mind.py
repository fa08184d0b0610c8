"""What is odd about starting a campaign now: told, and not refused, because a firm may mean it all the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from agent.campaign.placing import candidates, flagged
from agent.domain import CampaignRow, CampaignStatus, Money
from agent.house import House
from agent.ledger import Budget
from agent.money import to_major
from agent.offer_check import in_conflict
from agent.plan import Plan, plan_of

C = CampaignStatus
UNDER_WAY = (C.REVIEW, C.SCHEDULED, C.RUNNING, C.PAUSED)
FEW = 100
"""Customers in an arm below which only some 20 points or more would show (80 % power, shares near one half)."""


class Oddity(StrEnum):
    EMPTY = "empty"
    ALL_HELD_OUT = "all_held_out"
    NONE_HELD_OUT = "none_held_out"
    SMALL_ARM = "small_arm"
    OFFER_ENDED = "offer_ended"
    OFFER_LOSES = "offer_loses"
    THEY_COME_FIRST = "they_come_first"
    THEY_COME_FIRST_LATER = "they_come_first_later"
    WE_COME_FIRST = "we_come_first"
    WHO_IS_FASTER = "who_is_faster"
    BUDGETS = "budgets"


_SHARED = "up to {shared} of {own} customers are also wanted by campaign {campaign}"
SENTENCES = {
    Oddity.EMPTY: "nobody of {scored} scored customers is in this segment: nothing will be written",
    Oddity.ALL_HELD_OUT: "everybody is held out (HOLDFAST_HOLDOUT_SHARE is 1): nothing will be written",
    Oddity.NONE_HELD_OUT: "nobody is held out (HOLDFAST_HOLDOUT_SHARE is 0): nobody will know whether it helped",
    Oddity.SMALL_ARM: "the smallest arm will have {customers} customers at most: too few to tell any two arms apart",
    Oddity.OFFER_ENDED: "the offer {offer} ends on {day}, before the campaign begins: nobody will get it",
    Oddity.OFFER_LOSES: "the offer {offer} would cost more than the smallest order earns: nobody will get it",
    Oddity.THEY_COME_FIRST: _SHARED + ", which comes first",
    Oddity.THEY_COME_FIRST_LATER: _SHARED + ", which comes first once it runs",
    Oddity.WE_COME_FIRST: _SHARED + ": this one comes first",
    Oddity.WHO_IS_FASTER: _SHARED + ": whoever reaches a customer first keeps them for a week",
    Oddity.BUDGETS: "the campaigns {campaigns} may together still spend {wanted}, and all offers hold {there}",
}


@dataclass(frozen=True, slots=True)
class Mind:
    """One warning. `values` are numbers, ids, days and money, for whoever says it in another language."""

    oddity: Oddity
    values: Mapping[str, int | str | date | Money] = field(default_factory=dict)

    def __str__(self) -> str:
        return SENTENCES[self.oddity].format(**{name: _said(value) for name, value in self.values.items()})


def warnings(plan: Plan, house: House) -> tuple[Mind, ...]:
    """What a person should know before starting this campaign now; empty when nothing is odd."""
    return (*_of_segment(plan, house), *_of_offers(plan, house), *_of_others(plan, house))


def first_day(plan: Plan, house: House) -> date:
    begins: datetime = max(filter(None, (house.clock.now(), plan.starts_at)))
    return begins.astimezone(ZoneInfo(house.brand.timezone)).date()


def _of_segment(plan: Plan, house: House) -> Iterator[Mind]:
    found, scored = candidates(plan, house)
    if not found:
        yield Mind(Oddity.EMPTY, {"scored": scored})
    if house.holdout_share >= 1:
        yield Mind(Oddity.ALL_HELD_OUT)
    elif house.holdout_share == 0:
        yield Mind(Oddity.NONE_HELD_OUT)
    if plan.arms and found:
        fewest = round(min(arm.share for arm in plan.arms) * len(found) * (1 - house.holdout_share))
        if fewest < FEW:
            yield Mind(Oddity.SMALL_ARM, {"customers": fewest})


def _of_offers(plan: Plan, house: House) -> Iterator[Mind]:
    first = first_day(plan, house)
    for line in house.catalogue.offers.values():
        if not line.is_money:
            continue
        if line.ends_on is not None and line.ends_on < first:
            yield Mind(Oddity.OFFER_ENDED, {"offer": line.id, "day": line.ends_on})
        left = line.margin_left(house.brand.margin_pct, to_major(line.cost))
        if left is not None and left < 0:
            yield Mind(Oddity.OFFER_LOSES, {"offer": line.id})


def _of_others(plan: Plan, house: House) -> Iterator[Mind]:
    others = [row for row in house.store.campaigns.rows(UNDER_WAY) if row.id != plan.id]
    if not others:
        return
    scores = house.store.scores.ranking()
    own = {score.customer_id for score in flagged(plan, scores)}
    for row in others:
        other = plan_of(row.plan)
        if other.flow is not None:  # it wants whoever enters it, and no segment
            continue
        shared = len(own & {score.customer_id for score in flagged(other, scores)})
        if shared:
            yield Mind(_first(plan, other, row), {"shared": shared, "own": len(own), "campaign": row.id})
    yield from _of_budgets(plan, others, house)


def _first(plan: Plan, other: Plan, row: CampaignRow) -> Oddity:
    if other.priority > plan.priority:
        return Oddity.THEY_COME_FIRST if row.status in (C.RUNNING, C.SCHEDULED) else Oddity.THEY_COME_FIRST_LATER
    return Oddity.WE_COME_FIRST if other.priority < plan.priority else Oddity.WHO_IS_FASTER


def _of_budgets(plan: Plan, others: list[CampaignRow], house: House) -> Iterator[Mind]:
    ledger = house.store.ledger
    pots = [Budget(f"campaign:{plan.id}", plan.budget)] if plan.budget is not None else []
    pots += [pot for row in others if (pot := ledger.budget(f"campaign:{row.id}")) is not None]
    held = [ledger.budget(f"offer:{line.id}") for line in house.catalogue.offers.values() if line.is_money]
    if found := in_conflict(pots, [pot for pot in held if pot is not None]):
        yield Mind(Oddity.BUDGETS, {"campaigns": found.campaigns, "wanted": found.wanted, "there": found.there})


def _said(value: int | str | date | Money) -> str:
    if isinstance(value, Money):
        return f"{to_major(value)} {value.currency}"
    return f"{value:,}" if isinstance(value, int) else str(value)

"""The odds of a campaign that learns sizes: from what became of earlier draws, for the batch that begins now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from agent.bandit import odds
from agent.house import House
from agent.plan import Plan
from scoring.records import RiskScore

REMEMBERED = timedelta(days=365)
"""How far back draws count: what moved customers two summers ago may not move them now."""


def with_odds(plan: Plan, flagged: Sequence[RiskScore], house: House) -> House:
    """The house with the odds of this batch; as it was where the plan learns nothing.

    One value for all, the mean margin of a year: were it each customer's own, their spending would steer the size.
    """
    if plan.bandit is None:
        return house
    sizes = plan.bandit
    spent = [score.value_minor for score in flagged if score.value_minor is not None]
    kept = sum(spent) / max(len(spent), 1) * float(house.brand.margin_pct) / 100
    seen = house.store.results.of_sizes(sizes.offers, house.clock.now() - REMEMBERED)
    costs = {size: house.catalogue.offers[size].cost.minor for size in sizes.offers}
    return replace(house, odds=odds(sizes, plan.id, seen, costs, kept, house.seed))

"""How large an offer should be, learnt within bounds: Thompson sampling over a few sizes, in batches.

Takes what became of earlier, randomly drawn sizes; gives each size's propensity for the next batch of customers, and
the size of one customer as a sticky draw from them. Off unless a plan names sizes. After W. R. Thompson, Biometrika 25
(1933), and O. Chapelle and L. Li, NeurIPS 2011. Batches, and a floor under every propensity, keep the logged chances
exact and away from 0, so that the choice can be evaluated afterwards.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from agent.holdout import RESOLUTION, bucket

DRAWS = 4_000
"""Posterior draws behind a propensity: its error is below one point of a hundred."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """What a plan says: `offers` are the sizes, all between `floor` and `ceiling` (the cost of one, in major units;
    None: no bound). Every size keeps a propensity of at least `explore`; until each has `enough` known outcomes all are
    alike."""

    offers: tuple[str, ...]
    floor: Decimal | None = None
    ceiling: Decimal | None = None
    explore: float = 0.05
    enough: int = 30


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of one size so far: customers with a known outcome, of whom `stayed`, of whom `redeemed`."""

    known: int = 0
    stayed: int = 0
    redeemed: int = 0


@dataclass(frozen=True, slots=True)
class Odds:
    """size → propensity, for one batch. They add up to 1."""

    campaign_id: str
    of: Mapping[str, float] = field(default_factory=dict)

    def draw(self, customer_id: str) -> str:
        """The size of this customer: the same as long as the odds are."""
        place, end = bucket(f"sizes:{self.campaign_id}", customer_id) / RESOLUTION, 0.0
        for size, propensity in self.of.items():
            end += propensity
            if place < end:
                return size
        return next(reversed(list(self.of)))


def odds(
    sizes: Sizes, campaign_id: str, seen: Mapping[str, Seen], costs: Mapping[str, int], kept_minor: float, seed: int
) -> Odds:
    """Propensities for the next batch: how often each size is the best one in draws from what is believed of it.

    A size is worth P(stays) · `kept_minor` − P(redeems) · its cost, in minor units of the currency; both probabilities
    have uniform priors. `costs`: what one costs; `kept_minor`: the margin that one who stays is worth.
    """
    count = len(sizes.offers)
    if any(seen.get(size, Seen()).known < sizes.enough for size in sizes.offers):
        return Odds(campaign_id, dict.fromkeys(sizes.offers, 1 / count))
    dice = random.Random(seed)
    best = Counter(_best(sizes, seen, costs, kept_minor, dice) for _ in range(DRAWS))
    free = 1 - count * sizes.explore
    return Odds(campaign_id, {size: sizes.explore + free * best[size] / DRAWS for size in sizes.offers})


def read_sizes(given: Any) -> Sizes | None:
    """None where a plan names none. Raises ValueError."""
    if given is None:
        return None
    if not isinstance(given, Mapping):
        raise ValueError('the bandit is a table, like [bandit] with offers = ["amount_10", "amount_20"]')
    known = [one.name for one in fields(Sizes)]
    if unknown := given.keys() - set(known):
        raise ValueError(f"the bandit has no {min(unknown)!r}; it has {', '.join(known)}")
    offers = tuple(dict.fromkeys(str(offer) for offer in given.get("offers", ())))
    if not 2 <= len(offers) <= 6:
        raise ValueError(f"the bandit needs 2 to 6 different offers to choose from, not {len(offers)}")
    explore = float(given.get("explore", 0.05))
    if not 0.01 <= explore <= 1 / len(offers):
        raise ValueError(f"explore is a share from 0.01 to {1 / len(offers):.2f}: the least chance of every size")
    bounds = [Decimal(str(given[key])) if given.get(key) is not None else None for key in ("floor", "ceiling")]
    if bounds[0] is not None and bounds[1] is not None and bounds[0] > bounds[1]:
        raise ValueError(f"the bandit's floor {bounds[0]} is above its ceiling {bounds[1]}")
    enough = int(given.get("enough", 30))
    if enough < 1:
        raise ValueError("enough is a number of customers, 1 at least")
    return Sizes(offers, bounds[0], bounds[1], explore, enough)


def sizes_as_row(sizes: Sizes) -> dict[str, Any]:
    """The table that `read_sizes` reads."""
    bounds = {"floor": sizes.floor, "ceiling": sizes.ceiling}
    row = {"offers": list(sizes.offers), "explore": sizes.explore, "enough": sizes.enough}
    return {**row, **{key: str(value) for key, value in bounds.items() if value is not None}}


def _best(
    sizes: Sizes, seen: Mapping[str, Seen], costs: Mapping[str, int], kept_minor: float, dice: random.Random
) -> str:
    def worth(size: str) -> float:
        known = seen[size]
        stays = dice.betavariate(1 + known.stayed, 1 + known.known - known.stayed)
        redeems = dice.betavariate(1 + known.redeemed, 1 + known.known - known.redeemed)
        return stays * kept_minor - redeems * costs[size]

    return max(sizes.offers, key=worth)

"""Lives of customers as arrays: how often they buy, what goes wrong, when they drift away, what shows beforehand.

Time is in days from `now`: history is negative, the 90 days that follow are positive. Knows nothing about files.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

HISTORY_DAYS = 400
FUTURE_DAYS = 90
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

TROUBLES = ("late_delivery", "damaged_item", "wrong_size", "wrong_item", "quality")
_TROUBLE_SHARE = (0.55, 0.16, 0.10, 0.07, 0.12)
# How long before the last day the drifting shows, and what is left of the usual interest at its end.
DRIFT_DAYS = 35.0
DRIFT_FLOOR = 0.35
AFTER_LEAVING = 0.06  # now and then somebody comes back


@dataclass(frozen=True, slots=True)
class Lives:
    """Who the customers are inside; one entry a customer. `leaves_at` is infinite for those who stay."""

    first_seen: Floats
    buys_per_day: Floats
    looks_per_day: Floats
    price_sensitivity: Floats
    patience: Floats
    engagement: Floats
    leaves_at: Floats
    cause: npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Orders:
    """One entry an order, in time order within a customer. `trouble` is an index into TROUBLES, -1 for none."""

    customer: Ints
    at: Floats
    trouble: Ints


def draw_lives(count: int, dice: np.random.Generator) -> Lives:
    """Inner traits, and the day each would drift away for no reason of ours."""
    old_hand = dice.random(count) < 0.62
    first_seen = np.where(old_hand, -HISTORY_DAYS - dice.gamma(1.4, 260, count), -dice.uniform(2, HISTORY_DAYS, count))
    buys = dice.gamma(1.5, 1 / 33, count) + 1 / 260
    hazard = np.exp(dice.normal(np.log(1 / 640), 0.8, count)) * np.where(old_hand, 0.75, 1.7)
    leaves_at = np.maximum(first_seen, -HISTORY_DAYS) + dice.exponential(1 / hazard)
    return Lives(
        first_seen=first_seen,
        buys_per_day=buys,
        looks_per_day=buys * np.exp(dice.normal(1.1, 0.7, count)),
        price_sensitivity=dice.beta(2, 2.6, count),
        patience=dice.beta(2.5, 2, count),
        engagement=dice.beta(2, 2, count),
        leaves_at=leaves_at,
        cause=np.where(dice.random(count) < 0.25, "price", "drifted").astype(object),
    )


def season(at: Floats, day_of_year: int) -> Floats:
    """Interest over the year: a swell before the new year, and small ones in June and November."""
    day = (at + day_of_year) % 365.25
    peaks = ((20, 18, 0.35), (168, 9, 0.30), (315, 9, 0.45), (350, 14, 0.25))
    return 1.0 + sum(
        (height * np.exp(-0.5 * ((day - middle) / width) ** 2) for middle, width, height in peaks), np.zeros_like(at)
    )


SEASON_MOST = 1.8


def arrivals(rate: Floats, start: Floats, dice: np.random.Generator) -> tuple[Ints, Floats]:
    """A Poisson stream for each customer from `start` to the end of the future, at its highest thinkable rate."""
    begin = np.maximum(start, -float(HISTORY_DAYS))
    counts = dice.poisson(rate * SEASON_MOST * (FUTURE_DAYS - begin))
    who = np.repeat(np.arange(len(rate)), counts)
    at = begin[who] + dice.random(len(who)) * (FUTURE_DAYS - begin[who])
    order = np.lexsort((at, who))
    return who[order], at[order]


def interest(at: Floats, leaves_at: Floats) -> Floats:
    """What is left of the usual rate: falls in the last weeks, nearly nothing afterwards."""
    left = (leaves_at - at) / DRIFT_DAYS
    fading = DRIFT_FLOOR + (1 - DRIFT_FLOOR) * np.clip(left, 0, 1)
    return np.where(at >= leaves_at, AFTER_LEAVING, fading)


def live_through(lives: Lives, day_of_year: int, dice: np.random.Generator) -> tuple[Lives, Orders]:
    """Orders as they would come, troubles among them, and the leaving that some troubles cause."""
    who, at = arrivals(lives.buys_per_day, lives.first_seen, dice)
    keep = dice.random(len(at)) < season(at, day_of_year) / SEASON_MOST
    who, at = who[keep], at[keep]
    trouble = _troubles(at, day_of_year, dice)
    lives = _hurt(lives, who, at, trouble, dice)
    stays = dice.random(len(at)) < interest(at, lives.leaves_at[who])
    return lives, Orders(who[stays], at[stays], trouble[stays])


def _troubles(at: Floats, day_of_year: int, dice: np.random.Generator) -> Ints:
    """Busy weeks make more of them."""
    chance = 0.075 * season(at, day_of_year)
    kind = dice.choice(len(TROUBLES), len(at), p=_TROUBLE_SHARE)
    return np.where(dice.random(len(at)) < chance, kind, -1).astype(np.int64)


def _hurt(lives: Lives, who: Ints, at: Floats, trouble: Ints, dice: np.random.Generator) -> Lives:
    """A trouble that an impatient customer meets may make them leave some weeks later."""
    goes = (trouble >= 0) & (dice.random(len(at)) < 0.42 * (1 - lives.patience[who]))
    then = at + 4 + dice.exponential(22, len(at))
    leaves_at, cause = lives.leaves_at.copy(), lives.cause.copy()
    for position in np.flatnonzero(goes):
        customer = who[position]
        if at[position] < leaves_at[customer] and then[position] < leaves_at[customer]:
            leaves_at[customer] = then[position]
            cause[customer] = TROUBLES[trouble[position]]
    return Lives(
        lives.first_seen,
        lives.buys_per_day,
        lives.looks_per_day,
        lives.price_sensitivity,
        lives.patience,
        lives.engagement,
        leaves_at,
        cause,
    )


def looking(lives: Lives, factor: float, day_of_year: int, dice: np.random.Generator) -> tuple[Ints, Floats]:
    """Visits and views before `now`: thin out before a customer leaves, but noisily."""
    who, at = arrivals(lives.looks_per_day * factor, lives.first_seen, dice)
    shown = at < 0
    who, at = who[shown], at[shown]
    chance = season(at, day_of_year) / SEASON_MOST * interest(at, lives.leaves_at[who])
    keep = dice.random(len(at)) < chance
    return who[keep], at[keep]


def drifting(at: Floats, leaves_at: Floats) -> Bools:
    """Whether a moment lies in the weeks before leaving."""
    return (at < leaves_at) & (at > leaves_at - DRIFT_DAYS)

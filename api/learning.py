"""How much learning sizes costs and earns, on the simulated shop where the best size is known: `holdfast eval bandit`.

Regret is what was lost against always making the best offer, per customer; the bandit is the very one of campaigns
(`agent.bandit`). Outcomes are all known before the next batch here; in a real shop that takes a quarter of a year.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from agent.bandit import Seen, Sizes, odds
from agent.holdout import RESOLUTION
from scoring.simulation.sizes import SizedShop

SIZES = (5.0, 10.0, 20.0, 35.0, 60.0)
"""Coupons that are tried, in major units; the usual one, of which the shop's truth speaks, is 20."""
USUAL, KEPT = 20.0, 150.0
POLICIES = ("thompson", "all alike", "smallest", "largest")


@dataclass(frozen=True, slots=True)
class Regret:
    """One policy after so many customers: mean regret a customer so far, its 95 % interval over the runs, the same over
    the last fifth of the way alone, and the share of the last batch that got the best size."""

    policy: str
    customers: int
    mean: float
    low: float
    high: float
    lately: float
    best_share: float


def regrets(shop: SizedShop, runs: int, batches: int, batch: int, seed: int) -> Iterator[Regret]:
    """Every policy, at each fifth of the way."""
    worth = shop.worth(SIZES, KEPT)
    marks = sorted({max(1, round(batches * part / 5)) for part in range(1, 6)})
    for policy in POLICIES:
        paths = np.array([_path(policy, shop, worth, batches, batch, seed + run) for run in range(runs)])
        for mark in marks:
            lately = float(paths[:, max(0, mark - max(1, batches // 5)) : mark, 0].mean())
            lost = paths[:, :mark, 0].mean(axis=1)
            half = 1.96 * lost.std(ddof=1) / np.sqrt(runs) if runs > 1 else 0.0
            mean = float(lost.mean())
            share = float(paths[:, mark - 1, 1].mean())
            yield Regret(policy, mark * batch, mean, mean - float(half), mean + float(half), lately, share)


def best_size(shop: SizedShop) -> tuple[float, dict[float, float]]:
    """The best size, and what each is worth a customer."""
    worth = shop.worth(SIZES, KEPT)
    return SIZES[int(worth.argmax())], dict(zip(SIZES, (float(one) for one in worth), strict=True))


def _path(
    policy: str,
    shop: SizedShop,
    worth: np.ndarray[tuple[int], np.dtype[np.float64]],
    batches: int,
    batch: int,
    seed: int,
) -> list[tuple[float, float]]:
    """(regret a customer, share that got the best size) of each batch."""
    dice, names = np.random.default_rng(seed), [f"{size:g}" for size in SIZES]
    costs = {name: round(100 * size) for name, size in zip(names, SIZES, strict=True)}
    seen = dict.fromkeys(names, Seen())
    path = []
    for number in range(batches):
        chances = _chances(policy, names, seen, costs, seed * 1000 + number)
        who, drawn = dice.integers(len(shop), size=batch), dice.choice(len(SIZES), size=batch, p=chances)
        stayed, redeemed = shop.answers(who, np.array(SIZES)[drawn], dice)
        for place, name in enumerate(names):
            here, known = drawn == place, seen[name]
            seen[name] = Seen(
                known.known + int(here.sum()),
                known.stayed + int(stayed[here].sum()),
                known.redeemed + int(redeemed[here].sum()),
            )
        path.append((float(worth.max() - worth[drawn].mean()), float((drawn == worth.argmax()).mean())))
    return path


def _chances(policy: str, names: list[str], seen: dict[str, Seen], costs: dict[str, int], seed: int) -> list[float]:
    fixed: dict[str, Callable[[int], float]] = {
        "all alike": lambda _: 1 / len(names),
        "smallest": lambda place: float(place == 0),
        "largest": lambda place: float(place == len(names) - 1),
    }
    if policy in fixed:
        return [fixed[policy](place) for place in range(len(names))]
    drawn = odds(Sizes(tuple(names)), "eval", seen, costs, 100 * KEPT, seed % RESOLUTION).of
    return [drawn[name] for name in names]

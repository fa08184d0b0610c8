"""What our statistics are worth, on experiments whose answer is known because we wrote it.

Thousands of small experiments are drawn, analysed by the same functions that analyse a shop's, and counted: how often
an effect is seen where there is none, how often the interval holds the truth, whether a planted fault is found. The
same code runs with few runs in CI and with 2,000 in `make proof`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.experiments.adjust import adjust
from scoring.experiments.anytime import anytime
from scoring.experiments.balance import check_balance
from scoring.experiments.campaign import Group
from scoring.experiments.difference import Difference, difference, wilson
from scoring.experiments.ratio import check_ratio
from scoring.experiments.sample import Sample, sample_of, share_of
from scoring.experiments.stops import LIMITS, check_stop
from scoring.experiments.verdict import LEVEL, holm
from scoring.records import Harm

Floats = NDArray[np.float64]
Dice = np.random.Generator
DAYS = 30
RATE, EFFECT = 0.2, 0.03
"""Share that stays in the control group, and what the planted treatment adds."""
BUYS, AMOUNT, SPREAD = 0.12, 3.5, 1.0
"""Spending: the share that buys, and mean and spread of the log of what they spend. A few spend as much as hundreds."""
SIZES = {"1:1": (2000, 2000), "9:1": (9000, 1000)}
"""Written to and held out, by the split's name."""


@dataclass(frozen=True, slots=True)
class Check:
    """`share` of `runs` in which it happened, with its own 95 % interval, and the span in which it should lie (None:
    shown for comparison). Read beside its span: with few runs only the interval can be held against it."""

    name: str
    runs: int
    hits: int
    aim: tuple[float, float] | None

    @property
    def share(self) -> float:
        return self.hits / self.runs

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(share_of(self.runs, self.hits))

    @property
    def held(self) -> bool:
        """Whether the measured share lies where it should."""
        return self.aim is None or self.aim[0] <= self.share <= self.aim[1]

    def as_dict(self) -> dict[str, Any]:
        low, high = self.interval
        return {"name": self.name, "runs": self.runs, "share": self.share, "low": low, "high": high,
                "aim": list(self.aim) if self.aim else None, "held": self.held}  # fmt: skip


FALSE_ALARM, COVERS, SAFE, FOUND = (0.04, 0.06), (0.94, 0.96), (0.0, 0.06), (0.95, 1.0)


def rehearse(runs: int, seed: int, progress: Callable[[str, float], None]) -> Iterator[Check]:
    """Every check, each with dice of its own. `runs` ≥ 2."""
    for number, (name, aim, trial) in enumerate(TRIALS):
        progress(name, number / len(TRIALS))
        dice = np.random.default_rng([seed, number])
        yield Check(name, runs, sum(trial(dice) for _ in range(runs)), aim)


# --- worlds: what is drawn --------------------------------------------------------------------------------------------


def stayed(count: int, rate: float, dice: Dice) -> Floats:
    return (dice.random(count) < rate).astype("float64")


def spent(count: int, buys: float, dice: Dice) -> Floats:
    return np.where(dice.random(count) < buys, np.exp(dice.normal(AMOUNT, SPREAD, count)), 0.0)


def _rates(split: str, effect: float, dice: Dice) -> tuple[Floats, Floats, float]:
    treated, control = SIZES[split]
    return stayed(treated, RATE + effect, dice), stayed(control, RATE, dice), effect


def _money(split: str, more: float, dice: Dice) -> tuple[Floats, Floats, float]:
    treated, control = SIZES[split]
    truth = more * BUYS * float(np.exp(AMOUNT + SPREAD**2 / 2))
    return spent(treated, BUYS * (1 + more), dice), spent(control, BUYS, dice), truth


World = Callable[[Dice], tuple[Floats, Floats, float]]
"""Draws treated, control and the true difference."""


def _world(kind: Callable[[str, float, Dice], tuple[Floats, Floats, float]], split: str, effect: float) -> World:
    return lambda dice: kind(split, effect, dice)


# --- trials: what is counted ------------------------------------------------------------------------------------------


def _sample(values: Floats) -> Sample:
    return sample_of(values, share=bool(np.isin(values, (0, 1)).all()))


def _seen(world: World) -> Callable[[Dice], bool]:
    def trial(dice: Dice) -> bool:
        treated, control, _ = world(dice)
        return difference(_sample(treated), _sample(control)).p < LEVEL

    return trial


def _covered(world: World) -> Callable[[Dice], bool]:
    def trial(dice: Dice) -> bool:
        treated, control, truth = world(dice)
        found = difference(_sample(treated), _sample(control))
        return found.low <= truth <= found.high

    return trial


def _looks(world: World, dice: Dice) -> Iterator[tuple[Difference, Sample, Sample, float]]:
    """The same experiment as it stands on each day."""
    treated, control, truth = world(dice)
    for day in range(1, DAYS + 1):
        t, c = (_sample(values[: len(values) * day // DAYS]) for values in (treated, control))
        yield difference(t, c), t, c, truth


def _seen_on_a_day(world: World) -> Callable[[Dice], bool]:
    return lambda dice: any(found.p < LEVEL for found, *_ in _looks(world, dice))


def _left_on_a_day(world: World) -> Callable[[Dice], bool]:
    """Whether the always-valid interval misses the truth at any of the looks; without effect, a false alarm."""

    def trial(dice: Dice) -> bool:
        for found, treated, control, truth in _looks(world, dice):
            always = anytime(found, treated, control, planned=4000)
            if always is not None and not always.low <= truth <= always.high:
                return True
        return False

    return trial


def _not(trial: Callable[[Dice], bool]) -> Callable[[Dice], bool]:
    return lambda dice: not trial(dice)


def adjusted_pair(dice: Dice, effect: float, count: int = 1000) -> tuple[Difference, Difference]:
    """Plain and adjusted difference of one experiment in which last year's spending foretells half of this year's."""
    before = dice.lognormal(3, 0.7, 2 * count)
    arm = dice.permutation(2 * count) < count
    y = 2 * before + dice.normal(0, 2 * before.std(), 2 * count) + effect * arm
    found = adjust(y, before[:, None], [~arm, arm])
    values, slopes = (found.values, found.slopes) if found else (y, 0)
    plain = difference(sample_of(y[arm]), sample_of(y[~arm]))
    return plain, difference(sample_of(values[arm]), sample_of(values[~arm]), spent=slopes)


def _adjusted_covers(dice: Dice) -> bool:
    _, found = adjusted_pair(dice, 3.0)
    return found.low <= 3.0 <= found.high


def _adjusted_agrees(dice: Dice) -> bool:
    """Narrower, and the estimate moved by less than two standard errors of what the covariate explained."""
    plain, found = adjusted_pair(dice, 3.0)
    moved, explained = abs(found.lift - plain.lift), plain.noise - found.noise
    return found.high - found.low < plain.high - plain.low and moved**2 < 4 * max(explained, 0.0)


def _any_of_five(dice: Dice) -> bool:
    arms = [share_of(1000, int((dice.random(1000) < RATE).sum())) for _ in range(6)]
    return min(holm([difference(arm, arms[0]).p for arm in arms[1:]])) < LEVEL


def _ratio_alarm(split: str, lost: float, customers: int) -> Callable[[Dice], bool]:
    """`lost`: share of the written-to whose rows went missing. `split`: control first."""
    held, written = (int(part) for part in split.split(":"))

    def trial(dice: Dice) -> bool:
        treated = int(dice.binomial(customers, written / (held + written)))
        kept = int(dice.binomial(treated, 1 - lost))
        return check_ratio({"control": customers - treated, "mail": kept}, split).alarm

    return trial


def _stopped(rate: float, happens_anyway: float | None = None) -> Callable[[Dice], bool]:
    """A campaign of 4,000 whose harm is watched daily: unsubscribes at `rate`, or complaints beyond those that 500 held
    out make anyway."""

    def trial(dice: Dice) -> bool:
        harm = Harm.UNSUBSCRIBED if happens_anyway is None else Harm.COMPLAINED
        written, held = stayed(4000, rate, dice), stayed(500, happens_anyway or 0.0, dice)
        for day in range(1, DAYS + 1):
            arms = (values[: len(values) * day // DAYS] for values in (written, held))
            seen = [Group(len(values), int(values.sum())) for values in arms]
            if check_stop(harm, seen[0], seen[1], LIMITS[harm], 4500).breached:
                return True
        return False

    return trial


def _groups_alarm(leaning: float) -> Callable[[Dice], bool]:
    """Twelve covariates as shops have them. `leaning`: how much the better customers are preferred, in logits."""

    def trial(dice: Dice) -> bool:
        count = 2000
        spend = dice.lognormal(3, 1.5, count)
        table = pd.DataFrame(
            {"spend": spend, "orders": dice.poisson(2, count), "city": dice.integers(0, 25, count).astype(str)}
        )
        table["seen"] = np.where(dice.random(count) < 0.3, np.nan, dice.exponential(40, count))
        for number in range(8):
            table[f"trait {number}"] = dice.standard_t(3, count)
        arm = dice.random(count) < 1 / (1 + np.exp(-leaning * (np.log(spend) - 3) / 1.5))
        return check_balance(table, [("control", ~arm), ("mail", arm)]).alarm

    return trial


TRIALS: tuple[tuple[str, tuple[float, float] | None, Callable[[Dice], bool]], ...] = (
    *((f"A/A, {what}, {split}: an effect is seen", FALSE_ALARM, _seen(_world(kind, split, 0.0)))
      for what, kind in (("rates", _rates), ("money", _money)) for split in SIZES),
    ("A/A, five arms: any effect is seen", SAFE, _any_of_five),
    ("A/A, rates, looked at daily, plain interval: an effect is seen", None,
     _seen_on_a_day(_world(_rates, "1:1", 0.0))),
    *((f"A/A, {what}, {split}, looked at daily, always valid: an effect is seen", SAFE,
       _left_on_a_day(_world(kind, split, 0.0)))
      for what, kind in (("rates", _rates), ("money", _money)) for split in SIZES),
    *((f"{what}, {split}, an effect is there: the interval holds the truth", COVERS,
       _covered(_world(kind, split, effect)))
      for what, kind, effect in (("rates", _rates, EFFECT), ("money", _money, 0.25)) for split in SIZES),
    ("rates, 1:1, looked at daily: the always-valid interval holds the truth on all days", (0.94, 1.0),
     _not(_left_on_a_day(_world(_rates, "1:1", EFFECT)))),
    ("adjusted by a covariate: the interval holds the truth", COVERS, _adjusted_covers),
    ("adjusted by a covariate: narrower, and moved within noise", (0.94, 1.0), _adjusted_agrees),
    ("split 1:9 as meant: alarm", (0.0, 0.02), _ratio_alarm("1:9", 0.0, 20_000)),
    ("split 1:1, 10,000 customers, one in ten of an arm lost: alarm", FOUND, _ratio_alarm("1:1", 0.1, 10_000)),
    ("split 1:9, 20,000 customers, one in ten of an arm lost: alarm", FOUND, _ratio_alarm("1:9", 0.1, 20_000)),
    ("unsubscribes at their limit, watched daily: stopped", SAFE, _stopped(0.02)),
    ("unsubscribes at twice their limit, watched daily: stopped", FOUND, _stopped(0.04)),
    ("complaints 2 points above the hold-out's, their limit, watched daily: stopped", SAFE, _stopped(0.05, 0.03)),
    ("complaints 12 points above the hold-out's, watched daily: stopped", FOUND, _stopped(0.15, 0.03)),
    ("arms drawn by lot, twelve covariates: groups differ", (0.0, 0.003), _groups_alarm(0.0)),
    ("better customers preferred: groups differ", FOUND, _groups_alarm(0.5)),
)  # fmt: skip

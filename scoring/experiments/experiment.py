"""One experiment from table to verdict: arms, sample ratio, balance, effects with intervals, profit.

The steps are functions of their own files; this one knows their order. `Experiment.as_dict` is the contract of
`holdfast experiment`. Nothing here is random: the same table, in any order of rows, gives the same answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.experiments.adjust import Adjusted, adjust
from scoring.experiments.anytime import PLANNED, Anytime, anytime
from scoring.experiments.balance import ALARM, Balance, check_balance
from scoring.experiments.difference import Difference, difference
from scoring.experiments.profit import NetProfit, net_profit
from scoring.experiments.ratio import RatioCheck, check_ratio
from scoring.experiments.sample import Sample, sample_of
from scoring.experiments.table import Columns, Trial, numeric_covariates, read_trial
from scoring.experiments.verdict import Verdict, holm, judge, overall

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Design:
    """How it was set up. `ratio`: the intended split as a person writes it, None: equal. `margin`: money gained by one
    unit of the outcome; `cost`: that of one contact. `fewer_is_better`: the outcome is something one wants less of.
    `planned`: customers with an outcome at which always-valid intervals are narrowest."""

    ratio: str | None = None
    observational: bool = False
    margin: float | None = None
    cost: float = 0.0
    fewer_is_better: bool = False
    planned: int = PLANNED


@dataclass(frozen=True, slots=True)
class Arm:
    """`n` customers were put into it; `rate` is the mean outcome of those where it is known (all but `missing`)."""

    name: str
    n: int
    rate: float
    missing: int


@dataclass(frozen=True, slots=True)
class Effect:
    """One arm against the control. `plain`: the unadjusted difference where `found` is adjusted, else None."""

    arm: str
    found: Difference
    relative: float | None
    p_holm: float
    always: Anytime | None
    plain: Difference | None
    profit: NetProfit | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Experiment:
    """`remarks`: what a reader must know, one sentence each. `balance` None: no covariates were named."""

    arms: tuple[Arm, ...]
    ratio: RatioCheck
    balance: Balance | None
    effects: tuple[Effect, ...]
    verdict: Verdict
    missing: Mapping[str, int]
    kept: float | None
    remarks: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The `experiment` contract."""
        return {
            "arms": [{"name": arm.name, "n": arm.n, "rate": arm.rate, "missing": arm.missing} for arm in self.arms],
            "control": self.arms[0].name,
            "srm": self.ratio.as_dict(),
            "balance": self.balance.as_dict() if self.balance else None,
            "effects": [_effect(effect) for effect in self.effects],
            "verdict": self.verdict.value,
            "missing": dict(self.missing),
            "variance_left": self.kept,
            "remarks": list(self.remarks),
        }


def run_experiment(table: pd.DataFrame, columns: Columns, design: Design, control: str | None = None) -> Experiment:
    """Raises ScoringError kinds, each with what to do."""
    trial = read_trial(table, columns, control)
    ratio = check_ratio({name: int(mask.sum()) for name, mask in trial.arms.items()}, design.ratio)
    balance = check_balance(trial.covariates, list(trial.arms.items())) if columns.covariates else None
    lost = _loss(trial)
    invalid = _invalid(design, ratio, balance, lost)
    # Where the groups were never alike, adjusting would hide that instead of mending it.
    adjusted = adjusted_outcomes(trial) if invalid is None else None
    effects = _effects(trial, design, adjusted, invalid)
    return Experiment(
        arms=tuple(_arm(name, trial.y[mask]) for name, mask in trial.arms.items()),
        ratio=ratio,
        balance=balance,
        effects=effects,
        verdict=invalid or overall([effect.verdict for effect in effects]),
        missing={"treatment": trial.without_arm, "outcome": int(np.isnan(trial.y).sum())}
        | ({"value": int(np.isnan(trial.value).sum())} if trial.value is not None else {}),
        kept=adjusted.kept if adjusted else None,
        remarks=tuple(_remarks(trial, columns, design, ratio, balance, lost)),
    )


def adjusted_outcomes(trial: Trial) -> Adjusted | None:
    """Outcomes of those where they are known, less what numeric covariates foretell; None where it gains nothing."""
    known = ~np.isnan(trial.y)
    x = numeric_covariates(trial.covariates)[known]
    return adjust(trial.y[known], x, [mask[known] for mask in trial.arms.values()]) if x.size else None


def _effects(trial: Trial, design: Design, adjusted: Adjusted | None, invalid: Verdict | None) -> tuple[Effect, ...]:
    known = ~np.isnan(trial.y)
    plain = {name: sample_of(trial.y[mask & known], trial.share) for name, mask in trial.arms.items()}
    shown, spent = plain, 0
    if adjusted is not None:
        shown = {name: sample_of(adjusted.values[mask[known]]) for name, mask in trial.arms.items()}
        spent = adjusted.slopes
    control, treated = trial.control, list(trial.arms)[1:]
    found = {arm: difference(shown[arm], shown[control], spent=spent) for arm in treated}
    corrected = holm([found[arm].p for arm in treated])
    profits = {arm: _profit(trial, arm, found[arm], design) for arm in treated}
    sign = -1 if design.fewer_is_better else 1
    return tuple(
        Effect(
            arm=arm,
            found=found[arm],
            relative=found[arm].lift / abs(plain[control].mean) if plain[control].mean else None,
            p_holm=p,
            always=anytime(found[arm], shown[arm], shown[control], design.planned),
            plain=difference(plain[arm], plain[control]) if adjusted is not None else None,
            profit=profits[arm],
            verdict=invalid or judge(sign * found[arm].lift, p, profits[arm]),
        )
        for arm, p in zip(treated, corrected, strict=True)
    )


def _profit(trial: Trial, arm: str, found: Difference, design: Design) -> NetProfit | None:
    contacts = int(trial.arms[arm].sum())
    if trial.value is not None:
        samples = [_known(trial.value, trial.arms[name]) for name in (arm, trial.control)]
        if any(sample is None for sample in samples):
            return None
        treated, control = samples
        assert treated is not None
        assert control is not None
        return net_profit(difference(treated, control), design.cost, contacts)
    if design.margin is None:
        return None
    return net_profit(found.times(-design.margin if design.fewer_is_better else design.margin), design.cost, contacts)


def _known(values: Floats, mask: Bools) -> Sample | None:
    there = values[mask & ~np.isnan(values)]
    return sample_of(there) if len(there) > 1 else None


def _arm(name: str, y: Floats) -> Arm:
    return Arm(name, len(y), float(np.nanmean(y)), int(np.isnan(y).sum()))


def _loss(trial: Trial) -> Balance | None:
    """Whether outcomes are missing more often in one arm: who went away is then part of the effect."""
    missing = np.isnan(trial.y)
    if not missing.any():
        return None
    return check_balance(pd.DataFrame({"outcome is missing": missing.astype("float64")}), list(trial.arms.items()))


def _invalid(design: Design, ratio: RatioCheck, balance: Balance | None, lost: Balance | None) -> Verdict | None:
    differ = (balance is not None and balance.alarm) or (lost is not None and lost.alarm)
    if design.observational:
        return Verdict.GROUPS_DIFFER
    if ratio.alarm and (design.ratio is not None or not differ):
        return Verdict.SAMPLE_RATIO
    # A split that nobody stated is merely assumed; that the groups differ is seen.
    return Verdict.GROUPS_DIFFER if differ else None


def _remarks(
    trial: Trial, columns: Columns, design: Design, ratio: RatioCheck, balance: Balance | None, lost: Balance | None
) -> list[str]:
    told: list[str] = []
    if trial.guessed:
        told.append(f"Nobody named the control group; '{trial.control}' was taken. Name it with --control.")
    if ratio.turned:
        told.append("The ratio fits only from the last arm to the first, so it was read that way.")
    if ratio.alarm:
        meant = (
            "If that split was meant, state it with --ratio." if design.ratio is None else "Find out who is missing."
        )
        told.append(f"The arm '{ratio.arm}' is {abs(ratio.z):.1f} standard errors off its share. {meant}")
    if balance is not None and balance.alarm:
        widest = balance.gaps[0]
        told.append(
            f"The covariates foretell the arm (p < {ALARM}); the widest gap is {widest.covariate} in '{widest.arm}', "
            f"{widest.difference:+.2f} standard deviations. Was the arm drawn by lot, and was that known before?"
        )
    if lost is not None and lost.alarm:
        told.append("Outcomes are missing more often in one arm than in another, so those that remain are not alike.")
    if design.observational:
        told.append("Nobody drew lots: differences are shown, and none of them is an effect.")
    elif not columns.covariates:
        told.append("No covariates were named, so nobody checked whether the groups were alike before.")
    if missing := int(np.isnan(trial.y).sum()):
        told.append(f"{missing:,} rows have no outcome and count for the split alone.")
    if trial.without_arm:
        told.append(f"{trial.without_arm:,} rows have no arm and were left out.")
    if trial.value is not None and (blank := int(np.isnan(trial.value).sum())):
        told.append(f"{blank:,} rows have no value and were left out of the profit; write 0 where nothing was gained.")
    if trial.value is not None and trial.share and (paid := int((trial.value[trial.y == 0] > 0).sum())):
        told.append(
            f"{paid:,} customers have a value though their outcome is 0: the value was read as the money that each "
            "customer brought, whatever the outcome. For the worth of one outcome use --margin."
        )
    if len(trial.arms) > 2:
        told.append("Intervals are each arm's own; verdicts are corrected for the number of arms (Holm).")
    return told


def _effect(effect: Effect) -> dict[str, Any]:
    found, plain = effect.found, effect.plain
    return {
        "arm": effect.arm,
        "lift": found.lift,
        "lift_relative": effect.relative,
        "low": found.low,
        "high": found.high,
        "p": found.p,
        "p_holm": effect.p_holm,
        "always_valid": effect.always.as_dict() if effect.always else None,
        "unadjusted": {"lift": plain.lift, "low": plain.low, "high": plain.high, "p": plain.p} if plain else None,
        "net_profit": effect.profit.as_dict() if effect.profit else None,
        "verdict": effect.verdict.value,
    }

"""What may be said about an effect, in one of six words, when several arms ask for it at once.

Intervals are each arm's own; verdicts use p-values stepped down by Holm (Scandinavian Journal of Statistics 6, 1979),
so that with five useless arms the chance of praising or blaming any of them is still 5 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from scoring.experiments.profit import NetProfit

LEVEL = 0.05


class Verdict(StrEnum):
    HELPS = "helps"
    HARMS = "harms"
    NO_CLEAR_EFFECT = "no clear effect"
    UNPROFITABLE = "unprofitable"
    SAMPLE_RATIO = "invalid: sample ratio"
    GROUPS_DIFFER = "invalid: groups differ"


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values, each corrected for how many were looked at."""
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    corrected, highest = [1.0] * len(p_values), 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, p_values[place] * (len(p_values) - rank)))
        corrected[place] = highest
    return corrected


def judge(gain: float, p: float, profit: NetProfit | None) -> Verdict:
    """`gain`: the lift, positive where it is what one wanted. `p`: corrected for the other arms."""
    if not p < LEVEL:
        return Verdict.NO_CLEAR_EFFECT
    if gain < 0:
        return Verdict.HARMS
    return Verdict.UNPROFITABLE if profit is not None and profit.high < 0 else Verdict.HELPS


def overall(verdicts: Sequence[Verdict]) -> Verdict:
    """Of several arms the best: one that helps is what the experiment was for."""
    ranked = (Verdict.HELPS, Verdict.UNPROFITABLE, Verdict.HARMS, Verdict.NO_CLEAR_EFFECT)
    return next(verdict for verdict in ranked if verdict in verdicts)

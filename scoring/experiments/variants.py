"""A/B/n: the arms of a campaign beside each other and beside the hold-out, with words that hold for all at once.

Two families of comparisons: each arm against the hold-out (does it help?), and each arm against the first one (is it
better?). Intervals are each comparison's own, 95 %. Words are corrected for the size of their family: by Holm's steps
when all outcomes are known (see `verdict`), and while they come in by an always-valid interval at 5 % divided by the
number of comparisons (Bonferroni), because somebody looks every day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scoring.experiments.anytime import ALPHA, ENOUGH, anytime
from scoring.experiments.campaign import CANNOT_TELL, Group
from scoring.experiments.difference import Difference, difference, wilson
from scoring.experiments.profit import NetProfit
from scoring.experiments.ratio import RatioCheck, check_ratio
from scoring.experiments.sample import share_of
from scoring.experiments.verdict import LEVEL, Verdict, holm

BETTER, WORSE, NO_DIFFERENCE = "better", "worse", "no clear difference"
HELP: Mapping[int, str] = {1: Verdict.HELPS.value, -1: Verdict.HARMS.value, 0: Verdict.NO_CLEAR_EFFECT.value}
BEAT: Mapping[int, str] = {1: BETTER, -1: WORSE, 0: NO_DIFFERENCE}


@dataclass(frozen=True, slots=True)
class ArmCount:
    """One arm: its share as drawn, everybody in it, those whose outcome is known. `net`: money against the hold-out,
    None while nobody can tell."""

    name: str
    share: float
    n: int
    known: Group
    net: NetProfit | None = None


@dataclass(frozen=True, slots=True)
class Against:
    """One comparison: the difference in who stays, p corrected for its family, and the word."""

    found: Difference
    p_holm: float
    verdict: str

    def as_dict(self) -> dict[str, Any]:
        found = self.found
        told = {"difference": found.lift, "low": found.low, "high": found.high, "p": found.p}
        return {**told, "p_holm": self.p_holm, "verdict": self.verdict}


@dataclass(frozen=True, slots=True)
class Variant:
    """`rate` with its Wilson interval. None where nobody can tell yet, or there is nothing to compare with."""

    count: ArmCount
    rate: tuple[float, float, float] | None
    held_out: Against | None
    first: Against | None

    def as_dict(self) -> dict[str, Any]:
        count, rate = self.count, self.rate
        return {
            "name": count.name,
            "propensity": count.share,
            "n": count.n,
            "known": count.known.n,
            "stayed": count.known.stayed,
            "rate": {"value": rate[0], "low": rate[1], "high": rate[2]} if rate else None,
            "against_held_out": self.held_out.as_dict() if self.held_out else None,
            "against_first": self.first.as_dict() if self.first else None,
            "net_profit": count.net.as_dict() if count.net else None,
        }


@dataclass(frozen=True, slots=True)
class Variants:
    """`comparisons`: how many words are said about differences, over both families. `ratio`: of the arms alone."""

    variants: tuple[Variant, ...]
    ratio: RatioCheck
    comparisons: int
    final: bool

    @property
    def verdict(self) -> str:
        """The one sentence that a reader in a hurry may believe."""
        if self.ratio.alarm:
            return "invalid: the arms do not have their shares"
        told = [one for one in self.variants[1:] if one.first is not None and one.first.verdict in (BETTER, WORSE)]
        if not told:
            return NO_DIFFERENCE if self.final else CANNOT_TELL
        first = self.variants[0].count.name
        return "; ".join(f"{one.count.name} is {one.first.verdict} than {first}" for one in told if one.first)

    def as_dict(self) -> dict[str, Any]:
        return {
            "arms": [one.as_dict() for one in self.variants],
            "srm": self.ratio.as_dict(),
            "comparisons": self.comparisons,
            "final": self.final,
            "verdict": self.verdict,
            "remark": f"{self.comparisons} comparisons: each interval is its own, the words are corrected for their "
            "number" + (" (Holm)." if self.final else " and for daily looks (always-valid, Bonferroni)."),
        }


def compare_variants(counts: tuple[ArmCount, ...], held_out: Group, final: bool) -> Variants | None:
    """None where there are fewer than two arms or nobody is in any. The first arm is the one to beat."""
    if len(counts) < 2 or not sum(count.n for count in counts):
        return None
    planned = sum(count.n for count in counts)
    help_ = _family([(count.known, held_out) for count in counts], planned, final, HELP)
    first = counts[0].known
    better = [None, *_family([(count.known, first) for count in counts[1:]], planned, final, BEAT)]
    shares = ",".join(f"{count.name.replace(',', ' ').replace('=', ' ')}={count.share}" for count in counts)
    ratio = check_ratio({c.name.replace(",", " ").replace("=", " "): c.n for c in counts}, shares)
    return Variants(
        tuple(
            Variant(count, _rate(count.known), one, other)
            for count, one, other in zip(counts, help_, better, strict=True)
        ),
        ratio,
        sum(one is not None for one in (*help_, *better)),
        final,
    )


def _family(
    pairs: list[tuple[Group, Group]], planned: int, final: bool, words: Mapping[int, str]
) -> list[Against | None]:
    """One comparison for each pair, first group minus second, corrected for how many there are."""
    found = [_difference(one, other) for one, other in pairs]
    corrected = iter(holm([each.p for each in found if each is not None]))
    count = sum(each is not None for each in found)
    told: list[Against | None] = []
    for (one, other), each in zip(pairs, found, strict=True):
        if each is None:
            told.append(None)
            continue
        p = next(corrected)
        sign = _sign_final(each, p, one, other) if final else _sign_so_far(each, one, other, planned, ALPHA / count)
        unknown = words[0] if final and min(one.n, other.n) >= ENOUGH else CANNOT_TELL
        told.append(Against(each, p, words[sign] if sign else unknown))
    return told


def _difference(one: Group, other: Group) -> Difference | None:
    if not one.n or not other.n:
        return None
    return difference(share_of(one.n, one.stayed), share_of(other.n, other.stayed))


def _sign_final(found: Difference, p: float, one: Group, other: Group) -> int:
    if p >= LEVEL or min(one.n, other.n) < ENOUGH:
        return 0
    return 1 if found.lift > 0 else -1


def _sign_so_far(found: Difference, one: Group, other: Group, planned: int, alpha: float) -> int:
    samples = share_of(one.n, one.stayed), share_of(other.n, other.stayed)
    always = anytime(found, *samples, max(planned, ENOUGH), alpha)
    if always is None:
        return 0
    return 1 if always.low > 0 else -1 if always.high < 0 else 0


def _rate(known: Group) -> tuple[float, float, float] | None:
    return (known.rate, *wilson(share_of(known.n, known.stayed))) if known.n else None

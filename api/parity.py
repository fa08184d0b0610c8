"""Who gets money offers, by group, at equal risk: what a regulator, or a newspaper, would ask.

Takes the decisions of a window with each customer's risk and record; gives the offer rate of each group with its
interval, and how far it is from everybody else's at equal risk. A difference is a question and no verdict on why: a
tier or many orders may explain it. Rules and eligibility cannot name these fields at all (`agent.catalogue.steering`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from math import hypot, sqrt
from statistics import NormalDist

from agent.domain import Customer
from api.bootstrap import Workshop
from scoring.experiments.difference import wilson
from scoring.experiments.sample import Sample, share_of

BINS = 10
"""Equal risk: within the same tenth of the probability scale."""
FEW = 30
"""Fewer customers than this, on either side, say nothing."""
UNKNOWN = "unknown"
AGES = ((25, "under 25"), (35, "25-34"), (45, "35-44"), (55, "45-54"), (65, "55-64"))


class Parity(StrEnum):
    ALIKE = "no difference seen"
    MORE = "offered more often"
    LESS = "offered less often"
    CANNOT_TELL = "too few to tell"


@dataclass(frozen=True, slots=True)
class Seen:
    """One customer of the window: risk as a probability, whether any decision carried a money offer, and the record."""

    risk: float
    offered: bool
    customer: Customer


@dataclass(frozen=True, slots=True)
class Gap:
    """The group's offer rate less that of all others, at equal risk, as shares; the interval holds for all groups
    together at 95 %."""

    difference: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class GroupRate:
    """`rate` with Wilson's 95 % interval, whatever the risk; `at_equal_risk` None where it cannot be said."""

    by: str
    group: str
    customers: int
    offered: int
    rate: float
    low: float
    high: float
    at_equal_risk: Gap | None
    verdict: Parity


def age_band(customer: Customer) -> str:
    if customer.age is None:
        return UNKNOWN
    return next((name for below, name in AGES if customer.age < below), "65 or more")


GROUPS: Mapping[str, Callable[[Customer], str]] = {
    "gender": lambda customer: customer.gender or UNKNOWN,
    "age": age_band,
    "country": lambda customer: customer.country or UNKNOWN,
    "language": lambda customer: customer.language.value,
}


def parity(workshop: Workshop, days: int) -> list[GroupRate]:
    """Of everybody about whom marketing was decided in the last `days`, the held-out left out. Raises nothing."""
    since = workshop.clock.now() - timedelta(days=days)
    risk: dict[str, float] = {}
    offered: set[str] = set()
    for row in workshop.store.cases.decided(since):
        risk[row.customer_id] = row.probability
        if row.offered:
            offered.add(row.customer_id)
    people = workshop.store.people.get_many(list(risk))
    return compare([Seen(risk[name], name in offered, person) for name, person in people.items()])


def compare(seen: Sequence[Seen]) -> list[GroupRate]:
    """Every group of every kind against all others of that kind; kinds in which all are of one group say nothing."""
    parts = {by: _split(seen, of) for by, of in GROUPS.items()}
    comparisons = sum(len(groups) for groups in parts.values() if len(groups) > 1)
    z = NormalDist().inv_cdf(1 - 0.05 / (2 * max(comparisons, 1)))
    rates = []
    for by, groups in parts.items():
        for group, members in sorted(groups.items()):
            others = [one for name, rest in groups.items() if name != group for one in rest]
            rates.append(_rate(by, group, members, gap(members, others, z)))
    return rates


def gap(members: Sequence[Seen], others: Sequence[Seen], z: float) -> Gap | None:
    """The difference of two offer rates within each bin of risk, weighted as by Mantel and Haenszel (n₁n₀/n).

    The interval is the stratified Newcombe of X. Yan and X. G. Su (Statistics in Biopharmaceutical Research 2, 2010):
    Newcombe's method 10 where there is one bin. Square-and-add of every bin's own limits was tried and is too narrow.
    None when fewer than FEW customers of a side have a counterpart at their risk.
    """
    mine, theirs = _bins(members), _bins(others)
    shared = sorted(mine.keys() & theirs.keys())
    if min(sum(side[name].n for name in shared) for side in (mine, theirs)) < FEW:
        return None
    weights = [mine[name].n * theirs[name].n / (mine[name].n + theirs[name].n) for name in shared]
    shares = [weight / sum(weights) for weight in weights]
    here, low, high = _standardised([mine[name] for name in shared], shares, z)
    there, low_there, high_there = _standardised([theirs[name] for name in shared], shares, z)
    down, up = hypot(here - low, high_there - there), hypot(high - here, there - low_there)
    return Gap(here - there, here - there - down, here - there + up)


def _standardised(bins: Sequence[Sample], weights: Sequence[float], z: float) -> tuple[float, float, float]:
    """The weighted rate with its stratified Wilson interval: each bin at a quantile so that all bins together have z.

    A bin's spread is taken as if one more hit and one more miss had been seen, so that an empty bin is not a sure one.
    """
    spreads = []
    for one in bins:
        p = (one.mean * one.n + 1) / (one.n + 2)
        spreads.append(sqrt(p * (1 - p) / one.n))
    parts = [weight * spread for weight, spread in zip(weights, spreads, strict=True)]
    within = z * hypot(*parts) / sum(parts)
    limits = [wilson(one, within) for one in bins]
    rate, low, high = (
        sum(weight * value for weight, value in zip(weights, values, strict=True))
        for values in ([one.mean for one in bins], [low for low, _ in limits], [high for _, high in limits])
    )
    return rate, low, high


def _rate(by: str, group: str, members: Sequence[Seen], found: Gap | None) -> GroupRate:
    hits = sum(one.offered for one in members)
    share = share_of(len(members), hits)
    low, high = wilson(share)
    return GroupRate(by, group, len(members), hits, share.mean, low, high, found, _verdict(found))


def _verdict(found: Gap | None) -> Parity:
    if found is None:
        return Parity.CANNOT_TELL
    if found.low > 0:
        return Parity.MORE
    return Parity.LESS if found.high < 0 else Parity.ALIKE


def _split(seen: Iterable[Seen], of: Callable[[Customer], str]) -> dict[str, list[Seen]]:
    groups: dict[str, list[Seen]] = defaultdict(list)
    for one in seen:
        groups[of(one.customer)].append(one)
    return groups


def _bins(seen: Iterable[Seen]) -> dict[int, Sample]:
    """bin of risk → how many of its customers were offered money."""
    found: dict[int, list[bool]] = defaultdict(list)
    for one in seen:
        found[min(int(one.risk * BINS), BINS - 1)].append(one.offered)
    return {name: share_of(len(hits), sum(hits)) for name, hits in found.items()}

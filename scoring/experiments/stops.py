"""When a campaign must stop: unsubscribes, complaints and returns against their limits, looked at every day.

Unsubscribes are counted among those written to (the hold-out has no link to click) by an exact test that stays valid
at every look: the likelihood ratio of Beta-mixed rates above the limit against the limit (H. Robbins, 1970; J.
Ville's inequality makes 1/α the bar). Complaints and returns happen without us too, so there the excess over the
hold-out counts, with the always-valid interval. A false stop costs a day; at α = 5 % one sound campaign in twenty may
meet one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log, log1p
from typing import Any

from scipy.special import betaincc, betaln

from scoring.experiments.anytime import ALPHA, anytime
from scoring.experiments.campaign import Group
from scoring.experiments.difference import difference
from scoring.experiments.sample import share_of
from scoring.records import Harm

PRIOR = (1.0, 30.0)
"""Beta weights of the rates that one thinks of: a few in a hundred."""


LIMITS: Mapping[Harm, float] = {Harm.UNSUBSCRIBED: 0.02, Harm.COMPLAINED: 0.02, Harm.RETURNED: 0.05}
"""Where a plan says nothing: shares of those written to; for complaints and returns, beyond the hold-out's."""


@dataclass(frozen=True, slots=True)
class Stop:
    """`written_to` and `held_out` count the harm as `stayed`. `at_least`: what the rate (or its excess over the
    hold-out) surely is at this look; None while nobody can tell. Breached where that is beyond `limit`."""

    harm: Harm
    written_to: Group
    held_out: Group
    limit: float
    at_least: float | None

    @property
    def breached(self) -> bool:
        return self.at_least is not None and self.at_least > self.limit

    def as_dict(self) -> dict[str, Any]:
        return {
            "harm": self.harm.value,
            "written_to": {"n": self.written_to.n, "happened": self.written_to.stayed},
            "held_out": {"n": self.held_out.n, "happened": self.held_out.stayed},
            "limit": self.limit,
            "at_least": self.at_least,
            "breached": self.breached,
        }


def check_stop(harm: Harm, written_to: Group, held_out: Group, limit: float, planned: int) -> Stop:
    """`planned`: customers of both arms that the campaign will reach."""
    if harm is Harm.UNSUBSCRIBED:
        return Stop(harm, written_to, held_out, limit, surely_above(written_to) if written_to.n else None)
    if not (written_to.n and held_out.n):
        return Stop(harm, written_to, held_out, limit, None)
    treated, control = (share_of(group.n, group.stayed) for group in (written_to, held_out))
    always = anytime(difference(treated, control), treated, control, planned)
    return Stop(harm, written_to, held_out, limit, always.low if always else None)


def surely_above(seen: Group) -> float:
    """The largest rate that so many cases speak against, at every look together with probability 95 %."""
    low, high = 0.0, seen.rate
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if _evidence(seen, middle) > -log(ALPHA) else (low, middle)
    return low


def _evidence(seen: Group, limit: float) -> float:
    """Log of the mixture likelihood ratio against `limit`; it exceeds log(1/α) at any look with chance α at most."""
    if limit <= 0:
        return float("inf") if seen.stayed else 0.0
    a, b = PRIOR
    more, fewer = a + seen.stayed, b + seen.n - seen.stayed
    above, before = float(betaincc(more, fewer, limit)), float(betaincc(a, b, limit))
    if above <= 0 or before <= 0:
        return -float("inf")
    mixed = float(betaln(more, fewer) - betaln(a, b)) + log(above) - log(before)
    return mixed - seen.stayed * log(limit) - (seen.n - seen.stayed) * log1p(-limit)

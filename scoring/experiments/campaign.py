"""The result of a campaign from counts: who stayed among those written to and among those held out.

Everybody counts in the arm that they were put in, sent to or not. While outcomes are still coming in the result is
looked at every day, so the verdict then follows the always-valid interval; when the last outcome is known, the plain
one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scoring.experiments.anytime import ENOUGH, Anytime, anytime
from scoring.experiments.difference import Difference, difference
from scoring.experiments.sample import share_of
from scoring.experiments.verdict import Verdict

CANNOT_TELL = "cannot tell yet"


@dataclass(frozen=True, slots=True)
class Group:
    """`n` customers whose outcome is known, of whom `stayed` stayed."""

    n: int
    stayed: int

    @property
    def rate(self) -> float:
        return self.stayed / self.n if self.n else 0.0


@dataclass(frozen=True, slots=True)
class Lift:
    """`found`: the shares that stayed, written to minus held out. `final`: every outcome is known."""

    written_to: Group
    held_out: Group
    found: Difference
    always: Anytime | None
    final: bool

    @property
    def verdict(self) -> str:
        if min(self.written_to.n, self.held_out.n) < ENOUGH or self.always is None:
            return CANNOT_TELL
        low, high = (self.found.low, self.found.high) if self.final else (self.always.low, self.always.high)
        if low > 0:
            return Verdict.HELPS.value
        if high < 0:
            return Verdict.HARMS.value
        return Verdict.NO_CLEAR_EFFECT.value if self.final else CANNOT_TELL

    def as_dict(self) -> dict[str, Any]:
        arms = {
            name: {"n": arm.n, "stayed": arm.stayed, "rate": arm.rate}
            for name, arm in (("written_to", self.written_to), ("held_out", self.held_out))
        }
        found = self.found
        return {
            **arms,
            "difference": found.lift,
            "low": found.low,
            "high": found.high,
            "p": found.p,
            "always_valid": self.always.as_dict() if self.always else None,
            "final": self.final,
            "verdict": self.verdict,
        }


def lift(written_to: Group, held_out: Group, planned: int, final: bool) -> Lift | None:
    """None while one arm has no known outcome at all. `planned`: customers of both arms, known or not."""
    if not written_to.n or not held_out.n:
        return None
    treated, control = (share_of(group.n, group.stayed) for group in (written_to, held_out))
    found = difference(treated, control)
    return Lift(written_to, held_out, found, anytime(found, treated, control, max(planned, ENOUGH)), final)

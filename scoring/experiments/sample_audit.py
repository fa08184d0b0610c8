"""What went out by itself, judged by a random sample that a person saw: the share of mistakes with its bound.

The exact interval of C. J. Clopper and E. S. Pearson (Biometrika 26, 1934): its coverage is never below the stated
level, however few mistakes there were, which is what a bound on rare mistakes must promise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scipy.special import betaincinv


@dataclass(frozen=True, slots=True)
class SampleAudit:
    """Of `drawn` messages that could have gone by themselves, `decided` were looked at; `changed` and `rejected` of
    them are mistakes. `alone`: messages that did go by themselves, which the sample speaks for."""

    drawn: int
    decided: int
    changed: int
    rejected: int
    alone: int

    @property
    def mistakes(self) -> int:
        return self.changed + self.rejected

    @property
    def interval(self) -> tuple[float, float]:
        """The two-sided 95 % interval of the share of mistakes; all of [0, 1] while nobody decided."""
        return clopper_pearson(self.mistakes, self.decided, 0.025)

    @property
    def at_most(self) -> float:
        """The share of mistakes is below this with 95 % confidence (one-sided)."""
        return clopper_pearson(self.mistakes, self.decided, 0.05)[1]

    def as_dict(self) -> dict[str, Any]:
        low, high = self.interval
        return {
            "drawn": self.drawn,
            "decided": self.decided,
            "changed": self.changed,
            "rejected": self.rejected,
            "went_alone": self.alone,
            "mistakes": {"share": self.mistakes / self.decided if self.decided else None, "low": low, "high": high},
            "at_most": self.at_most,
        }


def clopper_pearson(hits: int, n: int, tail: float) -> tuple[float, float]:
    """The exact interval of a share with `tail` left out on each side: [0, 1] where n is 0."""
    low = 0.0 if hits == 0 else float(betaincinv(hits, n - hits + 1, tail))
    high = 1.0 if hits == n else float(betaincinv(hits + 1, n - hits, 1 - tail))
    return low, high

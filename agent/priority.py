"""Whom to look at first: risk x value x persuadable, the product and its factors side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scoring.records import RiskScore


@dataclass(frozen=True, slots=True)
class Priority:
    """`product` is the margin-free money at risk in minor units. `persuadable` is 1 until an experiment measured it."""

    risk: float
    value_minor: int
    persuadable: float = 1.0

    @property
    def product(self) -> float:
        return self.risk * self.value_minor * self.persuadable


def priority(score: RiskScore) -> Priority:
    """A customer whose spend is unknown counts as one unit of money: last among equals, never lost."""
    return Priority(score.probability, score.value_minor or 1)


def by_priority(scores: Iterable[RiskScore]) -> list[RiskScore]:
    """Highest product first; ties by id, so that two runs agree."""
    return sorted(scores, key=lambda score: (-priority(score).product, score.customer_id))

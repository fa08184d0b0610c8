"""How small an effect an experiment of this size could show, asked before it starts."""

from __future__ import annotations

from math import sqrt

from scoring.experiments.difference import Z95

Z80 = 0.8416212335729143


def smallest_effect(written_to: int, held_out: int, base_rate: float) -> float | None:
    """The smallest difference of shares that a test at 5 % would find with 80 % power; None when the groups are too
    small to show any.

    Normal approximation with the base rate's variance in both groups: (1.96 + 0.84) · sqrt(p(1-p)(1/n₁ + 1/n₂)).
    """
    if written_to <= 0 or held_out <= 0:
        return None
    effect = (Z95 + Z80) * sqrt(base_rate * (1 - base_rate) * (1 / written_to + 1 / held_out))
    return effect if effect < 1 else None

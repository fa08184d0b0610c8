"""Did each arm get the share that was meant for it? The chi-square test for sample ratio mismatch.

An experiment whose arms have other sizes than were drawn has lost somebody on the way, and whom it lost is rarely
chance (A. Fabijan et al., KDD 2019). Everybody put into an arm counts, whether or not an outcome is known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from scipy.special import chdtrc

from scoring.errors import ScoringError

ALARM = 0.01
SURELY_NOT = 1e-6
REMEDY = "Write the control's part first, like 1:1 or 1:9, or name each arm: control=1,mail=9."


@dataclass(frozen=True, slots=True)
class RatioCheck:
    """`z` is the largest deviation of one arm (`arm`) in standard errors, positive where it has too many.

    `ratio` maps each arm to its expected share; `turned` says that the ratio was read from the last arm to the first.
    """

    p: float
    z: float
    arm: str
    ratio: Mapping[str, float]
    turned: bool = False

    @property
    def alarm(self) -> bool:
        return self.p < ALARM

    def as_dict(self) -> dict[str, Any]:
        told = {"p": self.p, "z": self.z, "alarm": self.alarm, "arm": self.arm, "ratio": dict(self.ratio)}
        return {**told, "ratio_turned": self.turned}


def check_ratio(counts: Mapping[str, int], stated: str | None) -> RatioCheck:
    """`counts`: arm → customers, control first. `stated`: a ratio as a person writes it; None: equal parts.

    9:1 is said of nine written to and one held out as often as of the reverse. Parts without names are read control
    first; where that is beyond doubt wrong and the other way round fits, they are read that way, and it is said.
    """
    if stated is None:
        return _checked(counts, dict.fromkeys(counts, 1.0))
    if "=" in stated:
        return _checked(counts, _named(stated, list(counts)))
    parts = _parts(stated, len(counts))
    found = _checked(counts, dict(zip(counts, parts, strict=True)))
    if found.p < SURELY_NOT:
        other = _checked(counts, dict(zip(counts, reversed(parts), strict=True)))
        if not other.alarm:
            return RatioCheck(other.p, other.z, other.arm, other.ratio, turned=True)
    return found


def _checked(counts: Mapping[str, int], parts: Mapping[str, float]) -> RatioCheck:
    total, whole = sum(counts.values()), sum(parts.values())
    shares = {arm: parts[arm] / whole for arm in counts}
    square = sum((n - total * shares[arm]) ** 2 / (total * shares[arm]) for arm, n in counts.items())
    z = {
        arm: (n - total * s) / sqrt(total * s * (1 - s))
        for (arm, n), s in zip(counts.items(), shares.values(), strict=True)
    }
    # Of two arms that deviate alike the later is named: with a control and one arm, that is the one written to.
    worst = max(reversed(list(z)), key=lambda arm: abs(z[arm]))
    return RatioCheck(float(chdtrc(len(counts) - 1, square)), z[worst], worst, shares)


def _named(stated: str, arms: Sequence[str]) -> dict[str, float]:
    by_name: dict[str, float] = {}
    for piece in stated.split(","):
        name, _, part = piece.rpartition("=")
        by_name[name.strip().casefold()] = _number(part, stated)
    if missing := [arm for arm in arms if arm.casefold() not in by_name]:
        raise ScoringError(f"The ratio {stated!r} has no part for the arm '{missing[0]}'.", REMEDY)
    if len(by_name) != len(arms):
        raise ScoringError(f"The ratio {stated!r} names {len(by_name)} arms; there are {', '.join(arms)}.", REMEDY)
    return {arm: by_name[arm.casefold()] for arm in arms}


def _parts(stated: str, count: int) -> list[float]:
    parts = [_number(part, stated) for part in re.split(r"[:/]", stated)]
    if len(parts) != count:
        raise ScoringError(f"The ratio {stated!r} has {len(parts)} parts and the table {count} arms.", REMEDY)
    return parts


def _number(part: str, stated: str) -> float:
    try:
        number = float(part)
    except ValueError as error:
        raise ScoringError(f"The ratio {stated!r} cannot be read.", REMEDY) from error
    if not 0 < number < float("inf"):
        raise ScoringError(
            f"The ratio {stated!r} leaves an arm with nobody in it.",
            "Every arm needs a part above 0: without a control group nothing can be compared.",
        )
    return number

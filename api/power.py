"""What a campaign of this size could show at all, in one line: the smallest difference, or why there is none.

Takes the group sizes of a preview and the share that is to be held out; gives a text of console/texts (`power`)
with its values, so that every door says the same in its reader's language.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from agent.domain import Language
from api.console.texts import texts
from scoring.experiments.anytime import ENOUGH


class Power(StrEnum):
    SHOWS = "shows"
    FEW = "few"
    TOO_FEW = "too_few"
    NONE_BY_LOT = "none_by_lot"
    NONE_MEANT = "none_meant"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Sight:
    """`smallest` None: no difference, however large, could be shown."""

    smallest: float | None
    power: Power
    recipients: int
    held_out: int

    def in_words(self, language: Language) -> str:
        return texts(language)[f"power.{self.power}"].format(
            points=f"{100 * self.smallest:.1f}" if self.smallest is not None else "",
            recipients=f"{self.recipients:,}",
            held_out=f"{self.held_out:,}",
            enough=ENOUGH,
        )


def sight(smallest: float | None, recipients: int, held_out: int, share: float) -> Sight:
    """`share`: of customers never written to; `smallest`: what `scoring.experiments.power` says of these sizes."""
    if not recipients:
        power = Power.NOBODY
    elif not held_out:
        power = Power.NONE_BY_LOT if share else Power.NONE_MEANT
    elif smallest is None:
        power = Power.TOO_FEW
    else:
        power = Power.FEW if min(recipients, held_out) < ENOUGH else Power.SHOWS
    return Sight(smallest, power, recipients, held_out)

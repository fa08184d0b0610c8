"""How an effect ages: the difference in each month after the contact, and in all months so far.

A campaign that only brings purchases forward shows more buyers in the first month and fewer in a later one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from scoring.experiments.campaign import Group
from scoring.experiments.difference import Difference, difference
from scoring.experiments.follow_up import WINDOWS
from scoring.experiments.sample import share_of


@dataclass(frozen=True, slots=True)
class Window:
    """Days [begin, end) after the contact: who bought in them, of those for whom they are over.

    `found`: written to minus held out. None while nobody of an arm has come so far.
    """

    begin: int
    end: int
    written_to: Group
    held_out: Group
    found: Difference | None

    def as_dict(self) -> dict[str, Any]:
        found = self.found
        interval = {"lift": found.lift, "low": found.low, "high": found.high} if found else None
        return {
            "from_day": self.begin,
            "to_day": self.end,
            "written_to": {"n": self.written_to.n, "bought": self.written_to.stayed},
            "held_out": {"n": self.held_out.n, "bought": self.held_out.stayed},
            "effect": interval,
        }


@dataclass(frozen=True, slots=True)
class Decay:
    """`months`: each 30 days by themselves; `so_far`: 30, 60 and 90 days from the contact."""

    months: tuple[Window, ...]
    so_far: tuple[Window, ...]

    @property
    def pulled_forward(self) -> bool:
        """More bought in the first month, and certainly fewer in a later one."""
        first, *later = (window.found for window in self.months)
        return first is not None and first.lift > 0 and any(found is not None and found.high < 0 for found in later)

    def as_dict(self) -> dict[str, Any]:
        return {
            "months": [window.as_dict() for window in self.months],
            "so_far": [window.as_dict() for window in self.so_far],
            "pulled_forward": self.pulled_forward,
        }


def decay(people: pd.DataFrame) -> Decay:
    """`people`: `held_out` and the columns of `follow_up`."""
    months = tuple(_window(people, begin, end, people[f"bought_{end}"]) for begin, end in WINDOWS)
    so_far = []
    for number, (_, end) in enumerate(WINDOWS, start=1):
        columns = people[[f"bought_{last}" for _, last in WINDOWS[:number]]]
        # skipna would call a customer settled whose last month is not over
        so_far.append(_window(people, 0, end, columns.max(axis=1).where(columns.notna().all(axis=1))))
    return Decay(months, tuple(so_far))


def _window(people: pd.DataFrame, begin: int, end: int, bought: pd.Series) -> Window:
    known = bought.notna()
    written, held = (
        Group(int((known & arm).sum()), int(bought[known & arm].sum()))
        for arm in (~people["held_out"], people["held_out"])
    )
    found = (
        difference(share_of(written.n, written.stayed), share_of(held.n, held.stayed)) if written.n and held.n else None
    )
    return Window(begin, end, written, held, found)

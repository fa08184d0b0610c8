"""A flow as records: who enters, what ends it, and its steps in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from agent.domain import Channel
from scoring.records import RiskBand

END = "end"
"""Where a condition that does not hold may lead, besides a later step."""


@dataclass(frozen=True, slots=True)
class Condition:
    """All that is said must hold; what is not said is not asked.

    `event`: an event of this kind is there; its newest is `older_than` and `newer_than` so long ago, and since then
    none of `without` happened. `since_entry`: only what happened after the customer entered the flow counts. `absent`:
    no such event is there instead. `silent_days`: no order for at least so many days. `orders`: at least so many, ever.
    `band`: this risk band or a higher one.
    """

    event: str | None = None
    older_than: timedelta | None = None
    newer_than: timedelta | None = None
    without: tuple[str, ...] = ()
    since_entry: bool = False
    absent: bool = False
    silent_days: int | None = None
    orders: int | None = None
    band: RiskBand | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One of three: `wait` so long, ask `condition`, or send a message about `situation`.

    A condition that does not hold leads to the later step of that `name` in `otherwise`, or to the end. A message goes
    on the first of `channels` that reaches the customer (the plan's where none are named); `offer` is the one money
    offer that it may carry, "none" for words alone, None for what the strategies say.
    """

    name: str
    wait: timedelta | None = None
    condition: Condition | None = None
    otherwise: str = END
    situation: str | None = None
    channels: tuple[Channel, ...] = ()
    offer: str | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """`goal`: kinds of events that end it, whenever they happen after entering. A customer may enter again when
    `again_after` has passed since the last entry; None: once. `title`: its name for people, by language."""

    enter: Condition
    goal: tuple[str, ...]
    steps: tuple[Step, ...]
    again_after: timedelta | None = None
    title: Mapping[str, str] = field(default_factory=dict)

    def place_of(self, name: str) -> int:
        """The number of a step; that after the last one for the end."""
        return next((number for number, step in enumerate(self.steps) if step.name == name), len(self.steps))

    @property
    def first_message(self) -> int:
        return next(number for number, step in enumerate(self.steps) if step.situation is not None)

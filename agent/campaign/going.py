"""One customer on the quick path: where they stand, and what will be stored of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from agent.arms import Arm
from agent.campaign.ahead import Known
from agent.campaign.placing import Place
from agent.domain import Case, CaseStatus, Customer, Event, Message, Reached
from agent.pipeline import Prepared


@dataclass(slots=True)
class Going:
    """One customer under way. `reached` is what will be stored; `long_way`: the rest is for `reach`."""

    number: int
    customer: Customer
    events: tuple[Event, ...]
    orders: tuple[int, datetime | None]
    known: Known
    place: Place
    case: Case
    told: list[tuple[str, Mapping[str, Any]]]
    long_way: bool = False
    reached: Reached | None = None
    message: tuple[Message, datetime | None] | None = None

    @property
    def arm(self) -> Arm | None:
        return self.place.arm

    def keep(self, via: Sequence[CaseStatus], **more: Any) -> None:
        """What came of this one. `via`: the statuses after SCORED, the last one is where the case stands now."""
        line: dict[str, object] = {"from": CaseStatus.SCORED.value, "to": via[-1].value}
        if len(via) > 1:
            line["via"] = [status.value for status in via[:-1]]
        self.case = replace(self.case, status=via[-1])
        self.reached = Reached(self.case, (*self.told, ("status", line)), **more)

    def leave(self) -> None:
        """As far as decided, for the long way to take up there."""
        self.keep([self.case.status])
        self.long_way = True

    def prepared(self) -> Prepared:
        """As the long way would give it back."""
        assert self.reached is not None, "whoever does not go the long way was reached"
        verdict = self.reached.judged[0][1] if self.reached.judged else None
        because = self.case.decision.because if self.case.decision else ""
        return Prepared(self.case, None, self.reached.draft, verdict, because)

"""Which writers a customer of a campaign gets: by arm, and for themselves or once for their whole cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from agent.arms import Arm
from agent.campaign.remembered import RememberedPolicies
from agent.cells import CellStock, CellWriter, PatientWriter
from agent.draft import prompts_of
from agent.errors import NotReady
from agent.house import House
from agent.plan import Plan
from agent.ports import Writer


def ladder_of(arm: Arm | None, house: House) -> tuple[Writer, ...]:
    """The writers of this arm, best first; the last rung of the house stays the last. Raises NotReady for a writer
    that nobody knows here."""
    if arm is None or arm.writer is None:
        return tuple(house.writers)
    last = house.writers[-1]
    if arm.writer == last.name:
        return (last,)
    for writer in house.writers[:-1]:
        if writer.name == arm.writer:
            return (writer, last)
    if house.writer_named is None:
        raise NotReady(f"there is no writer {arm.writer!r} here", "see: holdfast eval writers")
    return (house.writer_named(arm.writer), last)


class Ladders:
    """The houses of one campaign: each arm's, twice. A cell is drafted once for the length of the campaign."""

    def __init__(self, plan: Plan, house: House) -> None:
        house = replace(house, policies=RememberedPolicies(house.policies))
        arms: Sequence[Arm | None] = plan.arms or (None,)
        self._alone = {arm.name if arm else None: _patient(arm, house) for arm in arms}
        self._alone.setdefault(None, _patient(None, house))
        self._many = {name: _in_cells(arm, self._alone[name]) for name, arm in _by_name(plan)} if plan.cells else {}
        self._individual = plan.individual
        self._stocks = {
            name: CellStock(self._many[name].writers, prompts_of(arm.prompt if arm else None))
            for name, arm in _by_name(plan)
            if name in self._many
        }

    @property
    def quick(self) -> bool:
        """Whether nobody who writes here takes longer than a database may be held."""
        houses = (*self._alone.values(), *self._many.values())
        return all(getattr(writer, "quick", False) for house in houses for writer in house.writers)

    def is_individual(self, number: int) -> bool:
        """Whether this customer, by the place in the order of what is at stake, is written to for themselves."""
        return number <= self._individual or not self._many

    def stock_for(self, arm: str | None) -> CellStock:
        """The templates that this arm has written so far."""
        return self._stocks[arm]

    def house_for(self, arm: str | None, number: int) -> House:
        """`number`: the customer's place by what is at stake, from 1."""
        return self._alone[arm] if number <= self._individual or arm not in self._many else self._many[arm]


def _by_name(plan: Plan) -> list[tuple[str | None, Arm | None]]:
    return [(None, None), *((arm.name, arm) for arm in plan.arms)]


def _patient(arm: Arm | None, house: House) -> House:
    return replace(house, writers=tuple(PatientWriter(writer) for writer in ladder_of(arm, house)))


def _in_cells(arm: Arm | None, house: House) -> House:
    prompts = prompts_of(arm.prompt if arm else None)
    return replace(house, writers=tuple(CellWriter(writer, prompts=prompts) for writer in house.writers))

"""What waits for a person, and a person's word on it: the same use-cases for the command line, HTTP and the console."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from agent import pipeline
from agent.domain import (
    WAITING_FOR_PERSON,
    Case,
    CaseStatus,
    Channel,
    Draft,
    Event,
    FactSheet,
    TraceStep,
    Verdict,
    Words,
)
from agent.errors import NoDraft, TransitionNotAllowed
from agent.pipeline import Prepared
from agent.priority import Priority, priority
from api.bootstrap import Workshop

Variant = tuple[Draft, Verdict]
TO_DECIDE = (*sorted(WAITING_FOR_PERSON), CaseStatus.CHECKED)
"""What a person may decide about: what waits for one, and what the gate passed and nobody approved yet."""
UNDO_WINDOW = timedelta(seconds=10)
NEARBY = 200
"""Rows that are looked through for the neighbours of a case; nobody steps further in one sitting."""
FORMULA = "risk × value × persuadable"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One row of the queue. `draft` None: nobody could draft this one; `because` says why it waits."""

    case: Case
    draft: Draft | None
    verdict: Verdict | None
    priority: Priority | None
    because: str = ""

    @property
    def stake(self) -> float:
        return self.priority.product if self.priority else 0.0


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything on the one screen where a person decides. `sheet` None: nothing can be laid out for this case now."""

    waiting: Waiting
    timeline: tuple[Event, ...]
    story: tuple[TraceStep, ...]
    sheet: FactSheet | None


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What stands before and after a case in the queue. `place` counts from 1; None: it is not among the first."""

    before: str | None
    after: str | None
    place: int | None


def queue(
    workshop: Workshop,
    limit: int,
    statuses: Sequence[CaseStatus] = TO_DECIDE,
    after: tuple[float, str] | None = None,
    channel: Channel | None = None,
) -> list[Waiting]:
    """Most at stake first. `after` is (priority, case id) of the last row of the page before."""
    return [_waiting(case, workshop) for case, _ in workshop.store.cases.queue(statuses, limit, after, channel)]


def neighbours(
    workshop: Workshop, case_id: str, statuses: Sequence[CaseStatus] = TO_DECIDE, channel: Channel | None = None
) -> Neighbours:
    """The cases around this one in the queue. One that is not in it any more is followed by the first."""
    ids = [case.case_id for case, _ in workshop.store.cases.queue(statuses, NEARBY, channel=channel)]
    if case_id not in ids:
        return Neighbours(None, ids[0] if ids else None, None)
    place = ids.index(case_id)
    after = ids[place + 1] if place + 1 < len(ids) else None
    return Neighbours(ids[place - 1] if place else None, after, place + 1)


def _waiting(case: Case, workshop: Workshop) -> Waiting:
    cases = workshop.store.cases
    draft = cases.latest_draft(case.case_id)
    verdict = cases.latest_verdict(draft.draft_id) if draft else None
    return Waiting(
        case,
        draft,
        verdict,
        priority(case.score) if case.score else None,
        why_it_waits(case, cases.story(case.case_id)),
    )


def why_it_waits(case: Case, story: Sequence[TraceStep]) -> str:
    """What the house said when it left this case to a person; empty when the findings say it all."""
    if case.status not in WAITING_FOR_PERSON:
        return ""
    for step in reversed(story):
        if step.step == "waits":
            return str(step.data.get("because", ""))
        if step.step == "send" and step.data.get("stopped"):
            return str(step.data["stopped"])
        if step.step in ("draft", "review"):  # other words since then: what the gate says of them is the reason
            return ""
    return ""


def view(case: Case, workshop: Workshop) -> CaseView:
    house = workshop.house
    now = house.clock.now()
    return CaseView(
        _waiting(case, workshop),
        house.history.timeline(case.customer_id, now),
        tuple(house.store.cases.story(case.case_id)),
        pipeline.sheet_of(case, house),
    )


def find(workshop: Workshop, name: str) -> tuple[Case, Draft | None]:
    """The case that a person means by a case id or a draft id, with its newest draft. Raises NotFound."""
    cases = workshop.store.cases
    if name.startswith("case_"):
        return cases.get(name), cases.latest_draft(name)
    case = cases.get(cases.draft(name).case_id)
    return case, cases.latest_draft(case.case_id)


def find_draft(workshop: Workshop, name: str) -> tuple[Case, Draft]:
    """Like `find`, where a draft is needed. Raises NoDraft."""
    case, draft = find(workshop, name)
    if draft is None:
        raise NoDraft(f"nobody could draft {case.case_id} yet", f"try again with: holdfast review retry {case.case_id}")
    return case, draft


def require_newest(name: str, draft: Draft | None) -> None:
    """Raises TransitionNotAllowed when `name` is the id of a draft that was replaced since."""
    if draft is not None and not name.startswith("case_") and name != draft.draft_id:
        raise TransitionNotAllowed(f"draft {name} was replaced by {draft.draft_id}", "look at the newer one first")


def approve(workshop: Workshop, name: str, reviewer: str, note: str = "", hold: timedelta = timedelta(0)) -> Case:
    """Approve the draft as it stands. `hold` is how long it may be taken back. Raises GateRefused with the findings."""
    case, draft = find_draft(workshop, name)
    require_newest(name, draft)
    return pipeline.approve(case, reviewer, workshop.house, note=note, draft_id=draft.draft_id, hold=hold)


def edit(workshop: Workshop, name: str, words: Words, editor: str) -> Prepared:
    """Keep a person's words as the newest draft, judged; nothing is sent by that."""
    case, draft = find(workshop, name)
    require_newest(name, draft)
    return pipeline.revise(case, words, editor, workshop.house, draft.draft_id if draft else None)


def regenerate(workshop: Workshop, name: str, instruction: str = "") -> Prepared:
    """Other words for the same case; the offer stays, unless it lapsed."""
    case, draft = find(workshop, name)
    require_newest(name, draft)
    return pipeline.redraft(case, workshop.house, instruction)


def variants(workshop: Workshop, name: str, count: int, instruction: str = "") -> tuple[Case, list[Variant]]:
    """Other words side by side, the same facts and offer. Raises NoDraft, TransitionNotAllowed."""
    case, _ = find(workshop, name)
    return case, pipeline.variants(case, workshop.house, count, instruction)


def choose(workshop: Workshop, name: str, variant_id: str, chooser: str) -> Prepared:
    """The variant becomes the newest draft of its case."""
    case, _ = find(workshop, name)
    return pipeline.choose(case, variant_id, chooser, workshop.house)


def reject(workshop: Workshop, name: str, reviewer: str, note: str = "") -> Case:
    case, draft = find(workshop, name)
    require_newest(name, draft)
    return pipeline.reject(case, reviewer, workshop.house, note)


def undo(workshop: Workshop, name: str, reviewer: str) -> Case:
    """Take an approval back while the message has not begun to leave. Raises TransitionNotAllowed afterwards."""
    case, _ = find(workshop, name)
    return pipeline.take_back(case, reviewer, workshop.house)


def judge(workshop: Workshop, name: str, words: Words) -> Verdict:
    """What the gate says about these words for this case now. Nothing is stored: this is the live check of an edit."""
    case, draft = find(workshop, name)
    return pipeline.judged(case, draft, words, workshop.house)

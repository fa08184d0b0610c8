"""Campaigns measured: who stayed, at what profit, how it ages, whom it harmed; and what follows from that by itself.

Reads store and event log, lets `scoring.experiments` count. Two things are done here and nowhere else: a customer's outcome
is recorded once their horizon is over, and a campaign that does too much harm is paused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from agent import campaign, pipeline
from agent.campaign import is_over
from agent.domain import CampaignRow, CampaignStatus, CaseStatus, Followed
from agent.errors import TransitionNotAllowed
from agent.money import to_major
from agent.outcomes import OutcomeRow
from agent.plan import plan_of
from api.bootstrap import Workshop
from scoring.experiments.campaign import Group, Lift, lift
from scoring.experiments.decay import Decay, decay
from scoring.experiments.follow_up import HORIZON, follow_up, settled
from scoring.experiments.ratio import RatioCheck, check_ratio
from scoring.experiments.stops import LIMITS, Harm, Stop, check_stop
from scoring.experiments.worth import Worth, worth

if TYPE_CHECKING:
    import pandas as pd

WRITTEN_TO, HELD_OUT = "written_to", "held_out"


@dataclass(frozen=True, slots=True)
class Part:
    """Customers written to who share something that came after the lot (a draft, an offer): shown, never compared."""

    by: str
    name: str
    n: int
    known: Group
    redeemed: int


@dataclass(frozen=True, slots=True)
class Measured:
    """One campaign, as far as anybody can tell today. None: nobody can yet, or nothing was drawn by lot."""

    row: CampaignRow
    arms: tuple[int, int]
    lift: Lift | None
    ratio: RatioCheck | None
    decay: Decay | None
    worth: Worth | None
    stops: tuple[Stop, ...]
    parts: tuple[Part, ...]


def measure(campaign_id: str, workshop: Workshop) -> Measured:
    """Raises NotFound."""
    store = workshop.store
    row, people = store.campaigns.row(campaign_id), store.results.followed(campaign_id)
    table = _table(people, workshop, plan_of(row.plan).contact_cost) if people else None
    held = sum(person.held_out for person in people)
    arms = (len(people) - held, held)
    return Measured(
        row=row,
        arms=arms,
        lift=lift(
            _known([p for p in people if not p.held_out]), _known([p for p in people if p.held_out]), len(people),
            final=_final(row, all(person.stayed is not None for person in people)),
        ),
        ratio=_ratio(row, arms),
        decay=decay(table) if table is not None else None,
        worth=worth(table, float(workshop.brand.margin_pct) / 100) if table is not None else None,
        stops=_stops(row, table) if table is not None else (),
        parts=tuple(_parts([person for person in people if not person.held_out])),
    )  # fmt: skip


def lift_of(row: CampaignRow, workshop: Workshop) -> Lift | None:
    """The lift alone, from counts: cheap enough for a list of campaigns."""
    results = workshop.store.results
    arms, outcomes = results.arms(row.id), Counter(dict(results.by_arm(row.id)))

    def known(held: bool) -> Group:
        stayed, left = (outcomes[held, status.value] for status in (CaseStatus.STAYED, CaseStatus.LEFT))
        return Group(stayed + left, stayed)

    written, held = known(held=False), known(held=True)
    return lift(written, held, sum(arms), final=_final(row, written.n + held.n >= sum(arms)))


def settle(workshop: Workshop) -> dict[str, int]:
    """Whoever bought within the horizon stayed, whoever did not has left: recorded once their days are over.

    Only as far as the orders reach: silence of a file that was not exported yet is no customer's silence.
    """
    now, span = workshop.clock.now(), workshop.log.span()
    waiting = workshop.store.results.unsettled(now - timedelta(days=HORIZON))
    counts = {CaseStatus.STAYED.value: 0, CaseStatus.LEFT.value: 0}
    if span is None or not waiting:
        return counts
    people = _frame(waiting)
    until = min(now, span[1])
    events = workshop.log.load(since=people["opened_at"].min(), until=until, customer_ids=list(people["customer_id"]))
    for row, stayed in zip(people.itertuples(), _per_case(people, events, until, settled), strict=True):
        if stayed is None:
            continue
        kind = CaseStatus.STAYED.value if stayed else CaseStatus.LEFT.value
        at = row.opened_at.to_pydatetime() + timedelta(days=HORIZON)
        recorded = pipeline.record(OutcomeRow(kind, at, case_id=str(row.case_id)), workshop.house, "orders")
        counts[kind] += recorded is not None
    return counts


def watch(workshop: Workshop) -> list[tuple[str, Stop]]:
    """Pause each campaign that breaches a limit; give back which and why.

    One that a person resumed in spite of it goes on until more of the same harm comes in.
    """
    stopped = []
    store = workshop.store
    for row in store.campaigns.rows([CampaignStatus.RUNNING, CampaignStatus.DONE]):
        if is_over(row, store.cases.counts(row.id)):
            continue
        breached = next((stop for stop in measure(row.id, workshop).stops if stop.breached), None)
        if breached is None or _seen_before(row, breached):
            continue
        try:
            campaign.pause(row.id, workshop.house)
        except TransitionNotAllowed:
            continue  # somebody else stopped it, or it ended in this moment
        store.campaigns.note_harm(row.id, breached.harm.value, breached.written_to.stayed)
        stopped.append((row.id, breached))
    return stopped


def _seen_before(row: CampaignRow, stop: Stop) -> bool:
    return stop.written_to.stayed <= int(dict(row.plan.get("harm_seen", {})).get(stop.harm.value, -1))


# --- from records to tables ---------------------------------------------------------------------------------------------


def _table(people: Sequence[Followed], workshop: Workshop, contact_cost: float) -> pd.DataFrame:
    """One row a customer: what follow_up says, and what the store knows."""
    import pandas as pd

    now, span = workshop.clock.now(), workshop.log.span()
    until = min(now, span[1] + timedelta(seconds=1)) if span else now
    frame = _frame([(person.case_id, person.customer_id, person.opened_at) for person in people])
    ids = list(frame["customer_id"])
    events = workshop.log.load(since=frame["opened_at"].min(), until=until, customer_ids=ids)
    table = pd.concat([frame, follow_up(frame, events, until)], axis=1)
    windows = [name for name in table.columns if name.startswith("bought_")]
    return table.assign(
        held_out=[person.held_out for person in people],
        bought=table["revenue"].gt(0) | table[windows].max(axis=1).eq(1),
        redeemed_cost=[float(to_major(person.redeemed)) if person.redeemed else 0.0 for person in people],
        sending_cost=[contact_cost if person.sent else 0.0 for person in people],
        unsubscribed=[float(person.unsubscribed) for person in people],
        sent=[person.sent for person in people],
    )


def _frame(cases: Sequence[tuple[str, str, Any]]) -> pd.DataFrame:
    import pandas as pd

    frame = pd.DataFrame(list(cases), columns=["case_id", "customer_id", "opened_at"])
    return frame.assign(opened_at=pd.to_datetime(frame["opened_at"], utc=True))


def _per_case(people: pd.DataFrame, events: pd.DataFrame, until: Any, ask: Callable[..., pd.Series]) -> list[bool | None]:
    """A customer may have been in several campaigns: each case is asked by itself, together with others' cases."""
    found: dict[Any, bool | None] = {}
    rank = people.groupby("customer_id").cumcount()
    for turn in sorted(rank.unique()):
        part = people[rank == turn]
        answers = ask(part, events, until)
        found |= {place: None if answer is None else bool(answer) for place, answer in answers.astype(object).where(answers.notna(), None).items()}
    return [found[place] for place in people.index]


# --- figures ------------------------------------------------------------------------------------------------------------


def _known(people: Sequence[Followed]) -> Group:
    known = [person for person in people if person.stayed is not None]
    return Group(len(known), sum(person.stayed is True for person in known))


def _final(row: CampaignRow, all_known: bool) -> bool:
    return all_known and row.status in (CampaignStatus.DONE, CampaignStatus.CANCELLED)


def _ratio(row: CampaignRow, arms: tuple[int, int]) -> RatioCheck | None:
    """None where nobody was to be held out, or the campaign is from before the share was kept."""
    share = row.plan.get("holdout_share")
    if not share or share >= 1 or not sum(arms):
        return None
    return check_ratio({HELD_OUT: arms[1], WRITTEN_TO: arms[0]}, f"{HELD_OUT}={share},{WRITTEN_TO}={1 - share}")


def _stops(row: CampaignRow, table: pd.DataFrame) -> tuple[Stop, ...]:
    """Harm among those whose message left, against everybody held out."""
    limits = {**LIMITS, **{Harm(harm): share for harm, share in plan_of(row.plan).limits.items()}}
    written, held = table[~table["held_out"] & table["sent"]], table[table["held_out"]]
    return tuple(
        check_stop(
            harm,
            Group(len(written), int(written[harm.value].sum())),
            Group(len(held), int(held[harm.value].sum())),
            limit,
            max(row.total, 100),
        )
        for harm, limit in limits.items()
    )


def _parts(people: Sequence[Followed]) -> list[Part]:
    """By kind of draft, writer, channel and offer."""
    kinds: tuple[tuple[str, Callable[[Followed], str]], ...] = (
        ("draft", lambda person: ("cell" if person.cell else "individual") if person.writer else "none"),
        ("writer", lambda person: person.writer or "none"),
        ("channel", lambda person: person.channel),
        ("offer", lambda person: person.offer_id or "none"),
    )
    parts = []
    for by, told in kinds:
        groups: dict[str, list[Followed]] = {}
        for person in people:
            groups.setdefault(told(person), []).append(person)
        parts += [
            Part(by, name, len(group), _known(group), sum(person.redeemed is not None for person in group))
            for name, group in sorted(groups.items())
        ]
    return parts


def measured_answer(found: Measured) -> dict[str, Any]:
    """The `campaign report` contract."""
    return {
        "campaign": found.row.id,
        "state": found.row.status.value,
        "arms": {WRITTEN_TO: found.arms[0], HELD_OUT: found.arms[1]},
        "lift": found.lift.as_dict() if found.lift else None,
        "srm": found.ratio.as_dict() if found.ratio else None,
        "net_profit": found.worth.as_dict() if found.worth else None,
        "decay": found.decay.as_dict() if found.decay else None,
        "guardrails": [stop.as_dict() for stop in found.stops],
        "parts": [
            {"by": part.by, "name": part.name, "n": part.n, "known": part.known.n, "stayed": part.known.stayed,
             "redeemed": part.redeemed}
            for part in found.parts
        ],
    }  # fmt: skip

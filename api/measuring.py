"""Campaigns measured: who stayed, at what profit, how it ages, whom it harmed.

Reads store and event log, lets `scoring.experiments` count, changes nothing: `api.upkeep` does what follows from it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from agent.domain import CampaignRow, CampaignStatus, CaseStatus, Followed, HowFar
from agent.money import to_major
from agent.plan import plan_of
from api.bootstrap import Workshop
from scoring.experiments.campaign import Group, Lift, lift
from scoring.experiments.decay import Decay, decay
from scoring.experiments.follow_up import follow_up
from scoring.experiments.ratio import RatioCheck, check_ratio
from scoring.experiments.sample_audit import SampleAudit
from scoring.experiments.stops import LIMITS, Stop, check_stop
from scoring.experiments.variants import ArmCount, Variants, compare_variants
from scoring.experiments.worth import Worth, worth

if TYPE_CHECKING:
    import pandas as pd

WRITTEN_TO, HELD_OUT = "written_to", "held_out"


@dataclass(frozen=True, slots=True)
class Part:
    """Customers of the arm to write to who share something that came after the lot (a draft, an offer): shown, never
    compared. `sent`: to so many of them a message left, or may have."""

    by: str
    name: str
    n: int
    sent: int
    known: Group
    redeemed: int


@dataclass(frozen=True, slots=True)
class Measured:
    """One campaign, as far as anybody can tell today. None: nobody can yet, or nothing was drawn by lot.

    `arms`: how many were drawn to be written to, and how many to be held out. `far`: how far it got with the former,
    who are compared as they were drawn, sent to or not; only those under WRITTEN_TO have had a message.
    """

    row: CampaignRow
    arms: tuple[int, int]
    far: Mapping[HowFar, int]
    lift: Lift | None
    ratio: RatioCheck | None
    decay: Decay | None
    worth: Worth | None
    stops: tuple[Stop, ...]
    parts: tuple[Part, ...]
    variants: Variants | None = None
    audit: SampleAudit | None = None


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
        far=Counter(person.far for person in people if not person.held_out),
        lift=lift(
            _known([person for person in people if not person.held_out]),
            _known([person for person in people if person.held_out]),
            len(people),
            final=_final(row, all(person.stayed is not None for person in people)),
        ),
        ratio=_ratio(row, arms),
        decay=decay(table) if table is not None else None,
        worth=worth(table, float(workshop.brand.margin_pct) / 100) if table is not None else None,
        stops=_stops(row, table) if table is not None else (),
        parts=tuple(_parts([person for person in people if not person.held_out])),
        variants=_variants(row, people, table, workshop),
        audit=_audit(row, workshop),
    )


def lift_of(row: CampaignRow, workshop: Workshop) -> Lift | None:
    """The lift alone, from counts: cheap enough for a list of campaigns."""
    results = workshop.store.results
    arms, outcomes = results.arms(row.id), Counter(dict(results.by_arm(row.id)))

    def known(held: bool) -> Group:
        stayed, left = (outcomes[held, status.value] for status in (CaseStatus.STAYED, CaseStatus.LEFT))
        return Group(stayed + left, stayed)

    written, held = known(held=False), known(held=True)
    return lift(written, held, sum(arms), final=_final(row, written.n + held.n >= sum(arms)))


# --- from records to tables -------------------------------------------------------------------------------------------


def _table(people: Sequence[Followed], workshop: Workshop, contact_cost: float) -> pd.DataFrame:
    """One row a customer: what follow_up says, and what the store knows."""
    cases = frame([(person.case_id, person.customer_id, person.opened_at) for person in people])
    now, span = workshop.clock.now(), workshop.log.span()
    # Silence of a file that was not exported yet is no customer's silence: time ends where the orders end.
    until = min(now, span[1] + timedelta(seconds=1)) if span else now
    ids = list(cases["customer_id"])
    events = workshop.log.load(since=cases["opened_at"].min(), until=until, customer_ids=ids)
    table = cases.join(follow_up(cases, events, until))
    windows = [name for name in table.columns if name.startswith("bought_")]
    return table.assign(
        held_out=[person.held_out for person in people],
        bought=table["revenue"].gt(0) | table[windows].max(axis=1).eq(1),
        redeemed_cost=[float(to_major(person.redeemed)) if person.redeemed else 0.0 for person in people],
        sending_cost=[contact_cost if person.sent else 0.0 for person in people],
        unsubscribed=[float(person.unsubscribed) for person in people],
        sent=[person.sent for person in people],
        arm=[person.arm for person in people],
    )


def frame(cases: Sequence[tuple[str, str, datetime]]) -> pd.DataFrame:
    """`cases`: case id, customer id, when it was opened."""
    import pandas as pd

    made = pd.DataFrame(list(cases), columns=["case_id", "customer_id", "opened_at"])
    return made.assign(opened_at=pd.to_datetime(made["opened_at"], utc=True))


# --- figures ----------------------------------------------------------------------------------------------------------


def _known(people: Sequence[Followed]) -> Group:
    known = [person for person in people if person.stayed is not None]
    return Group(len(known), sum(person.stayed is True for person in known))


def _final(row: CampaignRow, all_known: bool) -> bool:
    return all_known and row.status in (CampaignStatus.DONE, CampaignStatus.CANCELLED)


def _variants(
    row: CampaignRow, people: Sequence[Followed], table: pd.DataFrame | None, workshop: Workshop
) -> Variants | None:
    """The arms of the plan, each as it was drawn; who is in none counts in none."""
    margin = float(workshop.brand.margin_pct) / 100
    held = [person for person in people if person.held_out]
    counts = []
    for arm in plan_of(row.plan).arms:
        group = [person for person in people if person.arm == arm.name]
        own = worth(table[table["arm"].eq(arm.name) | table["held_out"]], margin) if table is not None else None
        counts.append(ArmCount(arm.name, arm.share, len(group), _known(group), own.net if own else None))
    final = _final(row, all(person.stayed is not None for person in people))
    return compare_variants(tuple(counts), _known(held), final)


def _audit(row: CampaignRow, workshop: Workshop) -> SampleAudit | None:
    """None where nothing goes by itself."""
    if not plan_of(row.plan).auto_send:
        return None
    decided, alone = workshop.store.results.audited(row.id)
    known = Counter(decided)
    return SampleAudit(len(decided), len(decided) - known[None], known["edit"], known["reject"], alone)


def _ratio(row: CampaignRow, arms: tuple[int, int]) -> RatioCheck | None:
    """None where nobody was to be held out, or the campaign is from before the share was kept."""
    share = row.plan.get("holdout_share")
    if not share or share >= 1 or not sum(arms):
        return None
    return check_ratio({HELD_OUT: arms[1], WRITTEN_TO: arms[0]}, f"{HELD_OUT}={share},{WRITTEN_TO}={1 - share}")


def _stops(row: CampaignRow, table: pd.DataFrame) -> tuple[Stop, ...]:
    """Harm among those whose message left, against everybody held out."""
    limits = {**LIMITS, **plan_of(row.plan).limits}
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
            Part(
                by,
                name,
                len(group),
                sum(person.sent for person in group),
                _known(group),
                sum(person.redeemed is not None for person in group),
            )
            for name, group in sorted(groups.items())
        ]
    return parts


def measured_answer(found: Measured) -> dict[str, Any]:
    """The `campaign report` contract. `arms.drawn`: were to be written to; `how_far` says what became of each."""
    return {
        "campaign": found.row.id,
        "state": found.row.status.value,
        "arms": {WRITTEN_TO: found.far.get(HowFar.WRITTEN_TO, 0), HELD_OUT: found.arms[1], "drawn": found.arms[0]},
        "how_far": {far.value: found.far.get(far, 0) for far in HowFar},
        "lift": found.lift.as_dict() if found.lift else None,
        "srm": found.ratio.as_dict() if found.ratio else None,
        "net_profit": found.worth.as_dict() if found.worth else None,
        "decay": found.decay.as_dict() if found.decay else None,
        "guardrails": [stop.as_dict() for stop in found.stops],
        "parts": [
            {"by": part.by, "name": part.name, "n": part.n, "sent": part.sent, "known": part.known.n,
             "stayed": part.known.stayed, "redeemed": part.redeemed}
            for part in found.parts
        ],
        "variants": found.variants.as_dict() if found.variants else None,
        "audit": found.audit.as_dict() if found.audit else None,
    }  # fmt: skip

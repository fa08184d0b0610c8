"""Where one customer stands in a campaign: reached on which channel and in which arm, served, held out, or left out.

Lots are drawn last, among those who could be reached in every arm: else arms and hold-out would not be alike.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from agent import steps, ways
from agent.arms import Arm, draw
from agent.campaign.ahead import Known, look_up
from agent.campaign.standing import Doorman
from agent.context import open_ticket
from agent.domain import CampaignRow, CampaignStatus, Case, CaseStatus, Channel, Customer, Event, Purpose
from agent.guardrails.live import Standing
from agent.holdout import held_out
from agent.house import House
from agent.plan import Plan, plan_of
from agent.priority import by_priority
from scoring.records import RiskBand, RiskScore

BANDS = (RiskBand.LOW, RiskBand.MEDIUM, RiskBand.HIGH)
APART = timedelta(days=7)
"""One customer, one campaign at a time: so long a case of another campaign keeps this one away."""
Flagged = tuple[RiskScore, Customer, tuple[Event, ...]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where one customer stands in a campaign. `channel` None: left out, `why_not` says why.

    `serving`: a ticket is open, so this customer gets help and no marketing. `held_out`: in the control group; a case
    is kept for the comparison and nothing is written. `arm`: None where the plan has none, and for those two.
    `standing`: what the permission rules say on that channel; where only the hour is wrong, the message waits.
    """

    channel: Channel | None
    why_not: str = ""
    serving: bool = False
    held_out: bool = False
    arm: Arm | None = None
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class Rivals:
    """Campaigns that come before this one: id → the customers that they are going to reach."""

    ahead: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def first_of(self, customer_id: str) -> str | None:
        return next((name for name, wanted in self.ahead.items() if customer_id in wanted), None)


def candidates(plan: Plan, house: House) -> tuple[list[RiskScore], int]:
    """The flagged customers, most at stake first and without their reasons, and how many were scored at all."""
    scores = house.store.scores.ranking()
    return flagged(plan, scores), len(scores)


def flagged(plan: Plan, scores: Sequence[RiskScore]) -> list[RiskScore]:
    wanted = BANDS[BANDS.index(plan.band) :]
    return by_priority(score for score in scores if score.band in wanted)[: plan.top]


def rivals(plan: Plan, house: House) -> Rivals:
    """Those that run, or will within a week, and have a higher priority."""
    ahead = [row for row in _others(plan, house) if plan_of(row.plan).priority > plan.priority]
    if not ahead:
        return Rivals()
    scores = house.store.scores.ranking()
    return Rivals({row.id: frozenset(s.customer_id for s in flagged(plan_of(row.plan), scores)) for row in ahead})


def _others(plan: Plan, house: House) -> list[CampaignRow]:
    soon = house.clock.now() + APART
    rows = house.store.campaigns.rows([CampaignStatus.RUNNING, CampaignStatus.SCHEDULED])
    return [row for row in rows if row.id != plan.id and ((at := plan_of(row.plan).starts_at) is None or at <= soon)]


class Placer:
    """Places the customers of one campaign, one by one or read ahead for a group."""

    def __init__(self, plan: Plan, house: House) -> None:
        self._plan, self._house = plan, house
        self._ahead = rivals(plan, house)
        self._doorman = Doorman(house)

    def place(
        self,
        customer: Customer,
        events: Sequence[Event],
        known: Known | None = None,
        channels: Sequence[Channel] = (),
    ) -> Place:
        """Whether and how this customer is reached now, in the gate's own words where the gate is against it.

        `channels`: those of a step of a flow, in the place of the plan's.
        """
        plan, now = self._plan, self._house.clock.now()
        plan = replace(plan, channels=tuple(channels)) if channels else plan
        known = known or look_up(customer.id, self._house)
        if taken := _taken(known, plan, now):
            return Place(None, taken)
        if (first := self._ahead.first_of(customer.id)) is not None:
            return Place(None, f"left to campaign {first}, which comes first")
        if known.sent_since(now - steps.GAP):
            return Place(None, f"had a message within {steps.GAP.days} days")
        serving = open_ticket(events) is not None
        arm = draw(plan.arms, plan.id, customer.id) if not serving else None
        ways_in, why_not = channels_in(plan, customer, arm, known.house)
        if None in ways_in:
            in_arms = f"{why_not.removesuffix(' on any channel of the plan')} in every arm"
            return Place(None, in_arms if plan.arms and any(ways_in) else why_not)
        if not serving and steps.wants_peace(events, now):
            return Place(None, "better left alone: asked lately for fewer messages")
        sent = known.sent_since(now - timedelta(days=7))
        ask = {way: self._doorman.standing(customer, events, way, sent) for way in ways_in if way is not None}
        for standing in ask.values():
            if hard := [rule for rule in standing.objections if not (serving and rule == "HOLD_CASE")]:
                return Place(None, hard[0])
        held = not serving and held_out(self._house.experiment, customer.id, self._house.holdout_share)
        way = ways_in[0]
        return Place(way, "", serving, held, None if held else arm, ask[way] if way is not None else None)


def channels_in(
    plan: Plan, customer: Customer, arm: Arm | None, house: House
) -> tuple[tuple[Channel | None, ...], str]:
    """The channel of the customer's own arm first, then that of each other arm; None where one does not reach them.

    With it, why the first that does not reach them does not.
    """
    wanted = [(arm.channels if arm else ()) or plan.channels]
    wanted += [other.channels or plan.channels for other in plan.arms if arm is not None]
    found = [_way(preferred, customer, house) for preferred in wanted]
    return tuple(channel for channel, _ in found), next((why for channel, why in found if channel is None), "")


def _way(preferred: Sequence[Channel], customer: Customer, house: House) -> tuple[Channel | None, str]:
    """The first preferred channel with a consent, an address that still takes messages, and words that may go there.

    Else why there is none: what came nearest.
    """
    why_not = "no consent and address on any channel of the plan"
    for name in preferred:
        if choose_channel(customer, [name]) is None:
            continue
        if not ways.reached_on(name, customer, house):
            why_not = "messages to the address came back"
        elif ways.shut(name, customer, Purpose.MARKETING, house):
            why_not = "only approved texts go on the channel that is left, and there is none for it"
        else:
            return name, ""
    return None, why_not


def choose_channel(customer: Customer, preferred: Sequence[Channel]) -> Channel | None:
    """The first preferred channel with a consent and an address; None when there is none."""
    addresses = {Channel.EMAIL: customer.email, Channel.SMS: customer.phone}
    for channel in preferred:
        consent = customer.consents.get(channel)
        if consent is not None and consent.granted and addresses.get(channel, customer.id):
            return channel
    return None


def _taken(known: Known, plan: Plan, now: datetime) -> str:
    """Why another campaign keeps this one away: a case of these days comes first. Empty when none does."""
    for campaign_id, opened_at in known.cases:
        if campaign_id in plan.not_with:
            return f"was in campaign {campaign_id}, which the plan does not go with"
        if campaign_id not in (None, plan.id) and opened_at > now - APART:
            return "in another campaign these days"
    return ""


def case_id(plan: Plan, customer: Customer, house: House) -> str:
    """A function of brand, plan and customer: whoever asks again means the same case."""
    digest = hashlib.sha256(f"{house.brand.id}\x1f{plan.id}\x1f{customer.id}".encode()).hexdigest()
    return f"case_{digest[:20]}"


def new_case(plan: Plan, score: RiskScore, customer: Customer, place: Place, house: House) -> Case:
    return Case(
        case_id=case_id(plan, customer, house),
        brand_id=house.brand.id,
        customer_id=customer.id,
        channel=place.channel or plan.channels[0],
        purpose=Purpose.SERVICE if place.serving else Purpose.MARKETING,
        status=CaseStatus.SCORED,
        opened_at=house.clock.now(),
        campaign_id=plan.id,
        score=score,
        arm=place.arm.name if place.arm else None,
    )


SAID = ("ticket", "review")
"""The kinds of events in which customers speak: placing rests on no others, and visits and orders are many."""


def with_history(
    scores: Sequence[RiskScore], house: House, chunk: int = 500, kinds: Sequence[str] = ()
) -> Iterator[Flagged]:
    """Customers with their full scores and what happened to them, of these kinds where any are named."""
    for start in range(0, len(scores), chunk):
        now = house.clock.now()
        part = scores[start : start + chunk]
        ids = [score.customer_id for score in part]
        known = house.store.people.get_many(ids)
        timelines, full = house.history.timelines(ids, now, kinds), house.store.scores.of_many(ids)
        for score in part:
            if (customer := known.get(score.customer_id)) is not None:
                yield full.get(customer.id, score), customer, timelines.get(customer.id, ())

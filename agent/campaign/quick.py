"""The quick path of a campaign in cells: a group of customers decided, filled, judged and queued in one transaction.

All is decided as on the long way (`reaching`), by the same functions, and among those who go this way in the same
order; what differs is that the store is asked once for the group, that words are a cell's approved template with this
customer's fills, and that the rows are written together. Of the words, only what differs from customer to customer is
judged here; the whole gate has judged the template, and judges each message once more before it leaves. Whoever does
not fit goes the long way, from where they stand: the most valuable customers (one by one, before any group), an open
ticket, an arm with a wish, a fill that is not plain.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from time import monotonic

from agent import steps, ways
from agent.campaign.ahead import Known, look_up, read_ahead
from agent.campaign.filling import Filler
from agent.campaign.going import Going
from agent.campaign.ladders import Ladders
from agent.campaign.placing import SAID, Placer, case_id, new_case
from agent.campaign.reaching import arm_line, reach
from agent.campaign.together import Together, next_size
from agent.context import open_ticket
from agent.domain import (
    CampaignStatus,
    CaseStatus,
    Customer,
    Event,
)
from agent.errors import HoldfastError
from agent.house import House
from agent.ledger import GroupBook
from agent.offers import choose_offer
from agent.pipeline import Prepared
from agent.plan import Plan
from scoring.records import RiskScore

S = CaseStatus
READ, READ_EVENTS = 2_000, 20_000
"""Customers whose records, and whose events, are read at a time: a question to the events of a million customers costs
about as much for one as for some thousands, and all of it would be waited for under the store's lock."""


@dataclass(frozen=True, slots=True)
class _Row:
    """`number`: the place by what is at stake, from 1. `orders`: how many, and when the last."""

    number: int
    score: RiskScore
    orders: tuple[int, datetime | None]


class QuickPath:
    """For the length of one campaign, of one process."""

    def __init__(self, plan: Plan, house: House, ladders: Ladders, placer: Placer) -> None:
        self._plan, self._house, self._ladders, self._placer = plan, house, ladders, placer
        self._filler, self._together = Filler(plan, house, ladders), Together(house)
        self._channels = tuple(dict.fromkeys((*plan.channels, *(way for arm in plan.arms for way in arm.channels))))

    def through(self, scores: Sequence[RiskScore]) -> Iterator[Prepared | None]:
        """What `reach` would make of each, in order. None: left out, or the campaign no longer runs.

        A group is kept together or not at all; one in which something fails goes the long way, one by one.
        """
        rows, size, done = self._rows(scores), 1, 0
        # the most valuable go the long way and come first: their coupons are not spent on the others of a group
        while group := list(islice(rows, 1 if done < self._plan.individual else size)):
            done += len(group)
            began = monotonic()
            try:
                with self._house.store.write():
                    going = self._reach(group)
            except HoldfastError:
                self._filler.forget()
                going = [self._alone(row) for row in group]
            size = next_size(len(group), monotonic() - began)
            yield from self._rest(going)

    def _rows(self, scores: Sequence[RiskScore]) -> Iterator[_Row]:
        house = self._house
        for start in range(0, len(scores), READ):
            if start % READ_EVENTS == 0:
                self._read_ahead([score.customer_id for score in scores[start : start + READ_EVENTS]])
            part = scores[start : start + READ]
            ids = [score.customer_id for score in part]
            orders, full = house.history.orders(ids, house.clock.now()), house.store.scores.of_many(ids)
            for number, score in enumerate(part, start=start + 1):
                yield _Row(number, full.get(score.customer_id, score), orders.get(score.customer_id, (0, None)))

    def _read_ahead(self, customer_ids: Sequence[str]) -> None:
        """What placing asks for, of all of them; everything of those with an open ticket, whom the long way answers."""
        history, now = self._house.history, self._house.clock.now()
        history.read_ahead(customer_ids, SAID)
        said = history.timelines(customer_ids, now, SAID)
        self._recall([name for name, events in said.items() if open_ticket(events) is not None])

    def _reach(self, rows: Sequence[_Row]) -> list[Going | None]:
        house, now = self._house, self._house.clock.now()
        if not self._runs():
            return [None for _ in rows]
        ids = [row.score.customer_id for row in rows]
        house.store.people.lock_many(ids)  # from here on nobody else decides about them
        customers, said = house.store.people.get_many(ids), house.history.timelines(ids, now, SAID)
        names = [case_id(self._plan, customer, house) for customer in customers.values()]
        known = read_ahead(list(customers.values()), self._channels, house)
        there = house.store.cases.known(names)
        ledger = house.store.ledger.for_group(ids, names)

        here = [(row, customers.get(row.score.customer_id)) for row in rows]
        going = [
            self._placed(row, one, said.get(one.id, ()), known[one.id], there) if one is not None else None
            for row, one in here
        ]
        under_way = [one for one in going if one is not None and not one.long_way]
        for one in under_way:
            self._decide(one, ledger)
        self._filler.fill([one for one in under_way if one.reached is None])

        ledger.keep()
        house.store.cases.keep_reached([one.reached for one in under_way if one.reached is not None], now)
        house.store.outbox.enqueue_new([one.message for one in under_way if one.message is not None], now)
        return going

    def _alone(self, row: _Row) -> Going | None:
        """One of a group that could not be kept: nothing is decided, all of it is for the long way."""
        found = self._house.store.people.get_many([row.score.customer_id])
        said = self._house.history.timelines(list(found), self._house.clock.now(), SAID)
        for customer in found.values():
            known = look_up(customer.id, self._house)
            one = self._placed(row, customer, said.get(customer.id, ()), known, set())
            if one is not None:
                one.long_way = True
            return one
        return None

    def _rest(self, going: Sequence[Going | None]) -> Iterator[Prepared | None]:
        """Each as far as they have come; whoever goes the long way goes it now, after the group's transaction."""
        left = [one for one in going if one is not None and one.long_way]
        self._recall([one.customer.id for one in left])
        reached = self._together.over(self._the_long_way, left)
        for one in going:
            yield None if one is None else next(reached) if one.long_way else one.prepared()

    def _the_long_way(self, one: Going) -> Prepared | None:
        if not self._runs():
            return None
        own = self._ladders.house_for(one.arm.name if one.arm else None, one.number)
        return reach(one.case, self._plan, own, one.arm)

    def _recall(self, customer_ids: Sequence[str]) -> None:
        """The long way asks for everything that ever happened to one customer; asked together, it is kept at hand."""
        if customer_ids:
            self._house.history.timelines(customer_ids, self._house.clock.now())

    def _runs(self) -> bool:
        return self._house.store.campaigns.status(self._plan.id) is CampaignStatus.RUNNING

    def _placed(
        self, row: _Row, customer: Customer, events: tuple[Event, ...], known: Known, there: set[str]
    ) -> Going | None:
        place = self._placer.place(customer, events, known)
        if place.channel is None:
            return None
        case = new_case(self._plan, row.score, customer, place, self._house)
        told = [("arm", arm_line(case, place.arm))] if place.arm is not None else []
        one = Going(row.number, customer, events, row.orders, known, place, case, list(told))
        one.long_way = (
            case.case_id in there
            or place.serving
            or self._ladders.is_individual(row.number)
            or bool(place.arm is not None and place.arm.instruction)
            or ways.templates_alone(case.channel, customer, case.purpose, self._house)
        )
        return one

    # --- decided ------------------------------------------------------------------------------------------------------

    def _decide(self, one: Going, ledger: GroupBook) -> None:
        house, case = one.known.house, one.case
        context = steps.offer_context(case.customer_id, one.events, house, one.orders)
        sayable = ways.carries_offers(case.channel, one.customer, case.purpose, house)
        drawn = steps.drawn_for(case, house)
        context = replace(context, sayable=sayable, only=steps.only_offer(one.arm), drawn=drawn)
        decision = choose_offer(case, one.customer, house.catalogue, ledger, context)
        status = steps.DECIDED[decision.status]
        one.case = replace(case, status=status, decision=decision, situation=decision.situation)
        one.told.append(("offer", steps.offer_line(decision, context)))
        if status is S.HELD_OUT:
            one.keep([S.HELD_OUT])

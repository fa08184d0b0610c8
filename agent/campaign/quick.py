"""The quick path of a campaign in cells: a group of customers decided, filled, judged and queued in one transaction.

All is decided as on the long way (`reaching`), in the same order and by the same functions; what differs is that the
store is asked once for the group, that words are a cell's approved template with this customer's fills, and that the
rows are written together. Of the words, only what differs from customer to customer is judged here; the whole gate has
judged the template, and judges each message once more before it leaves. Whoever does not fit goes the long way, from
where they stand: the most valuable customers, an open ticket, an arm with a wish, a fill that is not plain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import islice
from time import monotonic
from typing import Any

from agent import steps, ways
from agent.arms import Arm
from agent.campaign.ahead import Known, look_up, read_ahead
from agent.campaign.ladders import Ladders
from agent.campaign.placing import SAID, Place, Placer, case_id, new_case
from agent.campaign.reaching import arm_line, reach
from agent.campaign.together import next_size
from agent.cells import Fill, Written, shared_sheet
from agent.context import Live, gate_context
from agent.domain import (
    MONEY_KINDS,
    CampaignStatus,
    Case,
    CaseStatus,
    Customer,
    Decision,
    Draft,
    Event,
    Message,
    Offer,
    OfferDecision,
    Reached,
    Review,
    Source,
    Verdict,
    Words,
)
from agent.draft import draft_id_of
from agent.errors import HoldfastError, InputError
from agent.facts.people import read_name
from agent.guardrails import context_from_json, rules_version
from agent.guardrails.context import GateContext
from agent.guardrails.live import Standing, repeats
from agent.hashes import words_hash
from agent.holdout import held_out
from agent.house import House
from agent.ledger import GroupBook
from agent.offers import choose_offer
from agent.pipeline import Prepared
from agent.plan import Plan
from agent.review import AUDIT_SAMPLE, AUTOMATIC
from agent.send import compose_message, headers_of
from knowledge.documents import Clause, Passage
from scoring.records import RiskScore

S = CaseStatus
READ = 2_000
"""Customers who are read at a time: a question to the events costs as much for one as for some thousands."""


@dataclass(frozen=True, slots=True)
class _Row:
    """`number`: the place by what is at stake, from 1. `orders`: how many, and when the last."""

    number: int
    score: RiskScore
    events: tuple[Event, ...]
    orders: tuple[int, datetime | None]


@dataclass(slots=True)
class _Going:
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


class QuickPath:
    """For the length of one campaign, of one process."""

    def __init__(self, plan: Plan, house: House, ladders: Ladders, placer: Placer) -> None:
        self._plan, self._house, self._ladders, self._placer = plan, house, ladders, placer
        self._channels = tuple(dict.fromkeys((*plan.channels, *(way for arm in plan.arms for way in arm.channels))))

    def through(self, scores: Sequence[RiskScore]) -> Iterator[Prepared | None]:
        """What `reach` would make of each, in order. None: left out, or the campaign no longer runs.

        A group is kept together or not at all; one in which something fails goes the long way, one by one.
        """
        rows, size = self._rows(scores), 1
        while group := list(islice(rows, size)):
            began = monotonic()
            try:
                with self._house.store.write():
                    going = self._reach(group)
            except HoldfastError:
                going = [self._alone(row) for row in group]
            size = next_size(len(group), monotonic() - began)
            yield from self._rest(going)

    def _rows(self, scores: Sequence[RiskScore]) -> Iterator[_Row]:
        house, now = self._house, self._house.clock.now()
        for start in range(0, len(scores), READ):
            part = scores[start : start + READ]
            ids = [score.customer_id for score in part]
            orders, said = house.history.orders(ids, now), house.history.timelines(ids, now, SAID)
            full = house.store.people.scores_of(ids)
            for number, score in enumerate(part, start=start + 1):
                name = score.customer_id
                yield _Row(number, full.get(name, score), said.get(name, ()), orders.get(name, (0, None)))

    def _reach(self, rows: Sequence[_Row]) -> list[_Going | None]:
        house, now = self._house, self._house.clock.now()
        if not self._runs():
            return [None for _ in rows]
        ids = [row.score.customer_id for row in rows]
        house.store.people.lock_many(ids)  # from here on nobody else decides about them
        customers = house.store.people.get_many(ids)
        names = [case_id(self._plan, customer, house) for customer in customers.values()]
        known = read_ahead(list(customers.values()), self._channels, house)
        there = house.store.cases.known(names)
        ledger = house.store.ledger.for_group(ids, names)

        here = [(row, customers.get(row.score.customer_id)) for row in rows]
        going = [self._placed(row, one, known[one.id], there) if one is not None else None for row, one in here]
        under_way = [one for one in going if one is not None and not one.long_way]
        for one in under_way:
            self._decide(one, ledger)
        self._fill([one for one in under_way if one.reached is None])

        ledger.keep()
        house.store.cases.keep_reached([one.reached for one in under_way if one.reached is not None], now)
        house.store.outbox.enqueue_new([one.message for one in under_way if one.message is not None], now)
        return going

    def _alone(self, row: _Row) -> _Going | None:
        """One of a group that could not be kept: nothing is decided, all of it is for the long way."""
        found = self._house.store.people.get_many([row.score.customer_id])
        for customer in found.values():
            one = self._placed(row, customer, look_up(customer.id, self._house), set())
            if one is not None:
                one.long_way = True
            return one
        return None

    def _rest(self, going: Sequence[_Going | None]) -> Iterator[Prepared | None]:
        """The long way for whoever goes it, each in a transaction of their own, with all that ever happened to them."""
        self._recall([one.customer.id for one in going if one is not None and one.long_way])
        for one in going:
            if one is None:
                yield None
            elif not one.long_way:
                assert one.reached is not None, "whoever does not go the long way was reached"
                verdict = one.reached.judged[0][1] if one.reached.judged else None
                because = one.case.decision.because if one.case.decision else ""
                yield Prepared(one.case, None, one.reached.draft, verdict, because)
            else:
                yield reach(one.case, self._plan, self._own(one), one.arm) if self._runs() else None

    def _recall(self, customer_ids: Sequence[str]) -> None:
        """The long way asks for everything that ever happened to one customer; asked together, it is kept at hand."""
        if customer_ids:
            self._house.history.timelines(customer_ids, self._house.clock.now())

    def _runs(self) -> bool:
        return self._house.store.campaigns.status(self._plan.id) is CampaignStatus.RUNNING

    def _placed(self, row: _Row, customer: Customer, known: Known, there: set[str]) -> _Going | None:
        place = self._placer.place(customer, row.events, known)
        if place.channel is None:
            return None
        case = new_case(self._plan, row.score, customer, place, self._house)
        told = [("arm", arm_line(case, place.arm))] if place.arm is not None else []
        one = _Going(row.number, customer, row.events, row.orders, known, place, case, list(told))
        one.long_way = (
            case.case_id in there
            or place.serving
            or self._ladders.is_individual(row.number)
            or bool(place.arm is not None and place.arm.instruction)
            or ways.templates_alone(case.channel, customer, case.purpose, self._house)
        )
        return one

    # --- decided ------------------------------------------------------------------------------------------------------

    def _decide(self, one: _Going, ledger: GroupBook) -> None:
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
            one.reached = self._kept(one, (S.HELD_OUT,))

    def _leave(self, one: _Going) -> None:
        """As far as decided, for the long way to take up there."""
        one.reached, one.long_way = self._kept(one, (one.case.status,)), True

    def _kept(self, one: _Going, via: Sequence[CaseStatus], **more: Any) -> Reached:
        line: dict[str, object] = {"from": S.SCORED.value, "to": via[-1].value}
        if len(via) > 1:
            line["via"] = [status.value for status in via[:-1]]
        return Reached(one.case, (*one.told, ("status", line)), **more)

    # --- filled and judged --------------------------------------------------------------------------------------------

    def _fill(self, group: Sequence[_Going]) -> None:
        """Each with a template of their cell. The greetings of a group are learnt together."""
        chosen: dict[str, tuple[Written, list[tuple[_Going, Fill]]]] = {}
        for one in group:
            fill = self._fill_of(one)
            templates = self._templates(one, fill)
            if not templates:
                self._leave(one)
                continue
            written = templates[steps.seed_of(one.case, self._house) % len(templates)]
            chosen.setdefault(written.cell_id, (written, []))[1].append((one, fill))
        for written, some in chosen.values():
            written.cell.learn([fill for _, fill in some])
            for one, fill in some:
                self._finish(one, written, fill)

    def _fill_of(self, one: _Going) -> Fill:
        brand = one.known.house.brand_for(one.case)
        offer = _money(one.case.decision)
        sources = {"customer": Source("customer", one.customer.id)}
        if offer is not None and offer.reservation_id:
            sources |= {"ledger": Source("ledger", offer.reservation_id)}
        code = offer.code if offer else None
        link = brand.unsubscribe_url
        return Fill(partial(self._state, one), read_name(one.customer), code, link, code, link, sources)

    def _state(self, one: _Going) -> GateContext:
        """What the gate would be told of this customer now."""
        house, case, now = one.known.house, one.case, self._house.clock.now()
        brand = house.brand_for(case)
        live = Live(
            customer=one.customer,
            brand=brand,
            purpose=case.purpose,
            now=now,
            events=one.events,
            clauses=self._backing(one),
            offer=_money(case.decision),
            sent_texts=[body for _, body in one.known.messages],
            headers=headers_of(case.case_id, case.channel, case.purpose, brand),
        )
        return context_from_json(gate_context(live, {}, case.channel, house.limits))

    def _backing(self, one: _Going) -> Sequence[Clause]:
        decision = one.case.decision
        acts = decision.acts if decision else ()
        own = self._own(one)
        return own.policies.licensed(acts, one.customer.language, self._house.clock.now().date())

    def _own(self, one: _Going) -> House:
        return self._ladders.house_for(one.arm.name if one.arm else None, one.number)

    def _templates(self, one: _Going, fill: Fill) -> tuple[Written, ...]:
        """Of this customer's cell: everybody in it may be told the very same, but for the fills."""
        key, stock = _cell_of(one), self._ladders.stock_for(one.arm.name if one.arm else None)
        known = stock.known(key)
        if known is not None:
            return known
        case, clauses = one.case, self._backing(one)
        passages = tuple(Passage("clause", clause.id, clause.text, 0.0, clause.language, clause) for clause in clauses)
        sheet = shared_sheet(steps.lay_out(case, one.customer, one.events, passages, self._own(one), None))
        written = stock.write(key, sheet, fill, steps.seed_of(case, self._house))
        for one_of in written:
            line = {**one_of.cell.on_record, "writer": one_of.stamp.name, "rules": rules_version()}
            self._house.store.cases.note(one_of.cell_id, "cell", self._house.clock.now(), line)
        return written

    def _finish(self, one: _Going, written: Written, fill: Fill) -> None:
        filled = written.cell.plain(fill)
        if filled is None or repeats(filled.words.body, [body for _, body in one.known.messages]):
            self._leave(one)
            return
        case, house, now = one.case, one.known.house, self._house.clock.now()
        template = written.cell.template
        stamp = replace(written.stamp, seed=steps.seed_of(case, self._house))
        draft = Draft(
            draft_id=draft_id_of(case.case_id, now, template),
            case_id=case.case_id,
            language=written.cell.language,
            channel=case.channel,
            purpose=case.purpose,
            situation=case.situation,
            subject_template=template.subject,
            body_template=template.body,
            subject=filled.words.subject,
            body=filled.words.body,
            spans=filled.spans,
            writer=stamp,
        )
        verdict = _verdict(filled.words, one.place.standing or Standing(()), now, written.cell.book)
        line = {"draft_id": draft.draft_id, "writer": stamp.name, "revision": stamp.revision, "prompt": stamp.prompt}
        one.told.append(("draft", {**line, "cell": written.cell_id, "own_files": dict(house.own_files)}))
        via = [one.case.status, S.DRAFTED, S.CHECKED]
        if why := steps.needs_a_look(case) or self._drawn_for_audit(case):
            one.told.append(("waits", {"because": why}))
            self._close(one, written, draft, verdict, "draft", [*via, S.NEEDS_PERSON])
        elif not self._plan.auto_send:
            self._close(one, written, draft, verdict, "draft", via)
        else:
            self._queue(one, written, draft, verdict, via)

    def _drawn_for_audit(self, case: Case) -> str:
        share = self._plan.audit_share if self._plan.auto_send else 0.0
        return AUDIT_SAMPLE if held_out(f"audit:{self._plan.id}", case.customer_id, share) else ""

    def _queue(self, one: _Going, written: Written, draft: Draft, verdict: Verdict, via: list[CaseStatus]) -> None:
        house, words = one.known.house, Words(draft.subject, draft.body)
        try:
            message = compose_message(draft, words, one.customer, house.brand_for(one.case))
        except InputError:
            self._leave(one)
            return
        if ways.against(one.case.channel, one.customer, one.case.purpose, words, house):
            self._leave(one)
            return
        review = Review(draft.draft_id, "approve", AUTOMATIC, self._house.clock.now())
        line = {"decision": "approve", "reviewer": AUTOMATIC, "key": message.key, "text_hash": message.text_hash}
        one.told.append(("review", line))
        one.message = (message, verdict.deferred_until)
        self._close(one, written, draft, verdict, "approve", [*via, S.APPROVED, S.QUEUED], review)

    def _close(
        self,
        one: _Going,
        written: Written,
        draft: Draft,
        verdict: Verdict,
        moment: str,
        via: Sequence[CaseStatus],
        review: Review | None = None,
    ) -> None:
        """The last lines. What the verdict rests on is the cell's own judgement and what differs."""
        one.case = replace(one.case, status=via[-1])
        found = [finding.rule for finding in verdict.findings]
        line = {
            "moment": moment,
            "draft_id": draft.draft_id,
            "decision": verdict.decision.value,
            "rules": verdict.rules,
        }
        one.told.append(("check", {**line, "text_hash": verdict.text_hash, "findings": found, "cell": written.cell_id}))
        rests_on = {"cell": written.cell_id, "now": verdict.checked_at.isoformat() if verdict.checked_at else None}
        judged = ((moment, verdict, rests_on),)
        one.reached = self._kept(one, via, draft=draft, judged=judged, review=review)


def _money(decision: OfferDecision | None) -> Offer | None:
    offer = decision.offer if decision else None
    return offer if offer is not None and offer.kind in MONEY_KINDS else None


def _cell_of(one: _Going) -> tuple[object, ...]:
    """All that the words may depend on beside the fills, to the last day of the offer."""
    decision, offer = one.case.decision, one.case.decision.offer if one.case.decision else None
    assert decision is not None, "decided before it is filled"
    terms = None
    if offer is not None:
        excluded = tuple(sorted((language.value, text) for language, text in offer.exclusions.items()))
        terms = (offer.id, offer.value, offer.currency, offer.min_spend, offer.expires_on, excluded, bool(offer.code))
    return one.case.situation, one.case.channel, one.customer.language, decision.acts, terms, one.customer.timezone


def _verdict(words: Words, standing: Standing, now: datetime, book: str) -> Verdict:
    """The cell's words passed; what is left to say is whether the hour is one."""
    return Verdict(
        decision=Decision.BLOCK if standing.waits else Decision.PASS,
        findings=standing.waits,
        text_hash=words_hash(words.subject, words.body),
        rules=rules_version(),
        checked_at=now,
        deferred_until=standing.opens_at,
        book=book,
    )

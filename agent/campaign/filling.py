"""Words for a group on the quick path: each customer's cell, its approved template, their fills, and what is judged.

Of the words, only what differs from customer to customer is judged here; the whole gate has judged the template.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from agent import steps, ways
from agent.campaign.going import Going
from agent.campaign.ladders import Ladders
from agent.cells import Fill, Filled, Written, shared_sheet
from agent.context import Live, gate_context
from agent.domain import (
    MONEY_KINDS,
    Case,
    CaseStatus,
    Decision,
    Draft,
    Message,
    Offer,
    OfferDecision,
    Review,
    Source,
    Verdict,
    Words,
)
from agent.draft import draft_id_of
from agent.errors import InputError
from agent.facts.people import read_name
from agent.guardrails import context_from_json, rules_version
from agent.guardrails.context import GateContext
from agent.guardrails.live import Standing, repeats
from agent.hashes import words_hash
from agent.holdout import held_out
from agent.house import House
from agent.plan import Plan
from agent.review import AUDIT_SAMPLE, AUTOMATIC
from agent.send import compose_message, headers_of
from knowledge.documents import Clause, Passage

S = CaseStatus


class Filler:
    """For the length of one campaign, of one process."""

    def __init__(self, plan: Plan, house: House, ladders: Ladders) -> None:
        self._plan, self._house, self._ladders = plan, house, ladders
        self._on_record: set[str] = set()

    def fill(self, group: Sequence[Going]) -> None:
        """Each with a template of their cell. The greetings of a group are learnt together."""
        chosen: dict[str, tuple[Written, list[tuple[Going, Fill]]]] = {}
        for one in group:
            fill = self._fill_of(one)
            templates = self._templates(one, fill)
            if not templates:
                one.leave()
                continue
            written = templates[steps.seed_of(one.case, self._house) % len(templates)]
            chosen.setdefault(written.cell_id, (written, []))[1].append((one, fill))
        for written, some in chosen.values():
            written.cell.learn([fill for _, fill in some])
            for one, fill in some:
                self._finish(one, written, fill)

    def _fill_of(self, one: Going) -> Fill:
        brand = one.known.house.brand_for(one.case)
        offer = _money(one.case.decision)
        sources = {"customer": Source("customer", one.customer.id)}
        if offer is not None and offer.reservation_id:
            sources |= {"ledger": Source("ledger", offer.reservation_id)}
        on_record = (offer.code if offer else None, brand.unsubscribe_url)
        return Fill(partial(self._state, one), read_name(one.customer), *on_record, *on_record, sources)

    def _state(self, one: Going) -> GateContext:
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
            headers=headers_of(case.case_id, case.channel, case.purpose, brand, one.customer.language),
        )
        return context_from_json(gate_context(live, {}, case.channel, house.limits))

    def _backing(self, one: Going) -> Sequence[Clause]:
        decision = one.case.decision
        acts = decision.acts if decision else ()
        own = self._own(one)
        return own.policies.licensed(acts, one.customer.language, self._house.clock.now().date())

    def _own(self, one: Going) -> House:
        return self._ladders.house_for(one.arm.name if one.arm else None, one.number)

    def _templates(self, one: Going, fill: Fill) -> tuple[Written, ...]:
        """Of this customer's cell: everybody in it may be told the very same, but for the fills."""
        key, stock = _cell_of(one), self._ladders.stock_for(one.arm.name if one.arm else None)
        known = stock.known(key)
        if known is not None:
            return known
        case, clauses = one.case, self._backing(one)
        passages = tuple(Passage("clause", clause.id, clause.text, 0.0, clause.language, clause) for clause in clauses)
        sheet = shared_sheet(steps.lay_out(case, one.customer, one.events, passages, self._own(one), None))
        return stock.write(key, sheet, fill, steps.seed_of(case, self._house))

    def _finish(self, one: Going, written: Written, fill: Fill) -> None:
        filled = written.cell.plain(fill)
        if filled is None or repeats(filled.words.body, [body for _, body in one.known.messages]):
            one.leave()
            return
        case, now = one.case, self._house.clock.now()
        standing = one.place.standing or Standing(())
        draft = self._draft(one, written, filled)
        verdict = _verdict(filled.words, standing, now, written.cell.book)
        via = [case.status, S.DRAFTED, S.CHECKED]
        if why := steps.needs_a_look(case) or self._drawn_for_audit(case):
            self._keep(one, written, draft, verdict, [*via, S.NEEDS_PERSON], [("waits", {"because": why})])
        elif not self._plan.auto_send:
            self._keep(one, written, draft, verdict, via)
        elif (message := self._message(one, draft)) is None:
            one.leave()
        else:
            one.message = (message, verdict.deferred_until)
            line = {"decision": "approve", "reviewer": AUTOMATIC, "key": message.key, "text_hash": message.text_hash}
            self._keep(one, written, draft, verdict, [*via, S.APPROVED, S.QUEUED], [("review", line)])

    def _draft(self, one: Going, written: Written, filled: Filled) -> Draft:
        case, template = one.case, written.cell.template
        return Draft(
            draft_id=draft_id_of(case.case_id, self._house.clock.now(), template),
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
            writer=replace(written.stamp, seed=steps.seed_of(case, self._house)),
        )

    def _drawn_for_audit(self, case: Case) -> str:
        share = self._plan.audit_share if self._plan.auto_send else 0.0
        return AUDIT_SAMPLE if held_out(f"audit:{self._plan.id}", case.customer_id, share) else ""

    def _message(self, one: Going, draft: Draft) -> Message | None:
        """None where there is no address, or whoever carries it would not take these words."""
        house, words = one.known.house, Words(draft.subject, draft.body)
        if ways.against(one.case.channel, one.customer, one.case.purpose, words, house):
            return None
        try:
            return compose_message(draft, words, one.customer, house.brand_for(one.case))
        except InputError:
            return None

    def _keep(
        self,
        one: Going,
        written: Written,
        draft: Draft,
        verdict: Verdict,
        via: Sequence[CaseStatus],
        last: Sequence[tuple[str, Mapping[str, object]]] = (),
    ) -> None:
        """With its lines in the trace. The verdict rests on the cell's own judgement, kept under the cell's id."""
        self._put_on_record(written)
        now, stamp, cell = self._house.clock.now(), draft.writer, {"cell": written.cell_id}
        approved = via[-1] is S.QUEUED
        moment = "approve" if approved else "draft"
        wrote = {"draft_id": draft.draft_id, "writer": stamp.name, "revision": stamp.revision, "prompt": stamp.prompt}
        found = {"decision": verdict.decision.value, "findings": [finding.rule for finding in verdict.findings]}
        judged = {"moment": moment, "draft_id": draft.draft_id, "rules": verdict.rules, "text_hash": verdict.text_hash}
        own_files = {"own_files": dict(self._house.own_files)}
        one.told += [("draft", {**wrote, **cell, **own_files}), ("check", {**judged, **found, **cell}), *last]
        review = Review(draft.draft_id, "approve", AUTOMATIC, now) if approved else None
        rests_on = {**cell, "now": now.isoformat()}
        one.keep(via, draft=draft, judged=((moment, verdict, rests_on),), review=review)

    def _put_on_record(self, written: Written) -> None:
        if written.cell_id not in self._on_record:
            self._on_record.add(written.cell_id)
            line = {**written.cell.on_record, "writer": written.stamp.name, "rules": rules_version()}
            self._house.store.cases.note(written.cell_id, "cell", self._house.clock.now(), line)

    def forget(self) -> None:
        """A group was not kept, and with it what it had put on record."""
        self._on_record.clear()


def _money(decision: OfferDecision | None) -> Offer | None:
    offer = decision.offer if decision else None
    return offer if offer is not None and offer.kind in MONEY_KINDS else None


def _cell_of(one: Going) -> tuple[object, ...]:
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

"""The gate, asked from one place, on the state of the world now: at draft, at approve and at send alike.

Nothing else in the house builds a context for the gate, and nothing reaches a channel without a verdict from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from agent import ways
from agent.acts import acts_for
from agent.channels import ApprovedTemplate
from agent.context import Live, filled_facts, gate_context
from agent.domain import (
    Brand,
    Case,
    Channel,
    Customer,
    Draft,
    Event,
    Language,
    Purpose,
    Realised,
    Verdict,
    Words,
)
from agent.grounding import covering
from agent.guardrails import check, context_from_json
from agent.house import House
from agent.send import headers_of
from agent.situations import GENERAL, POLICY_QUESTION, situations
from agent.spans import reanchor
from knowledge.documents import Clause, Passage

RECENT = timedelta(days=45)
READ = 1_000
"""Characters of what a customer wrote that a clause is looked up by."""
ASKS = frozenset({POLICY_QUESTION, GENERAL})
"""Situations that say nothing of what is asked: where no clause answers, none is quoted."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with everything that it rests on."""

    moment: str
    verdict: Verdict
    context: dict[str, Any]


def ask(moment: str, case: Case, draft: Draft, words: Words, house: House, besides: str | None = None) -> Judgement:
    """Judge these words, which may be the draft's own or a person's edit of them.

    `besides` is the key of a message that must not count against its own frequency cap.
    """
    now = house.clock.now()
    customer = customer_of(case, house)
    live = _live(case, customer, house.history.timeline(case.customer_id, now), house, besides)
    written = Words(draft.subject, draft.body)
    context = gate_context(live, filled_facts(written, draft.spans), case.channel, house.limits)
    acts = [span for span in reanchor(draft.spans, written, words) if span.kind == "act"]
    return Judgement(moment, check(words, context_from_json(context), act_spans=acts), context)


def ask_reply(
    filled: Realised, customer: Customer | None, language: Language, clauses: Sequence[Clause], house: House
) -> Judgement:
    """Judge an answer in a running chat, which belongs to no case. `customer` is None for somebody we do not know."""
    now = house.clock.now()
    who = replace(customer, language=language) if customer else _somebody(house.brand, language)
    live = Live(
        customer=who,
        brand=house.brand,
        purpose=Purpose.REPLY,
        now=now,
        events=house.history.timeline(customer.id, now) if customer else (),
        clauses=clauses,
        sent_last_7_days=house.store.outbox.sent_since(customer.id, now - timedelta(days=7)) if customer else 0,
    )
    words = Words(filled.subject, filled.body)
    context = gate_context(live, filled_facts(words, filled.spans), Channel.CHAT, house.limits)
    return Judgement("chat", check(words, context_from_json(context)), context)


def _somebody(brand: Brand, language: Language) -> Customer:
    """A visitor without a name or record: nothing is known, so nothing personal is licensed."""
    return Customer(id="", brand_id=brand.id, name=None, language=language, timezone=brand.timezone)


def note(judgement: Judgement, case: Case, draft: Draft, house: House) -> None:
    """Keep a judgement, and its line in the trace."""
    now, verdict = house.clock.now(), judgement.verdict
    with house.store.write():
        house.store.cases.put_verdict(case.case_id, draft.draft_id, judgement.moment, verdict, judgement.context, now)
        line = {
            "moment": judgement.moment,
            "draft_id": draft.draft_id,
            "decision": verdict.decision.value,
            "rules": verdict.rules,
            "text_hash": verdict.text_hash,
            "findings": [finding.rule for finding in verdict.findings],
        }
        house.store.cases.note(case.case_id, "check", now, line)


def customer_of(case: Case, house: House) -> Customer:
    """The customer as on record now, to be written to in the language that was asked for."""
    customer = house.store.people.get(case.customer_id)
    return replace(customer, language=case.language) if case.language else customer


def relied_on(case: Case, customer: Customer, house: House) -> tuple[Passage, ...]:
    """The clauses in force that this case may quote, and those that back the promises fit for its situation."""
    today = house.clock.now().date()
    found = _found(case, customer, today, house)
    acts = acts_for(case.situation)
    known = {passage.source_id for passage in found}
    backing = house.policies.licensed(acts, customer.language, today)
    return found + tuple(_as_passage(clause) for clause in backing if clause.id not in known)


def _found(case: Case, customer: Customer, today: date, house: House) -> tuple[Passage, ...]:
    """The clauses that answer what the customer asked: one that only sounds like it would be quoted as if it did. Where
    nobody asked, or none answers a complaint, those nearest to the situation."""
    question, look_up = _written(customer, house)[:READ], house.policies.policies
    answering = covering(question, customer.language, today, house.policies) if question else ()
    if answering or (question and case.situation in ASKS):
        return tuple(_as_passage(clause, 1.0) for clause in answering)
    topic = situations().topic_in_words(case.situation, customer.language)
    return look_up(topic, customer.language, today, limit=2)


def asked(case: Case, customer: Customer, house: House) -> str:
    """What the customer last wrote to us in the weeks before; else the situation in words."""
    return _written(customer, house) or situations().topic_in_words(case.situation, customer.language)


def _written(customer: Customer, house: House) -> str:
    now = house.clock.now()
    written = [
        event.text
        for event in house.history.timeline(customer.id, now)
        if event.kind in ("ticket", "review") and event.text and event.at > now - RECENT
    ]
    return written[-1] if written else ""


def _as_passage(clause: Clause, score: float = 0.0) -> Passage:
    return Passage("clause", clause.id, clause.text, score, clause.language, clause)


def _live(case: Case, customer: Customer, events: Sequence[Event], house: House, besides: str | None) -> Live:
    offer = case.decision.offer if case.decision else None
    ledger, now, brand = house.store.ledger, house.clock.now(), house.brand_for(case)
    return Live(
        customer=customer,
        brand=brand,
        purpose=case.purpose,
        now=now,
        events=events,
        clauses=[p.clause for p in relied_on(case, customer, house) if p.clause is not None],
        offer=offer,
        reservation=ledger.reservation(offer.reservation_id) if offer and offer.reservation_id else None,
        budget=ledger.budget(f"offer:{offer.id}") if offer else None,
        sent_last_7_days=house.store.outbox.sent_since(customer.id, now - timedelta(days=7), besides=besides),
        sent_texts=house.store.outbox.texts_since(customer.id, now - timedelta(days=30), besides=besides),
        headers=headers_of(case.case_id, case.channel, case.purpose, brand, customer.language),
        approved=_approved(case, customer, house),
    )


def _approved(case: Case, customer: Customer, house: House) -> Sequence[ApprovedTemplate] | None:
    """What may be said where approved texts alone are carried; None where free text goes."""
    if not ways.templates_alone(case.channel, customer, case.purpose, house):
        return None
    return ways.texts_for(case.channel, customer, case.purpose, case.situation or None, house)

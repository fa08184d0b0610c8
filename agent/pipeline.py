"""The product, as one reads it: what happens to one customer, from score to outcome.

events → features → score → reasons → offer → retrieve → draft → check → review → send → outcome

The first four happen in scoring, for everybody at once; from here on it is one case. Nothing is sent that was not
judged three times by the same gate: when it was drafted, when it was approved, and when it leaves.
"""

from __future__ import annotations

from dataclasses import dataclass

from agent import gatekeeper, review, steps
from agent.domain import (
    Case,
    CaseStatus,
    Delivery,
    DeliveryStatus,
    Draft,
    FactSheet,
    OfferKind,
    Outcome,
    Tone,
    Verdict,
    Words,
)
from agent.errors import NoDraft, WriterUnavailable
from agent.house import House
from agent.outbox import OutboxRow
from agent.outcomes import OutcomeRow, read_outcome, status_after
from agent.send import compose_message, deliver

S = CaseStatus


@dataclass(frozen=True, slots=True)
class Prepared:
    """A case as far as it comes without a person: a draft with its verdict, or the reason why there is none."""

    case: Case
    sheet: FactSheet | None = None
    draft: Draft | None = None
    verdict: Verdict | None = None
    because: str = ""


def prepare(case: Case, house: House, instruction: str = "", tone: Tone | None = None) -> Prepared:
    """offer → retrieve → draft → check."""
    customer = gatekeeper.customer_of(case, house)
    events = house.history.timeline(case.customer_id, house.clock.now())

    case = steps.decide_offer(case, customer, events, house)
    if case.status is S.HELD_OUT:
        return Prepared(case, because="held out: this customer belongs to the control group")
    passages = steps.retrieve(case, customer, house)
    sheet = steps.gather_facts(case, customer, events, passages, house, tone)
    return _write_and_check(case, sheet, house, instruction)


def redraft(case: Case, house: House, instruction: str = "", tone: Tone | None = None) -> Prepared:
    """Other words for the same case: the offer and the facts stay what they were."""
    customer = gatekeeper.customer_of(case, house)
    events = house.history.timeline(case.customer_id, house.clock.now())
    passages = steps.retrieve(case, customer, house)
    sheet = steps.gather_facts(case, customer, events, passages, house, tone)
    return _write_and_check(case, sheet, house, instruction)


def _write_and_check(case: Case, sheet: FactSheet, house: House, instruction: str) -> Prepared:
    try:
        draft = steps.write(case, sheet, house, instruction)
    except (NoDraft, WriterUnavailable) as error:
        return Prepared(steps.give_to_person(case, error.message, house), sheet, because=error.message)
    case, draft, verdict = steps.check(case, draft, house)
    if case.status is S.CHECKED and case.decision and case.decision.help is OfferKind.HUMAN_CALL:
        case = set_aside(case, "somebody should call; the draft says what about", house)
    return Prepared(case, sheet, draft, verdict, case.decision.because if case.decision else "")


def approve(case: Case, reviewer: str, house: House, words: Words | None = None, note: str = "") -> Case:
    """review, then the outbox. Raises GateRefused when the gate, asked again now, does not let these words out."""
    draft = draft_of(case, house)
    chosen = words or Words(draft.subject, draft.body)
    judgement = gatekeeper.ask("approve", case, draft, chosen, house)
    gatekeeper.note(judgement, case, draft, house)

    now = house.clock.now()
    word = review.approve(draft, judgement.verdict, reviewer, now, words, note)
    message = compose_message(draft, chosen, house.store.people.get(case.customer_id), house.brand)
    with house.store.write():
        case = steps.keep_review(case, word, S.APPROVED, house, key=message.key, text_hash=message.text_hash)
        house.store.outbox.enqueue(message, now, not_before=judgement.verdict.deferred_until)
        return house.store.cases.advance(case, S.QUEUED, now)


def set_aside(case: Case, why: str, house: House) -> Case:
    """A draft that could go by itself waits for a person instead."""
    return steps.give_to_person(case, why, house)


def reject(case: Case, reviewer: str, house: House, note: str = "") -> Case:
    """A person says no. What was reserved goes back."""
    word = review.reject(draft_of(case, house), reviewer, house.clock.now(), note)
    with house.store.write():
        case = steps.keep_review(case, word, S.REJECTED, house)
        steps.release(case, house)
    return case


def send(row: OutboxRow, house: House) -> Delivery:
    """send: the gate on the state of the world now; then, and only then, the channel."""
    message, now = row.message, house.clock.now()
    case = house.store.cases.get(message.case_id)
    draft = house.store.cases.draft(message.draft_id)
    judgement = gatekeeper.ask("send", case, draft, Words(message.subject, message.body), house, besides=message.key)
    gatekeeper.note(judgement, case, draft, house)
    verdict = judgement.verdict

    if stopping := review.stops(verdict):
        return steps.stop(case, row, "; ".join(f"{f.rule}: {f.message}" for f in stopping), house)
    if unseen := steps.new_for_person(judgement, draft, house):
        return steps.stop(case, row, f"a person must look again: {unseen}", house)
    if verdict.deferred_until is not None and verdict.deferred_until > now:
        house.store.outbox.defer(message.key, verdict.deferred_until, now)
        return Delivery(message.key, DeliveryStatus.QUEUED, now, detail=f"waits until {verdict.deferred_until}")
    with house.store.write():
        if not house.store.outbox.claim(message.key, now):
            return Delivery(message.key, row.status, now, detail="another sender has it")
        case = house.store.cases.advance(case, S.SENDING, now)
    return steps.settle(case, deliver(message, verdict, house.channels[message.channel], house.clock), house)


def send_due(house: House, limit: int = 1_000_000) -> list[Delivery]:
    """Everything in the outbox whose time has come."""
    return [send(row, house) for row in house.store.outbox.due(house.clock.now(), limit)]


def record(row: OutcomeRow, house: House, source: str) -> Outcome | None:
    """outcome: what came of it. None when it was known already, or when nobody can say whose it is."""
    reservation = house.store.ledger.redeem(row.code, row.at) if row.code else None
    case_id = row.case_id or (reservation.case_id if reservation else None)
    if case_id is None:
        return None
    case = house.store.cases.get(case_id)
    outcome = read_outcome(row, case, source)
    with house.store.write():
        if not house.store.results.record(outcome):
            return None
        if outcome.kind == S.UNSUBSCRIBED:
            house.store.people.suppress(case.customer_id, outcome.at, source)
        house.store.cases.advance(case, status_after(outcome), outcome.at)
        house.store.cases.note(case.case_id, "outcome", outcome.at, {"kind": outcome.kind, "source": source})
    return outcome


def draft_of(case: Case, house: House) -> Draft:
    """The newest draft of a case. Raises NoDraft."""
    draft = house.store.cases.latest_draft(case.case_id)
    if draft is None:
        raise NoDraft(f"case {case.case_id} has no draft", "run: holdfast draft --customer ID --channel email")
    return draft

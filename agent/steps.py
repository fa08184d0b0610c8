"""Each step of a case with its bookkeeping: take the stage's answer, move the case, write its line in the trace.

The stages themselves are pure or nearly so and know nothing of a store; `pipeline` knows the order. This is what lies
between them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from agent import gatekeeper, ways
from agent.arms import WORDS_ALONE, Arm
from agent.context import open_ticket, recent_topics
from agent.domain import (
    AFTER_SEND,
    BY_HAND,
    UNHEARD,
    Case,
    CaseStatus,
    Customer,
    Decision,
    Draft,
    Event,
    FactSheet,
    OfferDecision,
    OfferKind,
    OfferStatus,
    Purpose,
    Review,
    Tone,
    Verdict,
    Words,
    WriterStamp,
)
from agent.draft import prompts_of, write_draft
from agent.draft.approved import approved_draft
from agent.errors import GateRefused, TransitionNotAllowed
from agent.facts import build_fact_sheet
from agent.flow import Step
from agent.gatekeeper import Judgement
from agent.grounding import DISPUTED
from agent.holdout import held_out
from agent.house import House
from agent.lessons import example, lessons
from agent.offers import LEAVE_ALONE, DrawnSize, OfferContext, choose_offer
from agent.outbox import message_key
from agent.plan import plan_of
from agent.review import stops
from agent.situations import GENERAL, POLICY_QUESTION, situations
from agent.spans import reanchor
from agent.threats import threats
from agent.voice import taught
from knowledge.documents import Passage

S = CaseStatus
GAP = timedelta(days=2)
NEXT_VARIANT = 7919
UNDER_WAY = frozenset({S.APPROVED, S.QUEUED, S.SENDING, S.SENT, S.UNKNOWN}) | AFTER_SEND
DECIDED = {
    OfferStatus.OFFERED: S.OFFERED,
    OfferStatus.HELD_OUT: S.HELD_OUT,
    OfferStatus.NO_OFFER: S.NO_OFFER,
}


def decide_offer(case: Case, customer: Customer, events: tuple[Event, ...], house: House) -> Case:
    """offer: decided before a word is written; the coupon is reserved together with the decision."""
    now = house.clock.now()
    sayable = ways.carries_offers(case.channel, customer, case.purpose, house)
    context = offer_context(case.customer_id, events, house)
    context = replace(context, sayable=sayable, only=only_for(case, house), drawn=drawn_for(case, house))
    with house.store.write():
        decision = choose_offer(case, customer, house.catalogue, house.store.ledger, context)
        case = house.store.cases.advance(
            case, DECIDED[decision.status], now, decision=decision, situation=decision.situation
        )
        _note(case, "offer", house, offer_line(decision, context))
    return case


def offer_line(decision: OfferDecision, context: OfferContext) -> dict[str, Any]:
    """The line of a decision in the trace."""
    line: dict[str, Any] = {"status": decision.status.value, "because": decision.because, "rule": decision.rule}
    if decision.propensity is not None and context.drawn is not None:
        line |= {"propensity": decision.propensity, "sizes": list(context.drawn.sizes)}
    return line


def offer_context(
    customer_id: str, events: tuple[Event, ...], house: House, orders: tuple[int, datetime | None] | None = None
) -> OfferContext:
    """What a decision rests on, for a case and for a rehearsal of one alike.

    `orders`: how many and when the last, where `events` are without them.
    """
    now = house.clock.now()
    count, last = orders or _orders(events)
    ticket = open_ticket(events)
    return OfferContext(
        held_out=held_out(house.experiment, customer_id, house.holdout_share),
        orders=count,
        silent_days=(now - last).days if last is not None else None,
        threats=threats(events),
        asks_again=_asks_again(events, now, last),
        open_topic=ticket["type"] if ticket else None,
        margin_pct=house.brand.margin_pct,
        now=now,
        zone=house.brand.timezone,
        recent=_recent(events, now),
    )


def arm_of(case: Case, house: House) -> Arm | None:
    """The arm of its campaign that this case is in, with what is different there."""
    if case.arm is None or case.campaign_id is None:
        return None
    arms = plan_of(house.store.campaigns.row(case.campaign_id).plan).arms
    return next((arm for arm in arms if arm.name == case.arm), None)


def only_for(case: Case, house: House) -> tuple[str, ...] | None:
    """The offers that this case may carry: what its arm says, else the step of its flow; None where neither does."""
    if (said := only_offer(arm_of(case, house))) is not None or case.step is None or case.campaign_id is None:
        return said if said is not None else _drawn_before(case)
    flow = plan_of(house.store.campaigns.row(case.campaign_id).plan).flow
    return of_step(flow.steps[case.step]) if flow is not None and case.step < len(flow.steps) else None


def _drawn_before(case: Case) -> tuple[str, ...] | None:
    """The size that was drawn for this case, when it is decided anew: a lapsed coupon draws no second lot."""
    decision = case.decision
    if decision is None or decision.propensity is None or decision.offer is None:
        return None
    return (decision.offer.id,)


def drawn_for(case: Case, house: House) -> DrawnSize | None:
    """The size that was drawn for this customer; None where no sizes are learnt here."""
    if house.odds is None:
        return None
    size = house.odds.draw(case.customer_id)
    return DrawnSize(size, house.odds.of[size], tuple(house.odds.of))


def of_step(step: Step) -> tuple[str, ...] | None:
    """What a step of a flow says about offers, as a decision takes it."""
    if step.offer is None:
        return None
    return () if step.offer == WORDS_ALONE else (step.offer,)


def only_offer(arm: Arm | None) -> tuple[str, ...] | None:
    """What an arm says about offers, as a decision takes it."""
    if arm is None or arm.offer is None:
        return None
    return () if arm.offer == WORDS_ALONE else (arm.offer,)


def wants_peace(events: Sequence[Event], now: datetime) -> bool:
    """Whether a ticket of the last weeks asked for fewer messages, or about personal data."""
    return bool(_recent(events, now) & LEAVE_ALONE)


def _recent(events: Sequence[Event], now: datetime) -> frozenset[str]:
    return frozenset(situations().of_topic(topic) for topic in recent_topics(events, now - gatekeeper.RECENT))


def _asks_again(events: Sequence[Event], now: datetime, last_order: datetime | None) -> bool:
    since = max(now - gatekeeper.RECENT, last_order or now - gatekeeper.RECENT)
    tickets = [event for event in events if event.kind == "ticket" and since < event.at < now]
    return sum(situations().of_topic(event.topic) == POLICY_QUESTION for event in tickets if event.topic) > 1


def _orders(events: Sequence[Event]) -> tuple[int, datetime | None]:
    orders = [event for event in events if event.kind == "order"]
    return len({event.order_id or event.id for event in orders}), max((event.at for event in orders), default=None)


def retrieve(case: Case, customer: Customer, house: House) -> tuple[Passage, ...]:
    """retrieve: policy clauses that may be quoted or relied on, and this customer's own history."""
    about = gatekeeper.asked(case, customer, house)
    return gatekeeper.relied_on(case, customer, house) + house.policies.history(case.customer_id, about)


def keep_facts(case: Case, sheet: FactSheet, passages: tuple[Passage, ...], house: House) -> None:
    """The line of a fact sheet in the trace: each fact with its source."""
    line = {
        "facts": {fact.slot: f"{fact.source.type}:{fact.source.id}" for fact in sheet.facts},
        "acts": {act.key: act.clause.id for act in sheet.acts},
        "passages": [passage.source_id for passage in passages],
        "own_files": dict(house.own_files),
    }
    _note(case, "facts", house, line)


def lay_out(
    case: Case,
    customer: Customer,
    events: tuple[Event, ...],
    passages: tuple[Passage, ...],
    house: House,
    tone: Tone | None,
) -> FactSheet:
    """facts: all that a writer may know, each with its source. Stores nothing."""
    assert case.decision is not None, "the offer is decided before facts are gathered"
    brand = taught(house.brand_for(case), house.store.style.rules())
    sheet = build_fact_sheet(case, customer, brand, case.decision, events, passages, house.clock.now(), tone)
    return replace(sheet, examples=house.store.style.examples(sheet.language, sheet.situation, sheet.channel))


def write(case: Case, sheet: FactSheet, house: House, instruction: str) -> tuple[Draft, Judgement | None]:
    """draft: down the ladder of writers until the gate is content; and what the gate said of it. Raises NoDraft."""
    judgements: dict[tuple[str, Words], Judgement] = {}
    draft = words_for(case, sheet, house, instruction, judgements=judgements)
    stamp = draft.writer
    line = {"draft_id": draft.draft_id, "writer": stamp.name, "revision": stamp.revision, "prompt": stamp.prompt}
    _note(case, "draft", house, {**line, "fell_back_from": list(stamp.fell_back_from)})
    return draft, judgements.get((draft.draft_id, Words(draft.subject, draft.body)))


def keep_off_shut_ways(case: Case, customer: Customer, house: House) -> Case:
    """Before anything is decided: a closed address, or a channel without an approved text, is left for another one."""
    if why := ways.closed_for(case.channel, customer, house):
        return reroute(case, customer, why, house) or case
    if why := ways.why_shut(case.channel, customer, case.purpose, house):
        return reroute(case, customer, why, house) or case
    return case


def approved(case: Case, sheet: FactSheet, customer: Customer, house: House) -> Draft | str:
    """draft, where approved texts alone are carried: the one that fits, filled; else why none does."""
    texts = ways.texts_for(case.channel, customer, case.purpose, sheet.situation, house)
    draft = approved_draft(case, sheet, texts)
    if isinstance(draft, Draft):
        line = {"draft_id": draft.draft_id, "writer": draft.writer.name, "revision": draft.writer.revision}
        _note(case, "draft", house, {**line, "template": draft.writer.detail["template"]})
    return draft


def reroute(case: Case, customer: Customer, why: str, house: House) -> Case | None:
    """The case on another channel that this customer agreed to, where free text goes. None when there is none."""
    other = ways.elsewhere(case, customer, house)
    if other is None:
        return None
    with house.store.write():
        moved = house.store.cases.advance(case, case.status, house.clock.now(), channel=other)
        _note(moved, "reroute", house, {"from": case.channel.value, "to": other.value, "because": why})
    return moved


def words_for(
    case: Case,
    sheet: FactSheet,
    house: House,
    instruction: str,
    variant: int = 0,
    judgements: dict[tuple[str, Words], Judgement] | None = None,
) -> Draft:
    """The words alone; nothing is kept. Another variant has other words for the same facts and offer.

    `judgements` takes what the gate said of each draft on the way.
    """

    def judged(draft: Draft) -> Verdict:
        words = Words(draft.subject, draft.body)
        judgement = gatekeeper.ask("draft", case, draft, words, house)
        if judgements is not None:
            judgements[draft.draft_id, words] = judgement
        return judgement.verdict

    seed = (seed_of(case, house) + variant * NEXT_VARIANT) % 2**31
    arm = arm_of(case, house)
    prompts = prompts_of(arm.prompt if arm else None)
    return write_draft(case, sheet, house.writers, judged, instruction=instruction, seed=seed, prompts=prompts)


def seed_of(case: Case, house: House) -> int:
    """One seed a case: the same case is written alike, and no two customers in a row get the same words."""
    return (house.seed + int.from_bytes(hashlib.sha256(case.case_id.encode()).digest()[:4], "big")) % 2**31


def check(case: Case, draft: Draft, house: House, judgement: Judgement | None = None) -> tuple[Case, Draft, Verdict]:
    """check: what a machine can mend is mended and judged again; the rest decides who sees the draft next.

    `judgement` is what the gate said of these very words while they were written, a moment ago; it is not asked twice.
    """
    now = house.clock.now()
    words = Words(draft.subject, draft.body)
    judgement = judgement or gatekeeper.ask("draft", case, draft, words, house)
    if (fixed := judgement.verdict.fixed) is not None:
        draft = replace(draft, subject=fixed.subject, body=fixed.body, spans=reanchor(draft.spans, words, fixed))
        judgement = gatekeeper.ask("draft", case, draft, fixed, house)
    with house.store.write():
        house.store.cases.put_draft(draft, now)
        case = house.store.cases.advance(case, S.DRAFTED, now)
        gatekeeper.note(judgement, case, draft, house)
        case = house.store.cases.advance(case, status_of(judgement.verdict), now)
    return case, draft, judgement.verdict


def chosen(variant: Draft, chooser: str, house: House) -> Draft:
    """The variant as a draft of its own: the newest, whatever was written before in the same words."""
    moment = house.clock.now().isoformat()
    draft_id = "d-" + hashlib.sha256(f"{variant.draft_id}\x1f{chooser}\x1f{moment}".encode()).hexdigest()[:16]
    stamp = replace(variant.writer, detail={**variant.writer.detail, "chosen_by": chooser})
    return replace(variant, draft_id=draft_id, writer=stamp)


def by_hand(case: Case, before: Draft | None, words: Words, editor: str, house: House) -> Draft:
    """A draft of a person's words. Citations that the edit left alone stay on their words, at their new places."""
    now = house.clock.now()
    parts = (case.case_id, before.draft_id if before else "", now.isoformat(), editor, words.subject or "", words.body)
    draft_id = "d-" + hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
    if before is not None:
        spans = reanchor(before.spans, Words(before.subject, before.body), words)
        stamp = replace(
            before.writer, detail={**before.writer.detail, "edited_by": editor, "edited_from": before.draft_id}
        )
        return replace(before, draft_id=draft_id, subject=words.subject, body=words.body, spans=spans, writer=stamp)
    return Draft(
        draft_id=draft_id,
        case_id=case.case_id,
        language=gatekeeper.customer_of(case, house).language,
        channel=case.channel,
        purpose=case.purpose,
        situation=case.situation,
        subject_template=None,
        body_template="",
        subject=words.subject,
        body=words.body,
        spans=(),
        writer=WriterStamp(BY_HAND, "", "", 0, 0, 0, 1, detail={"edited_by": editor}),
    )


def learn(draft: Draft, words: Words, by: str, house: House) -> None:
    """What an edit teaches, and the message as it was left, for those who write the next one."""
    now = house.clock.now()
    house.store.style.note(lessons(draft, words), draft.case_id, by, now)
    house.store.style.keep_example(draft, example(draft, words), now)


def status_of(verdict: Verdict) -> CaseStatus:
    if stops(verdict):
        return S.BLOCKED
    return S.NEEDS_PERSON if verdict.decision is Decision.REVIEW else S.CHECKED


def give_to_person(case: Case, why: str, house: House) -> Case:
    """The case waits for a person, and says why. An outage is never a decision."""
    with house.store.write():
        case = house.store.cases.advance(case, S.NEEDS_PERSON, house.clock.now())
        _note(case, "waits", house, {"because": why})
    return case


def require_room(case: Case, house: House) -> None:
    """Nobody gets two marketing messages within two days, whoever approves them, and no case is approved twice."""
    if case.status in UNDER_WAY:
        raise TransitionNotAllowed(
            f"case {case.case_id} was approved already: it is {case.status}", "see: holdfast trace"
        )
    since = house.clock.now() - GAP
    own = message_key(case.case_id)
    if case.purpose is Purpose.MARKETING and house.store.outbox.sent_since(case.customer_id, since, besides=own):
        raise GateRefused(
            f"customer {case.customer_id} has a marketing message queued or sent in the last {GAP.days} days",
            "wait, or reject this draft",
        )


def mended(case: Case, draft: Draft, words: Words, house: House) -> tuple[Words, Judgement]:
    """A person's words with what the law wants added where it is missing (opt-out, sender, address), and judged."""
    judgement = gatekeeper.ask("approve", case, draft, words, house)
    if judgement.verdict.fixed is None:
        return words, judgement
    return judgement.verdict.fixed, gatekeeper.ask("approve", case, draft, judgement.verdict.fixed, house)


def keep_review(case: Case, review: Review, to: CaseStatus, house: House, **line: Any) -> Case:
    house.store.cases.put_review(case.case_id, review)
    case = house.store.cases.advance(case, to, review.at)
    _note(case, "review", house, {"decision": review.decision, "reviewer": review.reviewer, **line})
    return case


def needs_a_look(case: Case) -> str:
    """Why a person should see a draft that the gate has nothing against; empty when none need."""
    if case.decision is not None and case.decision.help is OfferKind.HUMAN_CALL:
        return "somebody should call; the draft says what about"
    rule = case.decision.rule if case.decision is not None else ""
    if rule == "open_ticket" and case.situation == GENERAL:
        return "a ticket is open and its topic says too little: read it before this leaves"
    if rule == UNHEARD and case.campaign_id is None:
        return "nothing on record speaks of this situation: make sure that it is so"
    if case.purpose is Purpose.SERVICE and case.situation == GENERAL:
        return "no ticket or review stands behind this service message: is it one?"
    return ""


def unsettled(draft: Draft, sheet: FactSheet, house: House) -> str:
    """Why a person must see what a draft says of our rules: nothing of what was asked, or a clause that another one
    contradicts. Empty where neither is so."""
    if sheet.situation == POLICY_QUESTION and sheet.fact("policy_answer") is None:
        return "no clause answers what was asked"
    quoted = {span.source.id for span in draft.spans if span.kind in ("clause", "act")}
    clauses = {clause.id: clause for clause in (*sheet.clauses, *(act.clause for act in sheet.acts))}
    said = [clause for key, clause in clauses.items() if key in quoted]
    found = house.policies.contradiction(said, house.clock.now().date())
    return f"{DISPUTED}: {found}" if found else ""


def _note(case: Case, step: str, house: House, data: Mapping[str, Any]) -> None:
    house.store.cases.note(case.case_id, step, house.clock.now(), data)

"""The product, as one reads it: what happens to one customer, from score to outcome.

events → features → score → reasons → offer → retrieve → draft → check → review → send → outcome

The first four happen in scoring, for everybody at once; from here on it is one case. Nothing is sent that was not
judged three times by the same gate: when it was drafted, when it was approved, and when it leaves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from agent import coupons, departures, gatekeeper, review, steps, ways
from agent.backoff import next_try
from agent.breaker import Breaker
from agent.domain import (
    Case,
    CaseStatus,
    Customer,
    Delivery,
    DeliveryStatus,
    Draft,
    Event,
    FactSheet,
    Tone,
    Verdict,
    Words,
)
from agent.errors import (
    GateRefused,
    HoldfastError,
    NoDraft,
    StoreUnavailable,
    TransitionNotAllowed,
    WriterUnavailable,
)
from agent.gatekeeper import Judgement
from agent.house import House
from agent.outbox import OutboxRow
from agent.send import compose_message, deliver

S = CaseStatus
SENDING_LEASE = timedelta(minutes=10)
MAX_ATTEMPTS = 8


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

    case = steps.keep_off_shut_ways(case, customer, house)
    case = steps.decide_offer(case, customer, events, house)
    if case.status is S.HELD_OUT:
        return Prepared(case, because="held out: this customer belongs to the control group")
    return _draft(case, customer, events, house, instruction, tone)


def redraft(case: Case, house: House, instruction: str = "", tone: Tone | None = None) -> Prepared:
    """Other words for the same case. The offer stays what it was, unless it lapsed: then it is decided anew."""
    customer = gatekeeper.customer_of(case, house)
    events = house.history.timeline(case.customer_id, house.clock.now())
    if case.decision is None or coupons.has_lapsed(case, house):
        return prepare(case, house, instruction, tone)
    return _draft(case, customer, events, house, instruction, tone)


def _draft(
    case: Case, customer: Customer, events: tuple[Event, ...], house: House, instruction: str, tone: Tone | None
) -> Prepared:
    """retrieve → draft → check."""
    passages = steps.retrieve(case, customer, house)
    sheet = steps.lay_out(case, customer, events, passages, house, tone)
    steps.keep_facts(case, sheet, passages, house)
    if ways.templates_alone(case.channel, customer, case.purpose, house):
        return _draft_approved(case, sheet, customer, events, house, instruction, tone)
    try:
        draft, judgement = steps.write(case, sheet, house, instruction)
    except (NoDraft, WriterUnavailable) as error:
        return Prepared(steps.give_to_person(case, error.message, house), sheet, because=error.message)
    return _checked(case, sheet, draft, house, judgement)


def _checked(case: Case, sheet: FactSheet, draft: Draft, house: House, judgement: Judgement | None = None) -> Prepared:
    """check, and who looks next. `judgement` is what the gate said of these very words while they were written."""
    case, draft, verdict = steps.check(case, draft, house, judgement)
    if case.status is S.CHECKED and (why := steps.needs_a_look(case) or steps.unsettled(draft, sheet, house)):
        case = set_aside(case, why, house)
    return Prepared(case, sheet, draft, verdict, case.decision.because if case.decision else "")


def _draft_approved(
    case: Case,
    sheet: FactSheet,
    customer: Customer,
    events: tuple[Event, ...],
    house: House,
    instruction: str,
    tone: Tone | None,
) -> Prepared:
    """draft where a carrier takes approved texts alone: one that fits, else another channel, else a person."""
    draft = steps.approved(case, sheet, customer, house)
    if isinstance(draft, Draft):
        return _checked(case, sheet, draft, house)
    if (moved := steps.reroute(case, customer, draft, house)) is not None:
        return _draft(moved, customer, events, house, instruction, tone)
    return Prepared(steps.give_to_person(case, ways.NO_WAY, house), sheet, because=f"{ways.NO_WAY} ({draft})")


def variants(case: Case, house: House, count: int = 3, instruction: str = "") -> list[tuple[Draft, Verdict]]:
    """Several drafts side by side: other words, the same facts and offer, each judged. The case's own draft stays.

    Fewer than `count` where two came out alike. Raises TransitionNotAllowed where the offer lapsed, NoDraft as redraft.
    """
    if coupons.has_lapsed(case, house):
        raise TransitionNotAllowed(f"the coupon of case {case.case_id} lapsed", "draft it anew first")
    sheet = sheet_of(case, house)
    if sheet is None:
        raise NoDraft(f"nothing was decided for case {case.case_id} yet", "draft it first")
    written: dict[tuple[str | None, str], Draft] = {}
    for number in range(1, count + 1):
        draft = steps.words_for(case, sheet, house, instruction, number)
        written.setdefault((draft.subject, draft.body), draft)
    found = [(draft, judged(case, draft, Words(draft.subject, draft.body), house)) for draft in written.values()]
    house.store.cases.keep_variants(case.case_id, found, house.clock.now())
    return found


def choose(case: Case, draft_id: str, chooser: str, house: House) -> Prepared:
    """One of the variants becomes the case's draft, judged like any other."""
    found = next((draft for draft, _ in house.store.cases.variants(case.case_id) if draft.draft_id == draft_id), None)
    if found is None:
        raise TransitionNotAllowed(f"{draft_id} is none of the variants of {case.case_id}", "ask for variants again")
    case, draft, verdict = steps.check(case, steps.chosen(found, chooser, house), house)
    return Prepared(case, draft=draft, verdict=verdict, because=case.decision.because if case.decision else "")


def approve(
    case: Case,
    reviewer: str,
    house: House,
    words: Words | None = None,
    note: str = "",
    draft_id: str | None = None,
    hold: timedelta = timedelta(0),
) -> Case:
    """review, then the outbox. Raises GateRefused when the gate, asked again now, does not let these words out.

    `draft_id` is the draft that the reviewer saw: a newer one is not approved in its place. `hold` keeps the message in
    for that long, so that `take_back` has time.
    """
    draft = draft_of(case, house)
    if draft_id not in (None, draft.draft_id):
        raise TransitionNotAllowed(f"draft {draft_id} was replaced by {draft.draft_id}", "look at the newer one first")
    steps.require_room(case, house)
    chosen, judgement = steps.mended(case, draft, words or Words(draft.subject, draft.body), house)
    gatekeeper.note(judgement, case, draft, house)

    now = house.clock.now()
    edited = chosen if words is not None else None
    word = review.approve(draft, judgement.verdict, reviewer, now, edited, note)
    message = compose_message(draft, chosen, house.store.people.get(case.customer_id), house.brand_for(case))
    waits = [judgement.verdict.deferred_until, now + hold if hold else None]
    not_before = max((moment for moment in waits if moment is not None), default=None)
    if why := ways.closed(message.channel, message.recipient, house):
        raise GateRefused(why, "ask for another address, or draft it for another channel")
    if why := ways.against(case.channel, gatekeeper.customer_of(case, house), case.purpose, chosen, house):
        raise GateRefused(why, "change the words, or draft it for another channel")
    with house.store.write():
        if edited is not None:
            steps.learn(draft, edited, reviewer, house)
        # once more, alone: two approvals may have looked at the same moment
        house.store.people.lock(case.customer_id)
        steps.require_room(case, house)
        case = steps.keep_review(case, word, S.APPROVED, house, key=message.key, text_hash=message.text_hash)
        if not house.store.outbox.enqueue(message, now, not_before=not_before):
            raise TransitionNotAllowed(
                f"a message of case {case.case_id} is under way or has left", "see: holdfast trace"
            )
        return house.store.cases.advance(case, S.QUEUED, now)


def revise(case: Case, words: Words, editor: str, house: House, draft_id: str | None = None) -> Prepared:
    """A person's words in the place of a draft's: judged like any other, kept as a draft of their own, not yet sent.

    `draft_id` is the draft that the person was looking at; where nobody could draft, the words are the first draft.
    Raises TransitionNotAllowed when a newer draft has taken its place, or the case went on.
    """
    before = house.store.cases.latest_draft(case.case_id)
    if before is not None and draft_id not in (None, before.draft_id):
        raise TransitionNotAllowed(
            f"draft {draft_id} was replaced by {before.draft_id}", "look at the newer one; your text is not lost"
        )
    draft = steps.by_hand(case, before, words, editor, house)
    with house.store.write():
        case, draft, verdict = steps.check(case, draft, house)
        house.store.cases.put_review(case.case_id, review.edit(draft, editor, house.clock.now(), words))
        if before is not None:
            steps.learn(before, words, editor, house)
        line = {"decision": "edit", "reviewer": editor, "draft_id": draft.draft_id}
        house.store.cases.note(case.case_id, "review", house.clock.now(), line)
    return Prepared(case, draft=draft, verdict=verdict, because=case.decision.because if case.decision else "")


def set_aside(case: Case, why: str, house: House) -> Case:
    """A draft that could go by itself waits for a person instead."""
    return steps.give_to_person(case, why, house)


def take_back(case: Case, reviewer: str, house: House, note: str = "") -> Case:
    """Undo an approval while nothing has left: the case waits for a person again.

    Raises TransitionNotAllowed once a sender has the message.
    """
    case = house.store.cases.get(case.case_id)
    return departures.recall(case, review.take_back(draft_of(case, house), reviewer, house.clock.now(), note), house)


def reject(case: Case, reviewer: str, house: House, note: str = "") -> Case:
    """A person says no, to a draft or to a case that nobody could draft. What was reserved goes back."""
    now = house.clock.now()
    draft = house.store.cases.latest_draft(case.case_id)
    with house.store.write():
        if draft is None:
            case = house.store.cases.advance(case, S.REJECTED, now)
            house.store.cases.note(case.case_id, "review", now, {"decision": "reject", "reviewer": reviewer})
        else:
            case = steps.keep_review(case, review.reject(draft, reviewer, now, note), S.REJECTED, house)
        coupons.release(case, house)
    return case


def send(row: OutboxRow, house: House) -> Delivery:
    """send: the gate on the state of the world now; then, and only then, the channel."""
    message, now = row.message, house.clock.now()
    case = house.store.cases.get(message.case_id)
    if departures.paused(case, house):
        return Delivery(message.key, DeliveryStatus.QUEUED, now, detail=f"campaign {case.campaign_id} is paused")
    draft = house.store.cases.draft(message.draft_id)
    judgement = gatekeeper.ask("send", case, draft, Words(message.subject, message.body), house, besides=message.key)
    gatekeeper.note(judgement, case, draft, house)
    verdict = judgement.verdict

    if against := departures.against_sending(row, judgement, draft, house):
        return departures.stop(case, row, against, house)
    if verdict.deferred_until is not None and verdict.deferred_until > now:
        house.store.outbox.defer(message.key, verdict.deferred_until, now)
        return Delivery(message.key, DeliveryStatus.QUEUED, now, detail=f"waits until {verdict.deferred_until}")
    with house.store.write():
        # Asked with the claim: what was turned, paused or unsubscribed while the gate judged holds this message too.
        house.store.people.lock(case.customer_id)
        if why := departures.held_back(case, house):
            return Delivery(message.key, DeliveryStatus.QUEUED, now, detail=why)
        if (until := departures.paced(message, gatekeeper.customer_of(case, house), house)) is not None:
            house.store.outbox.defer(message.key, until, now)
            return Delivery(message.key, DeliveryStatus.QUEUED, now, detail=f"waits until {until}: the provider's pace")
        if not house.store.outbox.claim(message.key, now, message.text_hash):
            return Delivery(message.key, row.status, now, detail="another sender has it")
        case = house.store.cases.advance(case, S.SENDING, now)
    delivery = deliver(message, verdict, house.channels[message.channel], house.clock)
    return departures.settle(case, _again_or_given_up(row, delivery), house)


def _again_or_given_up(row: OutboxRow, delivery: Delivery) -> Delivery:
    """A message that came back is tried later and later, and given up after eight tries."""
    if delivery.status is not DeliveryStatus.QUEUED:
        return delivery
    tries = row.attempts + 1
    if tries >= MAX_ATTEMPTS:
        why = f"given up after {MAX_ATTEMPTS} tries: {delivery.detail}"
        return replace(delivery, status=DeliveryStatus.FAILED, detail=why, not_before=None)
    return replace(delivery, not_before=next_try(delivery.key, tries, delivery.at, delivery.not_before))


def send_due(house: House, limit: int = 1_000_000, stopped: Callable[[], bool] = lambda: False) -> list[Delivery]:
    """Everything in the outbox whose time has come. One message that cannot be sent does not hold up the others.

    Ten faults of a channel in a row, and the rest of its messages stay queued for this run and for those of the next
    five minutes; a provider's full window keeps them for the next run. When sending is stopped, so do all; when
    `stopped` says so, because the process ends, no other is begun.
    """
    recover(house)
    coupons.give_up_stale(house)
    done: list[Delivery] = []
    breaker = Breaker()
    resting = departures.resting_channels(house)
    for row in house.store.outbox.due(house.clock.now(), limit):
        if stopped() or house.store.sending.state().stopped:
            break
        channel = row.message.channel
        if why := resting.get(channel, "") or breaker.against(channel) or departures.window_full(channel, house):
            done.append(Delivery(row.message.key, row.status, house.clock.now(), detail=why))
            continue
        try:
            delivery = send(row, house)
        except StoreUnavailable:
            raise  # an outage is not a fault of the message
        except HoldfastError as error:
            delivery = Delivery(row.message.key, row.status, house.clock.now(), detail=error.message)
        breaker.note(channel, delivery)
        done.append(delivery)
    return done


def recover(house: House, lease: timedelta = SENDING_LEASE) -> list[str]:
    """Messages whose sender died in the middle: nobody can know whether they left, and none is sent again by itself.

    A row counts as abandoned when it has been in `sending` for longer than `lease`. Returns the keys.
    """
    now = house.clock.now()
    with house.store.write():
        keys = list(house.store.outbox.recover(before=now - lease, at=now))
        for key in keys:
            row = house.store.outbox.get(key)
            assert row is not None, "it was just moved"
            case = house.store.cases.get(row.message.case_id)
            departures.settle(case, Delivery(key, DeliveryStatus.UNKNOWN, now, detail=row.detail), house)
    return keys


def doubt(house: House, why: str) -> list[str]:
    """All that is queued or on its way becomes unknown: for a store that is older than the world, after a restore.

    It may have left long ago; a person looks, and nothing is sent again by itself. Returns the keys.
    """
    now = house.clock.now()
    with house.store.write():
        rows = house.store.outbox.under_way()
        for row in rows:
            case = house.store.cases.get(row.message.case_id)
            if row.status is DeliveryStatus.QUEUED:
                house.store.outbox.claim(row.message.key, now)
                case = house.store.cases.advance(case, S.SENDING, now)
            departures.settle(case, Delivery(row.message.key, DeliveryStatus.UNKNOWN, now, detail=why), house)
    return [row.message.key for row in rows]


def judged(case: Case, draft: Draft | None, words: Words, house: House) -> Verdict:
    """What the gate says about these words in the place of the draft's, now. Stores nothing."""
    written = draft or steps.by_hand(case, None, words, "", house)
    return gatekeeper.ask("draft", case, written, words, house).verdict


def sheet_of(case: Case, house: House) -> FactSheet | None:
    """What a writer would be given for this case now. None before anything was decided. Stores nothing."""
    if case.decision is None or case.status is S.HELD_OUT:
        return None
    customer = gatekeeper.customer_of(case, house)
    events = house.history.timeline(case.customer_id, house.clock.now())
    return steps.lay_out(case, customer, events, steps.retrieve(case, customer, house), house, None)


def draft_of(case: Case, house: House) -> Draft:
    """The newest draft of a case. Raises NoDraft."""
    draft = house.store.cases.latest_draft(case.case_id)
    if draft is None:
        raise NoDraft(f"case {case.case_id} has no draft", "run: holdfast draft --customer ID --channel email")
    return draft

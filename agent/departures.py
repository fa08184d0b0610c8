"""How an approved message leaves: what keeps it in, what stops it for good, and what is booked once it was handed over.

`pipeline.send` knows the order; these are its answers. They look at the state of this moment, and move money, message
and case together.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from agent import coupons, steps, ways
from agent.breaker import MAX_FAULTS, resting
from agent.channels import market_of
from agent.domain import (
    CampaignStatus,
    Case,
    CaseStatus,
    Channel,
    Customer,
    Decision,
    Delivery,
    DeliveryStatus,
    Draft,
    Message,
    Purpose,
    Receipt,
    ReceiptKind,
    Review,
)
from agent.errors import InputError, TransitionNotAllowed
from agent.gatekeeper import Judgement
from agent.house import House
from agent.outbox import OutboxRow, message_key
from agent.pace import may_leave_at, window_opens_at
from agent.review import stops
from agent.send import address_of

S = CaseStatus


def stop(case: Case, row: OutboxRow, why: str, house: House) -> Delivery:
    """The world changed between approval and sending: nothing leaves, the money goes back, a person sees why."""
    now = house.clock.now()
    delivery = Delivery(row.message.key, DeliveryStatus.STOPPED, now, detail=why)
    with house.store.write():
        if not house.store.outbox.finish(delivery, since=DeliveryStatus.QUEUED):
            return Delivery(row.message.key, row.status, now, detail="another sender has it")
        case = house.store.cases.advance(case, S.BLOCKED, now)
        coupons.release(case, house)
        house.store.cases.note(case.case_id, "send", now, {"stopped": why})
    return delivery


def recall(case: Case, review: Review, house: House) -> Case:
    """Undo an approval while its message still waits. The coupon stays reserved: a person has the case in hand."""
    taken = Delivery(
        message_key(case.case_id), DeliveryStatus.STOPPED, review.at, detail=f"taken back by {review.reviewer}"
    )
    with house.store.write():
        if not house.store.outbox.finish(taken, since=DeliveryStatus.QUEUED):
            raise TransitionNotAllowed(
                f"case {case.case_id} has no message waiting that could be taken back: it is {case.status}",
                "see what became of it: holdfast trace",
            )
        return steps.keep_review(case, review, S.NEEDS_PERSON, house)


def settle(case: Case, delivery: Delivery, house: House) -> Delivery:
    """Money follows the message: spent when it left, and also when nobody can know; back when it certainly did not."""
    known = {DeliveryStatus.SENT: S.SENT, DeliveryStatus.UNKNOWN: S.UNKNOWN, DeliveryStatus.QUEUED: S.QUEUED}
    status = known.get(delivery.status, S.FAILED)
    with house.store.write():
        house.store.outbox.finish(delivery, since=DeliveryStatus.SENDING)
        case = house.store.cases.advance(case, status, delivery.at)
        if (reservation_id := coupons.reserved(case)) and status in (S.SENT, S.UNKNOWN):
            house.store.ledger.commit(reservation_id, delivery.at)
        if status is S.FAILED:
            coupons.release(case, house)
            _close(delivery, house)
        line = {"status": delivery.status.value, "where": delivery.where, "detail": delivery.detail}
        house.store.cases.note(case.case_id, "send", house.clock.now(), line)
    return delivery


def _close(delivery: Delivery, house: House) -> None:
    """The carrier said at once what others tell later: nobody is there. The address is closed as by a bounce."""
    row = house.store.outbox.get(delivery.key) if delivery.gone else None
    if row is not None:
        told = f"{delivery.key}-gone-{row.attempts}"
        bounce = Receipt(told, ReceiptKind.HARD_BOUNCE, delivery.at, "carrier", delivery.key, detail=delivery.detail)
        house.store.receipts.add(bounce, row.message)


def paused(case: Case, house: House) -> bool:
    """Whether the campaign of this case is paused: its messages stay queued until somebody resumes it."""
    if case.campaign_id is None:
        return False
    return house.store.campaigns.status(case.campaign_id) is CampaignStatus.PAUSED


def paced(message: Message, customer: Customer, house: House) -> datetime | None:
    """From when the provider takes one more, of us all and for this recipient; None for now. The sink takes any."""
    rules = house.providers.get(market_of(message.channel, customer.language, customer.timezone))
    if rules is None or message.channel not in house.reach.real:
        return None
    nth_last = partial(house.store.outbox.nth_last, message.channel)
    return may_leave_at(rules, message.recipient, message.purpose, customer.timezone, house.clock.now(), nth_last)


def window_full(channel: Channel, house: House) -> str:
    """Why no message of this channel leaves for now, whosever it is; empty while one may. No gate is asked for it."""
    if channel not in house.reach.real:
        return ""
    nth_last, now = partial(house.store.outbox.nth_last, channel), house.clock.now()
    carriers = [rules for rules in house.providers.values() if rules.channel is channel]
    waits = [window_opens_at(rules, now, nth_last) for rules in carriers]
    if not waits or any(until is None for until in waits):
        return ""
    return f"the window of {' and '.join(rules.key for rules in carriers)} is full: the next run goes on"


def resting_channels(house: House) -> dict[Channel, str]:
    """The channels that an earlier run found dead minutes ago, with the reason for leaving them alone."""
    now, found = house.clock.now(), {}
    for channel in house.channels:
        if (until := resting(house.store.outbox.tries(channel, MAX_FAULTS), now)) is not None:
            found[channel] = f"channel {channel} rests until {until:%H:%M} UTC: {MAX_FAULTS} errors in a row"
    return found


def held_back(case: Case, house: House) -> str:
    """What keeps a judged message in at the moment of its claim; empty when nothing does."""
    if house.store.sending.state().stopped:
        return "sending is stopped"
    if paused(case, house):
        return f"campaign {case.campaign_id} is paused"
    if case.purpose is Purpose.MARKETING and house.store.people.get(case.customer_id).suppressed:
        return "the customer unsubscribed in this very moment"
    return ""


def against_sending(row: OutboxRow, judgement: Judgement, draft: Draft, house: House) -> str:
    """Why an approved message must not leave after all; empty when nothing is against it."""
    if stopping := stops(judgement.verdict):
        return "; ".join(f"{finding.rule}: {finding.message}" for finding in stopping)
    campaign_id = house.store.cases.get(row.message.case_id).campaign_id
    if campaign_id is not None and house.store.campaigns.status(campaign_id) is CampaignStatus.CANCELLED:
        return f"campaign {campaign_id} was cancelled"
    if out_of_reach := house.reach.against(row.message):
        return out_of_reach
    if unseen := _new_for_person(judgement, draft, house):
        return f"a person must look again: {unseen}"
    customer = house.store.people.get(row.message.customer_id)
    try:
        if address_of(customer, row.message.channel) != row.message.recipient:
            return "the address on record is another one now"
    except InputError as error:
        return error.message
    return ways.closed(row.message.channel, row.message.recipient, house)


def _new_for_person(judgement: Judgement, draft: Draft, house: House) -> str:
    """What the gate leaves to a person now and the approving person has not seen. Empty when nothing is new."""
    if judgement.verdict.decision is not Decision.REVIEW:
        return ""
    seen = house.store.cases.rules_seen(draft.draft_id, "approve")
    return "; ".join(f"{f.rule}: {f.message}" for f in judgement.verdict.findings if f.rule not in seen)

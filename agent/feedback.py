"""What the world answers after a message left: outcomes, receipts, and the wish to get no more of them.

Each is acted on once, whatever tells it twice. An unsubscribe ends marketing first and by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from agent import coupons
from agent.domain import (
    ALLOWED,
    NO_PROFILING,
    WANT_NO_PROFILE,
    CaseStatus,
    Channel,
    Delivery,
    DeliveryStatus,
    InboundText,
    Message,
    Outcome,
    Receipt,
    ReceiptKind,
    Taken,
)
from agent.errors import TransitionNotAllowed
from agent.house import House
from agent.outbox import OutboxRow
from agent.outcomes import OutcomeRow, read_outcome, status_after

ENDS_MARKETING = frozenset({ReceiptKind.COMPLAINT, ReceiptKind.UNSUBSCRIBED})
FOLLOWED = frozenset({ReceiptKind.OPENED, ReceiptKind.CLICKED})

S = CaseStatus


def unsubscribe(customer_id: str, at: datetime, source: str, house: House) -> None:
    """Leaving is never obstructed: marketing to this customer ends now, whatever state any case is in."""
    house.store.people.get(customer_id)  # says so when there is no such customer
    house.store.people.suppress(customer_id, at, source)


def withdraw(customer_id: str, channels: Sequence[Channel], at: datetime, source: str, house: House) -> None:
    """No more marketing by these channels; what may go by another stays as it is. Raises NotFound."""
    house.store.people.withdraw(customer_id, channels, at, source)


def end_profiling(customer_id: str, at: datetime, source: str, house: House) -> None:
    """No program chooses marketing for this customer any more (PIPL art. 24, GDPR art. 21 and 22): the gate lets only
    general texts go, and a campaign passes them over. Raises NotFound."""
    house.store.people.flag(customer_id, NO_PROFILING, at, source)


def unsubscribe_case(case_id: str, source: str, house: House) -> bool:
    """The customer of this case followed the way out in its message; False when that was done already.

    Works whatever status the case has: what still waits in the outbox is stopped by the gate. Raises NotFound.
    """
    now = house.clock.now()
    case = house.store.cases.get(case_id)
    unsubscribe(case.customer_id, now, source, house)  # first and by itself: nothing that follows may undo it
    with house.store.write(), suppress(TransitionNotAllowed):  # somebody else moved the case: the way out stands
        if any(outcome.kind == S.UNSUBSCRIBED for outcome in house.store.results.of_case(case_id)):
            return False
        return record(OutcomeRow(S.UNSUBSCRIBED.value, now, case_id=case_id), house, source) is not None
    return True


def record(row: OutcomeRow, house: House, source: str) -> Outcome | None:
    """outcome: what came of it. None when it was known already, or when nobody can say whose it is."""
    with house.store.write():
        if row.kind == S.REDEEMED:
            told = house.store.cases.get(row.case_id) if row.case_id else None
            reservation = coupons.redeem(row.code, told, row.at, house)
        else:
            reservation = house.store.ledger.holder(row.code) if row.code else None
        case_id = row.case_id or (reservation.case_id if reservation else None)
        if case_id is None:
            return None
        case = house.store.cases.get(case_id)
        outcome = read_outcome(row, case, source)
        if outcome.kind == S.UNSUBSCRIBED:
            unsubscribe(case.customer_id, outcome.at, source, house)
        if not house.store.results.record(outcome):
            return None
        if status_after(outcome) in ALLOWED[case.status]:
            house.store.cases.advance(case, status_after(outcome), outcome.at)
        house.store.cases.note(case.case_id, "outcome", outcome.at, {"kind": outcome.kind, "source": source})
    return outcome


def take_receipt(receipt: Receipt, house: House) -> Taken:
    """What a channel told afterwards, acted on once: a complaint ends marketing, an address that is nobody's is closed.

    A receipt also settles a message of which nobody knew whether it had left.
    """
    outbox = house.store.outbox
    row = outbox.get(receipt.key) if receipt.key else None
    if row is None and receipt.provider_id:
        row = outbox.by_provider_id(receipt.provider_id)
    if row is None:
        return Taken.NOBODYS
    message = row.message
    if not _may_follow(receipt, message, house):
        return Taken.IGNORED
    if receipt.kind in ENDS_MARKETING:  # first and by itself: nothing that follows may undo it
        unsubscribe(message.customer_id, receipt.at, f"{receipt.source}: {receipt.kind}", house)
    with house.store.write():
        if not house.store.receipts.add(receipt, message):
            return Taken.KNOWN
        _note_receipt(receipt, message, house)
        _settle_unknown(row, receipt, house)
        if receipt.kind is ReceiptKind.DELIVERED:
            record(OutcomeRow(S.DELIVERED.value, receipt.at, case_id=message.case_id), house, receipt.source)
        if receipt.kind in ENDS_MARKETING:
            record(OutcomeRow(S.UNSUBSCRIBED.value, receipt.at, case_id=message.case_id), house, receipt.source)
    return Taken.TAKEN


def take_answer(answer: InboundText, whose: Sequence[str], wants_out: bool, house: House) -> bool:
    """What was written back by `whose` number, the one meant first; False when it was told before.

    The wish to get nothing more is carried out for everybody who has that number: nobody can know who of a family held
    the phone, and the phone is what must be silent.
    """
    if wants_out:  # first and by itself: nothing that follows may undo it
        for customer_id in whose:
            unsubscribe(customer_id, answer.at, f"{answer.source}: answer", house)
    with house.store.write():
        if not house.store.answers.add(answer, whose[0] if whose else None, wants_out):
            return False
        last = house.store.outbox.last_to(whose, answer.channel) if wants_out and whose else None
        if last is not None:
            record(OutcomeRow(S.UNSUBSCRIBED.value, answer.at, case_id=last.case_id), house, answer.source)
    return True


def _may_follow(receipt: Receipt, message: Message, house: House) -> bool:
    """Who opened or clicked is kept of those alone who agreed to this channel's marketing, and want a profile."""
    if receipt.kind not in FOLLOWED:
        return True
    customer = house.store.people.get(message.customer_id)
    consent = customer.consents.get(message.channel)
    agreed = consent is not None and consent.granted is True
    return agreed and not customer.suppressed and not WANT_NO_PROFILE.intersection(map(str.casefold, customer.flags))


def _settle_unknown(row: OutboxRow, receipt: Receipt, house: House) -> None:
    """Whatever is told about a message shows that it left; where nobody knew, that is known now."""
    if row.status is not DeliveryStatus.UNKNOWN:
        return
    told = f"{receipt.source} told of it: {receipt.kind}"
    # a gateway's clock may be years off: a message never left before it was queued, else caps would not count it
    at = min(max(receipt.at, row.queued_at), house.clock.now())
    sent = Delivery(row.message.key, DeliveryStatus.SENT, at, row.where, told)
    if house.store.outbox.finish(sent, since=DeliveryStatus.UNKNOWN):
        case = house.store.cases.get(row.message.case_id)
        if case.status is S.UNKNOWN:
            house.store.cases.advance(case, S.SENT, at)


def _note_receipt(receipt: Receipt, message: Message, house: House) -> None:
    """Its line in the trace; what a customer wrote is not repeated there."""
    line = {"kind": receipt.kind.value, "source": receipt.source, "detail": receipt.detail}
    house.store.cases.note(message.case_id, "receipt", receipt.at, line)

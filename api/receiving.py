"""What came back after a message left: each receipt acted on once; an answer becomes a ticket, or the way out.

Takes receipts as `agent.receipts` read them, gives counts. A customer's own words are kept as any ticket's are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from agent import feedback
from agent.chat import is_stop
from agent.domain import Message, Receipt, ReceiptKind, Taken
from agent.inbound import Arrival

if TYPE_CHECKING:
    from api.bootstrap import Workshop


def take_receipts(receipts: Iterable[Receipt], workshop: Workshop) -> dict[str, int]:
    """How many were taken, known, nobody's, and left alone because nobody agreed to be followed."""
    found: Counter[Taken] = Counter()
    house = workshop.bookkeeping()
    for receipt in receipts:
        if receipt.kind is ReceiptKind.REPLIED and is_stop(receipt.text):
            receipt = replace(receipt, kind=ReceiptKind.UNSUBSCRIBED)
        taken = feedback.take_receipt(receipt, house)
        found[taken] += 1
        # known as well: whoever died between the receipt and its ticket is told again, and the ticket has one id
        if taken in (Taken.TAKEN, Taken.KNOWN) and receipt.kind is ReceiptKind.REPLIED and receipt.text:
            _open_ticket(receipt, workshop)
    return {name.value: found[name] for name in Taken}


def _open_ticket(receipt: Receipt, workshop: Workshop) -> None:
    open_ticket(receipt.id, _message_of(receipt, workshop).customer_id, receipt.at, receipt.text, workshop)


def open_ticket(answer_id: str, customer_id: str, at: datetime, text: str, workshop: Workshop) -> None:
    """Somebody wrote to us: a person answers, and marketing holds until then. The same answer is one ticket."""
    row = {
        "event_id": f"reply-{answer_id}",
        "at": at.isoformat(),
        "kind": "ticket",
        "order_id": f"reply-{answer_id}",
        "topic": "other",
        "status": "open",
        "text": text,
    }
    now = workshop.clock.now()
    workshop.store.arrivals.add([Arrival(f"reply-{answer_id}", customer_id, None, now, [row])])


def _message_of(receipt: Receipt, workshop: Workshop) -> Message:
    outbox = workshop.store.outbox
    row = outbox.get(receipt.key) if receipt.key else None
    row = row or outbox.by_provider_id(receipt.provider_id or "")
    assert row is not None, "it was just found"
    return row.message

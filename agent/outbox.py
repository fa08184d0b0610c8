"""Messages, counted once: the row is stored before the first network call, and its key is the same for ever.

queued → sending → sent | failed | unknown | stopped. A row found in `sending` after a crash becomes `unknown`: nobody
can say whether it left, so it is shown to a person and never resent by itself. This module is the vocabulary; the rows
live in the store, behind `OutboxBook`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from agent.domain import Channel, Delivery, DeliveryStatus, Message, Purpose


@dataclass(frozen=True, slots=True)
class OutboxRow:
    message: Message
    status: DeliveryStatus
    queued_at: datetime
    not_before: datetime | None
    attempts: int
    where: str | None
    detail: str


class OutboxBook(Protocol):
    def enqueue(self, message: Message, at: datetime, not_before: datetime | None = None) -> bool:
        """Store a message to be sent; one that was stopped or failed takes the new words.

        False when a message with this key is under way or has left: nothing is changed then.
        """
        ...

    def due(self, now: datetime, limit: int = 100) -> list[OutboxRow]: ...

    def under_way(self) -> list[OutboxRow]:
        """All that is queued or being sent, whatever holds it back."""
        ...

    def claim(self, key: str, at: datetime, text_hash: str | None = None) -> bool:
        """queued → sending, for exactly one caller; with `text_hash` only if these words still wait and are due."""
        ...

    def finish(self, delivery: Delivery, since: DeliveryStatus) -> bool:
        """Take the outcome, if the row still is in `since`; False when somebody else moved it."""
        ...

    def defer(self, key: str, until: datetime, at: datetime) -> None:
        """Back to queued, not before `until`: deferred is not dropped."""
        ...

    def recover(self, before: datetime, at: datetime) -> Sequence[str]:
        """Rows that were in `sending` since before that moment become unknown. Returns their keys."""
        ...

    def texts_since(self, customer_id: str, since: datetime, besides: str | None = None) -> Sequence[str]:
        """The bodies of marketing messages that count towards the cap, newest first."""
        ...

    def sent_since(self, customer_id: str, since: datetime, besides: str | None = None) -> int:
        """Marketing messages to this customer since then, queued and unknown ones included, `besides` left out."""
        ...

    def marketing_to(
        self, customer_ids: Sequence[str], since: datetime
    ) -> Mapping[str, Sequence[tuple[datetime, str]]]:
        """What `sent_since` counts, of many customers: moment and body of each, newest first."""
        ...

    def enqueue_new(self, messages: Sequence[tuple[Message, datetime | None]], at: datetime) -> None:
        """Store messages of new cases, each with the moment before which it stays in."""
        ...

    def get(self, key: str) -> OutboxRow | None: ...

    def nth_last(
        self, channel: Channel, n: int, recipient: str | None = None, purposes: frozenset[Purpose] | None = None
    ) -> datetime | None:
        """When the nth last message of this channel was handed over, or may have been; None when fewer were."""
        ...

    def tries(self, channel: Channel, n: int) -> Sequence[tuple[DeliveryStatus, datetime]]:
        """How the n messages that were tried last stand now, and since when, newest first."""
        ...

    def by_provider_id(self, provider_id: str) -> OutboxRow | None: ...

    def last_to(self, customer_ids: Sequence[str], channel: Channel) -> Message | None:
        """The newest message that was handed over to any of them on this channel; None when there was none."""
        ...

    def counts(self) -> Mapping[DeliveryStatus, int]: ...


def message_key(case_id: str) -> str:
    """One message a case, whatever is retried: the same case always has the same key."""
    return "msg_" + hashlib.sha256(case_id.encode()).hexdigest()[:24]

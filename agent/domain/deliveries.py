"""A message that was approved, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agent.domain.people import Channel, Purpose


@dataclass(frozen=True, slots=True)
class Message:
    """What was approved, to the last character.

    `key` is the idempotency key. `text_hash` covers recipient, channel, subject, body and headers.
    """

    key: str
    case_id: str
    draft_id: str
    brand_id: str
    customer_id: str
    channel: Channel
    purpose: Purpose
    recipient: str
    subject: str | None
    body: str
    headers: Mapping[str, str]
    text_hash: str
    made_up: bool = False


class DeliveryStatus(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a message. `where` is the provider's id, or the path in the sink.

    `fault` is set when the channel was in the way and not the message. `not_before` is set on one that goes back to the
    queue: it is not tried again before. `gone`: the carrier says that this address is nobody's, on a FAILED one.
    """

    key: str
    status: DeliveryStatus
    at: datetime
    where: str | None = None
    detail: str = ""
    fault: bool = False
    not_before: datetime | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class SendingState:
    """The kill switch: whether sending is stopped, who said so last, and when. `at` None: nobody ever touched it."""

    stopped: bool = False
    by: str = ""
    at: datetime | None = None
    note: str = ""

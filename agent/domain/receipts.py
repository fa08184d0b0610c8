"""What a channel told us afterwards about a message that had left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agent.domain.people import Channel


class ReceiptKind(StrEnum):
    """HARD_BOUNCE: this address is nobody's · SOFT_BOUNCE: not this time · COMPLAINT: marked as spam ·
    UNSUBSCRIBED: told the carrier, or answered with a word that means it."""

    DELIVERED = "delivered"
    SOFT_BOUNCE = "soft_bounce"
    HARD_BOUNCE = "hard_bounce"
    COMPLAINT = "complaint"
    UNSUBSCRIBED = "unsubscribed"
    OPENED = "opened"
    CLICKED = "clicked"
    REPLIED = "replied"


@dataclass(frozen=True, slots=True)
class Receipt:
    """One thing that was told about one message. `id` is the same however often it is told.

    Which message: by our `key` of it, or by the provider's own id, `provider_id`. `text` is what a customer answered.
    """

    id: str
    kind: ReceiptKind
    at: datetime
    source: str
    key: str | None = None
    provider_id: str | None = None
    detail: str = ""
    text: str = ""


class Taken(StrEnum):
    """What became of a receipt. NOBODYS: no message of ours · IGNORED: the customer did not agree to be followed."""

    TAKEN = "taken"
    KNOWN = "known"
    NOBODYS = "nobodys"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class InboundText:
    """What somebody wrote back on a channel that knows no threads. `id` is the same however often it is told.

    `address` is whoever wrote, a number in E.164 where it is one. `stop`: the carrier has taken it for a wish to get
    nothing more, whatever the words.
    """

    id: str
    channel: Channel
    address: str
    text: str
    at: datetime
    source: str
    stop: bool = False


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer as it is kept. `customer_id` None: nobody has this address; only then the words are kept here."""

    id: str
    channel: Channel
    address: str
    at: datetime
    source: str
    stopped: bool
    customer_id: str | None
    text: str

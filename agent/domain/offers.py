"""What a customer is offered, and the decision behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from agent.domain.people import Language, Money


class OfferKind(StrEnum):
    PERCENT = "percent"
    AMOUNT = "amount"
    FREE_SHIPPING = "free_shipping"
    POINTS = "points"
    CONTENT = "content"
    ENGAGEMENT = "engagement"
    SERVICE_ACT = "service_act"
    HUMAN_CALL = "human_call"
    TIER_BENEFIT = "tier_benefit"


MONEY_KINDS = frozenset({OfferKind.PERCENT, OfferKind.AMOUNT, OfferKind.FREE_SHIPPING, OfferKind.POINTS})


@dataclass(frozen=True, slots=True)
class Offer:
    """What one customer is offered: the row that was reserved, not the brief.

    `value` is percent off for PERCENT (20 = 8折), major units for AMOUNT, a count for POINTS, 0 otherwise. `expires_on`
    is inclusive, in the customer's zone. `cost` is what the ledger holds for it.
    """

    id: str
    kind: OfferKind
    value: Decimal
    currency: str
    cost: Money
    code: str | None = None
    min_spend: Decimal = Decimal(0)
    expires_on: date | None = None
    exclusions: Mapping[Language, str] = field(default_factory=dict)
    stackable: bool = False
    reservation_id: str | None = None


class Spared(StrEnum):
    """Whom money would not help or would spoil, or on whose channel no coupon can be said: none for them."""

    WOULD_STAY = "would_stay"
    ALREADY_GONE = "already_gone"
    LEFT_ALONE = "left_alone"
    GAMING = "gaming"
    NO_PLACE = "no_place"


class OfferStatus(StrEnum):
    OFFERED = "offered"
    HELD_OUT = "held_out"
    NO_OFFER = "no_offer"


UNHEARD = "unheard"


@dataclass(frozen=True, slots=True)
class OfferDecision:
    """What was decided before any word was written, and why.

    `because` is for the rep; `situation` is what we write about; `acts` are the promises that would help; `help` is the
    kind of help that was chosen, money or not (None: words alone). `rule` is the reason whose strategy spoke, or what
    stood in its place (`open_ticket`, `asked_for`, `other`; `unheard`: asked for, and nothing on record speaks of it).
    `spared`: why money was out of the question.
    `propensity`: the chance with which this size of the offer was drawn from several; None where none was drawn.
    """

    status: OfferStatus
    situation: str
    because: str
    offer: Offer | None = None
    acts: tuple[str, ...] = ()
    help: OfferKind | None = None
    rule: str = ""
    spared: Spared | None = None
    propensity: float | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """Coupons that left and whose time is over, and how many of them the till took."""

    coupons: int
    redeemed: int

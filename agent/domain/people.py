"""Who is spoken to, who speaks, and what happened to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from agent.domain.voice import Voice


class Language(StrEnum):
    ZH = "zh"
    EN = "en"


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"
    PUSH = "push"
    CHAT = "chat"


class Purpose(StrEnum):
    """Why a message is sent. Decides half the rules; a service message that sells is marketing."""

    MARKETING = "marketing"
    SERVICE = "service"
    REPLY = "reply"


class Tone(StrEnum):
    WARM = "warm"
    PLAIN = "plain"
    FORMAL = "formal"
    LIVELY = "lively"


@dataclass(frozen=True, slots=True)
class Money:
    """`minor` units of `currency` (ISO 4217): Money(1999, "CNY") is ¥19.99, Money(500, "JPY") is ¥500."""

    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Consent:
    """A customer's answer for one channel. `granted` None means nobody knows, which is never a yes."""

    granted: bool | None
    at: datetime | None = None
    proof: str | None = None
    purpose: str | None = None


NO_PROFILING = "no_profiling"
WANT_NO_PROFILE = frozenset({NO_PROFILING, "personalisation_off", "personalization_off", "profile_off"})
"""Flags of a customer who wants no program to choose what they are sent: ours, and how other systems call it."""


@dataclass(frozen=True, slots=True)
class Customer:
    """A person we may write to, as far as we know them.

    `assumed` names the fields that came from the brand's stated defaults rather than from the customer's own record;
    `made_up` marks a customer of a simulated shop or a trial, whose contact details are nobody's. `push_token` is the
    device that was last told of, `chat_id` how the chat's carrier calls them (a WhatsApp number, an external_userid).
    """

    id: str
    brand_id: str
    name: str | None
    language: Language
    given_name: str | None = None
    gender: str | None = None
    timezone: str | None = None
    country: str | None = None
    email: str | None = None
    phone: str | None = None
    push_token: str | None = None
    chat_id: str | None = None
    age: int | None = None
    tier: str | None = None
    points: int | None = None
    member_since: date | None = None
    consents: Mapping[Channel, Consent] = field(default_factory=dict)
    suppressed: bool = False
    account_status: str = "active"
    flags: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    made_up: bool = False


@dataclass(frozen=True, slots=True)
class Brand:
    """Who is speaking. Read from a TOML file that a marketer edits."""

    id: str
    name: str
    postal_address: str
    timezone: str
    currency: str
    languages: tuple[Language, ...]
    domains: tuple[str, ...]
    names: Mapping[Language, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    signature: str = ""
    phones: tuple[str, ...] = ()
    competitors: tuple[str, ...] = ()
    from_email: str = ""
    unsubscribe_url: str = ""
    # set for each case by House.brand_for: what makes the Message-ID of its mail one that only we can write
    stamp: str = ""
    shop_url: str = ""
    sign_off: Mapping[Language, str] = field(default_factory=dict)
    assumed_language: Language | None = None
    assumed_timezone: str | None = None
    assumed_consent: Mapping[Channel, str] = field(default_factory=dict)
    margin_pct: Decimal = Decimal(30)
    voice: Mapping[Language, Voice] = field(default_factory=dict)
    made_up: bool = False

    def name_in(self, language: Language) -> str:
        """The name that readers of this language know."""
        return self.names.get(language, self.name)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a customer: an order line, a view, a review, a ticket, a message."""

    id: str
    customer_id: str
    at: datetime
    kind: str
    order_id: str | None = None
    item: str | None = None
    quantity: float | None = None
    amount: Money | None = None
    rating: float | None = None
    topic: str | None = None
    status: str | None = None
    text: str | None = None

"""May this person be written to now? Asked once for all customers who are alike in what that depends on.

The rules see a customer who consists of nothing else, so what is not listed here cannot decide; a test compares with
the whole record. A million customers are a few hundred kinds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from agent.context import Live, gate_context, open_ticket
from agent.domain import Channel, Consent, Customer, Event, Language, Purpose
from agent.guardrails import context_from_json
from agent.guardrails.live import Standing, standing
from agent.house import House


@dataclass(frozen=True, slots=True)
class Kind:
    """All that the permission rules may rest on. `ticket`: the open one's topic and status."""

    channel: Channel
    language: Language
    timezone: str | None
    country: str | None
    age: int | None
    suppressed: bool
    account_status: str
    flags: tuple[str, ...]
    consent: tuple[bool | None, str, bool, str | None]
    ticket: tuple[str, str] | None
    sent_last_7_days: int


class Doorman:
    """Remembers what it was told for the length of a minute of the house's clock. Before sending, the gate is asked."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._minute: datetime | None = None
        self._known: dict[Kind, Standing] = {}

    def standing(
        self, customer: Customer, events: Sequence[Event], channel: Channel, sent_last_7_days: int
    ) -> Standing:
        now = self._house.clock.now()
        if (minute := now.replace(second=0, microsecond=0)) != self._minute:
            self._minute, self._known = minute, {}
        kind = kind_of(customer, events, channel, sent_last_7_days, now)
        if kind not in self._known:
            self._known[kind] = self._ask(kind, now)
        return self._known[kind]

    def _ask(self, kind: Kind, now: datetime) -> Standing:
        house = self._house
        live = Live(_somebody(kind, house.brand.id, now), house.brand, Purpose.MARKETING, now, _ticket(kind, now), ())
        live = replace(live, sent_last_7_days=kind.sent_last_7_days)
        return standing(context_from_json(gate_context(live, {}, kind.channel, house.limits)))


BEFORE, AFTER, UNDATED = "before", "after", "undated"


def kind_of(
    customer: Customer, events: Sequence[Event], channel: Channel, sent_last_7_days: int, now: datetime
) -> Kind:
    consent = customer.consents.get(channel, Consent(None, None, None, None))
    when = UNDATED if consent.at is None else AFTER if consent.at > now else BEFORE
    ticket = open_ticket(events) if any(event.kind == "ticket" for event in events) else None
    return Kind(
        channel=channel,
        language=customer.language,
        timezone=customer.timezone,
        country=customer.country,
        age=customer.age,
        suppressed=customer.suppressed,
        account_status=customer.account_status,
        flags=tuple(customer.flags),
        consent=(consent.granted, when, bool(consent.proof), consent.purpose),
        ticket=(ticket["type"], ticket["status"]) if ticket else None,
        sent_last_7_days=sent_last_7_days,
    )


def _somebody(kind: Kind, brand_id: str, now: datetime) -> Customer:
    granted, when, proof, purpose = kind.consent
    at = {UNDATED: None, BEFORE: now, AFTER: now + timedelta(days=1)}[when]
    return Customer(
        id="",
        brand_id=brand_id,
        name=None,
        language=kind.language,
        timezone=kind.timezone,
        country=kind.country,
        age=kind.age,
        consents={kind.channel: Consent(granted, at, "as on record" if proof else None, purpose)},
        suppressed=kind.suppressed,
        account_status=kind.account_status,
        flags=kind.flags,
    )


def _ticket(kind: Kind, now: datetime) -> tuple[Event, ...]:
    if kind.ticket is None:
        return ()
    topic, status = kind.ticket
    return (Event(id="", customer_id="", at=now, kind="ticket", topic=topic, status=status),)

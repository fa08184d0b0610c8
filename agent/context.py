"""Everything the gate may rest on, in one plain JSON object: the shape of the `holdfast gate` contract.

Live records go in, the object comes out; it is stored with the verdict, so that any judgement can be replayed a year
later from its row. Whatever is unknown is left unknown: the gate fails closed on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from agent.channels import ApprovedTemplate, provider_rules
from agent.domain import Brand, Channel, Customer, Event, Language, Offer, Purpose, Span, Words
from agent.language.claims import quiet, speaks
from agent.ledger import Budget, Reservation
from agent.money import to_major
from agent.situations import situations
from knowledge.documents import Clause

LIMITS: Mapping[str, Any] = {
    "max_per_7_days": 4,
    "quiet_start": "21:00",
    "quiet_end": "08:00",
    "sms_max_segments": 2,
    "push_title": 50,
    "push_body": 150,
    "subject": 78,
}


OF_THE_CUSTOMER = frozenset({"customer", "event"})


@dataclass(frozen=True, slots=True)
class Live:
    """The state of the world at the moment of judging.

    `approved` are the texts that may go where nothing else may; None where free text goes.
    """

    customer: Customer
    brand: Brand
    purpose: Purpose
    now: datetime
    events: Sequence[Event]
    clauses: Sequence[Clause]
    offer: Offer | None = None
    reservation: Reservation | None = None
    budget: Budget | None = None
    sent_last_7_days: int = 0
    sent_texts: Sequence[str] = ()
    headers: Mapping[str, str] | None = None
    approved: Sequence[ApprovedTemplate] | None = None


def gate_context(
    live: Live, filled: Mapping[str, str], channel: Channel, limits: Mapping[str, Any] = LIMITS
) -> dict[str, Any]:
    """The context of one judgement. `filled` are the display forms of the facts that the realiser put in."""
    customer = live.customer
    return {
        "channel": channel.value,
        "purpose": live.purpose.value,
        "customer": {
            "name": customer.name,
            "first_name": customer.given_name,
            "language": customer.language.value,
            "timezone": customer.timezone,
            "country": customer.country,
            "consent": {
                channel.value: {
                    "granted": consent.granted,
                    "at": consent.at.isoformat() if consent.at else None,
                    "proof": consent.proof,
                    "purpose": consent.purpose,
                }
                for channel, consent in customer.consents.items()
            },
            "suppressed": customer.suppressed,
            "facts": {**_facts(customer, live.events), **filled},
        },
        "offer": _offer(live) if live.offer else None,
        "policy": [_clause(clause) for clause in live.clauses],
        "brand": _brand(live.brand, customer.language),
        "now": live.now.isoformat(),
        "history": {
            "sent_last_7_days": live.sent_last_7_days,
            "sent_texts": list(live.sent_texts),
            "open_ticket": open_ticket(live.events),
        },
        "limits": dict(limits),
        "headers": dict(live.headers) if live.headers is not None else None,
        **_approved(live),
    }


def _approved(live: Live) -> dict[str, Any]:
    """The texts as the recipient reads them, with the brand's signature, and what may stand in each variable."""
    if live.approved is None:
        return {}
    signature = f"【{live.brand.signature or live.brand.name_in(live.customer.language)}】"
    rows = [
        {
            "id": template.id,
            "text": (signature if provider_rules(template.provider).signed else "") + template.text,
            "variables": {
                variable.name: {"type": variable.type.value, "max": variable.longest} for variable in template.variables
            },
        }
        for template in live.approved
    ]
    return {"templates": rows, "templates_alone": True}


def filled_facts(words: Words, spans: Iterable[Span]) -> dict[str, str]:
    """slot → the words in its place, for the customer's own facts; all else has rules of its own."""
    fields = {"subject": words.subject, "body": words.body}
    filled: dict[str, str] = {}
    for number, span in enumerate(spans):
        text = fields.get(span.field)
        if span.kind == "fact" and span.source.type in OF_THE_CUSTOMER and text is not None:
            filled[f"slot_{span.slot}_{number}"] = text[span.start : span.end]
    return filled


def open_ticket(events: Iterable[Event]) -> dict[str, Any] | None:
    """The newest ticket that no later event of the same id or topic has closed."""
    standing: dict[str, Event] = {}
    for event in events:
        if event.kind == "ticket":
            standing[event.order_id or event.topic or event.id] = event
    still = [event for event in standing.values() if (event.status or "open") != "closed"]
    if not still:
        return None
    ticket = max(still, key=lambda event: event.at)
    said = ticket.topic or "other"
    topic = said if said in situations().topics or not speaks(said) else "other"  # refund_slow promises nothing
    return {"id": ticket.id, "type": topic, "status": ticket.status or "open"}


def recent_topics(events: Iterable[Event], since: datetime) -> frozenset[str]:
    """Topics of tickets since then, and "poor_rating" where a review gave two stars or fewer."""
    late = [event for event in events if event.at >= since]
    topics = {event.topic for event in late if event.kind == "ticket" and event.topic}
    if any(event.kind == "review" and event.rating is not None and event.rating <= 2 for event in late):
        topics.add("poor_rating")
    return frozenset(topics)


def _facts(customer: Customer, events: Sequence[Event]) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "gender": customer.gender,
        "age": customer.age,
        "tier": customer.tier if customer.tier and not speaks(customer.tier) else None,
        "points": customer.points,
        "member_since": customer.member_since.isoformat() if customer.member_since else None,
        "account_status": customer.account_status,
        "account_flags": list(customer.flags) or None,
    }
    orders = [event for event in events if event.kind == "order"]
    if orders:
        last = orders[-1]
        facts["orders_total"] = len({event.order_id or event.id for event in orders})
        facts["last_order"] = {
            "id": last.order_id,
            "item": quiet(last.item),
            "date": last.at.date().isoformat(),
            "amount": str(to_major(last.amount)) if last.amount else None,
            "currency": last.amount.currency if last.amount else None,
        }
    return {key: value for key, value in facts.items() if value is not None}


def _offer(live: Live) -> dict[str, Any]:
    offer = live.offer
    assert offer is not None
    left = _ledger_row(live)
    return {
        "code": offer.code,
        "kind": offer.kind.value,
        "value": _number(offer.value),
        "currency": offer.currency,
        "min_spend": _number(offer.min_spend),
        "expires_on": offer.expires_on.isoformat() if offer.expires_on else None,
        "exclusions": offer.exclusions.get(live.customer.language) or None,
        "stackable": offer.stackable,
        **({"ledger": left} if left else {}),
    }


def _ledger_row(live: Live) -> dict[str, Any] | None:
    """The reserved row. Its own cost counts as still there: it was taken out of the budget for this very message."""
    if live.reservation is None or live.budget is None:
        return None
    held = live.reservation.amount.minor if live.reservation.status in ("reserved", "committed") else 0
    left = live.budget.left + held
    return {
        "remaining_budget": _number(to_major(type(live.budget.amount)(left, live.budget.amount.currency))),
        "customer_uses_left": 1 if held else 0,
    }


def _clause(clause: Clause) -> dict[str, Any]:
    return {
        "id": clause.id,
        "text": clause.text,
        "valid_from": clause.valid_from.isoformat() if clause.valid_from else None,
        "valid_to": clause.valid_to.isoformat() if clause.valid_to else None,
        "acts": list(clause.acts),
    }


def _brand(brand: Brand, language: Language) -> dict[str, Any]:
    return {
        "name": brand.name_in(language),
        "aliases": [brand.name, *brand.names.values(), *brand.aliases],
        "signature": brand.signature or brand.name,
        "domains": list(brand.domains),
        "phones": list(brand.phones),
        "postal_address": brand.postal_address,
        "competitors": list(brand.competitors),
        "sign_off": brand.sign_off.get(language),
        "unsubscribe_url": brand.unsubscribe_url,
    }


def _number(value: Decimal) -> int | str:
    return int(value) if value == value.to_integral_value() else str(value)

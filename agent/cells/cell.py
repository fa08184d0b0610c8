"""Which customers may get the same words, and what those words may use.

Takes a fact sheet, gives the key of its cell and the sheet with nothing individual left on it but what is filled in:
the greeting, the coupon with its terms, the way out. What a customer bought, wrote or asked is no part of a cell.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from agent.domain import Channel, FactSheet, Language, OfferKind, Purpose, Tone

SHARED = frozenset(
    {
        "salutation", "offer", "offer_code", "offer_expires", "offer_min_spend", "offer_exclusions", "brand",
        "sign_off", "shop_url", "unsubscribe", "postal_address", "signature",
    }
)  # fmt: skip
"""Slots that a cell's words may use. What they say may differ from customer to customer."""


@dataclass(frozen=True, slots=True)
class CellKey:
    """Everything that words may depend on. Two customers with the same key can be sent the same template."""

    situation: str
    channel: Channel
    purpose: Purpose
    language: Language
    tone: Tone
    offer: tuple[str, OfferKind, Decimal, Decimal] | None
    acts: tuple[str, ...]
    slots: frozenset[str]
    flags: tuple[str, ...] = ()


def shared_sheet(sheet: FactSheet) -> FactSheet:
    """The sheet without what is this customer's alone."""
    facts = tuple(fact for fact in sheet.facts if fact.slot in SHARED)
    return replace(sheet, facts=facts, steer=(), written=())


def cell_of(sheet: FactSheet, flags: tuple[str, ...] = ()) -> CellKey | None:
    """None for a message that answers somebody: that is never written for many."""
    if sheet.purpose is not Purpose.MARKETING:
        return None
    offer = sheet.offer
    return CellKey(
        sheet.situation,
        sheet.channel,
        sheet.purpose,
        sheet.language,
        sheet.tone,
        (offer.id, offer.kind, offer.value, offer.min_spend) if offer else None,
        tuple(act.key for act in sheet.acts),
        frozenset(fact.slot for fact in sheet.facts if fact.slot in SHARED),
        flags,
    )

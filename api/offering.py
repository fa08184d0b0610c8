"""Offers with what is left of them, for the command line, HTTP and the console alike."""

from __future__ import annotations

from typing import Any

from agent.errors import InputError, NotFound
from api.bootstrap import Workshop


def offers(workshop: Workshop) -> list[dict[str, Any]]:
    """Every offer with its budget and its codes, in minor units of the brand's currency."""
    rows = []
    for offer in workshop.catalogue.offers.values():
        budget = workshop.store.ledger.budget(f"offer:{offer.id}")
        rows.append(
            {
                "id": offer.id,
                "kind": offer.kind.value,
                "value": float(offer.value),
                "currency": workshop.brand.currency,
                "cost_minor": offer.cost.minor,
                "budget_minor": budget.amount.minor if budget else None,
                "reserved_minor": budget.reserved_minor if budget else None,
                "spent_minor": budget.spent_minor if budget else None,
                "left_minor": budget.left if budget else None,
                "codes_left": workshop.store.ledger.codes_left(offer.id) if offer.codes else None,
            }
        )
    return rows


def add_codes(workshop: Workshop, offer_id: str, codes: list[str]) -> int:
    """Single-use codes of the till into the pool; how many were new. Raises NotFound, InputError."""
    offer = workshop.catalogue.offers.get(offer_id)
    if offer is None:
        raise NotFound(f"no offer is called {offer_id!r}", "see: holdfast offers list")
    if not offer.codes:
        raise InputError(f"the offer {offer_id} goes without codes", "set codes = true in offers.toml first")
    return workshop.store.ledger.add_codes(offer_id, codes)

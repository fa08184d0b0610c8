"""Offers with what is left of them, and whether they make sense, for the command line, HTTP and the console alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from agent.catalogue import Catalogue, texts_of
from agent.domain import CampaignStatus
from agent.errors import InputError, NotFound
from agent.ledger import Budget
from agent.offer_check import Firm, Flaw, check_catalogue, overlaps, too_small
from api.bootstrap import Workshop
from api.texts import read_text, read_toml


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


def check_offers(workshop: Workshop, file: Path | None = None) -> dict[str, Any]:
    """What counts now, or would with this file in place of its like: how much was checked, and every flaw of it.

    Reads no budget from the file into the ledger. Raises InputError for a file that cannot be read.
    """
    texts = texts_of(workshop.home.root)
    if file is not None:
        which = "strategies" if "strategies" in read_toml(file) else "offers"
        texts = replace(texts, **{which: read_text(file)})
    catalogue, flaws = check_catalogue(texts, firm_of(workshop))
    if catalogue is not None:
        flaws += _of_campaigns(workshop, catalogue)
    return {
        "offers": len(catalogue.offers) if catalogue else 0,
        "strategies": len(catalogue.strategies) if catalogue else 0,
        "tests": len(catalogue.trials) if catalogue else 0,
        "flaws": [asdict(flaw) for flaw in flaws],
    }


def firm_of(workshop: Workshop) -> Firm:
    brand = workshop.brand
    return Firm(brand.currency, brand.margin_pct, brand.timezone, workshop.clock.now())


def _of_campaigns(workshop: Workshop, catalogue: Catalogue) -> list[Flaw]:
    under_way = workshop.store.campaigns.rows((CampaignStatus.RUNNING, CampaignStatus.PAUSED))
    pots = [workshop.store.ledger.budget(f"campaign:{row.id}") for row in under_way]
    campaigns = [pot for pot in pots if pot is not None]
    return [
        *too_small(campaigns, list(catalogue.offers.values())),
        *overlaps(campaigns, list(_pots(workshop, catalogue))),
    ]


def _pots(workshop: Workshop, catalogue: Catalogue) -> Iterator[Budget]:
    """The budgets of the catalogue's offers, with what the ledger has taken of them."""
    for offer in catalogue.offers.values():
        if offer.is_money:
            known = workshop.store.ledger.budget(f"offer:{offer.id}")
            yield replace(known, amount=offer.budget) if known else Budget(f"offer:{offer.id}", offer.budget)


def add_codes(workshop: Workshop, offer_id: str, codes: list[str]) -> int:
    """Single-use codes of the till into the pool; how many were new. Raises NotFound, InputError."""
    offer = workshop.catalogue.offers.get(offer_id)
    if offer is None:
        raise NotFound(f"no offer is called {offer_id!r}", "see: holdfast offers list")
    if not offer.codes:
        raise InputError(f"the offer {offer_id} goes without codes", "set codes = true in offers.toml first")
    return workshop.store.ledger.add_codes(offer_id, codes)

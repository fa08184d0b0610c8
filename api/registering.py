"""Fresh single-use codes: made here, told to the shop's till, and in the pool only after its 2xx.

Whoever is killed between the till's yes and the pool leaves codes that the till knows and nobody ever gets: harmless.
The other way round there would be coupons in mails that no till takes.
"""

from __future__ import annotations

import secrets
from typing import Any

from agent.catalogue import CatalogueOffer
from agent.errors import InputError, NotFound
from api.bootstrap import Workshop

LETTERS, DIGITS = "BCDFGHJKNRSTWZ", "23456789"
"""No vowels, so no words; no 0, 1, L that are misread; no Q, V, X (QQ, VX, WX) and no M, P (25RMB, 25PCT): the gate
reads codes as well, and one in 3,000 with them was taken for a percentage."""
LENGTH = 10
"""22 signs to the tenth: 44 bits, one in 26 million million."""
AT_ONCE = 500


def keep_codes(workshop: Workshop, offer_id: str, keep: int) -> dict[str, Any]:
    """Fill the pool of an offer up to `keep` free codes. Raises NotFound, InputError, ChannelUnavailable.

    A batch that the till took stays when a later one is refused.
    """
    offer = workshop.catalogue.offers.get(offer_id)
    if offer is None:
        raise NotFound(f"no offer is called {offer_id!r}", "see: holdfast offers list")
    if not offer.codes:
        raise InputError(f"the offer {offer_id} goes without codes", "set codes = true in offers.toml first")
    ledger, till = workshop.store.ledger, workshop.till
    missing = registered = max(keep - ledger.codes_left(offer_id), 0)
    while missing > 0:
        codes = fresh_codes(min(missing, AT_ONCE))
        till.register(_told(offer, workshop), codes)
        ledger.add_codes(offer_id, codes)
        missing -= len(codes)
    return {"offer": offer_id, "registered": registered, "codes_left": ledger.codes_left(offer_id)}


def fresh_codes(count: int) -> list[str]:
    """Different codes that nobody can guess, each with letters and digits, so that everybody sees a code in it."""
    made: dict[str, None] = {}
    while len(made) < count:
        code = "".join(secrets.choice(LETTERS + DIGITS) for _ in range(LENGTH))
        if set(code) & set(LETTERS) and set(code) & set(DIGITS):
            made[code] = None
    return list(made)


def _told(offer: CatalogueOffer, workshop: Workshop) -> dict[str, Any]:
    """What the till must know. Amounts are decimals in major units, as text; days are ISO 8601 or null."""
    return {
        "brand_id": workshop.brand.id,
        "id": offer.id,
        "kind": offer.kind.value,
        "value": str(offer.value),
        "currency": workshop.brand.currency,
        "min_spend": str(offer.min_spend),
        "stackable": offer.stackable,
        "single_use": True,
        "ends_on": offer.ends_on.isoformat() if offer.ends_on else None,
    }

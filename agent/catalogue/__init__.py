"""What we may offer, and which help fits which reason: two TOML files that a marketer edits.

`records.py` is what was read, `reading.py` reads it and refuses what cannot be meant, `steering.py` keeps out what must
not steer a price. Whether a catalogue is sensible is asked in `agent.offer_check`.
"""

from agent.catalogue.reading import (
    OFFERS,
    STRATEGIES,
    Entry,
    Texts,
    entries_of,
    load_catalogue,
    read_catalogue,
    start_catalogue,
    texts_of,
)
from agent.catalogue.records import OF_AN_ORDER, Catalogue, CatalogueOffer, Strategy, Trial
from agent.catalogue.steering import CatalogueError, PriceSteered

__all__ = [
    "OFFERS",
    "OF_AN_ORDER",
    "STRATEGIES",
    "Catalogue",
    "CatalogueError",
    "CatalogueOffer",
    "Entry",
    "PriceSteered",
    "Strategy",
    "Texts",
    "Trial",
    "entries_of",
    "load_catalogue",
    "read_catalogue",
    "start_catalogue",
    "texts_of",
]

"""A shop with known truth: who would leave, who can be moved by what, and how they answer a contact.

`simulate` writes the files a shop would export, plus what only a simulation can know; `Truth` answers for its
customers. Same seed, same bytes. Nothing that learns may read truth.csv or future_orders.csv.
"""

from __future__ import annotations

from scoring.simulation.shop import Summary, simulate
from scoring.simulation.truth import CHANNELS, OFFER_KINDS, Answer, Truth

__all__ = ["CHANNELS", "OFFER_KINDS", "Answer", "Summary", "Truth", "simulate"]

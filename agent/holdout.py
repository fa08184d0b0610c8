"""Who is left alone so that we can know whether the others were helped: sticky, and the same by every door.

The arm is a pure function of experiment, salt and customer, so nothing can reshuffle it: not a second campaign, not a
restart, not a change of the list. A larger share keeps everyone who was held out under the smaller one.
"""

from __future__ import annotations

import hashlib

RESOLUTION = 1_000_000


def held_out(experiment: str, customer_id: str, share: float) -> bool:
    """True when this customer belongs to the control group. `share` is the fraction held out, 0 to 1."""
    if not 0 <= share <= 1:
        raise ValueError(f"a hold-out share is between 0 and 1, not {share}")
    return bucket(experiment, customer_id) < share * RESOLUTION


def bucket(experiment: str, customer_id: str) -> int:
    """A customer's place in [0, RESOLUTION), uniform and fixed for ever."""
    digest = hashlib.sha256(f"{experiment}\x1f{customer_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % RESOLUTION

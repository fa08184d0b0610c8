"""When a customer said that they were about to leave: a topic, or words in a ticket or a review.

Takes events, gives moments. What follows from them is decided in `offers.py`, with the ledger: a threat alone is a
reason to listen; a threat, a coupon and the same threat again is a trade that we do not repeat.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.domain import Event
from agent.resources import kept, package_data

SAME = timedelta(days=3)
"""A ticket that is opened, answered and closed within this time is one threat, not several."""


ENDS = 1_000
"""Characters read at each end of a long text, as the chat does: nobody waits for what somebody pasted."""


@dataclass(frozen=True, slots=True)
class ThreatWords:
    topics: frozenset[str]
    said: re.Pattern[str]


@kept
def threat_words() -> ThreatWords:
    """Raises KeyError for a file without topics, zh and en, re.error for an expression that is none."""
    read = tomllib.loads((package_data("agent.data") / "threats.toml").read_text(encoding="utf-8"))
    return ThreatWords(frozenset(read["topics"]), re.compile("|".join((*read["zh"], *read["en"])), re.IGNORECASE))


def threatens(text: str) -> bool:
    """Whether these words say that somebody is about to leave."""
    if len(text) > 2 * ENDS:
        text = f"{text[:ENDS]}\n{text[-ENDS:]}"
    return bool(threat_words().said.search(text.replace("’", "'")))


def threats(events: Iterable[Event]) -> tuple[datetime, ...]:
    """The moments, oldest first, those of one occasion as one."""
    words = threat_words()
    said = sorted(
        event.at
        for event in events
        if event.kind in ("ticket", "review")
        and (event.topic in words.topics or (event.text and threatens(event.text)))
    )
    return tuple(at for number, at in enumerate(said) if number == 0 or at - said[number - 1] > SAME)

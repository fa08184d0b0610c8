"""One customer's events → passages, reduced to what a message may need. Strictly of that customer.

What a customer wrote is data, never instruction: it is shortened, and e-mail addresses, phone and card numbers are
masked before it goes anywhere near an index or a model.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Protocol

from knowledge.documents import Passage

MAX_CHARS = 280
TELLING = frozenset({"order", "cancel", "review", "ticket"})
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
NUMBER = re.compile(r"(?<!\d)(?:\+?\d[\s-]?){7,19}\d(?!\d)")
HAN = re.compile(r"[\u4e00-\u9fff]")


class Entry(Protocol):
    """What is read of an event."""

    @property
    def id(self) -> str: ...
    @property
    def customer_id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def item(self) -> str | None: ...
    @property
    def topic(self) -> str | None: ...
    @property
    def text(self) -> str | None: ...


def passages(customer_id: str, events: Iterable[Entry], limit: int = 40) -> list[Passage]:
    """The newest telling events of this customer as passages. Raises ValueError when an event is somebody else's."""
    telling: list[Passage] = []
    for event in events:
        if event.customer_id != customer_id:
            raise ValueError(f"event {event.id} belongs to another customer")
        if event.kind in TELLING:
            text = mask(" · ".join(part for part in (event.kind, event.topic, event.item, event.text) if part))
            language = "zh" if HAN.search(text) else "en"
            telling.append(Passage("history", event.id, text[:MAX_CHARS], 0.0, language, customer_id=customer_id))
    return telling[-limit:]


def mask(text: str) -> str:
    """Replace what identifies a person by a typed mark. Order numbers of up to 8 digits stay readable."""
    return NUMBER.sub("[number]", ADDRESS.sub("[e-mail]", text))

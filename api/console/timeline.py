"""A customer's events as lines that a rep can read: what tells something one by one, what does not only counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from agent.domain import Event
from api.console.say import Say

QUIET = frozenset({"view", "visit", "cart", "login", "message_open", "message_click", "wishlist"})
"""Kinds of which there are many and one says little: they are counted."""
LATELY = timedelta(days=90)
SHOWN = 40


@dataclass(frozen=True, slots=True)
class Happening:
    event_id: str
    kind: str
    what: str
    text: str
    when: str
    ago: str
    iso: str


def happenings(events: Sequence[Event], say: Say) -> tuple[Happening, ...]:
    """What tells something, newest first."""
    telling = sorted((e for e in events if e.kind not in QUIET), key=lambda event: event.at, reverse=True)
    return tuple(happening(event, say) for event in telling[:SHOWN])


def happening(event: Event, say: Say) -> Happening:
    return Happening(
        event.id,
        event.kind,
        what_of(event, say),
        event.text or "",
        say.when(event.at),
        say.ago(event.at),
        event.at.isoformat(),
    )


def what_of(event: Event, say: Say) -> str:
    """Item, quantity, amount, rating, topic and status, as far as the event has them."""
    parts: list[str] = []
    if event.item:
        several = f" ×{event.quantity:g}" if event.quantity not in (None, 1) else ""
        parts.append(event.item + several)
    if event.amount is not None:
        parts.append(say.money(event.amount.minor, event.amount.currency))
    if event.rating is not None:
        parts.append(say("timeline.stars", n=f"{event.rating:g}"))
    if event.topic:
        parts.append(say.topic(event.topic))
    if event.status:
        parts.append(say.word("ticket_status", event.status))
    if event.order_id:
        parts.append(say("timeline.order", id=event.order_id))
    return " · ".join(parts)


def quiet_counts(events: Sequence[Event], say: Say) -> tuple[str, ...]:
    """How often the quiet things happened lately, most often first."""
    lately = Counter(event.kind for event in events if event.kind in QUIET and event.at > say.now - LATELY)
    return tuple(f"{say.word('event', kind)} {count}" for kind, count in lately.most_common())

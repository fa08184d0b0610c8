"""What a line for the gate may hold, and notes about what nobody reads of it: a key that is none of ours, a time zone
that does not exist.

The gate judges by what it knows, and what it does not know is unknown to it: a misspelt `expire_on` is an offer without
an end. That is said beside the verdict and never changes it. README.md has the same keys with their meaning.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from agent.domain import Channel
from agent.guardrails import judge_line

CONSENT = frozenset("granted at proof purpose".split())
KEYS: Mapping[str, frozenset[str]] = {
    "context": frozenset(
        "channel purpose now jurisdiction customer offer policy brand history limits headers acts templates "
        "templates_alone price_history ai_disclosed".split()
    ),
    "context.customer": frozenset("name first_name language timezone country consent suppressed facts".split()),
    "context.customer.consent": frozenset(Channel),
    **{f"context.customer.consent.{channel}": CONSENT for channel in Channel},
    "context.offer": frozenset(
        "id kind value currency code min_spend expires_on exclusions stackable max_uses ledger".split()
    ),
    "context.offer.ledger": frozenset("remaining_budget customer_uses_left margin_after_pct margin_floor_pct".split()),
    "context.policy[]": frozenset("id text valid_from valid_to acts".split()),
    "context.brand": frozenset(
        "name aliases signature domains phones postal_address competitors unsubscribe_url sign_off".split()
    ),
    "context.history": frozenset("sent_last_7_days sent_texts open_ticket".split()),
    "context.limits": frozenset(
        "max_per_7_days quiet_start quiet_end sms_max_segments push_title push_body subject".split()
    ),
    "context.templates[]": frozenset("id text variables".split()),
    "draft": frozenset("subject body".split()),
}
"""Path → keys that are read there. What is not named here is open: facts, a ticket, headers, a price history."""


def judged(line: str) -> dict[str, Any]:
    """The gate's verdict on one line, with `notes`."""
    return {**judge_line(line), "notes": notes(line)}


def notes(line: str) -> list[dict[str, str]]:
    """[{"key", "message"}] about this line; [] for one that cannot be read, of which the verdict says why."""
    try:
        data = json.loads(line.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return []
    if not isinstance(data, Mapping):
        return []
    told = [note for part in ("context", "draft") for note in _unknown(data.get(part), part, part)]
    return [*told, *_zone(data)]


def _unknown(value: Any, path: str, known_as: str) -> Iterator[dict[str, str]]:
    """`path` is where it stands, `known_as` the same with [] for any number."""
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _unknown(item, f"{path}[{number}]", f"{known_as}[]")
    if not isinstance(value, Mapping) or known_as not in KEYS:
        return
    known = KEYS[known_as]
    for key, inner in value.items():
        if key in known:
            yield from _unknown(inner, f"{path}.{key}", f"{known_as}.{key}")
        else:
            near = get_close_matches(str(key), known, n=1)
            hint = f"Is it {near[0]}?" if near else f"Known here: {', '.join(sorted(known))}."
            yield {"key": f"{path}.{key}", "message": f"Nobody knows this key, so it was not read. {hint}"}


def _zone(data: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    context = data.get("context")
    customer = context.get("customer") if isinstance(context, Mapping) else None
    zone = customer.get("timezone") if isinstance(customer, Mapping) else None
    if not isinstance(zone, str) or not zone or zone in _zones():
        return
    stated = isinstance(context, Mapping) and context.get("jurisdiction")
    book = "those of the stated jurisdiction hold" if stated else "the strictest rules hold"
    yield {
        "key": "context.customer.timezone",
        "message": f"{zone!r} is no time zone, so it counts as unknown: {book}. Write it like Asia/Shanghai.",
    }


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())

"""How the house model is asked: one line of control tokens instead of a prompt in words, which it could not read.

Takes a sheet and flags, gives that line. The same function serves training and writing, so the two cannot drift apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from agent.domain import (
    MONEY_KINDS,
    Channel,
    ChatMessage,
    FactSheet,
    Language,
    OfferKind,
    Purpose,
    Sensitivity,
    Tone,
    WriteRequest,
)
from agent.situations import GENERAL, situations
from agent.slots import slot_table
from agent.writers.patterns import known_slots

UNSEEN = frozenset(
    {"unsubscribe", "postal_address", "signature", "last_order_date", "days_since_order", "orders_count"}
)
FLAGS = (
    "shorter", "longer", "offer_first", "no_apology", "no_name", "add_apology", "ask_feedback", "mention_points",
    "mention_refund", "mention_item",
)  # fmt: skip
"""Wishes that change what is written. Tone and language are controls already; no_coupon and no_item take facts away."""


def control_line(sheet: FactSheet, flags: Sequence[str] = ()) -> str:
    """<zh><email><warm><marketing><long_silence><percent>{salutation}{offer}…{act:human_reply}<shorter>."""
    known = known_slots(sheet)
    slots = "".join(f"{{{name}}}" for name in slot_table() if name in known and name not in UNSEEN)
    acts = "".join(f"{{act:{act.key}}}" for act in sheet.acts[:2])
    heard = "".join(f"<{flag}>" for flag in FLAGS if flag in flags)
    return "".join(f"<{part}>" for part in _parts(sheet)) + slots + acts + heard


def combination(sheet: FactSheet) -> str:
    """What kind of message this is, in one word: some combinations are held out of training."""
    return "/".join(_parts(sheet))


def _parts(sheet: FactSheet) -> tuple[str, ...]:
    situation = sheet.situation if sheet.situation in situations().by_key else GENERAL
    return sheet.language, sheet.channel, sheet.tone, sheet.purpose, situation, _kind(sheet)


def _kind(sheet: FactSheet) -> str:
    offered = any(fact.slot == "offer" and fact.sensitivity is Sensitivity.QUOTE for fact in sheet.facts)
    if sheet.offer is None or (sheet.offer.kind in MONEY_KINDS and not offered):
        return "no_offer"
    return sheet.offer.kind.value


def controls_of(line: str) -> list[str]:
    """The control tokens of a line that say what kind of message it is; slots, acts and flags left out."""
    return [token for token in re.findall(r"<[a-z_]+>", line) if token[1:-1] not in FLAGS]


def control_messages(request: WriteRequest) -> tuple[ChatMessage, ...]:
    return (ChatMessage("user", control_line(request.sheet, request.flags)),)


def control_tokens() -> Iterator[str]:
    """Every control token there is."""
    for part in (*Language, *Channel, *Tone, *Purpose, *situations().by_key, *OfferKind, "no_offer", *FLAGS):
        yield f"<{part}>"

"""Whom this installation may reach for real: nobody, until an operator says who.

Takes the operator's list as text, gives a reason against a message or none. It knows nothing of settings, stores or
channels; `api.bootstrap` decides whether there is a real channel at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.domain import Channel, Message
from agent.errors import InputError

EVERYBODY = "*"


@dataclass(frozen=True, slots=True)
class AllowList:
    """Addresses, `@domain`s, phone numbers and customer ids that may be written to; `*` is everybody."""

    entries: frozenset[str] = frozenset()

    def has(self, recipient: str, customer_id: str) -> bool:
        if EVERYBODY in self.entries:
            return True
        address = recipient.casefold()
        names = {address, "@" + address.rpartition("@")[2]} if "@" in address else {address, _digits(recipient)}
        # A customer id is compared as it stands: C1 and c1 may be two people.
        return bool(names & {_folded(entry) for entry in self.entries}) or customer_id in self.entries


@dataclass(frozen=True, slots=True)
class Reach:
    """Which channels are real here, and for whom. Every other channel ends in the sink and reaches nobody."""

    real: frozenset[Channel] = frozenset()
    allowed: AllowList = AllowList()

    def against(self, message: Message) -> str:
        """Why this message must not leave through a real channel; empty when nothing is against it."""
        if message.channel not in self.real:
            return ""
        if message.made_up:
            return "this customer is made up: no real channel may be used"
        if not self.allowed.has(message.recipient, message.customer_id):
            return "the recipient is not on the allow-list of this installation (HOLDFAST_ALLOW)"
        return ""


NOBODY = Reach()


def read_allow_list(text: str) -> AllowList:
    """A comma list. Raises InputError for an entry that can match nobody."""
    entries = [entry for part in text.split(",") if (entry := part.strip())]
    for entry in entries:
        host = entry.rpartition("@")[2]
        if any(char.isspace() for char in entry) and not _digits(entry):
            raise InputError(
                f"{entry!r} is no address, @domain, phone number or customer id", "put commas between them"
            )
        if "@" in entry and (not host or entry.count("@") != 1 or EVERYBODY in entry):
            raise InputError(f"{entry!r} is no address or @domain", "write nora@firm.example, @firm.example or *")
    return AllowList(frozenset(entries))


def _folded(entry: str) -> str:
    return _digits(entry) or entry.casefold()


def _digits(text: str) -> str:
    """A phone number without its dress (+44 20-7946 → 44207946); empty when the text is no phone number."""
    if not re.fullmatch(r"\+?[\d\s().-]{5,}", text):
        return ""
    return re.sub(r"\D", "", text).removeprefix("00")

"""What the store knows of the customers of a group, read ahead: one question for all of them, not one a customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from agent.domain import Channel, Customer, Message, Receipt, ReceiptKind
from agent.errors import InputError
from agent.house import House, ReceiptBook
from agent.send import address_of
from agent.shelf import Shelf

REMEMBERED = timedelta(days=30)
"""So far back the gate looks for the same words, and no other question here goes further."""
Told = Sequence[tuple[ReceiptKind, datetime, str]]


@dataclass(frozen=True, slots=True)
class Known:
    """Of one customer: the campaign and moment of each case, and moment and words of each marketing message of 30 days.

    `house` answers for this customer's addresses without asking the store again.
    """

    house: House
    cases: Sequence[tuple[str | None, datetime]] = ()
    messages: Sequence[tuple[datetime, str]] = ()

    def sent_since(self, moment: datetime) -> int:
        return sum(at >= moment for at, _ in self.messages)


def look_up(customer_id: str, house: House) -> Known:
    """Of one customer alone."""
    cases, messages = _of([customer_id], house)
    return Known(house, cases.get(customer_id, ()), messages.get(customer_id, ()))


def read_ahead(customers: Sequence[Customer], channels: Sequence[Channel], house: House) -> Mapping[str, Known]:
    """Of everybody in a group. Read it in the transaction that acts on it."""
    ids = [customer.id for customer in customers]
    cases, messages = _of(ids, house)
    told = {channel: house.store.receipts.of_addresses(channel, _addresses(customers, channel)) for channel in channels}
    knowing = replace(house, store=Shelf.of(house.store, receipts=_ReadReceipts(house.store.receipts, told)))
    return {name: Known(knowing, cases.get(name, ()), messages.get(name, ())) for name in ids}


def _of(
    ids: Sequence[str], house: House
) -> tuple[Mapping[str, Sequence[tuple[str | None, datetime]]], Mapping[str, Sequence[tuple[datetime, str]]]]:
    since = house.clock.now() - REMEMBERED
    return house.store.cases.campaigns_of(ids), house.store.outbox.marketing_to(ids, since)


def _addresses(customers: Sequence[Customer], channel: Channel) -> list[str]:
    found = []
    for customer in customers:
        try:
            found.append(address_of(customer, channel))
        except InputError:  # no address: nothing was told of it
            continue
    return found


class _ReadReceipts:
    """Fits ReceiptBook. Asked for a channel that was not read ahead, it asks the store."""

    def __init__(self, real: ReceiptBook, told: Mapping[Channel, Mapping[str, Told]]) -> None:
        self._real, self._told = real, told

    def add(self, receipt: Receipt, message: Message) -> bool:
        return self._real.add(receipt, message)

    def of_address(self, channel: Channel, address: str) -> Told:
        if channel not in self._told:
            return self._real.of_address(channel, address)
        return self._told[channel].get(address, ())

    def of_addresses(self, channel: Channel, addresses: Sequence[str]) -> Mapping[str, Told]:
        return self._real.of_addresses(channel, addresses)

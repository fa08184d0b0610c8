"""What channels told afterwards, each thing once, and which addresses are closed because of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from agent.adapters.store import schema
from agent.adapters.store.transactions import Transactions, chunks, insert
from agent.domain import Channel, Message, Receipt, ReceiptKind

ARRIVING = (ReceiptKind.DELIVERED, ReceiptKind.SOFT_BOUNCE, ReceiptKind.HARD_BOUNCE)
NEWEST = 100


class Receipts:
    """Fits ReceiptBook."""

    def __init__(self, tx: Transactions, brand_id: str) -> None:
        self._tx = tx
        self._brand = brand_id

    def add(self, receipt: Receipt, message: Message) -> bool:
        """False when it was told before."""
        row = {
            "brand_id": self._brand,
            "receipt_id": receipt.id,
            "key": message.key,
            "case_id": message.case_id,
            "customer_id": message.customer_id,
            "channel": message.channel.value,
            "address": message.recipient,
            "kind": receipt.kind.value,
            "at": receipt.at,
            "source": receipt.source,
            "detail": receipt.detail,
        }
        t = schema.receipts
        with self._tx.write() as c:
            fresh = insert(c, t).values(row).on_conflict_do_nothing().returning(t.c.receipt_id)
            return c.execute(fresh).first() is not None

    def of_addresses(
        self, channel: Channel, addresses: Sequence[str]
    ) -> Mapping[str, Sequence[tuple[ReceiptKind, datetime, str]]]:
        """The same for many addresses; one of which nothing was told is not among them."""
        t = schema.receipts
        found: dict[str, list[tuple[ReceiptKind, datetime, str]]] = {}
        with self._tx.read() as c:
            for part in chunks(addresses):
                query = (
                    sa.select(t.c.address, t.c.kind, t.c.at, t.c.key)
                    .where(t.c.brand_id == self._brand, t.c.channel == channel.value, t.c.address.in_(part))
                    .where(t.c.kind.in_([kind.value for kind in ARRIVING]))
                    .order_by(t.c.at.desc())
                )
                for address, kind, at, key in c.execute(query):
                    found.setdefault(address, []).append((ReceiptKind(kind), at, key))
        return {address: told[:NEWEST] for address, told in found.items()}

    def of_address(self, channel: Channel, address: str) -> Sequence[tuple[ReceiptKind, datetime, str]]:
        """What was told of whether messages arrive at this address, newest first: kind, moment, message."""
        return self.of_addresses(channel, [address]).get(address, [])

"""What channels told afterwards, each thing once, and which addresses are closed because of it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from agent.adapters.store import schema
from agent.adapters.store.transactions import Transactions, insert
from agent.domain import Channel, Message, Receipt, ReceiptKind


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

    def hard_bounce(self, channel: Channel, address: str) -> datetime | None:
        """When this address was last said to be nobody's; None when never."""
        t = schema.receipts
        query = sa.select(sa.func.max(t.c.at)).where(*self._here(channel, address, ReceiptKind.HARD_BOUNCE))
        with self._tx.read() as c:
            found: datetime | None = c.execute(query).scalar()
            return found

    def soft_bounces(self, channel: Channel, address: str, since: datetime) -> int:
        """How many messages came back for a while since then, or since the last that arrived if that is later."""
        t = schema.receipts
        arrived = sa.select(sa.func.max(t.c.at)).where(*self._here(channel, address, ReceiptKind.DELIVERED))
        with self._tx.read() as c:
            last: datetime | None = c.execute(arrived).scalar()
            begin = max(since, last) if last is not None else since
            query = sa.select(sa.func.count(sa.distinct(t.c.key))).where(
                *self._here(channel, address, ReceiptKind.SOFT_BOUNCE), t.c.at > begin
            )
            return int(c.execute(query).scalar_one())

    def _here(self, channel: Channel, address: str, kind: ReceiptKind) -> list[sa.ColumnElement[bool]]:
        t = schema.receipts.c
        return [
            t.brand_id == self._brand,
            t.channel == channel.value,
            t.address == address,
            t.kind == kind.value,
        ]

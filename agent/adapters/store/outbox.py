"""The outbox in SQL. Every move is a conditional update, so that two senders can never both win a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from agent.adapters.store import schema
from agent.adapters.store.transactions import Transactions, chunks
from agent.domain import CampaignStatus, Channel, Delivery, DeliveryStatus, Message, Purpose
from agent.outbox import OutboxRow

MAY_BE_QUEUED_AGAIN = (DeliveryStatus.STOPPED, DeliveryStatus.FAILED)
HANDED_OVER = (DeliveryStatus.SENDING, DeliveryStatus.SENT, DeliveryStatus.UNKNOWN, DeliveryStatus.FAILED)
COUNTS_TOWARDS_CAP = (DeliveryStatus.QUEUED, DeliveryStatus.SENDING, DeliveryStatus.SENT, DeliveryStatus.UNKNOWN)


class Outbox:
    def __init__(self, tx: Transactions, brand_id: str) -> None:
        self._tx = tx
        self._brand = brand_id

    def enqueue(self, message: Message, at: datetime, not_before: datetime | None = None) -> bool:
        t = schema.outbox
        row = _row(message, at, not_before)
        with self._tx.write() as c:
            ended = (t.c.key == message.key) & t.c.status.in_([status.value for status in MAY_BE_QUEUED_AGAIN])
            if c.execute(t.update().where(ended).values(row)).rowcount == 1:
                return True
            if c.execute(sa.select(t.c.key).where(t.c.key == message.key)).first():
                return False
            c.execute(t.insert().values(row))
        return True

    def due(self, now: datetime, limit: int = 100) -> list[OutboxRow]:
        t = schema.outbox
        query = (
            sa.select(t)
            .where(t.c.brand_id == self._brand, t.c.status == DeliveryStatus.QUEUED.value)
            .where(sa.or_(t.c.not_before.is_(None), t.c.not_before <= now))
            .where(t.c.case_id.not_in(_of_paused_campaigns()))
            .order_by(t.c.queued_at, t.c.key)
            .limit(limit)
        )
        with self._tx.read() as c:
            return [_outbox_row(row) for row in c.execute(query)]

    def under_way(self) -> list[OutboxRow]:
        t = schema.outbox
        on_the_way = t.c.status.in_([DeliveryStatus.QUEUED.value, DeliveryStatus.SENDING.value])
        with self._tx.read() as c:
            query = sa.select(t).where(t.c.brand_id == self._brand, on_the_way).order_by(t.c.queued_at, t.c.key)
            return [_outbox_row(row) for row in c.execute(query)]

    def claim(self, key: str, at: datetime, text_hash: str | None = None) -> bool:
        t = schema.outbox
        here = (t.c.key == key) & (t.c.status == DeliveryStatus.QUEUED.value) & (t.c.brand_id == self._brand)
        if text_hash is not None:  # the words that were just judged, and not others that took their place since
            here &= (t.c.text_hash == text_hash) & sa.or_(t.c.not_before.is_(None), t.c.not_before <= at)
        values = {"status": DeliveryStatus.SENDING.value, "updated_at": at, "attempts": t.c.attempts + 1}
        with self._tx.write() as c:
            return c.execute(t.update().where(here).values(values)).rowcount == 1

    def finish(self, delivery: Delivery, since: DeliveryStatus) -> bool:
        return self._move(
            delivery.key,
            since,
            status=delivery.status.value,
            updated_at=delivery.at,
            where=delivery.where,
            detail=delivery.detail,
            not_before=delivery.not_before,
        )

    def defer(self, key: str, until: datetime, at: datetime) -> None:
        self._move(key, DeliveryStatus.QUEUED, not_before=until, updated_at=at)

    def recover(self, before: datetime, at: datetime) -> Sequence[str]:
        t = schema.outbox
        lost = (t.c.status == DeliveryStatus.SENDING.value) & (t.c.updated_at < before) & (t.c.brand_id == self._brand)
        with self._tx.write() as c:
            keys = list(c.execute(sa.select(t.c.key).where(lost)).scalars())
            if keys:
                c.execute(
                    t.update()
                    .where(t.c.key.in_(keys))
                    .values(
                        status=DeliveryStatus.UNKNOWN.value,
                        updated_at=at,
                        detail="the sender stopped in the middle: it may have left",
                    )
                )
        return keys

    def sent_since(self, customer_id: str, since: datetime, besides: str | None = None) -> int:
        query = sa.select(sa.func.count()).where(*self._marketing(customer_id, since, besides))
        with self._tx.read() as c:
            return int(c.execute(query).scalar_one())

    def texts_since(self, customer_id: str, since: datetime, besides: str | None = None) -> Sequence[str]:
        t = schema.outbox.c
        query = sa.select(t.body).where(*self._marketing(customer_id, since, besides)).order_by(t.updated_at.desc())
        with self._tx.read() as c:
            return list(c.execute(query).scalars())

    def marketing_to(
        self, customer_ids: Sequence[str], since: datetime
    ) -> Mapping[str, Sequence[tuple[datetime, str]]]:
        t = schema.outbox.c
        found: dict[str, list[tuple[datetime, str]]] = {}
        with self._tx.read() as c:
            for part in chunks(customer_ids):
                query = sa.select(t.customer_id, t.updated_at, t.body).where(
                    t.brand_id == self._brand,
                    t.customer_id.in_(part),
                    t.purpose == Purpose.MARKETING.value,
                    t.updated_at >= since,
                    t.status.in_([status.value for status in COUNTS_TOWARDS_CAP]),
                )
                for customer_id, at, body in c.execute(query.order_by(t.updated_at.desc())):
                    found.setdefault(customer_id, []).append((at, body))
        return found

    def enqueue_new(self, messages: Sequence[tuple[Message, datetime | None]], at: datetime) -> None:
        if messages:
            with self._tx.write() as c:
                c.execute(schema.outbox.insert(), [_row(message, at, not_before) for message, not_before in messages])

    def _marketing(self, customer_id: str, since: datetime, besides: str | None) -> list[sa.ColumnElement[bool]]:
        t = schema.outbox.c
        what = [
            t.brand_id == self._brand,
            t.customer_id == customer_id,
            t.purpose == Purpose.MARKETING.value,
            t.updated_at >= since,
            t.status.in_([status.value for status in COUNTS_TOWARDS_CAP]),
        ]
        return what if besides is None else [*what, t.key != besides]

    def get(self, key: str) -> OutboxRow | None:
        t = schema.outbox
        with self._tx.read() as c:
            row = c.execute(sa.select(t).where(t.c.key == key, t.c.brand_id == self._brand)).first()
        return _outbox_row(row) if row else None

    def nth_last(
        self, channel: Channel, n: int, recipient: str | None = None, purposes: frozenset[Purpose] | None = None
    ) -> datetime | None:
        t = schema.outbox
        query = (
            sa.select(t.c.updated_at)
            .where(t.c.brand_id == self._brand, t.c.channel == channel.value)
            .where(t.c.status.in_([status.value for status in HANDED_OVER]))
        )
        if recipient is not None:
            query = query.where(t.c.recipient == recipient)
        if purposes is not None:
            query = query.where(t.c.purpose.in_(sorted(purposes)))
        with self._tx.read() as c:
            found: datetime | None = c.execute(
                query.order_by(t.c.updated_at.desc()).offset(n - 1).limit(1)
            ).scalar_one_or_none()
        return found

    def tries(self, channel: Channel, n: int) -> Sequence[tuple[DeliveryStatus, datetime]]:
        t = schema.outbox
        query = (
            sa.select(t.c.status, t.c.updated_at)
            .where(t.c.brand_id == self._brand, t.c.channel == channel.value, t.c.attempts > 0)
            .order_by(t.c.updated_at.desc())
            .limit(n)
        )
        with self._tx.read() as c:
            return [(DeliveryStatus(status), at) for status, at in c.execute(query)]

    def by_provider_id(self, provider_id: str) -> OutboxRow | None:
        """The message that a provider knows by this id; None when there is none, or more than one."""
        t = schema.outbox
        with self._tx.read() as c:
            rows = c.execute(sa.select(t).where(t.c.where == provider_id, t.c.brand_id == self._brand).limit(2)).all()
        return _outbox_row(rows[0]) if len(rows) == 1 else None

    def last_to(self, customer_ids: Sequence[str], channel: Channel) -> Message | None:
        """The newest message that was handed over to any of them on this channel; None when there was none."""
        t = schema.outbox
        query = (
            sa.select(t)
            .where(t.c.brand_id == self._brand, t.c.channel == channel.value, t.c.customer_id.in_(customer_ids))
            .where(t.c.status.in_([status.value for status in HANDED_OVER]))
            .order_by(t.c.updated_at.desc(), t.c.key)
        )
        with self._tx.read() as c:
            row = c.execute(query.limit(1)).first()
        return _outbox_row(row).message if row else None

    def written_to_since(self, since: datetime) -> frozenset[str]:
        """Customers to whom a message left, may have left or is about to, queued at this moment or later."""
        t = schema.outbox
        under_way = (DeliveryStatus.QUEUED, DeliveryStatus.SENDING, DeliveryStatus.SENT, DeliveryStatus.UNKNOWN)
        query = sa.select(t.c.customer_id).where(
            t.c.brand_id == self._brand, t.c.queued_at >= since, t.c.status.in_([one.value for one in under_way])
        )
        with self._tx.read() as c:
            return frozenset(c.execute(query).scalars())

    def counts(self) -> Mapping[DeliveryStatus, int]:
        t = schema.outbox
        query = sa.select(t.c.status, sa.func.count()).where(t.c.brand_id == self._brand).group_by(t.c.status)
        with self._tx.read() as c:
            return {DeliveryStatus(status): count for status, count in c.execute(query)}

    def _move(self, key: str, since: DeliveryStatus, **values: Any) -> bool:
        t = schema.outbox
        here = (t.c.key == key) & (t.c.status == since.value) & (t.c.brand_id == self._brand)
        with self._tx.write() as c:
            return c.execute(t.update().where(here).values(**values)).rowcount == 1


def _of_paused_campaigns() -> sa.Select[tuple[str]]:
    k, m = schema.cases, schema.campaigns
    same = (m.c.campaign_id == k.c.campaign_id) & (m.c.brand_id == k.c.brand_id)
    return sa.select(k.c.case_id).join(m, same).where(m.c.status == CampaignStatus.PAUSED.value)


def _row(message: Message, at: datetime, not_before: datetime | None) -> dict[str, Any]:
    return {
        "key": message.key,
        "brand_id": message.brand_id,
        "case_id": message.case_id,
        "draft_id": message.draft_id,
        "customer_id": message.customer_id,
        "channel": message.channel.value,
        "purpose": message.purpose.value,
        "recipient": message.recipient,
        "subject": message.subject,
        "body": message.body,
        "headers": dict(message.headers),
        "text_hash": message.text_hash,
        "made_up": message.made_up,
        "status": DeliveryStatus.QUEUED.value,
        "queued_at": at,
        "not_before": not_before,
        "updated_at": at,
        "attempts": 0,
        "where": None,
        "detail": "",
    }


def _outbox_row(row: Any) -> OutboxRow:
    message = Message(
        key=row.key,
        case_id=row.case_id,
        draft_id=row.draft_id,
        brand_id=row.brand_id,
        customer_id=row.customer_id,
        channel=Channel(row.channel),
        purpose=Purpose(row.purpose),
        recipient=row.recipient,
        subject=row.subject,
        body=row.body,
        headers=row.headers,
        text_hash=row.text_hash,
        made_up=row.made_up,
    )
    return OutboxRow(
        message, DeliveryStatus(row.status), row.queued_at, row.not_before, row.attempts, row.where, row.detail
    )

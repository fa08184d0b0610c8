"""Customers with their consents and suppressions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from agent.adapters.store import schema
from agent.adapters.store.transactions import CHUNK, Transactions, chunks, insert
from agent.domain import Channel, Consent, Customer, Language
from agent.errors import NotFound
from agent.phones import readings, spellings


class People:
    def __init__(self, tx: Transactions, brand_id: str) -> None:
        self._tx = tx
        self._brand = brand_id

    # --- customers ----------------------------------------------------------------------------------------------------

    def put(self, customers: Iterable[Customer], at: datetime, source: str = "import") -> int:
        """Insert or replace customers with their consents. Whoever is suppressed once stays so."""
        rows = sorted(customers, key=lambda customer: customer.id)  # locked in the order of `lock_many`
        with self._tx.write() as c:
            for start in range(0, len(rows), CHUNK):
                chunk = rows[start : start + CHUNK]
                ids = [customer.id for customer in chunk]
                self._keep_suppressed(c, [customer.id for customer in chunk if customer.suppressed], at, source)
                self._keep_suppressed(c, self._told_to_stop(c, chunk), at, "an answer before anybody knew the number")
                suppressed = self._suppressed(c, ids)
                values = [_customer_row(x, x.suppressed or x.id in suppressed, at) for x in chunk]
                _upsert(c, schema.customers, values, ("brand_id", "customer_id"))
                consents = [_consent_row(x, channel, consent) for x in chunk for channel, consent in x.consents.items()]
                _upsert(c, schema.consents, consents, ("brand_id", "customer_id", "channel"))
        return len(rows)

    def get(self, customer_id: str) -> Customer:
        """Raises NotFound."""
        found = self.get_many([customer_id])
        if not found:
            raise NotFound(
                f"no customer {customer_id!r} in the store", "check the id, or run: holdfast import customers FILE"
            )
        return found[customer_id]

    def get_many(self, customer_ids: Sequence[str]) -> dict[str, Customer]:
        t, k = schema.customers, schema.consents
        found: dict[str, Customer] = {}
        with self._tx.read() as c:
            for ids in chunks(customer_ids):
                consents: dict[str, dict[Channel, Consent]] = {}
                for row in c.execute(sa.select(k).where(k.c.brand_id == self._brand, k.c.customer_id.in_(ids))):
                    consents.setdefault(row.customer_id, {})[Channel(row.channel)] = Consent(
                        row.granted, row.at, row.proof, row.purpose
                    )
                for row in c.execute(sa.select(t).where(t.c.brand_id == self._brand, t.c.customer_id.in_(ids))):
                    found[row.customer_id] = _customer(row, consents.get(row.customer_id, {}))
        return found

    def reached_at(self, channel: Channel, address: str) -> list[Customer]:
        """Everybody whose record may mean this address; a family may share a number. Who is meant, the caller says."""
        t = schema.customers
        here: sa.ColumnElement[bool] = t.c.phone.in_(spellings(address))
        if channel is Channel.CHAT:  # a WhatsApp number may be on record as the phone alone
            here = t.c.chat_id.in_((address, address.removeprefix("+"))) | here
        query = sa.select(t.c.customer_id).where(t.c.brand_id == self._brand, here).order_by(t.c.customer_id)
        with self._tx.read() as c:
            ids = list(c.execute(query.limit(CHUNK)).scalars())
        found = self.get_many(ids)
        return [found[name] for name in ids]

    def known(self, customer_ids: Sequence[str]) -> set[str]:
        t = schema.customers
        known: set[str] = set()
        with self._tx.read() as c:
            for ids in chunks(customer_ids):
                query = sa.select(t.c.customer_id).where(t.c.brand_id == self._brand, t.c.customer_id.in_(ids))
                known.update(c.execute(query).scalars())
        return known

    def find(self, limit: int, after: str | None = None, text: str = "") -> list[Customer]:
        """Customers by id, those whose id, name, address or number begins with `text` where it is given."""
        t = schema.customers
        query = sa.select(t.c.customer_id).where(t.c.brand_id == self._brand)
        if text:
            begins = [column.startswith(text, autoescape=True) for column in (t.c.customer_id, t.c.name, t.c.email)]
            query = query.where(sa.or_(*begins, t.c.phone == text))
        if after is not None:
            query = query.where(t.c.customer_id > after)
        with self._tx.read() as c:
            ids = list(c.execute(query.order_by(t.c.customer_id).limit(limit)).scalars())
        found = self.get_many(ids)
        return [found[name] for name in ids]

    def count(self) -> int:
        t = schema.customers
        with self._tx.read() as c:
            return int(c.execute(sa.select(sa.func.count()).where(t.c.brand_id == self._brand)).scalar_one())

    # --- suppression --------------------------------------------------------------------------------------------------

    def lock(self, customer_id: str) -> None:
        """Until this transaction ends, nobody else decides about this customer. SQLite's writers are alone anyway."""
        t = schema.customers
        query = sa.select(t.c.customer_id).where(t.c.brand_id == self._brand, t.c.customer_id == customer_id)
        with self._tx.write() as c:
            c.execute(query.with_for_update())

    def lock_many(self, customer_ids: Sequence[str]) -> None:
        """`lock` for a group, in one order for everybody, so that two groups cannot wait for each other."""
        t = schema.customers
        with self._tx.write() as c:
            if c.dialect.name == "sqlite":
                return
            for ids in chunks(sorted(customer_ids)):
                query = sa.select(t.c.customer_id).where(t.c.brand_id == self._brand, t.c.customer_id.in_(ids))
                c.execute(query.order_by(t.c.customer_id).with_for_update())

    def suppress(self, customer_id: str, at: datetime, source: str) -> None:
        """Marketing to this customer ends now. Doing it twice is harmless, and the first time and source are kept."""
        t = schema.customers
        with self._tx.write() as c:
            # The customer's row is locked first, so that of two who say so at once the second sees the first.
            c.execute(
                t.update().where(t.c.brand_id == self._brand, t.c.customer_id == customer_id).values(suppressed=True)
            )
            self._keep_suppressed(c, [customer_id], at, source)

    def withdraw(self, customer_id: str, channels: Sequence[Channel], at: datetime, source: str) -> None:
        """A no to marketing by these channels, from the customer's own mouth; the others stay as they are."""
        told = {f"consent.{channel}" for channel in channels}
        with self._tx.write():
            self.lock(customer_id)
            customer = self.get(customer_id)
            consents = {channel: Consent(granted=False, at=at, proof=source) for channel in channels}
            assumed = tuple(name for name in customer.assumed if name not in told)
            self.put([replace(customer, consents={**customer.consents, **consents}, assumed=assumed)], at, source)

    def flag(self, customer_id: str, flag: str, at: datetime, source: str) -> None:
        """Something that holds of this customer from now on; saying it twice is harmless."""
        with self._tx.write():
            self.lock(customer_id)
            customer = self.get(customer_id)
            if flag not in customer.flags:
                self.put([replace(customer, flags=(*customer.flags, flag))], at, source)

    def _keep_suppressed(self, c: sa.Connection, ids: Sequence[str], at: datetime, source: str) -> None:
        """Put them on the list; who is on it already keeps the first time and source."""
        there = self._suppressed(c, ids)
        fresh = [name for name in dict.fromkeys(ids) if name not in there]
        rows = [{"brand_id": self._brand, "customer_id": name, "at": at, "source": source} for name in fresh]
        _upsert(c, schema.suppressions, rows, ("brand_id", "customer_id"))

    def _told_to_stop(self, c: sa.Connection, customers: Sequence[Customer]) -> list[str]:
        """Those whose number or chat told us to stop when it was nobody's yet: the wish stands, whoever it is now."""
        t = schema.answers
        meant = {customer.id: addresses_of(customer) for customer in customers}
        asked = sorted({address for addresses in meant.values() for address in addresses})
        query = sa.select(t.c.address).where(t.c.brand_id == self._brand, t.c.stopped, t.c.customer_id.is_(None))
        stopped = set(c.execute(query.where(t.c.address.in_(asked))).scalars()) if asked else set()
        return [name for name, addresses in meant.items() if stopped & addresses]

    def _suppressed(self, c: sa.Connection, ids: Sequence[str]) -> set[str]:
        t = schema.suppressions
        query = sa.select(t.c.customer_id).where(t.c.brand_id == self._brand, t.c.customer_id.in_(ids))
        return set(c.execute(query).scalars())


def addresses_of(customer: Customer) -> set[str]:
    """What an answer of this customer may come from."""
    numbers = readings(customer.phone) if customer.phone else ()
    chat = customer.chat_id
    return {*numbers, *([chat, f"+{chat}"] if chat else [])}


def _upsert(c: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]], key: tuple[str, ...]) -> None:
    if not rows:
        return
    fresh = insert(c, table)
    changed: dict[str, Any] = {name: fresh.excluded[name] for name in rows[0] if name not in key}
    if table is schema.customers:  # an unsubscribe that came in between stands, whatever this row says
        changed["suppressed"] = sa.or_(table.c.suppressed, fresh.excluded.suppressed)
    c.execute(fresh.on_conflict_do_update(index_elements=list(key), set_=changed), list(rows))


def _customer_row(customer: Customer, suppressed: bool, at: datetime) -> dict[str, Any]:
    return {
        "brand_id": customer.brand_id,
        "customer_id": customer.id,
        "name": customer.name,
        "given_name": customer.given_name,
        "gender": customer.gender,
        "language": customer.language.value,
        "timezone": customer.timezone,
        "country": customer.country,
        "email": customer.email,
        "phone": customer.phone,
        "push_token": customer.push_token,
        "chat_id": customer.chat_id,
        "age": customer.age,
        "tier": customer.tier,
        "points": customer.points,
        "member_since": customer.member_since,
        "suppressed": suppressed,
        "account_status": customer.account_status,
        "flags": list(customer.flags),
        "assumed": list(customer.assumed),
        "made_up": customer.made_up,
        "updated_at": at,
    }


def _consent_row(customer: Customer, channel: Channel, consent: Consent) -> dict[str, Any]:
    return {
        "brand_id": customer.brand_id,
        "customer_id": customer.id,
        "channel": channel.value,
        "granted": consent.granted,
        "at": consent.at,
        "proof": consent.proof,
        "purpose": consent.purpose,
    }


def _customer(row: Any, consents: dict[Channel, Consent]) -> Customer:
    return Customer(
        id=row.customer_id,
        brand_id=row.brand_id,
        name=row.name,
        language=Language(row.language),
        given_name=row.given_name,
        gender=row.gender,
        timezone=row.timezone,
        country=row.country,
        email=row.email,
        phone=row.phone,
        push_token=row.push_token,
        chat_id=row.chat_id,
        age=row.age,
        tier=row.tier,
        points=row.points,
        member_since=row.member_since,
        consents=consents,
        suppressed=row.suppressed,
        account_status=row.account_status,
        flags=tuple(row.flags),
        assumed=tuple(row.assumed),
        made_up=row.made_up,
    )

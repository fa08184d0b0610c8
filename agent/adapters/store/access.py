"""Users, one-time links, sessions and keys in SQL. Secrets come in as hashes and never leave as anything else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from agent.access import ApiKey, Role, Scope, Session, User
from agent.adapters.store import schema
from agent.adapters.store.transactions import Transactions
from agent.errors import InputError, NotFound


class Access:
    def __init__(self, tx: Transactions, brand_id: str) -> None:
        self._tx = tx
        self._brand = brand_id

    # --- users --------------------------------------------------------------------------------------------------------

    def add_user(self, name: str, role: Role, at: datetime) -> User:
        """Raises InputError when somebody has this name already."""
        t = schema.users
        with self._tx.write() as c:
            if c.execute(sa.select(t.c.name).where(self._user(name))).first():
                raise InputError(f"a user called {name!r} is there already", "choose another name")
            c.execute(t.insert().values(brand_id=self._brand, name=name, role=role.value, active=True, created_at=at))
        return User(name, role, True, at)

    def user(self, name: str) -> User:
        """Raises NotFound."""
        with self._tx.read() as c:
            row = c.execute(sa.select(schema.users).where(self._user(name))).first()
        if row is None:
            raise NotFound(f"no user is called {name!r}", "see: holdfast users list")
        return _user(row)

    def users(self) -> list[User]:
        t = schema.users
        with self._tx.read() as c:
            return [_user(row) for row in c.execute(sa.select(t).where(t.c.brand_id == self._brand).order_by(t.c.name))]

    def password_hash(self, name: str) -> str | None:
        """None when there is no such active user, or no password was set yet."""
        t = schema.users
        with self._tx.read() as c:
            return c.execute(sa.select(t.c.password_hash).where(self._user(name), t.c.active)).scalar_one_or_none()

    def change_user(self, name: str, **values: Any) -> None:
        """`role`, `active` or `password_hash`. Whoever is switched off or gets a new password is signed out everywhere.

        Raises NotFound.
        """
        t, s = schema.users, schema.sessions
        with self._tx.write() as c:
            if c.execute(t.update().where(self._user(name)).values(**values)).rowcount != 1:
                raise NotFound(f"no user is called {name!r}", "see: holdfast users list")
            c.execute(s.delete().where(s.c.brand_id == self._brand, s.c.name == name))

    def _user(self, name: str) -> sa.ColumnElement[bool]:
        t = schema.users
        return (t.c.brand_id == self._brand) & (t.c.name == name)

    # --- one-time links -----------------------------------------------------------------------------------------------

    def add_link(self, token_hash: str, name: str, expires_at: datetime) -> None:
        """A new link makes the older ones of this user useless."""
        t = schema.sign_in_links
        with self._tx.write() as c:
            c.execute(t.delete().where(t.c.brand_id == self._brand, t.c.name == name, t.c.used_at.is_(None)))
            c.execute(t.insert().values(token_hash=token_hash, brand_id=self._brand, name=name, expires_at=expires_at))

    def link(self, token_hash: str, at: datetime) -> str | None:
        """Whose link this is, while it can be used; None otherwise."""
        t = schema.sign_in_links
        with self._tx.read() as c:
            return c.execute(sa.select(t.c.name).where(self._link(token_hash, at))).scalar_one_or_none()

    def use_link(self, token_hash: str, at: datetime) -> str | None:
        """Use a link up, for exactly one caller: whose it was, or None when it was used, expired or never given."""
        t = schema.sign_in_links
        with self._tx.write() as c:
            name = c.execute(sa.select(t.c.name).where(self._link(token_hash, at))).scalar_one_or_none()
            done = c.execute(t.update().where(self._link(token_hash, at)).values(used_at=at)).rowcount
        return name if done == 1 else None

    def _link(self, token_hash: str, at: datetime) -> sa.ColumnElement[bool]:
        t = schema.sign_in_links
        mine = (t.c.brand_id == self._brand) & (t.c.token_hash == token_hash)
        return mine & t.c.used_at.is_(None) & (t.c.expires_at > at)

    # --- sessions -----------------------------------------------------------------------------------------------------

    def open_session(self, token_hash: str, name: str, csrf: str, at: datetime, expires_at: datetime) -> None:
        t = schema.sessions
        with self._tx.write() as c:
            c.execute(t.delete().where(t.c.brand_id == self._brand, t.c.expires_at <= at))
            c.execute(
                t.insert().values(
                    token_hash=token_hash,
                    brand_id=self._brand,
                    name=name,
                    csrf=csrf,
                    created_at=at,
                    expires_at=expires_at,
                )
            )

    def session(self, token_hash: str, at: datetime) -> Session | None:
        """None when nobody is signed in with this token: unknown, expired, or the user was switched off."""
        s, u = schema.sessions, schema.users
        query = (
            sa.select(s.c.csrf, s.c.expires_at, u)
            .join(u, (u.c.brand_id == s.c.brand_id) & (u.c.name == s.c.name))
            .where(s.c.brand_id == self._brand, s.c.token_hash == token_hash, s.c.expires_at > at, u.c.active)
        )
        with self._tx.read() as c:
            row = c.execute(query).first()
        return Session(_user(row), row.csrf, row.expires_at) if row else None

    def extend_session(self, token_hash: str, expires_at: datetime) -> None:
        t = schema.sessions
        with self._tx.write() as c:
            c.execute(
                t.update()
                .where(t.c.brand_id == self._brand, t.c.token_hash == token_hash)
                .values(expires_at=expires_at)
            )

    def close_session(self, token_hash: str) -> None:
        t = schema.sessions
        with self._tx.write() as c:
            c.execute(t.delete().where(t.c.brand_id == self._brand, t.c.token_hash == token_hash))

    # --- keys ---------------------------------------------------------------------------------------------------------

    def add_key(self, key: ApiKey, secret_hash: str) -> None:
        with self._tx.write() as c:
            c.execute(
                schema.api_keys.insert().values(
                    key_id=key.key_id,
                    brand_id=self._brand,
                    name=key.name,
                    role=key.role.value,
                    scopes=[scope.value for scope in key.scopes],
                    secret_hash=secret_hash,
                    created_at=key.created_at,
                )
            )

    def key(self, key_id: str) -> tuple[ApiKey, str] | None:
        """A key that was not revoked, with the hash of its secret; None when there is none."""
        t = schema.api_keys
        query = sa.select(t).where(t.c.brand_id == self._brand, t.c.key_id == key_id, t.c.revoked_at.is_(None))
        with self._tx.read() as c:
            row = c.execute(query).first()
        return (_key(row), row.secret_hash) if row else None

    def all_keys(self) -> list[ApiKey]:
        t = schema.api_keys
        query = sa.select(t).where(t.c.brand_id == self._brand).order_by(t.c.created_at, t.c.key_id)
        with self._tx.read() as c:
            return [_key(row) for row in c.execute(query)]

    def revoke_key(self, key_id: str, at: datetime) -> None:
        """Raises NotFound. A key that is revoked already stays as it is."""
        t = schema.api_keys
        here = (t.c.brand_id == self._brand) & (t.c.key_id == key_id)
        with self._tx.write() as c:
            if c.execute(sa.select(t.c.key_id).where(here)).first() is None:
                raise NotFound(f"no key {key_id!r}", "see: holdfast keys list")
            c.execute(t.update().where(here, t.c.revoked_at.is_(None)).values(revoked_at=at))


def _user(row: Any) -> User:
    return User(row.name, Role(row.role), bool(row.active), row.created_at, row.password_hash is not None)


def _key(row: Any) -> ApiKey:
    scopes = tuple(Scope(name) for name in row.scopes)
    return ApiKey(row.key_id, row.name, Role(row.role), scopes, row.created_at, row.revoked_at)

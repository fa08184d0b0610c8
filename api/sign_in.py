"""How people come in: a one-time link sets the password, name and password open a session. Nobody has a default one.

Passwords are kept as argon2id hashes (the library's defaults, which follow RFC 9106). An unknown name costs as much
time as a wrong password, so that names cannot be guessed by the clock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

from agent.access import ApiKey, Caller, Role, Scope, User
from agent.errors import InputError, UsageError
from api.tokens import new_key, new_token, read_key, same, token_hash

if TYPE_CHECKING:
    from argon2 import PasswordHasher

    from api.bootstrap import Workshop

LINK_LASTS = timedelta(hours=72)
SESSION_LASTS = timedelta(hours=12)
SHORTEST = 12
NAME = re.compile(r"[\w][\w.@-]{0,63}")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that was just opened: its token goes into the cookie and nowhere else."""

    token: str
    user: User


def add_user(workshop: Workshop, name: str, role: Role) -> str:
    """A new user, and the token of the link by which they choose a password. Raises InputError, UsageError."""
    if not NAME.fullmatch(name):
        raise UsageError(f"{name!r} cannot be a user name", "use letters, digits, . @ - and _, at most 64")
    if role is Role.INTEGRATOR:
        raise UsageError("an integrator is a program and gets a key", "run: holdfast keys add NAME --role integrator")
    workshop.store.access.add_user(name, role, workshop.clock.now())
    return invite(workshop, name)


def invite(workshop: Workshop, name: str) -> str:
    """The token of a fresh one-time link; an older one that was not used becomes useless. Raises NotFound."""
    workshop.store.access.user(name)
    token = new_token()
    workshop.store.access.add_link(token_hash(token), name, workshop.clock.now() + LINK_LASTS)
    return token


def first_link(workshop: Workshop) -> str | None:
    """Where nobody can sign in yet: an admin called admin and a link for them. None where somebody can."""
    users = workshop.store.access.users()
    if any(user.active and user.has_password for user in users):
        return None
    if not users:
        return add_user(workshop, "admin", Role.ADMIN)
    admin = next((user for user in users if user.active and user.role is Role.ADMIN), None)
    return invite(workshop, admin.name) if admin else None


def set_password(workshop: Workshop, link_token: str, password: str) -> SignedIn:
    """Use a link up and come in. Raises InputError when the link is no good or the password too short."""
    if len(password) < SHORTEST:
        raise InputError(f"the password is too short: {len(password)} characters", f"use at least {SHORTEST}")
    name = workshop.store.access.use_link(token_hash(link_token), workshop.clock.now())
    if name is None:
        raise InputError("this link was used already, or is too old", "ask an admin for a new one")
    workshop.store.access.change_user(name, password_hash=_hasher().hash(password))
    return _open(workshop, name)


def sign_in(workshop: Workshop, name: str, password: str) -> SignedIn | None:
    """None when name and password do not belong together."""
    from argon2.exceptions import InvalidHashError, VerificationError

    kept = workshop.store.access.password_hash(name)
    try:
        _hasher().verify(kept or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return None
    return _open(workshop, name) if kept is not None else None


def sign_out(workshop: Workshop, token: str) -> None:
    workshop.store.access.close_session(token_hash(token))


def _open(workshop: Workshop, name: str) -> SignedIn:
    token, now = new_token(), workshop.clock.now()
    workshop.store.access.open_session(token_hash(token), name, new_token(), now, now + SESSION_LASTS)
    return SignedIn(token, workshop.store.access.user(name))


def caller_of_session(workshop: Workshop, token: str) -> Caller | None:
    """Who is signed in. A session that is used goes on; one that lies idle for half a day ends."""
    now = workshop.clock.now()
    session = workshop.store.access.session(token_hash(token), now)
    if session is None:
        return None
    if session.expires_at - now < SESSION_LASTS / 2:
        workshop.store.access.extend_session(token_hash(token), now + SESSION_LASTS)
    return Caller(f"user:{session.user.name}", session.user.name, session.user.role, csrf=session.csrf)


def add_key(workshop: Workshop, name: str, role: Role, scopes: tuple[Scope, ...] = ()) -> tuple[ApiKey, str]:
    """A new key and its secret form, which is shown once and kept nowhere."""
    key_id, secret, whole = new_key()
    key = ApiKey(key_id, name, role, scopes, workshop.clock.now())
    workshop.store.access.add_key(key, token_hash(secret))
    return key, whole


def caller_of_key(workshop: Workshop, text: str) -> Caller | None:
    parts = read_key(text)
    known = workshop.store.access.key(parts[0]) if parts else None
    if parts is None or known is None or not same(parts[1], known[1]):
        return None
    key = known[0]
    return Caller(f"key:{key.key_id}", f"key:{key.name}", key.role, key.scopes, by_key=True)


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _nobody() -> str:
    """A hash that no password fits: verified in place of one that is not there, so that both take the same time."""
    return _hasher().hash(new_token())

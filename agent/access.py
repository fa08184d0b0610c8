"""Who may come in by which door: people with a role, programs with a key, and what each role may do.

Nothing secret is in these records: passwords, link tokens and key secrets are kept as hashes, and only by the store.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """REP drafts, approves and sends one by one · REVIEWER also settles what others wrote · MANAGER runs campaigns and
    sets budgets · INTEGRATOR is a program: events in, drafts and answers out · ADMIN keeps users and keys."""

    REP = "rep"
    REVIEWER = "reviewer"
    MANAGER = "manager"
    INTEGRATOR = "integrator"
    ADMIN = "admin"


class Scope(StrEnum):
    """The doors of a key. A key opens those that it names, and never more than its role may."""

    EVENTS = "events"
    CUSTOMERS = "customers"
    DRAFTS = "drafts"
    REVIEW = "review"
    CHECK = "check"
    CAMPAIGNS = "campaigns"
    OFFERS = "offers"
    POLICIES = "policies"
    CHAT = "chat"
    SETTINGS = "settings"


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who signs in. `has_password` is False until the one-time link was used."""

    name: str
    role: Role
    active: bool
    created_at: datetime
    has_password: bool = False


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A program's key, without its secret. `scopes` empty: everything that the role may."""

    key_id: str
    name: str
    role: Role
    scopes: tuple[Scope, ...]
    created_at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in. `csrf` must come back with everything that changes something."""

    user: User
    csrf: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever is asking: a person by session, or a program by key. `name` stands in the trace, `id` is theirs alone."""

    id: str
    name: str
    role: Role
    scopes: tuple[Scope, ...] = ()
    by_key: bool = False
    csrf: str = ""

    def may(self, roles: frozenset[Role], scope: Scope) -> bool:
        return self.role in roles and (not self.scopes or scope in self.scopes)

"""Who is asking, and whether they may: every route says it in its signature, and a test walks over all of them.

    By = Annotated[Caller, allowed(Role.REP, Role.ADMIN, scope=Scope.DRAFTS)]

A program sends its key as `Authorization: Bearer hf_…`, or as the user name of Basic authorization, the way Segment's
clients send a write key. A person has a session cookie; whatever changes something then also needs the session's own
token back (X-CSRF-Token), so that no other site can act in their name.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase

from agent.access import Caller, Role, Scope
from api.bootstrap import Workshop
from api.errors import Problem
from api.sign_in import caller_of_key, caller_of_session

COOKIE = "holdfast_session"
KEY = HTTPBearer(bearerFormat="hf_…", description="A key from: holdfast keys add NAME --role ROLE")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
EVERYBODY = frozenset(Role)
PEOPLE = EVERYBODY - {Role.INTEGRATOR}
MANAGERS = frozenset({Role.MANAGER, Role.ADMIN})
ADMINS = frozenset({Role.ADMIN})


def workshop_of(request: Request) -> Workshop:
    workshop: Workshop = request.app.state.doors.workshop()
    return workshop


Shop = Annotated[Workshop, Depends(workshop_of)]


@dataclass(frozen=True)
class Permission(SecurityBase):
    """The dependency behind `allowed`; a test reads `roles` and `scope` from it, and /docs that a key is wanted."""

    roles: frozenset[Role]
    scope: Scope
    model, scheme_name = KEY, "key"

    def __call__(self, request: Request) -> Caller:
        caller = identify(request)
        if caller is None:
            if "authorization" in request.headers:
                raise Problem(401, "who_are_you", "This key is unknown, or was revoked.", "see: holdfast keys list")
            raise Problem(401, "who_are_you", "This needs a key or a session.", "send Authorization: Bearer KEY")
        if not caller.may(self.roles, self.scope):
            roles = ", ".join(sorted(self.roles))
            raise Problem(
                403,
                "may_not",
                f"{caller.name} is {caller.role} and may not do this.",
                f"it takes one of {roles}, and a key that opens {self.scope}",
            )
        count(request, caller.name)
        return caller


def count(request: Request, caller: str) -> None:
    """One request of this caller. Raises Problem 429 when they made too many in this window."""
    rate = request.app.state.doors.hit(caller)
    request.state.rate = rate
    if not rate.allowed:
        wait = max(1, rate.reset_s)
        raise Problem(429, "too_many", f"{caller} made too many requests.", "slow down", retry_after_s=wait)


def allowed(roles: frozenset[Role], scope: Scope) -> Any:
    """A dependency that gives the Caller, or refuses with 401 or 403."""
    return Depends(Permission(roles, scope))


def identify(request: Request) -> Caller | None:
    """Who is asking; None when nobody we know. Raises Problem 403 for a session without its token."""
    if not hasattr(request.state, "caller"):
        request.state.caller = _identify(request)
    caller: Caller | None = request.state.caller
    return caller


def _identify(request: Request) -> Caller | None:
    workshop = workshop_of(request)
    if (header := request.headers.get("authorization")) is not None:
        key = key_in(header)
        return caller_of_key(workshop, key) if key else None
    token = request.cookies.get(COOKIE)
    caller = caller_of_session(workshop, token) if token else None
    if caller is not None and request.method not in SAFE:
        require_csrf(caller, request.headers.get("x-csrf-token", ""))
    return caller


def require_csrf(caller: Caller, token: str) -> None:
    if not hmac.compare_digest(caller.csrf.encode(), token.encode()):
        raise Problem(403, "csrf", "This request does not come from our own page.", "reload the page and try again")


def key_in(header: str) -> str | None:
    """The key of an Authorization header: Bearer, or the user name of Basic; None when there is none."""
    kind, _, value = header.partition(" ")
    if kind.lower() == "bearer":
        return value.strip() or None
    if kind.lower() != "basic":
        return None
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[0] or None
    except (binascii.Error, UnicodeDecodeError):
        return None

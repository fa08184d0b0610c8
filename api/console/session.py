"""Who may see a page and who may act on it: said in each page's signature, as in `api.auth`.

    By = Annotated[Caller, sees(PEOPLE, Scope.DRAFTS)]     # GET
    By = Annotated[Caller, acts(PEOPLE, Scope.REVIEW)]     # POST: the session's own token comes back in the form

Whoever is not signed in is asked to, and comes back to where they were; what they had typed comes along.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Form, Request

from agent.access import Caller, Role, Scope
from api.auth import COOKIE, count, require_csrf, workshop_of
from api.errors import Problem
from api.sign_in import SESSION_LASTS, SignedIn, caller_of_session

Csrf = Annotated[str, Form(max_length=200)]
TYPED = ("subject", "body", "instruction", "note")
"""Form fields that hold somebody's own words: they survive a session that ended meanwhile."""


class SignInFirst(Exception):
    """Nobody is signed in, or the session ran out in between."""


@dataclass(frozen=True)
class Sees:
    """Whoever is signed in and has one of these roles may look."""

    roles: frozenset[Role]
    scope: Scope

    def __call__(self, request: Request) -> Caller:
        return require(request, self.roles, self.scope)


@dataclass(frozen=True)
class Acts:
    """The same for a form that changes something: it must come from our own page."""

    roles: frozenset[Role]
    scope: Scope

    def __call__(self, request: Request, csrf: Csrf = "") -> Caller:
        caller = require(request, self.roles, self.scope)
        require_csrf(caller, csrf)
        return caller


def sees(roles: frozenset[Role], scope: Scope) -> Any:
    return Depends(Sees(roles, scope))


def acts(roles: frozenset[Role], scope: Scope) -> Any:
    return Depends(Acts(roles, scope))


def person(request: Request) -> Caller | None:
    """Who is signed in; None when nobody is. A key opens no page."""
    token = request.cookies.get(COOKIE)
    caller = caller_of_session(workshop_of(request), token) if token else None
    request.state.caller = caller
    return caller


def require(request: Request, roles: frozenset[Role], scope: Scope) -> Caller:
    """Raises SignInFirst, or Problem 403 for a role that may not."""
    caller = person(request)
    if caller is None:
        raise SignInFirst
    count(request, caller.name)
    if not caller.may(roles, scope):
        raise Problem(403, "may_not", f"{caller.name} is {caller.role} and may not do this.", "ask a manager")
    return caller


def require_own_origin(request: Request) -> None:
    """A form that opens a session has no token yet: it must at least come from our own host. Raises Problem 403."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Problem(403, "csrf", "This request does not come from our own page.", "reload the page and try again")


def local_path(text: str) -> str:
    """Where to go after signing in: a path of ours, or the queue."""
    plain = text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable() and "\\" not in text
    return text if plain and not urlsplit(text).netloc else "/"


def set_session(request: Request, response: Any, opened: SignedIn) -> None:
    response.set_cookie(
        COOKIE,
        opened.token,
        max_age=round(SESSION_LASTS.total_seconds()) * 2,  # the store decides when it ends, the browser only forgets
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
        path="/",
    )


async def typed(request: Request) -> Mapping[str, str]:
    """The words in a form that could not be taken: they are shown again."""
    if request.method != "POST":
        return {}
    form = await request.form()
    return {name: text for name in TYPED if isinstance(text := form.get(name), str) and text.strip()}

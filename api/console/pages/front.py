"""Coming in and going out: name and password, the one-time link that sets a password, and the way out."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form, Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from agent.access import Caller, Scope
from agent.errors import InputError
from api.auth import COOKIE, EVERYBODY, Shop
from api.console.flash import Flash
from api.console.pages import case
from api.console.pages.route import sign_in_page
from api.console.pages.router import pages
from api.console.render import go, page
from api.console.screen import Kept
from api.console.session import acts, local_path, person, require_own_origin, set_session
from api.sign_in import SHORTEST, caller_of_session, set_password, sign_in, sign_out

router = pages()
Anybody = Annotated[Caller, acts(EVERYBODY, Scope.SETTINGS)]
Short = Annotated[str, Form(max_length=200)]
Long = Annotated[str, Form(max_length=20_000)]
Token = Annotated[str, Path(max_length=200)]


@router.get("/sign-in")
def sign_in_form(request: Request, next: Annotated[str, Query(max_length=2_000)] = "/") -> Response:  # noqa: A002
    if person(request) is not None:
        return RedirectResponse(local_path(next), 303)
    return sign_in_page(request, local_path(next))


@router.post("/sign-in")
def come_in(
    request: Request,
    shop: Shop,
    name: Short = "",
    password: Annotated[str, Form(max_length=1_000)] = "",
    next: Annotated[str, Form(max_length=2_000)] = "/",  # noqa: A002
    subject: Long = "",
    body: Long = "",
    instruction: Long = "",
    note: Long = "",
) -> Response:
    """Open a session. Words that were typed before the last one ended are shown again where they belong."""
    require_own_origin(request)
    back = local_path(next)
    kept = Kept(subject, body, instruction, note)
    address = request.client.host if request.client else ""
    name = name.replace("\x00", "").strip()
    if not request.app.state.doors.may_sign_in(name, address):
        return sign_in_page(request, back, kept.fields(), 429, name, Flash("sign_in.too_many", tone="bad"))
    opened = sign_in(shop, name, password)
    if opened is None:
        return sign_in_page(request, back, kept.fields(), 422, name, Flash("sign_in.wrong", tone="bad"))
    if kept.words and (case_id := case.case_in(back)) is not None:
        caller = caller_of_session(shop, opened.token)
        assert caller is not None, "it was just opened"
        response: Response = case.show(request, shop, caller, case_id, kept=kept, said=Flash("case.kept", tone="warn"))
    else:
        response = go(request, back, query={"instruction": instruction} if "?" not in back else None)
    set_session(request, response, opened)
    return response


@router.get("/link/{token}")
def link_form(request: Request, token: Token) -> Response:
    """Only shows: programs that look at links in mails must not use one up."""
    return page(request, "link.html", token=token, shortest=SHORTEST)


@router.post("/link/{token}")
def choose_password(
    request: Request, shop: Shop, token: Token, password: Annotated[str, Form(max_length=1_000)] = "", again: Short = ""
) -> Response:
    require_own_origin(request)
    key = ""
    if len(password) < SHORTEST:
        key = "link.short"
    elif password != again:
        key = "link.differ"
    if not key:
        try:
            opened = set_password(shop, token, password)
        except InputError:
            key = "link.used"
        else:
            response = go(request, "/", Flash("link.done", {"name": opened.user.name}))
            set_session(request, response, opened)
            return response
    said = Flash(key, {"shortest": str(SHORTEST)}, tone="bad")
    return page(request, "link.html", status=422, said=said, token=token, shortest=SHORTEST)


@router.post("/sign-out")
def go_out(request: Request, shop: Shop, by: Anybody) -> Response:
    sign_out(shop, request.cookies.get(COOKIE, ""))
    response = go(request, "/sign-in", Flash("sign_in.out"))
    response.delete_cookie(COOKIE, path="/")
    return response

"""A template and its values → a page. Everything that comes from outside is escaped, everywhere, by the engine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from agent.access import Caller
from api.auth import MANAGERS, workshop_of
from api.console import flash as flashes
from api.console.flash import Flash
from api.console.preferences import LANGUAGE, keep, preferences
from api.console.say import Say
from api.console.texts import texts

FOR_SCRIPTS = "script."
"""Texts under this group are what our JavaScript says."""


@cache
def engine() -> Environment:
    made = Environment(
        loader=PackageLoader("api.console", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["static"] = static
    return made


def static(name: str) -> str:
    """The address of a file of ours. It has no version in it: two addresses of one script would be two scripts."""
    return f"/static/{name}"


def say_for(request: Request) -> Say:
    shop = workshop_of(request)
    chosen = preferences(request, shop.brand.languages[0])
    return Say(chosen.language, shop.brand.timezone, shop.clock.now(), shop.brand.currency)


def page(
    request: Request,
    template: str,
    by: Caller | None = None,
    status: int = 200,
    said: Flash | None = None,
    here: str | None = None,
    **values: Any,
) -> HTMLResponse:
    """`said` stands at the top of the page; without it, whatever the page before left.

    `here` is where to come back to, when it is not the address of this request.
    """
    shop, say = workshop_of(request), say_for(request)
    left = flashes.read(request)
    flash = said or left
    chosen = preferences(request, shop.brand.languages[0])
    ours = {key: text for key, text in texts(say.language).items() if key.startswith(FOR_SCRIPTS)}
    words = {key.removeprefix(FOR_SCRIPTS): text for key, text in ours.items()}
    html = (
        engine()
        .get_template(template)
        .render(
            say=say,
            prefs=chosen,
            by=by,
            manages=by is not None and by.role in MANAGERS,
            brand=shop.brand,
            here=here or _here(request),
            flash=flash if flash is not None and say.knows(flash.key) else None,
            script_words=json.dumps(words, ensure_ascii=False),
            **values,
        )
    )
    response = HTMLResponse(html, status)
    if left is not None:
        flashes.clear(response)
    if request.query_params.get("lang"):
        keep(response, LANGUAGE, say.language.value, request.url.scheme == "https")
    return response


def _here(request: Request) -> str:
    """This page, to come back to after a choice."""
    path = request.url.path
    query = [(key, value) for key, value in request.query_params.multi_items() if key not in ("lang", "csrf")]
    return path + ("?" + urlencode(query) if query else "")


def go(
    request: Request, path: str, flash: Flash | None = None, query: Mapping[str, str] | None = None
) -> RedirectResponse:
    """303: the browser asks for the next page with GET, and reloading it does nothing twice."""
    full = path + ("?" + urlencode({k: v for k, v in query.items() if v}) if query and any(query.values()) else "")
    response = RedirectResponse(full, 303)
    if flash is not None:
        flashes.leave(response, flash, request.url.scheme == "https")
    return response

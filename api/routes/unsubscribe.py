"""The way out, for whoever got a message: GET shows a page and changes nothing, POST acts (RFC 8058). No sign-in.

Mail programs post here when somebody presses their unsubscribe button; the page's own button does the same.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse
from jinja2 import Environment

from agent import feedback
from agent.domain import Language
from agent.errors import InputError, NotFound
from api.auth import Shop
from api.bootstrap import Workshop

router = APIRouter(tags=["unsubscribe"])
Token = Annotated[str, Path(max_length=400, description="As it stands in the message.")]
ALONE = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
BROKEN: dict[int | str, dict[str, Any]] = {
    404: {"description": "A link that is not ours, or was cut off.", "content": {"text/html": {}}}
}


@router.get("/u/{token}", response_class=HTMLResponse, responses=BROKEN)
def show(shop: Shop, token: Token) -> HTMLResponse:
    """Asks whether to unsubscribe. Link scanners open this too, so nothing happens here."""
    return _page(shop, "broken" if _case_of(shop, token) is None else "ask")


@router.post("/u/{token}", response_class=HTMLResponse, responses=BROKEN)
def act(shop: Shop, token: Token) -> HTMLResponse:
    """Marketing to this customer ends now. Twice is as good as once."""
    case_id = _case_of(shop, token)
    if case_id is None:
        return _page(shop, "broken")
    feedback.unsubscribe_case(case_id, "one-click link", shop.house)
    return _page(shop, "done")


def _case_of(shop: Workshop, token: str) -> str | None:
    """None for a link that we never gave, was cut off, or leads to a case that is gone."""
    try:
        return shop.store.cases.get(shop.unsubscriber.case_of(token)).case_id
    except (InputError, NotFound):
        return None


def _page(shop: Workshop, state: str) -> HTMLResponse:
    template = Environment(autoescape=True).from_string(
        (files("api.templates") / "unsubscribe.html").read_text(encoding="utf-8")
    )
    brand = shop.brand
    text = template.render(state=state, zh=brand.name_in(Language.ZH), en=brand.name_in(Language.EN), brand=brand)
    return HTMLResponse(text, 404 if state == "broken" else 200, {"Content-Security-Policy": ALONE})

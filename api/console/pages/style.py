"""How the brand speaks: what its file says, and what people's edits taught, each to be taken back with one click."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form, Request, Response

from agent.access import Caller, Scope
from agent.domain import Language
from agent.voice import voice_of
from api import styling
from api.auth import PEOPLE, Shop
from api.console.flash import Flash
from api.console.pages.router import pages
from api.console.render import go, page, say_for
from api.console.session import acts, sees

router = pages()
Reader = Annotated[Caller, sees(PEOPLE, Scope.SETTINGS)]
Editor = Annotated[Caller, acts(PEOPLE, Scope.SETTINGS)]


@router.get("/style")
def style(request: Request, shop: Shop, by: Reader) -> Response:
    say = say_for(request)
    rules = [(rule, say.when(rule.last_at), say.ago(rule.last_at)) for rule in shop.store.style.rules()]
    voices = [(language, voice_of(shop.brand, language)) for language in Language if language in shop.brand.languages]
    return page(request, "style.html", by, rules=rules, voices=voices)


@router.post("/style/{rule_id}")
def turn(
    request: Request, shop: Shop, by: Editor, rule_id: str, revoke: Annotated[str, Form(max_length=3)] = "yes"
) -> Response:
    """One click takes a rule back, another lets it hold again."""
    revoked = revoke == "yes"
    styling.turn(shop, rule_id, revoked, by.name)
    return go(request, "/style", Flash("style.was_revoked" if revoked else "style.was_restored"))

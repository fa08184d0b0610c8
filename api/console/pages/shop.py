"""Offers with what is left of them, the ledger, and a rep's own settings."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form, Request, Response

from agent.access import Caller, Scope
from agent.domain import Language
from api import offering
from api.auth import MANAGERS, PEOPLE, Shop
from api.console.flash import Flash
from api.console.pages.router import pages
from api.console.preferences import KEYS, LANGUAGE, THEME, THEMES, keep
from api.console.render import go, page, say_for
from api.console.session import acts, local_path, sees
from api.console.view import budget_rows, offer_rows, reservation_rows

router = pages()
Reader = Annotated[Caller, sees(PEOPLE, Scope.OFFERS)]
Watcher = Annotated[Caller, sees(PEOPLE, Scope.SETTINGS)]
Chooser = Annotated[Caller, acts(PEOPLE, Scope.SETTINGS)]
Starter = Annotated[Caller, acts(MANAGERS, Scope.SETTINGS)]
Pick = Annotated[str, Form(max_length=20)]
RESERVATIONS = 50


@router.get("/offers")
def offers(request: Request, shop: Shop, by: Reader) -> Response:
    say = say_for(request)
    rows = offer_rows(offering.offers(shop), shop, say)
    budgets = budget_rows(shop.store.ledger.budgets(), say)
    reservations = reservation_rows(shop.store.ledger.reservations(RESERVATIONS), say)
    return page(request, "offers.html", by, rows=rows, budgets=budgets, reservations=reservations)


@router.get("/settings")
def settings(request: Request, shop: Shop, by: Watcher) -> Response:
    outbox = {status.value: count for status, count in shop.store.outbox.counts().items()}
    writers = [writer.name for writer in shop.writers] if shop.settings.model is None else [shop.settings.model]
    return page(
        request, "settings.html", by, outbox=outbox, live=bool(shop.reach.real), themes=THEMES, writers=writers,
        switch=shop.store.sending.state(), may_start=by.role in MANAGERS,
    )  # fmt: skip


@router.post("/sending/stop")
def stop_sending(
    request: Request, shop: Shop, by: Chooser, note: Annotated[str, Form(max_length=200)] = ""
) -> Response:
    """No further message leaves, by any worker."""
    shop.store.sending.set(True, by.name, shop.clock.now(), note.strip())
    return go(request, "/settings", Flash("sending.was_stopped", tone="warn"))


@router.post("/sending/start")
def start_sending(request: Request, shop: Shop, by: Starter) -> Response:
    shop.store.sending.set(False, by.name, shop.clock.now())
    return go(request, "/settings", Flash("sending.was_started"))


@router.post("/preferences")
def choose(
    request: Request, by: Chooser, language: Pick = "", theme: Pick = "", keys: Pick = "",
    next: Annotated[str, Form(max_length=2_000)] = "/",  # noqa: A002
) -> Response:  # fmt: skip
    """Language, theme and keyboard are the rep's own, kept in their browser; then back to the page they were on."""
    response = go(request, local_path(next))
    secure = request.url.scheme == "https"
    if language in set(Language):
        keep(response, LANGUAGE, language, secure)
    if theme in THEMES:
        keep(response, THEME, theme, secure)
    if keys in ("on", "off"):
        keep(response, KEYS, keys, secure)
    return response

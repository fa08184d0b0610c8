"""The pages, one file a place in the navigation. `ROUTERS` is all of them; `PUBLIC` is what opens without a session."""

from __future__ import annotations

from fastapi import APIRouter

from api.console.pages import campaigns, case, compare, desk, front, people, shop, style

ROUTERS: tuple[APIRouter, ...] = (
    front.router,
    desk.router,
    case.router,
    people.router,
    campaigns.router,
    shop.router,
    style.router,
    compare.router,
)
PUBLIC = frozenset({"/sign-in", "/link/{token}"})

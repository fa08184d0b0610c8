"""What a rep chose for themselves: language, theme, keyboard. Kept in cookies, before and after signing in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import Request

from agent.domain import Language

LANGUAGE, THEME, KEYS = "holdfast_language", "holdfast_theme", "holdfast_keys"
THEMES = ("system", "light", "dark")
YEAR_S = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Preferences:
    language: Language
    theme: str = "system"
    keys: bool = True


def preferences(request: Request, house_language: Language) -> Preferences:
    theme = request.cookies.get(THEME, "system")
    return Preferences(
        _language(request, house_language),
        theme if theme in THEMES else "system",
        request.cookies.get(KEYS) != "off",
    )


def _language(request: Request, house_language: Language) -> Language:
    """The rep's choice, else the first language of the browser that we speak, else the brand's."""
    chosen = request.query_params.get("lang") or request.cookies.get(LANGUAGE, "")
    wished = [chosen, *(part.split(";")[0].strip() for part in request.headers.get("accept-language", "").split(","))]
    for name in wished:
        if name[:2].lower() in set(Language):
            return Language(name[:2].lower())
    return house_language


def keep(response: Any, name: str, value: str, secure: bool) -> None:
    response.set_cookie(name, value, max_age=YEAR_S, httponly=True, samesite="lax", secure=secure, path="/")

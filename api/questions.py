"""What `holdfast init` asks, and what an answer must be like: said at once, not when the first message is drafted."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}")


@dataclass(frozen=True, slots=True)
class Question:
    """`wrong` says what is the matter with an answer; empty when nothing is."""

    key: str
    text: str
    default: str | None
    wrong: Callable[[str], str]
    example: str


def bare_domain(text: str) -> str:
    """linden-lane.example from https://linden-lane.example/shop."""
    return re.sub(r"^https?://", "", text.strip().lower()).split("/")[0]


def _empty(text: str) -> str:
    return "" if text.strip() else "it cannot be empty"


def _no_domain(text: str) -> str:
    return "" if DOMAIN.fullmatch(bare_domain(text)) else "this is no domain"


def _no_zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        return "no such time zone"
    return ""


def _no_currency(text: str) -> str:
    from babel.core import get_global

    return "" if text in get_global("all_currencies") else "no such currency"


def _not_served(text: str) -> str:
    asked = {part.strip() for part in text.split(",")}
    return "" if asked and asked <= {"zh", "en"} else "served languages are zh and en"


QUESTIONS = (
    Question("name", "Brand name", None, _empty, "as your customers know it"),
    Question("address", "Postal address", None, _empty, "it stands in every e-mail"),
    Question("domain", "Domain of your shop", None, _no_domain, "write it like shop.example"),
    Question("timezone", "Time zone", "Asia/Shanghai", _no_zone, "write it like Asia/Shanghai or Europe/London"),
    Question("currency", "Currency", "CNY", _no_currency, "write it like CNY, USD or EUR"),
    Question("languages", "Languages", "zh,en", _not_served, "write zh,en or one of them, the house language first"),
)

"""A tier as its reader calls it (tiers.toml): gold is 金卡会员 in a Chinese letter. Any other name stays as it is."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping

from agent.domain import Language
from agent.resources import kept, package_data


def tier_in_words(tier: str, language: Language) -> str:
    """A word that is right in this language already stays: 金卡 need not become 金卡会员."""
    words = _known().get(tier.casefold())
    return tier if words is None or _reads(tier, language) else words[language]


def _reads(tier: str, language: Language) -> bool:
    return tier.isascii() == (language is Language.EN)


@kept
def _known() -> Mapping[str, Mapping[Language, str]]:
    rows = tomllib.loads((package_data("agent.slots") / "tiers.toml").read_text(encoding="utf-8"))
    found: dict[str, Mapping[Language, str]] = {}
    for key, row in rows.items():
        words = {language: str(row[language.value]) for language in Language}
        found |= {str(name).casefold(): words for name in (key, *words.values(), *row.get("aliases", ()))}
    return found

"""A country as people write it → its ISO 3166-1 code of two letters; None for what is no country that we know.

Names come from babel (CLDR) in English, in Chinese, simplified and traditional, and in a few languages in which people
write the name of their own country; which codes are countries, and the short English names, from the list that comes
with the zone database. "UK", "GBR" and "826" are aliases that CLDR keeps.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from unicodedata import combining, normalize

from scoring.headers import plain

LANGUAGES = ("en", "zh", "zh_Hant", "de", "es", "fr", "it", "pt", "nl", "ja", "ko")
"""The first that has a word decides what it means."""
SPOKEN = {
    **dict.fromkeys(("britain", "great britain", "england", "scotland", "wales", "northern ireland"), "GB"),
    **dict.fromkeys(("prc", "mainland china", "中国大陆", "中华人民共和国"), "CN"),
    **dict.fromkeys(("uae", "emirates", "阿联酋"), "AE"),
    **dict.fromkeys(("ireland republic", "republic of ireland", "eire", "éire"), "IE"),
    **dict.fromkeys(("korea", "republic of korea", "한국"), "KR"),
    **dict.fromkeys(("america", "united states of america"), "US"),
    "ivory coast": "CI",
    "russian federation": "RU",
    "macedonia": "MK",
    "burma": "MM",
    "swaziland": "SZ",
    "vatican": "VA",
    "czech republic": "CZ",
    "holland": "NL",
    "rsa": "ZA",
    "channel islands": "JE",
    "香港": "HK",
    "澳门": "MO",
}
"""What shops write and no list has: plain words → code."""


def country_code(said: str | None) -> str | None:
    """GB for UK, GBR, United Kingdom, 英国; CN for cn, China, 中国. None for XX, 火星 and blanks."""
    word = plain(str(said)) if said else ""
    return _codes().get(word)


@cache
def _codes() -> dict[str, str]:
    """Plain word → code. Earlier entries win: a code before an alias, an alias before a name."""
    found: dict[str, str] = {}
    for word, code in _words():
        found.setdefault(plain(word), code)
    for word, code in list(found.items()):
        found.setdefault(_typed(word), code)
    return found


def _typed(word: str) -> str:
    """As on a keyboard without accents: espana, cote d'ivoire. A word in another script stays as it is."""
    letters = "".join(letter for letter in normalize("NFKD", word) if not combining(letter)).replace("’", "'")
    return letters if letters.isascii() else word


def _words() -> Iterator[tuple[str, str]]:
    from babel import Locale
    from babel.core import get_global

    countries = dict(_listed())
    yield from ((code, code) for code in countries)
    for alias, codes in get_global("territory_aliases").items():
        if len(codes) == 1 and codes[0] in countries:
            yield str(alias), str(codes[0])
    yield from SPOKEN.items()
    for language in LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if code in countries:
                yield str(name), str(code)
                yield str(name).partition("(")[0], str(code)
                if language == "en":
                    yield f"the {name}", str(code)
    yield from ((name, code) for code, name in countries.items())


def _listed() -> Iterator[tuple[str, str]]:
    for line in files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            code, _, name = line.partition("\t")
            yield code, name

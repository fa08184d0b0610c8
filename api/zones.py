"""The one time zone of a country, where it has exactly one. Where it has several, nobody guesses."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from babel import Locale


def zone_of_country(country: str | None) -> str | None:
    """IANA zone for an ISO code or a country name in English or Chinese; None when unknown or not unique."""
    if not country:
        return None
    text = country.strip()
    code = text.upper() if len(text) == 2 and text.isascii() else _codes_by_name().get(text.casefold())
    zones = _zones_by_code().get(code or "", ())
    return zones[0] if len(zones) == 1 else None


@cache
def _zones_by_code() -> dict[str, tuple[str, ...]]:
    zones: dict[str, tuple[str, ...]] = {}
    for line in files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            code, _, zone = line.split("\t")[:3]
            zones[code] = (*zones.get(code, ()), zone)
    # zone.tab lists Urumqi for China; legal time is Beijing time throughout.
    return {**zones, "CN": ("Asia/Shanghai",)}


@cache
def _codes_by_name() -> dict[str, str]:
    names: dict[str, str] = {"uk": "GB", "usa": "US", "eire": "IE", "rsa": "ZA", "channel islands": "JE"}
    for language in ("zh", "en"):
        for code, name in Locale(language).territories.items():
            if len(code) == 2:
                names[str(name).casefold()] = str(code)
    return names

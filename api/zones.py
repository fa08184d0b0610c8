"""The one time zone of a country, where it has exactly one. Where it has several, nobody guesses."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from scoring.countries import country_code


def zone_of_country(country: str | None) -> str | None:
    """IANA zone for an ISO code or a country name in English or Chinese; None when unknown or not unique.

    Zones whose clocks always agree, as Berlin and Büsingen's, are one zone: the one with the most people.
    """
    zones = _zones_by_code().get(country_code(country) or "", ())
    return zones[0] if zones and len({_clock(zone) for zone in zones}) == 1 else None


def may_be_in(zone: str, country: str | None) -> bool:
    """False where a zone that is assumed lies in another country than the one that somebody is known to live in."""
    zones = _listed().get(country_code(country) or "")
    return zones is None or zone in zones or _alias_of(zone) in zones


LINKED_ABROAD = {
    "America/Coral_Harbour": "America/Atikokan",
    "America/Virgin": "America/St_Thomas",
    "Africa/Asmera": "Africa/Asmara",
    "Africa/Timbuktu": "Africa/Bamako",
    "Atlantic/Jan_Mayen": "Arctic/Longyearbyen",
    "Iceland": "Atlantic/Reykjavik",
    "Pacific/Ponape": "Pacific/Pohnpei",
    "Pacific/Truk": "Pacific/Chuuk",
    "Pacific/Yap": "Pacific/Chuuk",
}
"""Old names that the zone database links to a clock in another country."""


@cache
def _clock(zone: str) -> tuple[timedelta | None, ...]:
    """What the clock shows there against UTC in the middle of each month: by that two zones are told apart."""
    return tuple(datetime(2025, month, 15, tzinfo=ZoneInfo(zone)).utcoffset() for month in range(1, 13))


@cache
def _zones_by_code() -> dict[str, tuple[str, ...]]:
    # zone.tab lists Urumqi for China; legal time is Beijing time throughout.
    return {**_listed(), "CN": ("Asia/Shanghai",)}


@cache
def _listed() -> dict[str, tuple[str, ...]]:
    zones: dict[str, tuple[str, ...]] = {}
    for line in _lines("zone.tab"):
        if line and not line.startswith("#"):
            code, _, zone = line.split("\t")[:3]
            zones[code] = (*zones.get(code, ()), zone)
    return zones


def _alias_of(zone: str) -> str | None:
    return LINKED_ABROAD.get(zone) or _links().get(zone)


@cache
def _links() -> dict[str, str]:
    """Old name → the name of today, as US/Eastern → America/New_York; none for a name that zone.tab has of its own."""
    today = {zone for zones in _listed().values() for zone in zones}
    links = (line.split()[1:3] for line in _lines("tzdata.zi") if line.startswith("L "))
    return {old: new for new, old in links if old not in today}


def _lines(name: str) -> list[str]:
    return files("tzdata").joinpath("zoneinfo", name).read_text(encoding="utf-8").splitlines()

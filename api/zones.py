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
    zones = _zones_by_code().get(country_code(country) or "")
    return zones is None or zone in zones


@cache
def _clock(zone: str) -> tuple[timedelta | None, ...]:
    """What the clock shows there against UTC in the middle of each month: by that two zones are told apart."""
    return tuple(datetime(2025, month, 15, tzinfo=ZoneInfo(zone)).utcoffset() for month in range(1, 13))


@cache
def _zones_by_code() -> dict[str, tuple[str, ...]]:
    zones: dict[str, tuple[str, ...]] = {}
    for line in files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            code, _, zone = line.split("\t")[:3]
            zones[code] = (*zones.get(code, ()), zone)
    # zone.tab lists Urumqi for China; legal time is Beijing time throughout.
    return {**zones, "CN": ("Asia/Shanghai",)}

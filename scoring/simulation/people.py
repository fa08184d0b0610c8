"""Draws the customers: names, language, zone, contact details, consents. All of it is made up.

Gives columns as arrays; knows nothing about what they will buy.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

CHINESE_SHARE = 0.6
_ZONES = {
    "zh": (
        ("Asia/Shanghai", "CN", 0.93),
        ("Asia/Urumqi", "CN", 0.03),
        ("America/Vancouver", "CA", 0.01),
        ("", "", 0.03),
    ),
    "en": (
        ("Asia/Shanghai", "CN", 0.30),
        ("America/New_York", "US", 0.22),
        ("America/Los_Angeles", "US", 0.16),
        ("Europe/London", "GB", 0.17),
        ("Australia/Sydney", "AU", 0.11),
        ("", "", 0.04),
    ),
}
# share of customers who said yes, who said no; the rest was never asked
_CONSENT = {"email": (0.82, 0.12), "sms": (0.58, 0.30), "push": (0.62, 0.26), "chat": (0.70, 0.12)}
_PROOF = ("sign-up form", "checkout tick box", "app settings", "service counter")

Strings = npt.NDArray[np.object_]


def read_data(name: str) -> dict[str, Any]:
    return tomllib.loads((files("scoring.simulation") / name).read_text(encoding="utf-8"))


def draw_people(count: int, first_seen: npt.NDArray[np.float64], now: date, dice: np.random.Generator) -> pd.DataFrame:
    """One row a customer. `first_seen` is the day of the first visit, counted from `now` (negative)."""
    ids = np.array([f"C{number:05d}" for number in range(1, count + 1)], dtype=object)
    language = np.where(dice.random(count) < CHINESE_SHARE, "zh", "en").astype(object)
    gender = dice.choice(np.array(["female", "male", ""], dtype=object), count, p=[0.5, 0.38, 0.12])
    names = [_name(tongue, sex, dice) for tongue, sex in zip(language, gender, strict=True)]
    zone, country = _places(language, dice)
    people = pd.DataFrame(
        {
            "customer_id": ids,
            "name": [whole for whole, _ in names],
            "given_name": [given for _, given in names],
            "gender": gender,
            "language": language,
            "timezone": zone,
            "country": country,
            "email": np.where(dice.random(count) < 0.96, [f"{ident.lower()}@mail.example" for ident in ids], ""),
            "phone": [_phone(place, number) for number, place in enumerate(country)],
            "age": np.where(
                dice.random(count) < 0.7, np.clip(dice.normal(37, 11, count), 15, 84).astype(int).astype(str), ""
            ),
            "member_since": [(now + timedelta(int(day))).isoformat() for day in first_seen],
        }
    )
    for channel in _CONSENT:
        people = people.assign(**_consent(channel, first_seen, now, dice))
    people["suppressed"] = np.where(dice.random(count) < 0.02, "yes", "no")
    return people


def _ages(count: int, dice: np.random.Generator) -> npt.NDArray[np.str_]:
    return np.clip(dice.normal(37, 11, count), 15, 84).astype(int).astype(str)


def _name(language: str, gender: str, dice: np.random.Generator) -> tuple[str, str]:
    """(name, given name); now and then a name that does not split, or what a careless till wrote."""
    lists, luck = _NAMES[language], dice.random()
    if luck < 0.006:
        return _pick(_NAMES["careless"][language], dice), ""
    if luck < 0.02:
        return _pick(lists["whole"], dice), ""
    sex = gender or ("female" if dice.random() < 0.5 else "male")
    given = _pick(lists[sex], dice)
    if language == "zh":
        surname = _pick(lists["compound"] if luck > 0.96 else lists["surnames"], dice)
        return surname + given, given
    surname = _pick(lists["odd"] if luck > 0.85 else lists["surnames"], dice)
    return f"{given} {surname}", given


def _pick(entries: Sequence[str], dice: np.random.Generator) -> str:
    return entries[int(dice.integers(len(entries)))]


_NAMES: Mapping[str, Any] = read_data("people.toml")


def _places(language: Strings, dice: np.random.Generator) -> tuple[Strings, Strings]:
    zone, country = np.empty(len(language), dtype=object), np.empty(len(language), dtype=object)
    for tongue, places in _ZONES.items():
        mine = language == tongue
        drawn = dice.choice(len(places), int(mine.sum()), p=[share for _, _, share in places])
        zone[mine] = np.array([place[0] for place in places], dtype=object)[drawn]
        country[mine] = np.array([place[1] for place in places], dtype=object)[drawn]
    return zone, country


def _phone(country: str, number: int) -> str:
    """Numbers that ring nowhere: the fictional ranges of their countries, or one that no network can assign."""
    if country in ("US", "CA"):
        return f"+1202555{100 + number % 100:04d}"
    if country == "GB":
        return f"+442079460{number % 1000:03d}"
    if country == "AU":
        return f"+6125550{number % 10000:04d}"
    return f"+8610000{number % 1000000:06d}"


def _consent(
    channel: str, first_seen: npt.NDArray[np.float64], now: date, dice: np.random.Generator
) -> dict[str, list[str]]:
    yes, no = _CONSENT[channel]
    luck = dice.random(len(first_seen))
    answers = np.where(luck < yes, "yes", np.where(luck < yes + no, "no", ""))
    proofs = dice.integers(len(_PROOF), size=len(first_seen))
    given = answers == "yes"
    return {
        f"consent_{channel}": list(answers),
        f"consent_{channel}_at": [
            (now + timedelta(int(day))).isoformat() if asked else ""
            for day, asked in zip(first_seen, given, strict=True)
        ],
        f"consent_{channel}_proof": [
            _PROOF[proof] if asked else "" for proof, asked in zip(proofs, given, strict=True)
        ],
    }

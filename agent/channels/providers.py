"""What one provider allows on top of the market's rules: templates, variables, links, hours, caps, rate, characters.

Takes dated TOML, one file a provider; gives ProviderRules. Each names where its figures stand and when somebody last
looked: they change without notice, and a firm's contract may say otherwise (lay your own file over ours).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum
from typing import Any

from agent.channels.rules import Folder, QuietHours
from agent.domain import Channel, Purpose
from agent.errors import InputError
from agent.resources import kept, package_data, toml_texts


class Links(StrEnum):
    """ANYWHERE · CONSTANT: only where the approved text has them, never in a variable · NEVER."""

    ANYWHERE = "anywhere"
    CONSTANT = "constant"
    NEVER = "never"


class Unit(StrEnum):
    """What a length counts."""

    CHARACTERS = "characters"
    BYTES = "bytes"


class VariableType(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    CODE = "code"
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure stands, and the day on which somebody last read it there."""

    url: str
    checked_on: date


@dataclass(frozen=True, slots=True)
class Cap:
    """So many messages in so long to one recipient."""

    count: int
    within: timedelta
    purposes: frozenset[Purpose] = frozenset(Purpose)


@dataclass(frozen=True, slots=True)
class Window:
    """So many messages in so long, all recipients together."""

    count: int
    within: timedelta


@dataclass(frozen=True, slots=True)
class VariableRules:
    """What may vary in an approved text. `purposes` empty: nothing may, the text is constant."""

    purposes: frozenset[Purpose] = frozenset()
    most: int | None = None
    longest: Mapping[VariableType, int] = field(default_factory=dict)
    adjacent: bool = True


@dataclass(frozen=True, slots=True)
class ProviderRules:
    """One provider. `markets` are the keys of the market rules that it serves; empty: it reaches staff, no customers.

    `template_for` names the purposes that need an approved template; `banned` are subjects that it refuses, as words
    by language. A length of None is no limit worth checking.
    """

    key: str
    channel: Channel | None
    markets: tuple[str, ...]
    sources: tuple[Source, ...]
    template_for: frozenset[Purpose]
    variables: VariableRules
    links: Links
    body_max: int | None = None
    subject_max: int | None = None
    counts: Unit = Unit.CHARACTERS
    quiet: QuietHours | None = None
    caps: tuple[Cap, ...] = ()
    windows: tuple[Window, ...] = ()
    signed: bool = False
    suffix: Mapping[str, str] = field(default_factory=dict)
    forbidden_characters: str = ""
    banned: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def checked_on(self) -> date:
        """The day of the oldest look: as old as that is what this file says."""
        return min(source.checked_on for source in self.sources)

    def serves(self, market: str) -> bool:
        return market in self.markets

    def wants_template(self, purpose: Purpose) -> bool:
        return purpose in self.template_for


KEYS = frozenset(
    {
        "channel", "markets", "sources", "template_for", "variables", "links", "body_max", "subject_max", "counts",
        "quiet", "caps", "windows", "signed", "suffix", "forbidden_characters", "banned",
    }
)  # fmt: skip


def load_providers(root: Folder | None = None) -> dict[str, ProviderRules]:
    """All providers by key (aliyun, twilio, …); `root` is another folder of the same shape. Raises InputError."""
    return dict(_shipped()) if root is None else _read(root)


def provider_rules(key: str) -> ProviderRules:
    """Raises InputError for a provider that there is no file of."""
    known = _shipped()
    if key not in known:
        raise InputError(f"nobody knows a provider {key!r}", f"known: {', '.join(sorted(known))}")
    return known[key]


@kept
def _shipped() -> dict[str, ProviderRules]:
    return _read(package_data("agent") / "channel_data" / "providers")


def _read(root: Folder) -> dict[str, ProviderRules]:
    return {key: _parse(key, text) for key, text in toml_texts(root)}


def _parse(key: str, text: str) -> ProviderRules:
    try:
        data = tomllib.loads(text)
        if unknown := set(data) - KEYS:
            raise ValueError(f"unknown key {sorted(unknown)[0]!r}")
        if not data["sources"]:
            raise ValueError("it names no source")
        return ProviderRules(
            key=key,
            channel=Channel(data["channel"]) if "channel" in data else None,
            markets=tuple(data["markets"]),
            sources=tuple(Source(row["url"], _day(row["checked_on"])) for row in data["sources"]),
            template_for=_purposes(data["template_for"]),
            variables=_variables(data.get("variables", {})),
            links=Links(data["links"]),
            body_max=data.get("body_max"),
            subject_max=data.get("subject_max"),
            counts=Unit(data.get("counts", "characters")),
            quiet=_quiet(data.get("quiet")),
            caps=tuple(
                Cap(_whole(row["count"]), _within(row), _purposes(row.get("purposes", list(Purpose))))
                for row in data.get("caps", ())
            ),
            windows=tuple(Window(_whole(row["count"]), _within(row)) for row in data.get("windows", ())),
            signed=data.get("signed", False),
            suffix=data.get("suffix", {}),
            forbidden_characters=data.get("forbidden_characters", ""),
            banned={language: tuple(words) for language, words in data.get("banned", {}).items()},
        )
    except (tomllib.TOMLDecodeError, KeyError, ValueError, TypeError, AttributeError) as problem:
        raise InputError(
            f"The provider file {key}.toml cannot be used: {problem}.", "Compare it with the shipped file of that name."
        ) from problem


def _variables(data: Mapping[str, Any]) -> VariableRules:
    return VariableRules(
        purposes=_purposes(data.get("purposes", ())),
        most=data.get("most"),
        longest={VariableType(name): _whole(length) for name, length in data.get("longest", {}).items()},
        adjacent=data.get("adjacent", True),
    )


def _purposes(names: Any) -> frozenset[Purpose]:
    return frozenset(Purpose(name) for name in names)


def _within(row: Mapping[str, Any]) -> timedelta:
    return timedelta(seconds=_whole(row["seconds"]))


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError(f"{value!r} is no count")
    return value


def _day(value: Any) -> date:
    if type(value) is not date:
        raise ValueError(f"checked_on {value!r} is no day")
    return value


def _quiet(data: Mapping[str, time] | None) -> QuietHours | None:
    return None if data is None else QuietHours(data["start"], data["end"])

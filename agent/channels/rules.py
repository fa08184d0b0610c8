"""What each channel allows: lengths, subject, free text or templates, quiet hours, how to stop.

Takes dated TOML, one file a channel and market; gives ChannelRules. Knows nothing about a message, a customer or a
provider: what a provider adds to it stands in `providers.py`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from agent.domain import Channel
from agent.errors import InputError
from agent.resources import kept, package_data, toml_texts

CHINA_ZONES = frozenset(
    {"Asia/Shanghai", "Asia/Urumqi", "Asia/Chongqing", "Asia/Harbin", "Asia/Kashgar", "Asia/Chungking", "PRC"}
)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """No marketing from `start` until `end`, in the recipient's zone; `start` itself is out, `end` itself is in."""

    start: time
    end: time

    def covers(self, local: time) -> bool:
        if self.start <= self.end:
            return self.start <= local < self.end
        return local >= self.start or local < self.end


@dataclass(frozen=True, slots=True)
class ChannelRules:
    """One channel in one market. A length of None means the channel sets no limit worth checking."""

    key: str
    channel: Channel
    source: str
    checked_on: date
    free_text: bool
    needs_subject: bool
    subject_max: int | None
    body_max: int | None
    max_segments: int | None
    quiet: QuietHours | None
    opt_out_suffix: Mapping[str, str] = field(default_factory=dict)
    opt_out_keywords: tuple[str, ...] = ()
    # what carriers take for a stop when it is all that somebody writes back
    stop_answers: tuple[str, ...] = ()
    forbidden_characters: str = ""
    # a region whose law is stricter than the channel's own window: US-FL -> 20:00 to 08:00
    stricter_quiet: Mapping[str, QuietHours] = field(default_factory=dict)


Folder = Traversable | Path


def load_channels(root: Folder | None = None) -> dict[str, ChannelRules]:
    """All channels by key (email, sms_cn, sms_intl, push, chat); `root` is another folder of the same shape."""
    return dict(_shipped()) if root is None else _read(root)


@kept
def _shipped() -> dict[str, ChannelRules]:
    return _read(package_data("agent") / "channel_data")


def _read(root: Folder) -> dict[str, ChannelRules]:
    return {key: _parse(key, text) for key, text in toml_texts(root)}


def _parse(key: str, text: str) -> ChannelRules:
    try:
        data = tomllib.loads(text)
        return ChannelRules(
            key=key,
            channel=Channel(data["channel"]),
            source=data["source"],
            checked_on=data["checked_on"],
            free_text=data["free_text"],
            needs_subject=data["needs_subject"],
            subject_max=data.get("subject_max"),
            body_max=data.get("body_max"),
            max_segments=data.get("max_segments"),
            quiet=_quiet(data.get("quiet")),
            opt_out_suffix=data.get("opt_out_suffix", {}),
            opt_out_keywords=tuple(data.get("opt_out_keywords", ())),
            stop_answers=tuple(data.get("stop_answers", ())),
            forbidden_characters=data.get("forbidden_characters", ""),
            stricter_quiet={place: _need_quiet(hours) for place, hours in data.get("stricter_quiet", {}).items()},
        )
    except (tomllib.TOMLDecodeError, KeyError, ValueError, TypeError) as problem:
        raise InputError(
            f"The channel file {key}.toml cannot be used: {problem}.", "Compare it with the shipped file of that name."
        ) from problem


def _quiet(data: Any) -> QuietHours | None:
    return None if data is None else _need_quiet(data)


def _need_quiet(data: Mapping[str, time]) -> QuietHours:
    return QuietHours(data["start"], data["end"])


def market_of(channel: Channel, language: str, timezone: str | None, jurisdiction: str | None = None) -> str:
    """The key of the market's rules. SMS is Chinese by place; by language where the place is unknown."""
    if channel is not Channel.SMS:
        return channel.value
    if jurisdiction is not None:
        return "sms_cn" if jurisdiction.upper().startswith("CN") else "sms_intl"
    if timezone is not None:
        return "sms_cn" if timezone in CHINA_ZONES else "sms_intl"
    return "sms_cn" if language == "zh" else "sms_intl"


def rules_for(channel: Channel, language: str, timezone: str | None, jurisdiction: str | None = None) -> ChannelRules:
    """The rules that hold for one recipient."""
    return _shipped()[market_of(channel, language, timezone, jurisdiction)]

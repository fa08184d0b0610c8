"""The parts of a message that are the same for everybody and that the law or the carrier wants.

Takes the body template and its sheet; gives the template with header and footer, still in slots, from frames.toml.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources.abc import Traversable

from agent.domain import FactSheet
from agent.resources import kept, package_data

Frames = Mapping[str, Mapping[str, Mapping[str, Mapping[str, str]]]]


@kept
def _shipped() -> Frames:
    return read_frames(package_data("agent.realise"))


def read_frames(root: Traversable) -> Frames:
    frames: Frames = tomllib.loads((root / "frames.toml").read_text(encoding="utf-8"))
    return frames


def frame(body: str, sheet: FactSheet, frames: Frames | None = None) -> str:
    """Header, body, footer. A channel or purpose that the file does not name has neither."""
    found = (frames or _shipped()).get(sheet.channel.value, {}).get(sheet.purpose.value, {})
    words = found.get(sheet.language.value, {})
    return words.get("before", "") + body.strip() + words.get("after", "")

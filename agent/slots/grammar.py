"""The grammar of templates: plain words, `{slot}`, `{slot|form}` and `{act:key}`. Anything else in braces is a fault.

Takes text, gives pieces with their offsets. Knows no values and no language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agent.errors import SlotError

TOKEN = re.compile(r"\{act:(?P<act>[a-z_0-9]+)\}|\{(?P<slot>[a-z_0-9]+)(?:\|(?P<form>[a-z_]+))?\}")


@dataclass(frozen=True, slots=True)
class SlotRef:
    """`{name}` or `{name|form}` as found at [start, end) of the template."""

    name: str
    form: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ActRef:
    """`{act:key}` as found at [start, end) of the template."""

    key: str
    start: int
    end: int


Piece = str | SlotRef | ActRef


def parse(template: str) -> Iterator[Piece]:
    """The template in order. Raises SlotError on a brace that belongs to no slot: it must never reach a customer."""
    at = 0
    for match in TOKEN.finditer(template):
        if match.start() > at:
            yield _words(template[at : match.start()])
        if match["act"]:
            yield ActRef(match["act"], match.start(), match.end())
        else:
            yield SlotRef(match["slot"], match["form"], match.start(), match.end())
        at = match.end()
    if at < len(template):
        yield _words(template[at:])


def _words(text: str) -> str:
    stray = re.search(r"[{}｛｝]", text)
    if stray:
        near = text[max(0, stray.start() - 10) : stray.start() + 20]
        raise SlotError(
            f"A brace is left over in the text near “{near.strip()}”.",
            "Write slots exactly as {name} or {name|form}.",
            slot=near.strip(),
        )
    return text


def slot_names(template: str) -> tuple[str, ...]:
    """Names of the slots in order of appearance, repeats included."""
    return tuple(match["slot"] for match in TOKEN.finditer(template) if match["slot"])


def act_keys(template: str) -> tuple[str, ...]:
    """Keys of the acts in order of appearance, repeats included."""
    return tuple(match["act"] for match in TOKEN.finditer(template) if match["act"])

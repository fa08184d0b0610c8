"""Rules that live in word lists: reads lexicons/*.toml and finds what they name, with allowed phrases and denials.

Takes folded text and gives spans; knows nothing about messages. The lists are for marketers and lawyers to edit.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from agent.domain import Severity
from agent.language.literals import split_alternatives
from agent.language.sieve import Sieve, sieve
from agent.resources import kept, package_data

_DENIED = sieve(
    r"(?:不是|并非|并不是?|不敢说|没有|没|谈不上|不一定|不会|不能|不用|不必|不要|不需要|无需|切勿"
    r"|请勿|勿|别|从不|绝不|不存在|不向您|不得|而非|不|无)\w{0,8}$"
    r"|(?:(?<![a-z])(?:not|no|never|without|cannot|nor|neither|nobody|instead of|rather than"
    r"|please don't|do not)|n't)(?: [\w']+){0,5} ?$"
)
_REACH = 40
_CLAUSE_END = sieve(r"[。！？!?；;\n，,.]")


@dataclass(frozen=True, slots=True)
class Hit:
    """Something a list names, at [start, end) of the folded text."""

    start: int
    end: int
    severity: Severity


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The lists of one rule."""

    block: tuple[Sieve, ...]
    human: tuple[Sieve, ...]
    allow: tuple[Sieve, ...]
    deniable: bool

    def hits(self, text: str) -> Iterator[Hit]:
        taken: list[tuple[int, int]] | None = None
        for severity, patterns in ((Severity.BLOCK, self.block), (Severity.HUMAN, self.human)):
            for pattern in patterns:
                for match in pattern.finditer(text):
                    if taken is None:
                        taken = [found.span() for allowed in self.allow for found in allowed.finditer(text)]
                    if self._counts(match, text, taken):
                        yield Hit(match.start(), match.end(), severity)

    def _counts(self, match: re.Match[str], text: str, allowed: list[tuple[int, int]]) -> bool:
        if any(start < match.end() and match.start() < end for start, end in allowed):
            return False
        return not (self.deniable and is_denied_before(text, match.start()))


def is_denied_before(text: str, at: int) -> bool:
    """Whether a denial stands before `at` in the same clause: 不是最好的, we never ask for."""
    window = text[max(0, at - _REACH) : at]
    ends = [mark.end() for mark in _CLAUSE_END.finditer(window)]
    return bool(_DENIED.search(window[ends[-1] :] if ends else window))


def _chinese(patterns: list[str]) -> tuple[Sieve, ...]:
    return (sieve("|".join(patterns)),) if patterns else ()


def _english(patterns: list[str]) -> tuple[Sieve, ...]:
    """Whole words; each alternative by itself, so that the sieve can tell them apart."""
    phrases = [phrase for pattern in patterns for phrase in split_alternatives(pattern)]
    return (sieve("|".join(f"(?<![a-z0-9])(?:{phrase})(?![a-z0-9])" for phrase in phrases)),) if phrases else ()


def read_lexicons(root: Traversable | Path | None = None) -> dict[str, Lexicon]:
    """All lexicons by rule id; `root` is another folder of the same shape."""
    return dict(_shipped()) if root is None else _read(root)


@kept
def _shipped() -> dict[str, Lexicon]:
    return _read(package_data("agent.guardrails") / "lexicons")


def _read(root: Traversable | Path) -> dict[str, Lexicon]:
    found: dict[str, Lexicon] = {}
    for item in sorted(root.iterdir(), key=lambda entry: entry.name):
        if item.name.endswith(".toml"):
            data: Mapping[str, Mapping[str, Any]] = tomllib.loads(item.read_text(encoding="utf-8"))
            found.update({rule: _compile(lists) for rule, lists in data.items()})
    return found


def _compile(lists: Mapping[str, Any]) -> Lexicon:
    def both(name: str) -> tuple[Sieve, ...]:
        return _chinese(lists.get(f"zh_{name}", [])) + _english(lists.get(f"en_{name}", []))

    return Lexicon(both("block"), both("human"), both("allow"), bool(lists.get("deniable", False)))


def texts_in(folder: str) -> str:
    """The files of a folder of this room as they are in force: part of what names a version of the rules."""
    root = package_data("agent.guardrails") / folder
    return "\n".join(
        item.read_text(encoding="utf-8")
        for item in sorted(root.iterdir(), key=lambda entry: entry.name)
        if item.name.endswith(".toml")
    )

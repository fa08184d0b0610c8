"""Prompt files: Markdown with TOML front matter, filled with named variables. Knows nothing about facts or models.

A file `<name>.<language>.md` starts with a block between two lines of `+++` (name, language, purpose, variables), then
has one section a message under `## system` and `## user`. Variables are written <<like_this>>. An undeclared, missing
or superfluous variable is an error, because a prompt with a hole still gets an answer. wording.toml holds the single
words that go into the variables.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

VARIABLE = re.compile(r"<<([a-z_]+)>>")
SECTION = re.compile(r"^## ([a-z_]+)[ \t]*$", re.MULTILINE)
KEYS = {"name", "language", "purpose", "variables"}


class PromptError(ValueError):
    """A prompt file or its filling is wrong; the message names the file and what to change."""


_overrides: Path | None = None


@dataclass(frozen=True, slots=True)
class PromptTemplate:
    """One prompt. `sections` keeps the order of the file; `version` is a hash of its text, stored with each draft."""

    name: str
    language: str
    purpose: str
    variables: frozenset[str]
    sections: tuple[tuple[str, str], ...]
    version: str

    def render(self, **values: str) -> tuple[tuple[str, str], ...]:
        """(role, text) of each section. Raises PromptError unless exactly the declared variables are given."""
        wrong = self.variables ^ values.keys()
        if wrong:
            raise PromptError(f"{self.label}: missing or unknown variables: {', '.join(sorted(wrong))}.")
        return tuple((role, VARIABLE.sub(lambda match: values[match[1]], text)) for role, text in self.sections)

    @property
    def label(self) -> str:
        return f"{self.name}.{self.language}.md"


def load_prompt(name: str, language: str, root: Traversable | None = None) -> PromptTemplate:
    """The named prompt in that language, from `root` or from this package."""
    return _shipped(name, language) if root is None else read_prompt(root / f"{name}.{language}.md", name, language)


@lru_cache(maxsize=64)
def _shipped(name: str, language: str) -> PromptTemplate:
    return read_prompt(_file(f"{name}.{language}.md"), name, language)


def use_overrides(folder: Path | None) -> None:
    """Lay the files of this folder over ours from now on, file by file; None goes back to ours."""
    global _overrides
    _overrides = folder
    _shipped.cache_clear()
    load_wording.cache_clear()


def _file(name: str) -> Traversable:
    own = _overrides / name if _overrides is not None else None
    return own if own is not None and own.is_file() else files("prompts") / name


def read_prompt(path: Traversable, name: str, language: str) -> PromptTemplate:
    label = f"{name}.{language}.md"
    if not path.is_file():
        raise PromptError(f"There is no prompt {label}.")
    text = path.read_text(encoding="utf-8").replace("\r\n", "\n")
    front, body = _split(text, label)
    if front.keys() != KEYS or front["name"] != name or front["language"] != language:
        raise PromptError(f"{label}: the front matter must have {', '.join(sorted(KEYS))}, and name this file.")
    declared = frozenset(str(variable) for variable in _list(front["variables"], label))
    sections = _sections(body, label)
    used = frozenset(match for _, section in sections for match in VARIABLE.findall(section))
    if used != declared:
        raise PromptError(f"{label}: declared and used variables differ: {', '.join(sorted(used ^ declared))}.")
    version = hashlib.sha256(text.encode()).hexdigest()[:12]
    return PromptTemplate(name, language, str(front["purpose"]), declared, sections, version)


def _split(text: str, label: str) -> tuple[Mapping[str, object], str]:
    parts = text.split("+++\n", 2)
    if len(parts) != 3 or parts[0].strip():
        raise PromptError(f"{label}: starts with a front matter block between two lines of +++.")
    try:
        return tomllib.loads(parts[1]), parts[2]
    except tomllib.TOMLDecodeError as error:
        raise PromptError(f"{label}: the front matter is no TOML: {error}.") from error


def _list(value: object, label: str) -> list[object]:
    if not isinstance(value, list):
        raise PromptError(f"{label}: variables must be a list.")
    return value


def _sections(body: str, label: str) -> tuple[tuple[str, str], ...]:
    found = list(SECTION.finditer(body))
    if not found or body[: found[0].start()].strip():
        raise PromptError(f"{label}: has sections such as ## system, and nothing before the first.")
    ends = [match.start() for match in found[1:]] + [len(body)]
    return tuple((match[1], body[match.end() : end].strip()) for match, end in zip(found, ends, strict=True))


@dataclass(frozen=True, slots=True)
class Wording:
    """Single words of one language: names of channels, purposes and tones, and limits by channel."""

    words: Mapping[str, str]
    limits: Mapping[str, str]


@lru_cache(maxsize=8)
def load_wording(language: str, root: Traversable | None = None) -> Wording:
    path = root / "wording.toml" if root is not None else _file("wording.toml")
    row = tomllib.loads(path.read_text(encoding="utf-8"))[language]
    return Wording(row["words"], row["limits"])

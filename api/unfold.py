"""Nested data as lines for a person: a name and its value each, nothing cut. Takes JSON-like data, gives pairs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Lines = Iterator[tuple[str, str]]


def unfolded(data: Mapping[str, Any], inside: str = "") -> Lines:
    """{"a": {"b": 1}, "c": [2, 3], "d": [{"e": 4}]} → ("a.b", "1"), ("c", "2, 3"), ("d 1", "e 4"); nothing empty."""
    for key, value in data.items():
        yield from _one(f"{inside}{key}", value)


def _one(name: str, value: Any) -> Lines:
    if _is_empty(value):
        return
    if isinstance(value, Mapping):
        yield from unfolded(value, f"{name}." if name else "")
    elif isinstance(value, Sequence) and not isinstance(value, str):
        yield from _several(name, value)
    else:
        yield name, _plain(value)


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str | Mapping | Sequence) and not value)


def _several(name: str, values: Sequence[Any]) -> Lines:
    values = [value for value in values if not _is_empty(value)]
    if any(isinstance(value, Mapping) for value in values):
        for number, value in enumerate(values, 1):
            yield f"{name} {number}", "; ".join(f"{key} {told}".strip() for key, told in _one("", value)) or "-"
    else:
        yield name, ", ".join(map(_plain, values))


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.12g}" if isinstance(value, float) else str(value)

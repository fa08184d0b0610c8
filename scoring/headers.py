"""Which column of a stranger's file is which of ours, by its header or by the shop's own mapping."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path

import pandas as pd

from scoring.errors import BadColumn, BadTable

#: Our name of a column -> the header in the file, or a path to a TOML file with a table `[columns]` of the same.
ColumnMap = Mapping[str, str] | str | Path | None


NAMELESS = re.compile(r"Unnamed: \d+")
TOLD = 10


def recognise(table: pd.DataFrame, subject: str, mapping: ColumnMap = None) -> dict[str, str]:
    """Our column name -> header in `table`. `subject` is "order", "event" or "customer"; the mapping wins."""
    mapped = read_mapping(mapping)
    by_plain = {plain(str(header)): str(header) for header in reversed(list(table.columns))}
    found: dict[str, str] = {}
    for name, header in mapped.items():
        if plain(header) not in by_plain:
            raise _missing(table, f"The mapping names a column '{header}' that the file does not have.")
        found[name] = by_plain[plain(header)]
    for name, aliases in known_headers(subject).items():
        taken = set(found.values())
        candidates = (by_plain.get(alias) for alias in (plain(name), *map(plain, aliases)))
        first = next((one for one in candidates if one is not None and one not in taken), None)
        if name not in found and first is not None:
            found[name] = first
    return found


def require(found: Mapping[str, str], table: pd.DataFrame, names: tuple[str, ...]) -> None:
    for name in names:
        if name not in found:
            raise _missing(table, f"No column was recognised as {name}.", name)


def unread(table: pd.DataFrame, found: Mapping[str, str], *subjects: str) -> str | None:
    """Which columns nobody reads, told; None where there are none. `subjects`: whose headers are known all the same."""
    known = {plain(word) for one in subjects for name, words in known_headers(one).items() for word in (name, *words)}
    strange = [
        header.strip()
        for header in map(str, table.columns)
        if plain(header) and header not in found.values() and plain(header) not in known and not NAMELESS.match(header)
    ]
    if not strange:
        return None
    more = f" and {len(strange) - TOLD:,} more" if len(strange) > TOLD else ""
    return (
        f"not read: {', '.join(strange[:TOLD])}{more}. If one of them is what we know by another name, map it: "
        '[columns] our_name = "its header" (--map FILE).'
    )


def read_mapping(mapping: ColumnMap) -> dict[str, str]:
    if mapping is None:
        return {}
    if isinstance(mapping, Mapping):
        return dict(mapping)
    path = Path(mapping)
    try:
        columns = tomllib.loads(path.read_text(encoding="utf-8-sig")).get("columns")
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadTable(f"The mapping {path} cannot be read: {error}.", "It is a TOML file.") from error
    if not isinstance(columns, dict) or not all(isinstance(header, str) for header in columns.values()):
        raise BadTable(f"The mapping {path} has no table [columns].", 'For example: [columns] customer_id = "cust no".')
    return columns


def plain(header: str) -> str:
    """A header without what people vary: case, spaces, underscores, dashes, brackets."""
    return re.sub(r"[\s_\-./()（）\[\]:：]+", "", header).casefold()


def known_words(table: str) -> dict[str, str]:
    """Plain word -> our word, for the values of a column (`kinds`, `topics`)."""
    return {plain(alias): name for name, aliases in _headers()[table].items() for alias in (name, *aliases)}


def known_headers(subject: str) -> dict[str, list[str]]:
    headers = _headers()
    return headers["order"] | headers["event"] if subject == "event" else headers[subject]


@cache
def _headers() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(resources.files("scoring").joinpath("headers.toml").read_text(encoding="utf-8"))


def _missing(table: pd.DataFrame, message: str, name: str = "customer_id") -> BadColumn:
    seen = ", ".join(map(str, table.columns[:40]))
    return BadColumn(message, f'The columns are: {seen}. Map it: [columns] {name} = "its header" (--map FILE).')

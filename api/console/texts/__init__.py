"""What the console says, in Chinese and in English: one TOML file a language, the same keys in both.

Each is written by itself, as somebody would say it who works in that language; neither is a translation.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from agent.domain import Language
from agent.resources import kept, package_data


@kept
def texts(language: Language) -> Mapping[str, str]:
    """Every text by its dotted key: `queue.title`."""
    table = tomllib.loads((package_data(__name__) / f"{language}.toml").read_text(encoding="utf-8"))
    return dict(_flat(table))


def _flat(table: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", str(value)

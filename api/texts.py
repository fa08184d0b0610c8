"""A text file that a person wrote, read as they saved it: UTF-8, with or without a byte order mark, or GB18030."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from agent.errors import InputError

SAVE_AS_UTF8 = "save it as UTF-8 and try again"


def read_text(path: Path) -> str:
    """Raises InputError when it is no text; OSError when it cannot be opened."""
    return decode(path.read_bytes(), path)


def decode(raw: bytes, path: Path) -> str:
    if b"\x00" in raw:
        raise InputError(f"{path} is no text file", SAVE_AS_UTF8)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError(f"{path} is neither UTF-8 nor GB18030 text", SAVE_AS_UTF8)


def read_toml(path: Path) -> dict[str, Any]:
    """Raises InputError naming the file and, where TOML knows it, the line."""
    try:
        return tomllib.loads(read_text(path))
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}", "check the path") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path} cannot be read: {error}", "correct the line it names") from error

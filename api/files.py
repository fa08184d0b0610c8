"""A file that appears whole or not at all, so that what stood there before is not lost to a fault in the middle."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from agent.errors import InputError


def write_new(path: Path, text: str) -> None:
    """Raises InputError rather than write over what is there."""
    if path.exists():
        raise InputError(f"{path} is there already", "name another place, or move the file away")
    path.parent.mkdir(parents=True, exist_ok=True)
    with written_whole(path) as target:
        target.write(text)


@contextmanager
def written_whole(path: Path) -> Iterator[TextIO]:
    """Text written aside and put in place at the end. What is no plain file (a pipe, a device) is written directly."""
    if path.exists() and not path.is_file():
        with path.open("w", encoding="utf-8") as target:
            yield target
        return
    real = path.resolve()  # a link goes on pointing to where it points
    aside = real.with_name(f".{real.name}.{os.getpid()}.part")
    try:
        with aside.open("w", encoding="utf-8") as target:
            yield target
        aside.replace(real)
    except OSError as error:
        error.filename = str(path) if error.filename == str(aside) else error.filename
        raise
    finally:
        aside.unlink(missing_ok=True)

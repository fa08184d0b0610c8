"""The installation's own secret: from HOLDFAST_SECRET, else from a file in the home that is made on first use.

What is signed with it (the unsubscribe links) must be readable for years, so the file belongs into every back-up, and a
secret that was changed stays behind the new one until the last mail that it signed is forgotten.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from agent.errors import InputError

SHORTEST = 32


def installation_secrets(named: tuple[str, ...], file: Path) -> tuple[str, ...]:
    """The secret to sign with, then the older ones that may still be met."""
    if named and not file.exists():
        return named
    return (*named, kept_secret(file))


def named_secrets(setting: str) -> tuple[str, ...]:
    """The setting may name several, newest first, with commas between. Raises InputError for one that is too short."""
    named = tuple(part for text in setting.split(",") if (part := text.strip()))
    if any(len(part) < SHORTEST for part in named):
        raise InputError(f"a secret is shorter than {SHORTEST} characters", "make one: openssl rand -base64 32")
    return named


def kept_secret(file: Path) -> str:
    """The secret in this file; made, and readable by its owner alone, where there is none yet."""
    if not file.exists():
        _make(file)
    text = file.read_text(encoding="ascii").strip()
    if len(text) < SHORTEST:
        raise InputError(f"{file} is cut off", "put it back from a back-up: links in sent mails are signed with it")
    return text


def _make(file: Path) -> None:
    """Written beside, then linked into place: of two processes that start together one wins, and neither reads half."""
    beside = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as target:
            target.write(secrets.token_urlsafe(48) + "\n")
            target.flush()
            os.fsync(target.fileno())
        try:
            os.link(beside, file)
        except FileExistsError:
            pass  # the other process was first
        except OSError:  # a disk without hard links
            beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)

"""What people type, made comparable. Takes text, gives one line of it."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """Words to compare: one width, one case, one apostrophe, single spaces; places in it are not places in `text`."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().replace("\u2019", "'").split())

"""What .docx and .xlsx have in common: they are zip files, may be locked with a password, and may be bombs."""

from __future__ import annotations

import io
import zipfile

from knowledge.errors import DocumentUnreadable

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MOST_UNPACKED = 400 * 1024 * 1024


def open_zip(raw: bytes, where: str, name: str) -> None:
    """Raises DocumentUnreadable saying what is wrong with the file, before a library chokes on it."""
    if raw.startswith(OLE):
        # Office wraps a file with a password into its old container; a file of before 2007 is one.
        if b"E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e" in raw:
            raise DocumentUnreadable(f"{where} is locked with a password", "take the password off and save it again")
        raise DocumentUnreadable(f"{where} is a {name} of before 2007", "save it in today's format")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            unpacked = sum(item.file_size for item in packed.infolist())
            broken = packed.testzip() if unpacked <= MOST_UNPACKED else None
    except (zipfile.BadZipFile, OSError, EOFError, ValueError) as error:
        raise DocumentUnreadable(f"{where} is no whole {name}", "open it and save it again") from error
    if unpacked > MOST_UNPACKED:
        raise DocumentUnreadable(
            f"{where} would unpack to {unpacked // 1024 // 1024:,} MB", "take out pictures or data that are no policy"
        )
    if broken:
        raise DocumentUnreadable(f"{where} is damaged at {broken}", "open it and save it again")

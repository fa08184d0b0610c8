"""One archive of one home: a manifest first, then every file that it names, and nothing else.

Takes a folder and gives `FILE.tar.gz`, whole or not at all, readable by its owner alone; takes such a file and lays its
contents into a folder, believing nothing: no name may lead out of the folder, no link, no device, and every byte is
compared with the SHA-256 in the manifest. Knows nothing of what the files mean.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from agent.errors import InputError

FORMAT = 1
MANIFEST = "manifest.json"
AT_ONCE = 1 << 20
MANIFEST_MAX = 64 << 20
AGAIN = "take another backup: nothing was restored"


@dataclass(frozen=True, slots=True)
class FileEntry:
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive holds. `tables` are rows a table, `files` every file but the manifest itself."""

    format: int
    holdfast: str
    schema: str
    brand: str
    at: datetime
    tables: Mapping[str, int]
    files: Mapping[str, FileEntry]


def files_in(folder: Path) -> dict[str, FileEntry]:
    """Every file under the folder by its path in the archive, with its hash."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): _entry(path) for path in found}


def pack(folder: Path, manifest: Manifest, target: Path) -> None:
    """Write the archive beside its place and put it there at the end."""
    aside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as raw:
            with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=6) as tar:
                text = json.dumps({**asdict(manifest), "at": manifest.at.isoformat()}, indent=1).encode()
                tar.addfile(_member(MANIFEST, len(text), manifest.at), io.BytesIO(text))
                for name, entry in manifest.files.items():
                    with (folder / name).open("rb") as source:
                        tar.addfile(_member(name, entry.bytes, manifest.at), source)
            raw.flush()
            os.fsync(raw.fileno())
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)


def unpack(archive: Path, folder: Path) -> Manifest:
    """Lay out the archive and compare every file with the manifest. Raises InputError naming what is not right."""
    with _readable(archive), tarfile.open(archive, mode="r|gz") as tar:
        members = iter(tar)
        manifest = _manifest(tar, next(members, None), archive)
        missing = dict(manifest.files)
        for member in members:
            entry = missing.pop(member.name, None)
            if entry is None:
                raise InputError(f"{archive} holds {member.name!r}, which its manifest does not name", AGAIN)
            source = tar.extractfile(member) if member.isreg() else None
            if source is None:
                raise InputError(f"{archive} holds {member.name!r}, which is no plain file", AGAIN)
            if member.size != entry.bytes or _lay(source, folder / member.name) != entry:
                raise InputError(f"{member.name} in {archive} is damaged: its hash is another one", AGAIN)
    if missing:
        raise InputError(f"{archive} is cut off: it lacks {min(missing)}, which its manifest names", AGAIN)
    return manifest


@contextmanager
def _readable(archive: Path) -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise InputError(f"{archive} is damaged or cut off: {error}", AGAIN) from error
    except OSError as error:
        if error.errno is None:  # gzip.BadGzipFile: no error of the disk
            raise InputError(f"{archive} is damaged or no archive: {error}", AGAIN) from error
        raise


def _manifest(tar: tarfile.TarFile, member: tarfile.TarInfo | None, archive: Path) -> Manifest:
    source = tar.extractfile(member) if member is not None and member.isreg() and member.name == MANIFEST else None
    if source is None:
        raise InputError(f"{archive} is no backup of Holdfast: it does not begin with a manifest", AGAIN)
    try:
        data: dict[str, Any] = json.loads(source.read(MANIFEST_MAX))
        if data["format"] > FORMAT:
            raise InputError(
                f"{archive} was made by Holdfast {data['holdfast']}, in a newer format", "install that version first"
            )
        files = {name: FileEntry(str(e["sha256"]), int(e["bytes"])) for name, e in data["files"].items()}
        at = datetime.fromisoformat(data["at"])
        tables = {str(name): int(count) for name, count in data["tables"].items()}
        manifest = Manifest(data["format"], data["holdfast"], data["schema"], data["brand"], at, tables, files)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"the manifest of {archive} cannot be read: {error}", AGAIN) from error
    for name in manifest.files:
        _require_inside(name, archive)
    return manifest


def _require_inside(name: str, archive: Path) -> None:
    path = PurePosixPath(name)
    if path.is_absolute() or not path.parts or ".." in path.parts or path.as_posix() != name or "\0" in name:
        raise InputError(f"{archive} names a file outside of the home: {name!r}", "do not trust this archive")


def _lay(source: IO[bytes], target: Path) -> FileEntry:
    """The bytes into a new file, readable by its owner alone, and what they were."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    digest, size = hashlib.sha256(), 0
    with os.fdopen(handle, "wb") as placed:
        while chunk := source.read(AT_ONCE):
            digest.update(chunk)
            size += len(chunk)
            placed.write(chunk)
    return FileEntry(digest.hexdigest(), size)


def _entry(path: Path) -> FileEntry:
    with path.open("rb") as source:
        digest = hashlib.file_digest(source, "sha256")
    return FileEntry(digest.hexdigest(), path.stat().st_size)


def _member(name: str, size: int, at: datetime) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, 0o600, int(at.timestamp())
    return member

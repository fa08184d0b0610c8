"""What lies in a folder, imported once: each file by its name's beginning, remembered by the hash of its content.

Takes the folder that a shop puts its exports into (customers-2026-03-02.csv, orders.xlsx, policies/ …); gives counts
and the names of what could not be read. One broken file never stops the others; it is tried again next time.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.errors import InputError, StoreUnavailable
from api.bootstrap import Workshop
from api.files import written_whole
from api.importing import import_customers, import_events, import_policies
from api.outcomes import import_outcomes

Progress = Callable[[str, float], None]
EVENTS = ("orders", "events", "reviews", "tickets")
KINDS = ("customers", *EVENTS, "outcomes")
"""In this order: an outcome may be about a customer who stands in the same day's files."""
POLICIES = "policies"
UNFINISHED = (".part", ".tmp", ".crdownload")


@dataclass(frozen=True, slots=True)
class Memory:
    """Which contents were imported already: SHA-256 → name and moment. Kept in one small file, written whole."""

    path: Path

    def known(self) -> dict[str, dict[str, str]]:
        if not self.path.exists():
            return {}
        try:
            return dict(json.loads(self.path.read_text(encoding="utf-8")))
        except ValueError as error:
            raise InputError(f"{self.path} cannot be read", "delete it: files are then read once more") from error

    def add(self, content: str, name: str, at: str) -> None:
        known = {**self.known(), content: {"name": name, "at": at}}
        with written_whole(self.path) as target:
            json.dump(known, target, indent=0)


@dataclass(slots=True)
class TakenIn:
    """`unread` names each file that could not be used, with the reason; `strange` what is named like none of ours."""

    files: int = 0
    known: int = 0
    rows: int = 0
    added: int = 0
    set_aside: int = 0
    unread: list[dict[str, str]] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)


def take_in(workshop: Workshop, folder: Path, memory: Memory, progress: Progress) -> TakenIn:
    """Everything in the folder that is new. Raises InputError when there is no such folder."""
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder", "make it, or name the one that the shop's exports lie in")
    told = TakenIn()
    known = memory.known()
    found = _found(folder, told)
    for number, (kind, path) in enumerate(found):
        progress(f"importing {path.name}", number / len(found))
        try:
            content = f"{kind}:{_hash(path)}"
            if content in known:
                told.known += 1
                continue
            _count(_imported(workshop, kind, path), told)
        except StoreUnavailable:
            raise  # an outage is not a fault of the file
        except Exception as error:
            why = getattr(error, "message", "") or f"{type(error).__name__}: {error}"
            told.unread.append({"file": path.name, "reason": why})
            continue
        told.files += 1
        known[content] = {}
        memory.add(content, path.name, workshop.clock.now().isoformat())
    return told


def _found(folder: Path, told: TakenIn) -> list[tuple[str, Path]]:
    """(kind, path) in the order of the work; within a kind by name, so that dates in names come in order."""
    found: list[tuple[str, Path]] = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.suffix in UNFINISHED:
            continue
        kind = next((kind for kind in KINDS if path.is_file() and path.name.casefold().startswith(kind)), None)
        if path.is_dir() and path.name == POLICIES:
            kind = POLICIES
        if kind is None:
            told.strange.append(path.name)
        else:
            found.append((kind, path))
    order = (*KINDS, POLICIES)
    return sorted(found, key=lambda item: (order.index(item[0]), item[1].name))


def _imported(workshop: Workshop, kind: str, path: Path) -> Mapping[str, Any]:
    quiet: Progress = lambda _step, _share: None  # noqa: E731
    if kind == "customers":
        return import_customers(workshop, path, None, False, False, quiet).as_dict()
    if kind in EVENTS:
        return import_events(workshop, path, kind, None, False, False, quiet).as_dict()
    if kind == "outcomes":
        done = import_outcomes(workshop, path, dry_run=False)
        _keep_bad(workshop, path, done["bad"])
        return {"rows": done["rows"], "added": done["recorded"], "set_aside": len(done["bad"])}
    done = import_policies(workshop, path, dry_run=False)
    return {"rows": done["documents"], "added": done["added"] + done["changed"], "set_aside": len(done["unread"])}


def _keep_bad(workshop: Workshop, path: Path, bad: list[dict[str, Any]]) -> None:
    """Lines of an outcome file that could not be used, with the reason, beside what else was set aside."""
    if not bad:
        return
    workshop.home.quarantine.mkdir(parents=True, exist_ok=True)
    name = f"{path.stem}-{workshop.clock.now():%Y%m%dT%H%M%S}.csv"
    with written_whole(workshop.home.quarantine / name) as target:
        writer = csv.DictWriter(target, ["line", "reason"])
        writer.writeheader()
        writer.writerows(bad)


def _count(done: Mapping[str, Any], told: TakenIn) -> None:
    told.rows += done["rows"]
    told.added += done["added"]
    told.set_aside += done["set_aside"]


def _hash(path: Path) -> str:
    """Of a file its content; of a folder the names and contents of all its files."""
    digest = hashlib.sha256()
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if file.is_file():
            digest.update(f"{file.relative_to(path).as_posix()}\0".encode("utf-8", "surrogateescape"))
            with file.open("rb") as source:
                digest.update(hashlib.file_digest(source, "sha256").digest())
    return digest.hexdigest()

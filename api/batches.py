"""Imports of events, each by a name of its own: what it added can be taken back until it moved a message.

Kept are the ids of the events that were new, and nothing of their content. What was there before an import belongs to
an earlier one and stays.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from agent.errors import NotFound, TransitionNotAllowed
from api.bootstrap import Workshop

STAYS = (
    "customers who were met by the way, as records without orders",
    "scores, drafts and outcomes that were drawn from these events: score anew with holdfast score",
    "that holdfast daily has read this file: a corrected one needs another name, or holdfast import",
)


BEGUN = ".begun"


def add_batch(workshop: Workshop, what: str, source: Path, events: pd.DataFrame) -> tuple[int, str | None]:
    """How many events were new, and the name by which they can be taken back; None where nothing was new.

    The note is there before the rows, so that whoever is killed in between leaves no rows that nothing can take back.
    Until the rows are in, it is only begun, and says nothing of rows that another import brings.
    """
    now = workshop.clock.now()
    name = f"{what}-{now:%Y%m%dT%H%M%S}-{secrets.token_hex(2)}"
    begun = workshop.home.imports / f"{name}{BEGUN}"

    def note(event_ids: list[str]) -> None:
        workshop.home.imports.mkdir(parents=True, exist_ok=True)
        _settle(workshop)
        table = pd.DataFrame({"event_id": event_ids}).assign(file=source.name, at=now.isoformat())
        temporary = begun.with_suffix(".part")
        table.to_parquet(temporary, index=False)
        temporary.replace(begun)

    fresh = workshop.log.add(events, before=note)
    if not fresh:
        return 0, None
    _finish(begun)
    return len(fresh), name


def _settle(workshop: Workshop) -> None:
    """Of those killed: a note whose rows came in counts, another goes. Only while nobody else adds to the log."""
    for path in workshop.home.imports.glob(f"*{BEGUN}"):
        if workshop.log.count_of(_ids(path)):
            _finish(path)
        else:
            path.unlink(missing_ok=True)


def _finish(begun: Path) -> None:
    with suppress(FileNotFoundError):  # the next import may have been quicker
        begun.replace(begun.with_suffix(".parquet"))


def _notes(workshop: Workshop) -> list[Path]:
    """Of what is in the log, also where its import was killed before it could say so."""
    folder = workshop.home.imports
    begun = [path for path in folder.glob(f"*{BEGUN}") if workshop.log.count_of(_ids(path))]
    return [*folder.glob("*.parquet"), *begun]


def _ids(path: Path) -> list[str]:
    return [str(name) for name in pd.read_parquet(path, columns=["event_id"])["event_id"]]


def batches(workshop: Workshop) -> list[dict[str, Any]]:
    """What can be taken back, newest first."""
    rows = [_told(path) for path in _notes(workshop)]
    return sorted(rows, key=lambda row: (row["at"], row["batch"]), reverse=True)


def undo_batch(workshop: Workshop, name: str, dry_run: bool = False) -> dict[str, Any]:
    """Take its events out of the log. Raises NotFound, TransitionNotAllowed once a message rests on them."""
    path = next((path for path in _notes(workshop) if path.stem == name), None)
    if path is None:
        raise NotFound(f"no import {name!r} can be taken back", "see which can: holdfast import undo")
    ids, since = _ids(path), _told(path)["at"]
    customers = workshop.log.customers_of(ids)
    if written := workshop.store.outbox.written_to_since(since) & set(customers):
        raise TransitionNotAllowed(
            f"{len(written):,} customers of import {name} were written to since, or are about to be: {min(written)}",
            "what they were told rests on it, so it stays; correct the orders with an import of cancellations "
            "(a negative quantity)",
        )
    if dry_run:
        removed = workshop.log.count_of(ids)
    else:
        removed = workshop.log.remove(ids)
        path.unlink(missing_ok=True)  # the next import may have renamed it meanwhile
    return {"batch": name, "removed": removed, "customers": len(customers), "dry_run": dry_run, "stays": list(STAYS)}


def _told(path: Path) -> dict[str, Any]:
    table = pd.read_parquet(path, columns=["file", "at"])
    at = datetime.fromisoformat(table["at"].iloc[0]).astimezone(UTC)
    return {"batch": path.stem, "file": str(table["file"].iloc[0]), "at": at, "events": len(table)}

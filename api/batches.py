"""Imports of events, each by a name of its own: what it added can be taken back until it moved a message.

Kept are the ids of the events that were new, and nothing of their content. What was there before an import belongs to
an earlier one and stays.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
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


def keep_batch(workshop: Workshop, what: str, source: Path, event_ids: Sequence[str]) -> str | None:
    """The name of what was just added; None where nothing was new."""
    if not event_ids:
        return None
    now = workshop.clock.now()
    name = f"{what}-{now:%Y%m%dT%H%M%S}-{secrets.token_hex(2)}"
    table = pd.DataFrame({"event_id": list(event_ids)}).assign(file=source.name, at=now.isoformat())
    workshop.home.imports.mkdir(parents=True, exist_ok=True)
    target = workshop.home.imports / f"{name}.parquet"
    temporary = target.with_suffix(".part")
    table.to_parquet(temporary, index=False)
    temporary.replace(target)
    return name


def batches(workshop: Workshop) -> list[dict[str, Any]]:
    """What can be taken back, newest first."""
    rows = [_told(path) for path in workshop.home.imports.glob("*.parquet")]
    return sorted(rows, key=lambda row: (row["at"], row["batch"]), reverse=True)


def undo_batch(workshop: Workshop, name: str, dry_run: bool = False) -> dict[str, Any]:
    """Take its events out of the log. Raises NotFound, TransitionNotAllowed once a message rests on them."""
    path = next((path for path in workshop.home.imports.glob("*.parquet") if path.stem == name), None)
    if path is None:
        raise NotFound(f"no import {name!r} can be taken back", "see which can: holdfast import undo")
    ids, since = pd.read_parquet(path, columns=["event_id"])["event_id"].tolist(), _told(path)["at"]
    customers = workshop.log.customers_of(ids)
    if written := workshop.store.outbox.written_to_since(since) & set(customers):
        raise TransitionNotAllowed(
            f"{len(written):,} customers of import {name} were written to since, or are about to be: {min(written)}",
            "what they were told rests on it, so it stays; correct the orders with an import of cancellations "
            "(a negative quantity)",
        )
    if dry_run:
        removed = len(ids)
    else:
        removed = workshop.log.remove(ids)
        path.unlink()
    return {"batch": name, "removed": removed, "customers": len(customers), "dry_run": dry_run, "stays": list(STAYS)}


def _told(path: Path) -> dict[str, Any]:
    table = pd.read_parquet(path, columns=["file", "at"])
    at = datetime.fromisoformat(table["at"].iloc[0]).astimezone(UTC)
    return {"batch": path.stem, "file": str(table["file"].iloc[0]), "at": at, "events": len(table)}

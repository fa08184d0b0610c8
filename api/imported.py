"""What an import gave, counted so that it adds up: every row of the file once, and every fault with its remedy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scoring.quarantine import FAULTS

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Imported:
    """What one file gave. `quarantine` is the file with what was set aside; None when nothing was.

    Every row is counted once: rows = accepted + set_aside, and unless it is a dry run accepted = added + updated +
    unchanged. `unknown_values` of accepted rows were set to unknown. `reasons` counts both by code. `notes` say what
    was read on trust, and which columns nobody read. `batch`: the name by which what was added can be taken back;
    None for customers, and where nothing was new.
    """

    rows: int
    accepted: int
    added: int
    updated: int
    unchanged: int
    set_aside: int
    unknown_values: int
    reasons: Mapping[str, int]
    quarantine: Path | None
    dry_run: bool
    notes: tuple[str, ...] = ()
    batch: str | None = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "accepted": self.accepted,
            "added": self.added,
            "already_there": self.updated + self.unchanged,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "set_aside": self.set_aside,
            "unknown_values": self.unknown_values,
            "reasons": dict(self.reasons),
            "remedies": {code: FAULTS[code].remedy for code in self.reasons},
            "quarantine": str(self.quarantine) if self.quarantine else None,
            "dry_run": self.dry_run,
            "notes": list(self.notes),
            "batch": self.batch,
        }


@dataclass(slots=True)
class Stored:
    """What became of the good rows of one file."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0


def imported(
    counts: Mapping[str, int],
    accepted: int,
    stored: Stored,
    quarantine: pd.DataFrame,
    aside: Path | None,
    dry_run: bool,
    notes: tuple[str, ...] = (),
) -> Imported:
    reasons = quarantine["code"].value_counts().to_dict() if len(quarantine) else {}
    told = {str(code): int(count) for code, count in reasons.items()}
    lost = sum(count for code, count in told.items() if FAULTS[code].costs_row)
    return Imported(
        rows=int(counts.get("rows", accepted)),
        accepted=accepted,
        added=stored.added,
        updated=stored.updated,
        unchanged=stored.unchanged,
        set_aside=lost,
        unknown_values=len(quarantine) - lost,
        reasons=told,
        quarantine=aside,
        dry_run=dry_run,
        notes=notes,
    )

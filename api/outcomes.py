"""What became of messages, from a file: each row is recorded or named as bad, and one bad row never stops the others.

Columns: kind, at, and whose it is: case_id, code, or for an unsubscribe customer_id; amount if there is one. A time
without an offset is wall time in the brand's zone, as in every other file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent import feedback
from agent.domain import CaseStatus, Money
from agent.errors import HoldfastError, InputError, StoreUnavailable
from agent.money import to_minor
from agent.outcomes import KINDS, OutcomeRow
from api.bootstrap import Workshop

if TYPE_CHECKING:
    import pandas as pd

NEEDED = "needed: kind, at, and case_id, code or customer_id"


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    kind: str
    at: datetime | None
    case_id: str | None
    code: str | None
    customer_id: str | None
    amount: str | None


def import_outcomes(workshop: Workshop, path: Path, dry_run: bool) -> dict[str, Any]:
    """Counts of what was recorded and what was known, and the bad rows by line. Raises InputError, BadTable."""
    from scoring.quarantine import Quarantine
    from scoring.tables import read_table

    aside = Quarantine()
    rows = _rows(read_table(path, aside=aside), path, workshop.brand.timezone)
    frame = aside.frame()
    bad = [{"line": line, "reason": reason} for line, reason in zip(frame["line"], frame["reason"], strict=True)]
    recorded, known, uneven = 0, 0, len(bad)
    for row in rows:
        try:
            outcome = _judged(row, workshop)
            if dry_run:
                continue
            if _record(outcome, row.customer_id, workshop, path.name):
                recorded += 1
            else:
                known += 1
        except StoreUnavailable:
            raise  # an outage is not a fault of the row
        except HoldfastError as error:
            bad.append({"line": row.line, "reason": error.message})
    return {"rows": len(rows) + uneven, "recorded": recorded, "known_or_nobodys": known, "bad": bad, "dry_run": dry_run}


def _rows(table: pd.DataFrame, path: Path, zone: str) -> list[_Row]:
    from scoring.dates import parse_dates
    from scoring.tables import as_id

    table = table.rename(columns={name: str(name).strip().casefold() for name in table.columns})
    if missing := {"kind", "at"} - set(table.columns):
        raise InputError(f"{path} has no column {sorted(missing)[0]}", NEEDED)
    if not {"case_id", "code", "customer_id"} & set(table.columns):
        raise InputError(f"{path} does not say whose outcomes these are", NEEDED)
    moments = parse_dates(table["at"], zone=zone)
    columns = ("kind", "case_id", "code", "customer_id", "amount")
    texts = {name: as_id(table[name]) for name in columns if name in table.columns}

    def cell(name: str, line: Any) -> str | None:
        value = texts[name][line] if name in texts else None
        return value if isinstance(value, str) else None

    return [
        _Row(
            line,
            (cell("kind", line) or "").casefold(),
            moment.to_pydatetime() if moment == moment else None,  # NaT is not itself
            *(cell(name, line) for name in columns[1:]),
        )
        for line, moment in zip(table.index.tolist(), moments, strict=True)
    ]


def _judged(row: _Row, workshop: Workshop) -> OutcomeRow:
    """Raises HoldfastError when this row cannot be meant."""
    if row.kind not in KINDS:
        raise InputError(f"outcome {row.kind!r} is unknown: use one of {', '.join(sorted(KINDS))}")
    if row.at is None:
        raise InputError("the time cannot be read: write it like 2026-03-01 09:30")
    if row.case_id is None and row.code is None:
        if row.customer_id is None:
            raise InputError(f"it does not say whose it is; {NEEDED}")
        if row.kind != CaseStatus.UNSUBSCRIBED:
            raise InputError(f"{row.kind!r} is about a message: it needs case_id or code")
        workshop.store.people.get(row.customer_id)
    elif row.case_id is not None:
        workshop.store.cases.get(row.case_id)
    return OutcomeRow(row.kind, row.at, row.case_id, row.code, _amount(row.amount, workshop.brand.currency))


def _amount(text: str | None, currency: str) -> Money | None:
    if text is None:
        return None
    try:
        return to_minor(Decimal(text), currency)
    except InvalidOperation as error:
        raise InputError(f"amount {text!r} is not a number: write it like 12.50") from error


def _record(row: OutcomeRow, customer_id: str | None, workshop: Workshop, source: str) -> bool:
    """False when it was known, or is nobody's."""
    if row.case_id is None and row.code is None and customer_id is not None:
        known = workshop.store.people.get(customer_id).suppressed
        feedback.unsubscribe(customer_id, row.at, source, workshop.house)
        return not known
    return feedback.record(row, workshop.house, source) is not None

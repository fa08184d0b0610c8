"""What happened afterwards → rows to learn from. A redemption closes its coupon, an unsubscribe acts at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from agent.domain import AFTER_SEND, Case, CaseStatus, Money, Outcome
from agent.errors import InputError

KINDS = frozenset(status.value for status in AFTER_SEND)


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """One line of an outcomes file: about a case by its id, or about a coupon by its code."""

    kind: str
    at: datetime
    case_id: str | None = None
    code: str | None = None
    amount: Money | None = None


def read_outcome(row: OutcomeRow, case: Case, source: str) -> Outcome:
    """Raises InputError when the kind is unknown."""
    if row.kind not in KINDS:
        raise InputError(f"outcome {row.kind!r} is unknown", f"use one of {', '.join(sorted(KINDS))}")
    return Outcome(case.case_id, row.kind, row.at, source, row.amount)


def status_after(outcome: Outcome) -> CaseStatus:
    return CaseStatus(outcome.kind)

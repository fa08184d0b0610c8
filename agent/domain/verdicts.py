"""What the gate says about a text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agent.domain.drafts import Words
from agent.domain.people import Channel


class Severity(StrEnum):
    """BLOCK never goes · HUMAN a person looks · FIX a machine repairs it and all rules run again · WARN is logged."""

    BLOCK = "block"
    HUMAN = "human"
    FIX = "fix"
    WARN = "warn"


class Decision(StrEnum):
    PASS = "pass"
    REVIEW = "review"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that spoke. Offsets count code points of the raw field, end exclusive; None for field "context"."""

    rule: str
    severity: Severity
    message: str
    field: str
    start: int | None = None
    end: int | None = None
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says about one text in one context. `text_hash` ties it to the words that were judged.

    `rules` names the version of all rules, `book` the rulebook of the recipient's place.
    """

    decision: Decision
    findings: tuple[Finding, ...]
    text_hash: str
    rules: str
    checked_at: datetime | None = None
    fixed: Words | None = None
    deferred_until: datetime | None = None
    alternatives: tuple[Channel, ...] = ()
    book: str = ""

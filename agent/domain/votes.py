"""What a person thought of two drafts, not knowing who wrote which."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from agent.domain.people import Language


@dataclass(frozen=True, slots=True)
class Vote:
    """`better` and `worse` are names of writers; with a `tie` their order says nothing."""

    case_id: str
    language: Language
    better: str
    worse: str
    tie: bool
    by: str
    at: datetime

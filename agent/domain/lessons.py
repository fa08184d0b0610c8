"""What its people's edits taught a brand about its manner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agent.domain.people import Language


class LessonKind(StrEnum):
    """REPLACE: these words became others · DROP: this clause was taken out."""

    REPLACE = "replace"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Lesson:
    """One thing that a person changed in a draft. `instead` is empty for a clause that was taken out."""

    language: Language
    kind: LessonKind
    words: str
    instead: str = ""


@dataclass(frozen=True, slots=True)
class StyleRule:
    """A lesson that came up in several cases. `by` are those who taught it; `revoked_by` is empty while it holds."""

    id: str
    lesson: Lesson
    cases: int
    by: tuple[str, ...]
    last_at: datetime
    revoked_by: str = ""

    @property
    def holds(self) -> bool:
        return not self.revoked_by

"""The gate: drafts from anywhere, and verdicts."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from api.schemas.base import Id, Line, Strict, Text
from api.schemas.drafts import Violation


class EditCheck(Strict):
    """Words in the place of those of a draft or case of ours: our own state is the context."""

    draft_id: Id
    subject: Line | None = None
    body: Text


class GateLine(BaseModel):
    """A draft from anywhere with its own context: the shape of a line of `holdfast gate`. What lacks is a finding."""

    model_config = ConfigDict(extra="allow")

    id: Any = None
    lang: Any = None
    channel: Any = None
    context: Any = None
    draft: Any = None


class NoteAnswer(BaseModel):
    """Something that the line holds and nobody reads; it changes no verdict."""

    key: str
    message: str


class CheckAnswer(BaseModel):
    id: Any
    verdict: Literal["pass", "review", "block"]
    violations: list[Violation]
    fixed: dict[str, str | None] | None
    deferred_until: str | None
    alternatives: list[str]
    notes: list[NoteAnswer] = []

"""Policies, and work that takes longer than an answer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from agent.domain import Language
from api.schemas.base import Strict


class ClauseAnswer(BaseModel):
    document: str
    clause: str
    text: str
    score: float
    language: str
    valid_from: str | None
    valid_to: str | None
    clause_id: str
    section: list[str]
    region: list[str]
    tier: list[str]


class RetrieveRequest(Strict):
    query: Annotated[str, StringConstraints(min_length=1, max_length=2_000, pattern=r"^[^\x00]+$")]
    language: Language | None = None
    region: Annotated[str, StringConstraints(max_length=100)] | None = None
    tier: Annotated[str, StringConstraints(max_length=100)] | None = None
    k: Annotated[int, Field(ge=1, le=50)] = 5


class RetrieveAnswer(BaseModel):
    results: list[ClauseAnswer]
    covered: bool
    language: Language
    because: str | None
    """Why nothing was found, in words; null when something was."""


class JobAnswer(BaseModel):
    job_id: str
    kind: str
    status: Literal["running", "done", "failed"]
    created_at: datetime
    updated_at: datetime
    result: dict[str, Any] | None

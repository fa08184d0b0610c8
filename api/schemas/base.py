"""What every body shares, and the shape of a refusal."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints

# A null character is no text: PostgreSQL cannot store it, and nobody means it.
Id = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]


Name = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]


Line = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00\r\n]*$")]


Text = Annotated[str, StringConstraints(max_length=20_000, pattern=r"^[^\x00]*$")]


Wish = Annotated[str, StringConstraints(max_length=2_000, pattern=r"^[^\x00]*$")]


class Strict(BaseModel):
    """A request body: a key that nobody knows is a slip, and is said."""

    model_config = ConfigDict(extra="forbid")


SSE_EVENT: dict[str, Any] = {"type": "object", "properties": {"data": {"type": "string"}}, "required": ["data"]}
"""One server-sent event, as OpenAPI describes a stream: by its events."""


class ProblemDocument(BaseModel):
    """RFC 9457. `error` says the same in OpenAI's shape, where OpenAI's clients come."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    remedy: str
    errors: list[dict[str, Any]] = []
    request_id: str
    error: dict[str, Any] | None = None

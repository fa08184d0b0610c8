"""What comes in over HTTP and must not be lost or done twice: arriving events, stored replies, jobs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message. `customer_id` None: nobody knows yet who `anonymous_id` is. `rows` are plain JSON event rows."""

    message_id: str
    customer_id: str | None
    anonymous_id: str | None
    received_at: datetime
    rows: Sequence[Mapping[str, Any]]
    refused: str | None = None
    number: int = 0


@dataclass(frozen=True, slots=True)
class StoredReply:
    """`status` None: the first request with this key is still being worked on."""

    request_hash: str
    status: int | None
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Job:
    """`status`: running, done, failed. `result` is the answer, or the problem document."""

    job_id: str
    kind: str
    status: str
    owner: str
    created_at: datetime
    updated_at: datetime
    result: Mapping[str, Any] | None = None

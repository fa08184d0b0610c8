"""What all routers under /v1 share: the route class with idempotency keys, and the problems that any may give."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from api.errors import PROBLEM
from api.idempotency import IdempotentRoute
from api.schemas import ProblemDocument

MEANINGS = {
    400: "The call itself is wrong.",
    401: "No key and no session.",
    403: "The caller may not do this.",
    404: "There is no such thing.",
    409: "It cannot go from where it is to where it was asked to go.",
    413: "The body is too large.",
    422: "The body or a parameter cannot be read, or the gate refuses.",
    429: "Too many requests.",
    503: "The database or a writer does not answer; nothing was decided.",
}
SCHEMA = {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}
PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"description": meaning, "model": ProblemDocument, "content": {PROBLEM: SCHEMA}}
    for status, meaning in MEANINGS.items()
}


def v1(tag: str) -> APIRouter:
    return APIRouter(prefix="/v1", tags=[tag], route_class=IdempotentRoute, responses=PROBLEMS)

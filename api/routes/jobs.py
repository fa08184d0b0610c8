"""Long work that was asked for: is it done, and what came of it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path

from agent.access import Caller, Role, Scope
from agent.errors import NotFound
from api.auth import EVERYBODY, Shop, allowed
from api.jobs import job_answer
from api.routes.router import v1
from api.schemas import Id, JobAnswer

router = v1("jobs")
Asker = Annotated[Caller, allowed(EVERYBODY, Scope.DRAFTS)]


@router.get("/jobs/{job_id}", response_model=JobAnswer)
def job(shop: Shop, by: Asker, job_id: Annotated[Id, Path()]) -> dict[str, Any]:
    """Somebody else's job is nobody's business: it is not found."""
    found = shop.store.jobs.get(job_id)
    if found.owner != by.name and by.role is not Role.ADMIN:
        raise NotFound(f"no job {job_id!r}", "jobs are named in the answer that started them")
    return job_answer(found)

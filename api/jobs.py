"""Work that goes on after its request was answered, in the drafting threads; what came of it is kept in the store."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable
from typing import Any

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from agent.inbound import Job
from agent.pipeline import Prepared
from api.bootstrap import Workshop
from api.drafting import answer
from api.errors import answer_of
from api.logs import logger

_running: set[asyncio.Task[None]] = set()
STOPPED = {"code": "stopped", "detail": "the server was stopped before it was done", "remedy": "ask again"}


async def start(request: Request, shop: Workshop, kind: str, owner: str, work: Callable[[], Prepared]) -> Job:
    job_id = f"job_{secrets.token_hex(8)}"
    await run_in_threadpool(shop.store.jobs.start, job_id, kind, owner, shop.clock.now())
    task = asyncio.create_task(_work(request, shop, job_id, work))
    _running.add(task)  # the event loop alone does not keep a task alive
    task.add_done_callback(_running.discard)
    return await run_in_threadpool(shop.store.jobs.get, job_id)


async def _work(request: Request, shop: Workshop, job_id: str, work: Callable[[], Prepared]) -> None:
    try:
        prepared = await request.app.state.doors.draft(work)
        status, result = "done", answer(prepared, shop)
    except Exception as error:
        problem = answer_of(error, f"/v1/jobs/{job_id}")
        if problem is None:
            logger.error("a job failed by a fault of ours", exc_info=error)
        status = "failed"
        result = json.loads(bytes(problem.body)) if problem else {"code": "fault", "detail": "a fault of ours; logged"}
    await run_in_threadpool(shop.store.jobs.finish, job_id, status, result, shop.clock.now())


def job_answer(job: Job) -> dict[str, Any]:
    return {
        "job_id": job.job_id,
        "kind": job.kind,
        "status": job.status,
        "created_at": job.created_at.isoformat(),
        "updated_at": job.updated_at.isoformat(),
        "result": dict(job.result) if job.result is not None else None,
    }

"""Stored replies: the same request with the same idempotency key gets the same answer, and is worked on once.

And jobs: long work that was asked for over HTTP, with what came of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from agent.adapters.store import schema
from agent.adapters.store.transactions import Transactions
from agent.errors import NotFound
from agent.inbound import Job, StoredReply

ABANDONED = timedelta(minutes=10)
"""A request that is still open after this long died with its process: the next one with its key takes its place."""


class Replies:
    def __init__(self, tx: Transactions, brand_id: str) -> None:
        self._tx = tx
        self._brand = brand_id

    def begin(self, caller: str, key: str, request_hash: str, at: datetime) -> StoredReply | None:
        """None when this request is the first and must be worked on; else what is known of the first one."""
        t = schema.replies
        row = {"brand_id": self._brand, "caller": caller, "key": key, "request_hash": request_hash, "at": at}
        try:
            with self._tx.write() as c:
                c.execute(t.delete().where(self._here(caller, key), t.c.status.is_(None), t.c.at < at - ABANDONED))
                c.execute(t.insert().values(row))
            return None
        except IntegrityError:
            gone = StoredReply(request_hash, None, "", b"")  # it was taken back in this very moment: try again later
            return self._stored(caller, key) or gone

    def _stored(self, caller: str, key: str) -> StoredReply | None:
        t = schema.replies
        with self._tx.read() as c:
            row = c.execute(sa.select(t).where(self._here(caller, key))).first()
        return StoredReply(row.request_hash, row.status, row.content_type, row.body or b"") if row else None

    def finish(self, caller: str, key: str, status: int, content_type: str, body: bytes) -> None:
        t = schema.replies
        with self._tx.write() as c:
            values = {"status": status, "content_type": content_type, "body": body}
            c.execute(t.update().where(self._here(caller, key)).values(values))

    def forget(self, caller: str, key: str) -> None:
        """The request failed before anything came of it: it may be tried again."""
        with self._tx.write() as c:
            c.execute(schema.replies.delete().where(self._here(caller, key)))

    def forget_older(self, than: datetime) -> int:
        t = schema.replies
        with self._tx.write() as c:
            return c.execute(t.delete().where(t.c.brand_id == self._brand, t.c.at < than)).rowcount

    def _here(self, caller: str, key: str) -> sa.ColumnElement[bool]:
        t = schema.replies
        return (t.c.brand_id == self._brand) & (t.c.caller == caller) & (t.c.key == key)


class Jobs:
    def __init__(self, tx: Transactions, brand_id: str) -> None:
        self._tx = tx
        self._brand = brand_id

    def start(self, job_id: str, kind: str, owner: str, at: datetime) -> None:
        row = {"job_id": job_id, "brand_id": self._brand, "kind": kind, "status": "running", "owner": owner}
        with self._tx.write() as c:
            c.execute(schema.jobs.insert().values(**row, created_at=at, updated_at=at))

    def finish(self, job_id: str, status: str, result: Mapping[str, Any], at: datetime) -> None:
        t = schema.jobs
        with self._tx.write() as c:
            here = (t.c.brand_id == self._brand) & (t.c.job_id == job_id)
            c.execute(t.update().where(here).values(status=status, result=dict(result), updated_at=at))

    def get(self, job_id: str) -> Job:
        """Raises NotFound."""
        t = schema.jobs
        with self._tx.read() as c:
            row = c.execute(sa.select(t).where(t.c.brand_id == self._brand, t.c.job_id == job_id)).first()
        if row is None:
            raise NotFound(f"no job {job_id!r}", "jobs are named in the answer that started them")
        return Job(row.job_id, row.kind, row.status, row.owner, row.created_at, row.updated_at, row.result)

    def abandon(self, problem: Mapping[str, Any], at: datetime) -> None:
        """Jobs of a process that is gone are failed: nobody is working on them."""
        t = schema.jobs
        with self._tx.write() as c:
            running = (t.c.brand_id == self._brand) & (t.c.status == "running")
            c.execute(t.update().where(running).values(status="failed", result=dict(problem), updated_at=at))

"""Campaigns in SQL: a plan, a status, who started it, how far it came, and which process is at work on it."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from agent.adapters.store import schema
from agent.adapters.store.transactions import Transactions
from agent.domain import CampaignRow, CampaignStatus, CampaignStep
from agent.errors import NotFound, TransitionNotAllowed

SILENT = timedelta(minutes=10)
"""A process on another machine that said nothing for so long is taken for dead; on this machine we can look."""


class Campaigns:
    def __init__(self, tx: Transactions, brand_id: str) -> None:
        self._tx = tx
        self._brand = brand_id
        self._runner = f"{socket.gethostname()}:{os.getpid()}"

    def put(self, campaign_id: str, status: str, plan: Mapping[str, Any], at: datetime, by: str = "") -> None:
        """Create a campaign, or take its new status and plan. Who started it stays as it was."""
        t = schema.campaigns
        with self._tx.write() as c:
            values = {"status": status, "plan": dict(plan), "updated_at": at}
            if c.execute(t.update().where(self._here(campaign_id)).values(**values)).rowcount == 0:
                c.execute(
                    t.insert().values(brand_id=self._brand, campaign_id=campaign_id, created_at=at, by=by, **values)
                )

    def rows(self, statuses: Sequence[CampaignStatus] = ()) -> list[CampaignRow]:
        """Every campaign in one of these statuses (all, where none is named), newest first."""
        t = schema.campaigns
        query = sa.select(t).where(t.c.brand_id == self._brand).order_by(t.c.created_at.desc(), t.c.campaign_id)
        if statuses:
            query = query.where(t.c.status.in_([status.value for status in statuses]))
        with self._tx.read() as c:
            return [_row(row) for row in c.execute(query)]

    def row(self, campaign_id: str) -> CampaignRow:
        """Raises NotFound."""
        with self._tx.read() as c:
            row = c.execute(sa.select(schema.campaigns).where(self._here(campaign_id))).first()
        if row is None:
            raise NotFound(f"no campaign {campaign_id!r}", "start one with: holdfast campaign start PLAN.toml")
        return _row(row)

    def get(self, campaign_id: str) -> tuple[str, Mapping[str, Any]]:
        """Status and plan. Raises NotFound."""
        row = self.row(campaign_id)
        return row.status, row.plan

    def status(self, campaign_id: str) -> CampaignStatus | None:
        """None when there is no such campaign."""
        t = schema.campaigns
        with self._tx.read() as c:
            found = c.execute(sa.select(t.c.status).where(self._here(campaign_id))).scalar_one_or_none()
        return CampaignStatus(found) if found is not None else None

    def move(self, campaign_id: str, to: CampaignStatus, since: Sequence[CampaignStatus], at: datetime) -> None:
        """Raises TransitionNotAllowed when the campaign is in none of `since`, NotFound when there is none."""
        t = schema.campaigns
        with self._tx.write() as c:
            allowed = self._here(campaign_id) & t.c.status.in_([status.value for status in since])
            if c.execute(t.update().where(allowed).values(status=to.value, updated_at=at)).rowcount != 1:
                found = self.row(campaign_id).status
                one_of = " or ".join(status.value for status in since)
                raise TransitionNotAllowed(
                    f"campaign {campaign_id} is {found}: it cannot become {to}",
                    f"only one that is {one_of} can" if one_of else "",
                )

    def note_harm(self, campaign_id: str, harm: str, seen: int) -> None:
        """Keep how often this harm had happened when it stopped the campaign: a person may resume it all the same."""
        with self._tx.write() as c:
            plan = dict(self.row(campaign_id).plan)
            plan["harm_seen"] = {**plan.get("harm_seen", {}), harm: seen}
            c.execute(schema.campaigns.update().where(self._here(campaign_id)).values(plan=plan))

    def note(self, step: CampaignStep) -> None:
        """One more line of its history; none is ever changed."""
        values = {"step": step.step, "by": step.by, "at": step.at, "plan": step.plan, "note": step.note}
        with self._tx.write() as c:
            c.execute(schema.campaign_steps.insert().values(**self._key(step.campaign_id), **values))

    def steps(self, campaign_id: str) -> list[CampaignStep]:
        """Its history, oldest first."""
        t = schema.campaign_steps
        query = sa.select(t).where(t.c.brand_id == self._brand, t.c.campaign_id == campaign_id).order_by(t.c.id)
        with self._tx.read() as c:
            return [
                CampaignStep(row.campaign_id, row.step, row.by, row.at, row.plan, row.note) for row in c.execute(query)
            ]

    # --- one process at a time ----------------------------------------------------------------------------------------

    def claim(self, campaign_id: str) -> bool:
        """Whether this process may work on it now. Machine time, not the house's clock: it is about processes."""
        t, now = schema.campaigns, datetime.now(UTC)
        with self._tx.write() as c:
            row = c.execute(sa.select(t.c.runner, t.c.beat_at).where(self._here(campaign_id))).first()
            if row is None or (row.runner not in (None, self._runner) and _at_work(row.runner, row.beat_at, now)):
                return False
            # as it was read: of two that find it free, one comes too late
            still = t.c.runner.is_(None) if row.runner is None else t.c.runner == row.runner
            taken = t.update().where(self._here(campaign_id), still).values(runner=self._runner, beat_at=now)
            return c.execute(taken).rowcount == 1

    def report(self, campaign_id: str, reached: int, total: int) -> None:
        """How far this process came; also the sign that it lives."""
        values = {"reached": reached, "total": total, "beat_at": datetime.now(UTC)}
        with self._tx.write() as c:
            c.execute(schema.campaigns.update().where(self._here(campaign_id)).values(values))

    def release(self, campaign_id: str) -> None:
        t = schema.campaigns
        with self._tx.write() as c:
            c.execute(
                t.update().where(self._here(campaign_id), t.c.runner == self._runner).values(runner=None, beat_at=None)
            )

    def _key(self, campaign_id: str) -> dict[str, str]:
        return {"brand_id": self._brand, "campaign_id": campaign_id}

    def _here(self, campaign_id: str) -> sa.ColumnElement[bool]:
        t = schema.campaigns
        return (t.c.brand_id == self._brand) & (t.c.campaign_id == campaign_id)


def _at_work(runner: str, beat_at: datetime | None, now: datetime) -> bool:
    host, _, process = runner.rpartition(":")
    fresh = beat_at is not None and beat_at > now - SILENT  # a number may belong to another process after a restart
    if host != socket.gethostname() or not fresh:
        return fresh
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _row(row: Any) -> CampaignRow:
    return CampaignRow(
        id=row.campaign_id,
        status=CampaignStatus(row.status),
        plan=row.plan,
        created_at=row.created_at,
        updated_at=row.updated_at,
        reached=row.reached,
        total=row.total,
        by=row.by,
    )

"""Where customers stand in flows: who is due, who is in, and each step forward as one row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from agent.adapters.store import schema
from agent.adapters.store.transactions import Transactions, insert
from agent.domain import FlowState, FlowStatus

TOGETHER = 500


class Flows:
    def __init__(self, tx: Transactions, brand_id: str) -> None:
        self._tx = tx
        self._brand = brand_id

    def enter(self, state: FlowState) -> bool:
        """False when this customer is in it already with this entry: whoever comes second does nothing."""
        t = schema.flow_states
        with self._tx.write() as c:
            fresh = insert(c, t).values(brand_id=self._brand, **_row(state)).on_conflict_do_nothing()
            return c.execute(fresh.returning(t.c.customer_id)).first() is not None

    def move(self, state: FlowState, **changes: Any) -> FlowState:
        """The state with these changes, stored."""
        moved = replace(state, **changes)
        t = schema.flow_states
        with self._tx.write() as c:
            here = self._here(state.campaign_id) & (t.c.customer_id == state.customer_id) & (t.c.entry == state.entry)
            c.execute(t.update().where(here).values(**_row(moved)))
        return moved

    def due(self, campaign_id: str, at: datetime) -> list[FlowState]:
        """Everybody whose next step may be taken now, the longest due first."""
        t = schema.flow_states
        here = self._here(campaign_id) & (t.c.status == FlowStatus.ACTIVE.value) & (t.c.due_at <= at)
        with self._tx.read() as c:
            return [_state(r) for r in c.execute(sa.select(t).where(here).order_by(t.c.due_at, t.c.customer_id))]

    def active(self, campaign_id: str) -> list[FlowState]:
        t = schema.flow_states
        here = self._here(campaign_id) & (t.c.status == FlowStatus.ACTIVE.value)
        with self._tx.read() as c:
            return [_state(row) for row in c.execute(sa.select(t).where(here).order_by(t.c.customer_id))]

    def newest(self, campaign_id: str, customer_ids: Sequence[str]) -> dict[str, FlowState]:
        """The newest entry of each of these customers; who never entered is left out."""
        t, found = schema.flow_states, dict[str, FlowState]()
        with self._tx.read() as c:
            for start in range(0, len(customer_ids), TOGETHER):
                part = t.c.customer_id.in_(customer_ids[start : start + TOGETHER])
                for row in c.execute(sa.select(t).where(self._here(campaign_id) & part).order_by(t.c.entry)):
                    found[row.customer_id] = _state(row)
        return found

    def counts(self, campaign_id: str) -> Mapping[tuple[FlowStatus, int], int]:
        """(status, number of the next step) → customers."""
        t = schema.flow_states
        query = sa.select(t.c.status, t.c.step, sa.func.count()).where(self._here(campaign_id))
        with self._tx.read() as c:
            rows = c.execute(query.group_by(t.c.status, t.c.step).order_by(t.c.status, t.c.step))
            return {(FlowStatus(status), int(step)): int(count) for status, step, count in rows}

    def looked_at(self, campaign_id: str) -> datetime | None:
        """When somebody last looked who enters; None: never."""
        t = schema.campaigns
        query = sa.select(t.c.looked_at).where(t.c.brand_id == self._brand, t.c.campaign_id == campaign_id)
        with self._tx.read() as c:
            found: datetime | None = c.execute(query).scalar_one_or_none()
        return found

    def looked(self, campaign_id: str, at: datetime) -> None:
        t = schema.campaigns
        with self._tx.write() as c:
            here = (t.c.brand_id == self._brand) & (t.c.campaign_id == campaign_id)
            c.execute(t.update().where(here).values(looked_at=at))

    def _here(self, campaign_id: str) -> sa.ColumnElement[bool]:
        t = schema.flow_states
        return (t.c.brand_id == self._brand) & (t.c.campaign_id == campaign_id)


def _row(state: FlowState) -> dict[str, Any]:
    return {
        "campaign_id": state.campaign_id,
        "customer_id": state.customer_id,
        "entry": state.entry,
        "entered_at": state.entered_at,
        "step": state.step,
        "due_at": state.due_at,
        "status": state.status.value,
        "waited": state.waited,
    }


def _state(row: Any) -> FlowState:
    return FlowState(
        row.campaign_id, row.customer_id, row.entry, row.entered_at, row.step, row.due_at, FlowStatus(row.status),
        row.waited,
    )  # fmt: skip

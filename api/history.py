"""The event log as the pipeline wants it: one customer's timeline as records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import pandas as pd

from agent.domain import Event
from agent.money import to_minor
from scoring.event_log import EventLog


class EventHistory:
    """Fits agent's History port over `scoring.event_log`."""

    def __init__(self, log: EventLog, currency: str) -> None:
        self._log = log
        self._currency = currency
        self._last: tuple[str, datetime, tuple[Event, ...]] | None = None

    def timeline(self, customer_id: str, until: datetime) -> tuple[Event, ...]:
        # A case asks for the same timeline at every moment of the gate; the log only ever grows behind `until`.
        if self._last is None or self._last[:2] != (customer_id, until):
            events = self.timelines([customer_id], until).get(customer_id, ())
            self._last = (customer_id, until, events)
        return self._last[2]

    def timelines(self, customer_ids: Sequence[str], until: datetime) -> Mapping[str, tuple[Event, ...]]:
        table = self._log.load(until=until, customer_ids=customer_ids)
        return {
            str(customer_id): tuple(self._event(row) for row in rows.to_dict("records"))
            for customer_id, rows in table.groupby("customer_id", sort=False)
        }

    def _event(self, row: Mapping[Any, Any]) -> Event:
        known = {key: (None if pd.isna(value) else value) for key, value in row.items()}
        amount = None
        if known["unit_price"] is not None and known["quantity"] is not None:
            major = Decimal(str(known["unit_price"])) * Decimal(str(known["quantity"]))
            amount = to_minor(major, known["currency"] or self._currency)
        return Event(
            id=known["event_id"],
            customer_id=known["customer_id"],
            at=known["at"].to_pydatetime(),
            kind=known["kind"],
            order_id=known["order_id"],
            item=known["item"],
            quantity=known["quantity"],
            amount=amount,
            rating=known["rating"],
            topic=known["topic"],
            status=known["status"],
            text=known["text"],
        )

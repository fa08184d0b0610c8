"""The event log as the pipeline wants it: one customer's timeline as records."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

import pandas as pd

from agent.domain import Event
from agent.inbound import Arrival
from agent.money import to_minor
from api.arrivals import as_table
from scoring.event_log import EventLog

KEEP = 2_000
"""Customers whose events are held in memory; a campaign asks for the same ones at every moment of the gate."""


class Waiting(Protocol):
    """Events that have arrived and are not in the log yet."""

    def of_customers(self, customer_ids: Sequence[str]) -> list[Arrival]: ...


class EventHistory:
    """Fits agent's History port over `scoring.event_log` and what has just arrived."""

    def __init__(self, log: EventLog, currency: str, arrivals: Waiting | None = None) -> None:
        self._log = log
        self._arrivals = arrivals
        self._currency = currency
        self._version: tuple[str, ...] = ()
        self._known: dict[str, tuple[Event, ...]] = {}
        self._lock = threading.Lock()  # several requests ask at once, and one of them may empty what another is reading

    def timeline(self, customer_id: str, until: datetime) -> tuple[Event, ...]:
        return self.timelines([customer_id], until).get(customer_id, ())

    def timelines(self, customer_ids: Sequence[str], until: datetime) -> Mapping[str, tuple[Event, ...]]:
        with self._lock:
            self._fetch(customer_ids)
            known = {name: self._known[name] for name in customer_ids}
        if self._arrivals is not None and (waiting := self._arrivals.of_customers(customer_ids)):
            known = self._with_waiting(known, waiting)
        found = {name: tuple(event for event in events if event.at < until) for name, events in known.items()}
        return {name: events for name, events in found.items() if events}

    def _fetch(self, customer_ids: Sequence[str]) -> None:
        """Load whom we do not hold yet. Whatever was appended to the log since makes all of it stale."""
        version = tuple(sorted(path.name for path in self._log.folder.glob("part-*.parquet")))
        if version != self._version or len(self._known) > KEEP:
            self._version, self._known = version, {}
        missing = [name for name in customer_ids if name not in self._known]
        if not missing:
            return
        table = self._log.load(customer_ids=missing)
        self._known.update(dict.fromkeys(missing, ()))
        for customer_id, rows in table.groupby("customer_id", sort=False):
            self._known[str(customer_id)] = tuple(self._event(row) for row in rows.to_dict("records"))

    def _with_waiting(
        self, known: Mapping[str, tuple[Event, ...]], waiting: Sequence[Arrival]
    ) -> dict[str, tuple[Event, ...]]:
        """An event that is being moved may be in both places for a moment: its id says that it is one."""
        merged = {name: {event.id: event for event in events} for name, events in known.items()}
        for row in as_table(waiting).to_dict("records"):
            event = self._event(row)
            merged[event.customer_id].setdefault(event.id, event)
        return {name: tuple(sorted(events.values(), key=lambda e: (e.at, e.id))) for name, events in merged.items()}

    def _event(self, row: Mapping[Any, Any]) -> Event:
        known: dict[str, Any] = {str(key): (None if pd.isna(value) else value) for key, value in row.items()}
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

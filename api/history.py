"""The event log as the pipeline wants it: one customer's timeline as records."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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


Version = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Ahead:
    """What was read ahead, of these kinds, from a log that consisted of these files."""

    version: Version = ()
    kinds: tuple[str, ...] = ()
    known: Mapping[str, tuple[Event, ...]] = field(default_factory=dict)


class Waiting(Protocol):
    """Events that have arrived and are not in the log yet."""

    def of_customers(self, customer_ids: Sequence[str]) -> list[Arrival]: ...


class EventHistory:
    """Fits agent's History port over `scoring.event_log` and what has just arrived."""

    def __init__(self, log: EventLog, currency: str, arrivals: Waiting | None = None) -> None:
        self._log = log
        self._arrivals = arrivals
        self._currency = currency
        self._version: Version = ()
        self._known: dict[str, tuple[Event, ...]] = {}
        self._ahead = _Ahead()
        self._lock = threading.Lock()  # several requests ask at once, and one of them may empty what another is reading

    def timeline(self, customer_id: str, until: datetime) -> tuple[Event, ...]:
        return self.timelines([customer_id], until).get(customer_id, ())

    def timelines(
        self, customer_ids: Sequence[str], until: datetime, kinds: Sequence[str] = ()
    ) -> Mapping[str, tuple[Event, ...]]:
        # what waits is read first: an event that is moved into the log meanwhile is then in both, and never in neither
        waiting = self._arrivals.of_customers(customer_ids) if self._arrivals is not None else []
        known = self._some(customer_ids, kinds) if kinds else self._whole(customer_ids)
        if waiting:
            known = self._with_waiting(known, waiting, kinds)
        found = {name: tuple(event for event in events if event.at < until) for name, events in known.items()}
        return {name: events for name, events in found.items() if events}

    def read_ahead(self, customer_ids: Sequence[str], kinds: Sequence[str]) -> None:
        self._read_ahead(customer_ids, tuple(kinds))

    def orders(self, customer_ids: Sequence[str], until: datetime) -> Mapping[str, tuple[int, datetime]]:
        waiting = self._arrivals.of_customers(customer_ids) if self._arrivals is not None else []
        found = self._log.orders(until, customer_ids)
        late = {arrival.customer_id for arrival in waiting if arrival.customer_id is not None}
        for name, events in self.timelines(sorted(late), until, ["order"]).items() if late else ():
            found[name] = (len({event.order_id or event.id for event in events}), max(event.at for event in events))
        return found

    def _some(self, customer_ids: Sequence[str], kinds: Sequence[str]) -> dict[str, tuple[Event, ...]]:
        """Read for this once, or ahead: a campaign asks it for everybody, and only in passing."""
        ahead = self._ahead
        if ahead.kinds == tuple(kinds) and ahead.known.keys() >= set(customer_ids):
            known = self._caught_up(ahead).known
            return {name: known[name] for name in customer_ids}
        found = self._events(self._log.load(customer_ids=customer_ids, kinds=kinds))
        return {name: found.get(name, ()) for name in customer_ids}

    def _read_ahead(self, customer_ids: Sequence[str], kinds: tuple[str, ...]) -> _Ahead:
        version = self._files()  # first: a file that is added while we read makes it stale, and is never passed over
        found = self._events(self._log.load(customer_ids=customer_ids, kinds=kinds))
        self._ahead = _Ahead(version, kinds, {name: found.get(name, ()) for name in customer_ids})
        return self._ahead

    def _caught_up(self, ahead: _Ahead) -> _Ahead:
        """With what came into the log since, of which a second brings little; all again where files went."""
        version = self._files()
        if version == ahead.version:
            return ahead
        names = list(ahead.known)
        if set(ahead.version) - set(version):
            return self._read_ahead(names, ahead.kinds)
        try:
            fresh = self._log.load(customer_ids=names, kinds=ahead.kinds, files=set(version) - set(ahead.version))
        except FileNotFoundError:  # merged into another in this moment
            return self._read_ahead(names, ahead.kinds)
        known = dict(ahead.known)
        for name, events in self._events(fresh).items():
            once = {event.id: event for event in (*known[name], *events)}  # a merged file stands beside its parts
            known[name] = tuple(sorted(once.values(), key=lambda event: (event.at, event.id)))
        self._ahead = _Ahead(version, ahead.kinds, known)
        return self._ahead

    def _whole(self, customer_ids: Sequence[str]) -> dict[str, tuple[Event, ...]]:
        with self._lock:
            self._fetch(customer_ids)
            return {name: self._known[name] for name in customer_ids}

    def _fetch(self, customer_ids: Sequence[str]) -> None:
        """Load whom we do not hold yet. Whatever was appended to the log since makes all of it stale."""
        version = self._files()
        if version != self._version or len(self._known) > KEEP:
            self._version, self._known = version, {}
        missing = [name for name in customer_ids if name not in self._known]
        if not missing:
            return
        self._known.update(dict.fromkeys(missing, ()))
        self._known.update(self._events(self._log.load(customer_ids=missing)))

    def _files(self) -> Version:
        """Of what the log consists now."""
        return tuple(sorted(path.name for path in self._log.folder.glob("part-*.parquet")))

    def _with_waiting(
        self, known: Mapping[str, tuple[Event, ...]], waiting: Sequence[Arrival], kinds: Sequence[str]
    ) -> dict[str, tuple[Event, ...]]:
        """An event that is being moved may be in both places for a moment: its id says that it is one."""
        merged = {name: {event.id: event for event in events} for name, events in known.items()}
        for name, arrived in self._events(as_table(waiting)).items():
            for event in arrived if not kinds else (one for one in arrived if one.kind in kinds):
                merged[name].setdefault(event.id, event)
        return {name: tuple(sorted(events.values(), key=lambda e: (e.at, e.id))) for name, events in merged.items()}

    def _events(self, table: pd.DataFrame) -> dict[str, tuple[Event, ...]]:
        """By customer, in the order of the table. A column at a time: a million events are read in seconds."""
        found: dict[str, list[Event]] = {}
        columns = (_plain(table[name]) for name in COLUMNS)
        for row in zip(*columns, strict=True):
            event_id, customer_id, at, kind, order_id, item, quantity, price, currency, rating, topic, status, text = (
                row
            )
            amount = None
            if price is not None and quantity is not None:
                amount = to_minor(Decimal(str(price)) * Decimal(str(quantity)), currency or self._currency)
            event = Event(
                event_id, customer_id, at, kind, order_id, item, quantity, amount, rating, topic, status, text
            )
            found.setdefault(customer_id, []).append(event)
        return {name: tuple(events) for name, events in found.items()}


COLUMNS = (
    "event_id", "customer_id", "at", "kind", "order_id", "item", "quantity", "unit_price", "currency", "rating",
    "topic", "status", "text",
)  # fmt: skip


def _plain(column: pd.Series) -> list[Any]:
    """Python's own values, None for what is missing."""
    return column.astype(object).where(column.notna(), None).tolist()

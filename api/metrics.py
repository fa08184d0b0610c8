"""Prometheus metrics: what the doors did, and how full the house is. Names are documented in the README."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from agent.domain import Delivery
    from agent.pipeline import Prepared
    from api.bootstrap import Workshop

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """One registry an application, so that two of them in one process do not count into each other."""

    def __init__(self, workshop: Callable[[], Workshop]) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "holdfast_http_requests", "HTTP requests answered", ["method", "route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "holdfast_http_request_seconds",
            "Seconds until an answer was given",
            ["method", "route"],
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.drafts = Counter(
            "holdfast_drafts", "Drafts written, by writer and verdict", ["writer", "verdict"], registry=self.registry
        )
        self.messages = Counter(
            "holdfast_messages", "Messages tried, by what became of them", ["status"], registry=self.registry
        )
        self.events = Counter(
            "holdfast_events", "Events that came in: accepted, known, refused", ["result"], registry=self.registry
        )
        self.registry.register(_HouseGauges(workshop))

    def drafted(self, prepared: Prepared) -> None:
        if prepared.draft is not None and prepared.verdict is not None:
            self.drafts.labels(prepared.draft.writer.name, prepared.verdict.decision.value).inc()

    def delivered(self, deliveries: list[Delivery]) -> None:
        for delivery in deliveries:
            self.messages.labels(delivery.status.value).inc()

    def text(self) -> bytes:
        return generate_latest(self.registry)


class _HouseGauges(Collector):
    """Read from the database when somebody asks: how many cases, messages and events stand where."""

    def __init__(self, workshop: Callable[[], Workshop]) -> None:
        self._workshop = workshop

    def collect(self) -> Iterator[Metric]:
        store = self._workshop().store
        cases = GaugeMetricFamily("holdfast_cases", "Cases by status", labels=["status"])
        for status, count in store.cases.counts().items():
            cases.add_metric([status.value], count)
        yield cases
        outbox = GaugeMetricFamily("holdfast_outbox", "Messages in the outbox by status", labels=["status"])
        for state, count in store.outbox.counts().items():
            outbox.add_metric([state.value], count)
        yield outbox
        arrivals = GaugeMetricFamily("holdfast_arrivals", "Events on their way into the event log", labels=["state"])
        for name, count in store.arrivals.counts().items():
            arrivals.add_metric([name], count)
        yield arrivals

"""What the stages ask of the world, as shapes: whoever has these methods fits. Built in one place, `api.bootstrap`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from agent.domain import Delivery, Event, Message, WriteRequest, WriterReply
from knowledge.documents import Passage
from scoring.records import RiskScore


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, aware, in UTC. The only clock in the house."""
        ...


class Writer(Protocol):
    """Someone who writes prose with slots: a language model or the composer."""

    @property
    def name(self) -> str: ...

    @property
    def revision(self) -> str:
        """Which weights or which phrasebook: stored with every draft."""
        ...

    def write(self, request: WriteRequest) -> WriterReply:
        """Write once. Raises WriterUnavailable when it cannot answer in `request.timeout_s` seconds."""
        ...


class Retriever(Protocol):
    def policies(self, query: str, language: str, on: date, limit: int = 5) -> tuple[Passage, ...]:
        """Clauses in force on that day, best first; empty when nothing covers the query."""
        ...

    def history(self, customer_id: str, query: str, limit: int = 5) -> tuple[Passage, ...]:
        """Entries of this one customer's own history, best first."""
        ...


class Scorer(Protocol):
    def score(self, customer_ids: Sequence[str], as_of: datetime) -> tuple[RiskScore, ...]:
        """Scores with reasons, for those of the customers who can be scored at that moment."""
        ...


class History(Protocol):
    def timeline(self, customer_id: str, until: datetime) -> tuple[Event, ...]:
        """Everything that happened to this customer strictly before `until`, oldest first."""
        ...

    def timelines(
        self, customer_ids: Sequence[str], until: datetime, kinds: Sequence[str] = ()
    ) -> Mapping[str, tuple[Event, ...]]:
        """The same for many customers, of these kinds where any are named; those without events are left out."""
        ...

    def read_ahead(self, customer_ids: Sequence[str], kinds: Sequence[str]) -> None:
        """Whoever goes through very many asks thousands at a time: `timelines` of these, of these kinds, is then quick.

        It answers as if nothing had been read ahead, of what arrives meanwhile too.
        """
        ...

    def orders(self, customer_ids: Sequence[str], until: datetime) -> Mapping[str, tuple[int, datetime]]:
        """How many orders each of them placed before `until`, and when the last; those without any are left out."""
        ...


class DeliveryChannel(Protocol):
    @property
    def name(self) -> str: ...

    def deliver(self, message: Message) -> Delivery:
        """Hand the message over once.

        A definite no (this mailbox does not exist) comes back as FAILED, with the other side's words. Raises
        ChannelUnavailable when certainly nothing left, DeliveryUnknown when something may have left, and InputError
        when this very message can never be handed over.
        """
        ...

"""Small stand-ins for the world, not for our own code: a clock that is set, a writer that says what it is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from agent.domain import Delivery, DeliveryStatus, Event, Message, WriteRequest, WriterReply
from agent.errors import ChannelUnavailable, DeliveryUnknown, WriterUnavailable
from knowledge.conflicts import conflicts
from knowledge.documents import Clause, Passage


@dataclass
class SetClock:
    at: datetime

    def now(self) -> datetime:
        return self.at


@dataclass
class ListedHistory:
    events: list[Event] = field(default_factory=list)

    def timeline(self, customer_id: str, until: datetime) -> tuple[Event, ...]:
        mine = [event for event in self.events if event.customer_id == customer_id and event.at < until]
        return tuple(sorted(mine, key=lambda event: event.at))

    def timelines(
        self, customer_ids: Sequence[str], until: datetime, kinds: Sequence[str] = ()
    ) -> Mapping[str, tuple[Event, ...]]:
        known = {name: self.timeline(name, until) for name in customer_ids}
        return {name: tuple(one for one in events if not kinds or one.kind in kinds) for name, events in known.items()}

    def read_ahead(self, customer_ids: Sequence[str], kinds: Sequence[str]) -> None: ...

    def orders(self, customer_ids: Sequence[str], until: datetime) -> Mapping[str, tuple[int, datetime]]:
        known = self.timelines(customer_ids, until, ["order"])
        return {
            name: (len({event.order_id or event.id for event in events}), max(event.at for event in events))
            for name, events in known.items()
            if events
        }


@dataclass
class ListedPolicies:
    clauses: list[Clause] = field(default_factory=list)

    def policies(self, query: str, language: str, on: date, limit: int = 5) -> tuple[Passage, ...]:
        return ()

    def history(self, customer_id: str, query: str, limit: int = 5) -> tuple[Passage, ...]:
        return ()

    def licensed(self, acts: Sequence[str], language: str, on: date) -> tuple[Clause, ...]:
        return tuple(
            clause
            for clause in self.clauses
            if clause.language == language and clause.in_force(on) and set(acts) & set(clause.acts)
        )

    def contradiction(self, clauses: Sequence[Clause], on: date) -> str:
        mine = {clause.id for clause in clauses}
        found = (one for one in conflicts(self.clauses, on) if mine & {one.first.id, one.second.id})
        return next((one.message for one in found), "")


@dataclass
class SayingWriter:
    """Says the same text every time, or is out of order."""

    text: str = ""
    broken: bool = False
    name: str = "saying"
    revision: str = "1"
    asked: int = 0

    def write(self, request: WriteRequest) -> WriterReply:
        self.asked += 1
        if self.broken:
            raise WriterUnavailable("the model server does not answer")
        return WriterReply(self.text, 10, 20)


@dataclass
class RememberingChannel:
    """Remembers everything; can refuse, fail when the message may have left already, or crash for some customers."""

    sent: list[Message] = field(default_factory=list)
    refuses: bool = False
    dies: bool = False
    faulty_for: set[str] = field(default_factory=set)
    name: str = "remembering"
    clock: SetClock | None = None

    def deliver(self, message: Message) -> Delivery:
        if self.refuses:
            raise ChannelUnavailable("connection refused")
        if message.customer_id in self.faulty_for:
            raise ValueError("a fault of the channel")
        self.sent.append(message)
        if self.dies:
            raise DeliveryUnknown("connection lost after DATA")
        now = self.clock.now() if self.clock is not None else datetime.now().astimezone()
        return Delivery(message.key, DeliveryStatus.SENT, now, where=f"box/{message.key}")

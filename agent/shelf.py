"""A store with another book in the place of one of its own."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields
from typing import Any

from agent.house import (
    AnswerBook,
    CampaignBook,
    CaseBook,
    FlowBook,
    PeopleBook,
    ReceiptBook,
    ResultBook,
    ScoreBook,
    SendingBook,
    Store,
    StyleBook,
)
from agent.ledger import LedgerBook
from agent.outbox import OutboxBook


@dataclass(frozen=True, slots=True)
class Shelf:
    """Fits Store."""

    people: PeopleBook
    scores: ScoreBook
    cases: CaseBook
    ledger: LedgerBook
    outbox: OutboxBook
    results: ResultBook
    campaigns: CampaignBook
    flows: FlowBook
    sending: SendingBook
    style: StyleBook
    receipts: ReceiptBook
    answers: AnswerBook
    write: Callable[[], AbstractContextManager[Any]]

    @classmethod
    def of(cls, store: Store, **other: Any) -> Shelf:
        return cls(**{field.name: other.get(field.name, getattr(store, field.name)) for field in fields(cls)})

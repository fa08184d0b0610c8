"""What we may rely on: policy documents, their clauses, and passages found in them or in one customer's history."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

CUSTOMER = "customer"
"""The audience that a clause may be quoted to unless it says otherwise."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One quotable paragraph of a policy.

    `id` is stable over re-ingestion: `<document>#<clause>`. `clause` is the heading or article as written (第七条), and
    `section` the headings above it, outermost first. A clause is in force from `valid_from` to `valid_to`, both
    inclusive; None means no bound. `region` and `tier` name those for whom alone it holds; empty means everybody.
    `acts` names the licensed acts that this clause backs. `customer_text` is a sentence that may be quoted to a
    customer as it stands, and `questions` are what the clause answers, as customers would put it: they help the search
    and are never quoted.
    """

    id: str
    document: str
    clause: str
    text: str
    language: str
    valid_from: date | None = None
    valid_to: date | None = None
    audience: str = CUSTOMER
    customer_text: str | None = None
    acts: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    tier: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    section: tuple[str, ...] = ()

    def in_force(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class PolicyDocument:
    """A policy as it was read from one file. `remarks` say what was taken with a doubt that a person should see."""

    id: str
    title: str
    language: str
    source: str
    clauses: tuple[Clause, ...] = field(default=())
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """Something found: a clause, or one entry of a customer's history.

    `source_type` is "clause" or "history"; `source_id` is the clause id or the event id. `score` is comparable within
    one answer only. `customer_id` is set for history, and is always the customer who was asked about.
    """

    source_type: str
    source_id: str
    text: str
    score: float
    language: str
    clause: Clause | None = None
    customer_id: str | None = None

"""Policies asked once a minute: a campaign asks the same of them for thousands of customers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import date
from time import monotonic
from typing import TypeVar

from agent.house import Policies
from knowledge.documents import Clause, Passage

T = TypeVar("T")
FRESH_S = 60.0
"""So long an answer is taken for the present state. A person who approves, and the sender, ask the index itself."""
MOST = 2_000


class RememberedPolicies:
    """Fits Policies over another one. A customer's own history is never remembered."""

    def __init__(self, policies: Policies) -> None:
        self._policies = policies
        self._known: dict[tuple[object, ...], tuple[float, object]] = {}
        self._lock = threading.Lock()

    def policies(self, query: str, language: str, on: date, limit: int = 5) -> tuple[Passage, ...]:
        ask = lambda: self._policies.policies(query, language, on, limit)  # noqa: E731
        return self._once(("policies", query, language, on, limit), ask)

    def licensed(self, acts: Sequence[str], language: str, on: date) -> tuple[Clause, ...]:
        return self._once(("acts", tuple(acts), language, on), lambda: self._policies.licensed(acts, language, on))

    def contradiction(self, clauses: Sequence[Clause], on: date) -> str:
        ids = tuple(clause.id for clause in clauses)
        return self._once(("against", ids, on), lambda: self._policies.contradiction(clauses, on))

    def history(self, customer_id: str, query: str, limit: int = 5) -> tuple[Passage, ...]:
        return self._policies.history(customer_id, query, limit)

    def _once(self, key: tuple[object, ...], ask: Callable[[], T]) -> T:
        now = monotonic()
        with self._lock:
            at, found = self._known.get(key, (0.0, None))
        if at and now - at < FRESH_S:
            return found  # type: ignore[return-value]  # what was kept under this key is what `ask` gives
        answer = ask()
        with self._lock:
            if len(self._known) >= MOST:
                self._known.clear()
            self._known[key] = (now, answer)
        return answer

"""A question → the clauses in force that answer it, best first; or nothing, which is an answer too.

Hybrid: Chroma's nearest vectors and BM25 (Robertson & Zaragoza 2009, k1 = 1.2, b = 0.75) over the same clauses, both in
the language of the question. BM25 decides the order; the vector part adds a little where words are rare. A clause that
shares too little of the question's weight is left out: "not covered" is said rather than guessed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from math import log

from knowledge import embed
from knowledge.documents import Clause, Passage
from knowledge.index import PolicyIndex, searchable

K1, B = 1.2, 0.75
VECTOR_WEIGHT = 0.3
MIN_COVERED = 0.22
"""Share of the question's term weight (idf) that a clause must hold to count as an answer."""


class HybridRetriever:
    """Fits agent's Retriever port without knowing it."""

    def __init__(self, index: PolicyIndex) -> None:
        self._index = index

    def policies(self, query: str, language: str, on: date, limit: int = 5) -> tuple[Passage, ...]:
        """Clauses in force on that day, best first; empty when nothing covers the query."""
        clauses = self._index.clauses(on, language)
        near = self._index.nearest(query, on, language, limit=max(20, limit))
        ranked = rank(query, [searchable(clause) for clause in clauses])
        found = [
            Passage(
                "clause", clause.id, clause.text, score + VECTOR_WEIGHT * near.get(clause.id, 0.0), language, clause
            )
            for clause, (score, covered) in zip(clauses, ranked, strict=True)
            if covered >= MIN_COVERED
        ]
        return tuple(sorted(found, key=lambda passage: (-passage.score, passage.source_id))[:limit])

    def licensed(self, acts: Sequence[str], language: str, on: date) -> tuple[Clause, ...]:
        """The clauses in force that back any of these acts."""
        wanted = set(acts)
        return tuple(clause for clause in self._index.clauses(on, language) if wanted & set(clause.acts))

    def history(self, customer_id: str, query: str, limit: int = 5) -> tuple[Passage, ...]:
        """Entries of this one customer's own history, best first."""
        from dataclasses import replace

        entries = self._index.history(customer_id)
        ranked = rank(query, [entry.text for entry in entries])
        scored = [replace(entry, score=score) for entry, (score, _) in zip(entries, ranked, strict=True)]
        return tuple(sorted(scored, key=lambda passage: (-passage.score, passage.source_id))[:limit])


def rank(query: str, texts: Sequence[str]) -> list[tuple[float, float]]:
    """For each text: its BM25 score (scaled to at most about 1), and the share of the query's weight it covers."""
    wanted = Counter(embed.terms(query))
    if not wanted or not texts:
        return [(0.0, 0.0)] * len(texts)
    bags = [Counter(embed.terms(text)) for text in texts]
    mean = sum(bag.total() for bag in bags) / len(bags) or 1.0
    holding = {term: sum(term in bag for bag in bags) for term in wanted}
    idf = {term: log(1 + (len(bags) - n + 0.5) / (n + 0.5)) for term, n in holding.items()}
    best = sum(weight * (K1 + 1) for weight in idf.values())
    weight_of_query = sum(idf.values())
    ranked = []
    for bag in bags:
        score = covered = 0.0
        for term, weight in idf.items():
            if count := bag.get(term, 0):
                score += weight * count * (K1 + 1) / (count + K1 * (1 - B + B * bag.total() / mean))
                covered += weight
        ranked.append((score / best, covered / weight_of_query))
    return ranked

"""Clauses and their vectors in memory → scores for a question: by words (BM25), by meaning (cosine), and of the two.

Knows no file and no model: the index gives it clauses and rows, the retriever a question and its vector. One language a
`Part`; filters (validity, audience, region, tier) are masks over its clauses and are kept for the next question.
BM25 after Robertson & Zaragoza 2009, k1 = 1.2, b = 0.75.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from math import log

import numpy as np
import numpy.typing as npt

from knowledge.documents import CUSTOMER, Clause
from knowledge.embed.bert import Vector
from knowledge.embed.terms import terms
from knowledge.embed.threads import one_thread
from knowledge.rows import words

K1, B = 1.2, 0.75
OPEN_FROM, OPEN_TO = 0, 99_991_231
ROUGH_FROM = 20_000
"""With more rows than this, a first pass in ROUGH_DIMENSIONS picks the rows that are then compared exactly."""
ROUGH_DIMENSIONS, CANDIDATES = 64, 1_000
NEAREST, FOREMOST = 3, 200
COMMON, MANY = 0.3, 5_000
"""In a large corpus a term that more than this share of the clauses hold tells nothing and costs most."""
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Asker:
    """Whom the answer is for. None means not known, and filters nothing; `audience` None means staff, who see all."""

    region: str | None = None
    tier: str | None = None
    audience: str | None = CUSTOMER


@dataclass(frozen=True, slots=True)
class Rows:
    """What stands for clauses in the vector space, in any order.

    A question is nearer to a question than to the rule that answers it, whether or not it means the same; so from the
    cosines of those rows that are `asked`, `lead` is taken off to order clauses, and `caution` to tell whether any
    clause answers at all. A clause that has questions is told by them first: from its text `beside` is taken off to
    tell.
    """

    owners: Sequence[str]
    asked: Sequence[bool]
    matrix: Vector
    lead: float = 0.0
    caution: float = 0.0
    beside: float = 0.0


@dataclass(frozen=True, slots=True)
class Likeness:
    """For each clause the cosine of its nearest row, -1 for those without one: to order by, and to tell by.

    To order by, the three nearest count as much as the nearest where a clause has questions of its own: of two clauses
    with one like question each, the one whose other questions are like it too is meant.
    """

    order: Vector
    tell: Vector


class Part:
    """The clauses of one language, with or without rows."""

    def __init__(self, clauses: Sequence[Clause], rows: Rows | None = None) -> None:
        self.clauses = tuple(clauses)
        self._from = np.array([_number(clause.valid_from, OPEN_FROM) for clause in self.clauses], np.int64)
        self._to = np.array([_number(clause.valid_to, OPEN_TO) for clause in self.clauses], np.int64)
        self._allowed = lru_cache(maxsize=16)(self._mask)
        self._rows: Vector | None = None
        if rows is not None:
            self._take(rows)

    def _take(self, rows: Rows) -> None:
        place = {clause.id: at for at, clause in enumerate(self.clauses)}
        order = sorted((place[owner], row) for row, owner in enumerate(rows.owners) if owner in place)
        if order:
            at = np.array([row for _, row in order], np.int64)
            self._rows = np.ascontiguousarray(rows.matrix[at])
            asked = np.asarray(rows.asked, np.float32)[at]
            self._any_asked = bool(asked.any())
            self._row_owner = np.array([owner for owner, _ in order], np.int64)
            told_by_questions = np.isin(self._row_owner, self._row_owner[asked > 0])
            self._with_questions = np.zeros(len(self.clauses), np.bool_)
            self._with_questions[self._row_owner[asked > 0]] = True
            self._bounds = np.searchsorted(self._row_owner, np.arange(len(self.clauses) + 1))
            self._lead = asked * np.float32(rows.lead)
            self._caution = np.where(asked > 0, rows.caution, rows.beside * told_by_questions).astype(np.float32)
            self._starts = np.flatnonzero(np.r_[True, self._row_owner[1:] != self._row_owner[:-1]])

    @property
    def has_vectors(self) -> bool:
        return self._rows is not None

    # --- filters ------------------------------------------------------------------------------------------------------

    def allowed(self, on: date, asker: Asker) -> Mask:
        return self._allowed(_number(on, 0), asker)

    def _mask(self, day: int, asker: Asker) -> Mask:
        mask = np.asarray((self._from <= day) & (day <= self._to))
        mask &= self._each(lambda clause: asker.audience is None or clause.audience == asker.audience)
        mask &= self._each(lambda clause: _holds(asker.region, clause.region))
        mask &= self._each(lambda clause: _holds(asker.tier, clause.tier))
        return mask

    def _each(self, test: Callable[[Clause], bool]) -> Mask:
        return np.fromiter((test(clause) for clause in self.clauses), np.bool_, len(self.clauses))

    # --- scores -------------------------------------------------------------------------------------------------------

    @cached_property
    def lexicon(self) -> Lexicon:
        return Lexicon([words(clause) for clause in self.clauses])

    def likeness(self, question: Vector) -> Likeness | None:
        """None without vectors."""
        if self._rows is None:
            return None
        with one_thread():
            if len(self._rows) <= ROUGH_FROM:
                cosines = self._rows @ question
            else:
                cosines = self._rough[1] @ (self._rough[0] @ question)
                best = np.argpartition(cosines, -CANDIDATES)[-CANDIDATES:]
                cosines[best] = self._rows[best] @ question
        if not self._any_asked:
            nearest = self._nearest(cosines)
            return Likeness(nearest, nearest)
        return Likeness(self._nearest_three(cosines - self._lead), self._nearest(cosines - self._caution))

    def _nearest_three(self, cosines: Vector) -> Vector:
        """Half the nearest row, half the mean of the three nearest; without questions of its own, the nearest alone.

        Only for the foremost clauses: what lies far behind them is not shown, whichever way it is counted.
        """
        nearest = self._nearest(cosines)
        if len(nearest) > FOREMOST:
            some = np.argpartition(nearest, -FOREMOST)[-FOREMOST:]
            some = some[self._with_questions[some]]
        else:
            some = np.flatnonzero(self._with_questions)
        if not len(some):
            return nearest
        starts, counts = self._bounds[some], self._bounds[some + 1] - self._bounds[some]
        places = np.arange(int(counts.max()))
        there = places < counts[:, None]
        theirs = np.where(there, cosines[np.where(there, starts[:, None] + places, 0)], np.float32(-np.inf))
        best = np.sort(theirs, axis=1)[:, -NEAREST:]
        mean = np.where(np.isfinite(best), best, 0).sum(1) / np.minimum(counts, NEAREST)
        nearest[some] = (nearest[some] + mean) / 2
        return nearest

    def _nearest(self, cosines: Vector) -> Vector:
        nearest = np.full(len(self.clauses), -1.0, np.float32)
        nearest[self._row_owner[self._starts]] = np.maximum.reduceat(cosines, self._starts)
        return nearest

    @cached_property
    def centre(self) -> Vector:
        """The mean of all rows: where in the space these clauses lie as a whole."""
        assert self._rows is not None, "only rows have a centre"
        return np.asarray(self._rows.mean(0), np.float32)

    def spread(self) -> tuple[float, float]:
        """Mean and spread of the cosines among clauses that have nothing to do with each other, from a sample."""
        assert self._rows is not None, "only rows are like each other"
        sample = self._rows[:: max(1, len(self._rows) // 200)]
        cosines = (sample @ sample.T)[np.triu_indices(len(sample), 1)]
        return (float(cosines.mean()), float(cosines.std())) if len(cosines) else (0.0, 1.0)

    @cached_property
    def _rough(self) -> tuple[Vector, Vector]:
        """The directions in which the rows differ most, and the rows seen along them alone."""
        assert self._rows is not None, "only rows have directions"
        sample = self._rows[:: max(1, len(self._rows) // 20_000)]
        _, directions = np.linalg.eigh(sample.T @ sample)  # not centred: the products themselves are to be kept
        kept = np.ascontiguousarray(directions[:, -ROUGH_DIMENSIONS:].T, dtype=np.float32)
        return kept, np.ascontiguousarray(self._rows @ kept.T)


class Lexicon:
    """BM25 over texts, one column a term."""

    def __init__(self, texts: Sequence[str]) -> None:
        bags = [Counter(terms(text)) for text in texts]
        lengths = np.array([bag.total() for bag in bags], np.float32)
        mean = float(lengths.mean()) if len(bags) and lengths.any() else 1.0
        held = Counter(term for bag in bags for term in bag)
        self._column = {term: at for at, term in enumerate(held)}
        self.size = len(bags)
        start = np.zeros(len(held) + 1, np.int64)
        np.cumsum([*held.values()], out=start[1:]) if held else None
        fill = start[:-1].copy()
        self._start = start
        self._text = np.empty(start[-1], np.int32)
        self._weight = np.empty(start[-1], np.float32)
        damping = K1 * (1 - B + B * lengths / mean)
        for at, bag in enumerate(bags):
            for term, count in bag.items():
                column = self._column[term]
                self._text[fill[column]] = at
                self._weight[fill[column]] = count * (K1 + 1) / (count + damping[at])
                fill[column] += 1

    def weight_of(self, term: str) -> float:
        """idf; a term that nobody holds weighs most."""
        column = self._column.get(term)
        held = 0 if column is None else int(self._start[column + 1] - self._start[column])
        return log(1 + (self.size - held + 0.5) / (held + 0.5))

    def scores(self, question: str) -> tuple[Vector, Vector]:
        """For each text: its BM25 scaled to at most about 1, and the share of the question's weight that it covers."""
        score, covered = np.zeros(self.size, np.float32), np.zeros(self.size, np.float32)
        wanted = {term: self.weight_of(term) for term in dict.fromkeys(terms(question))}
        total = sum(wanted.values())
        for term, weight in wanted.items():
            column = self._column.get(term)
            if column is None:
                continue
            first, last = self._start[column], self._start[column + 1]
            if self.size > MANY and last - first > COMMON * self.size:
                continue
            at = self._text[first:last]
            score[at] += np.float32(weight) * self._weight[first:last]
            covered[at] += np.float32(weight)
        return (score / np.float32(total * (K1 + 1)), covered / np.float32(total)) if total else (score, covered)


def _holds(asked: str | None, named: tuple[str, ...]) -> bool:
    return asked is None or not named or asked.casefold() in {name.casefold() for name in named}


def _number(day: date | None, default: int) -> int:
    return day.year * 10_000 + day.month * 100 + day.day if day else default


def parts(clauses: Sequence[Clause], rows: Mapping[str, Rows]) -> dict[str, Part]:
    """One part a language."""
    by_language: dict[str, list[Clause]] = {}
    for clause in clauses:
        by_language.setdefault(clause.language, []).append(clause)
    return {language: Part(theirs, rows.get(language)) for language, theirs in sorted(by_language.items())}

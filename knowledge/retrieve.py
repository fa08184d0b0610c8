"""A question → the clauses in force that answer it, best first; or nothing, which is an answer too and says why.

Meaning decides and words correct it: the cosine of the question to the nearest row of each clause, plus BM25 with a weight
that was measured for each language (in English words help little, in Chinese much). A question whose best likeness stays
below what unrelated questions reach is "not covered" rather than guessed. Where no embedder is, words alone decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

import numpy as np

from knowledge.documents import Clause, Passage
from knowledge.embed.bert import Vector
from knowledge.index import ACROSS, PolicyIndex, Vectors
from knowledge.search import Asker, Lexicon, Mask, Part, parts

MIN_COVERED = 0.22
"""By words alone: the share of the question's term weight (idf) that a clause must hold to count as an answer."""
ALL_COVERED = 0.8
"""A clause that holds nearly every word of the question answers it, whatever its vector says: `第七条`, a product's name."""
ANYBODY = Asker()


@dataclass(frozen=True, slots=True)
class Scale:
    """How an embedder's cosines are read. `unrelated` and `spread` are their mean and spread among clauses that have
    nothing to do with the question, `words` what BM25 weighs beside them, `covers` the cosine that the best clause must
    reach: measured, see the README of knowledge/."""

    unrelated: float
    spread: float
    words: float
    covers: float

    @property
    def clearly(self) -> float:
        """A difference of cosines that is no accident."""
        return 0.6 * self.spread


SCALES = {
    "multilingual-e5-small-q4": Scale(unrelated=0.843, spread=0.0135, words=18.0, covers=0.880),
    "all-MiniLM-L6-v2": Scale(unrelated=0.135, spread=0.09, words=4.0, covers=0.31),
}


class Miss(StrEnum):
    """Why a question was not answered."""

    NOT_COVERED = "nothing covers it"
    NOT_IN_FORCE = "what covers it is not in force on that day"
    OTHER_REGION = "what covers it holds only in another region"
    OTHER_TIER = "what covers it holds only for another tier"
    INTERNAL = "what covers it is for staff only"
    NO_QUESTION = "the question has no words"


@dataclass(frozen=True, slots=True)
class Answer:
    """`language` is the language of the clauses; it is another than asked for where none is written in that."""

    passages: tuple[Passage, ...]
    language: str
    miss: Miss | None = None


class HybridRetriever:
    """Fits agent's Retriever port without knowing it."""

    def __init__(self, index: PolicyIndex, by_words_only: bool = False, by_meaning_only: bool = False) -> None:
        """The two switches are for measuring the parts against the whole."""
        self._index = index
        self._by_words_only, self._by_meaning_only = by_words_only, by_meaning_only
        self._touched = -1
        self._generation: str | None = None
        self._parts: dict[str, Part] = {}
        self._spaces: dict[str, Vectors] = {}
        self._across: dict[str, Part] = {}

    def policies(
        self, query: str, language: str, on: date, limit: int = 5, asker: Asker = ANYBODY
    ) -> tuple[Passage, ...]:
        """Clauses in force on that day, best first; empty when nothing covers the query."""
        return self.ask(query, language, on, limit, asker).passages

    def ask(self, query: str, language: str, on: date, limit: int = 5, asker: Asker = ANYBODY) -> Answer:
        """The same, with the reason where there is no answer."""
        self._refresh()
        if not any(char.isalnum() for char in query):
            return Answer((), language, Miss.NO_QUESTION)
        spoken, part = self._part_for(language, on, asker)
        if part is None:
            return Answer((), language, Miss.NOT_COVERED)
        likeness, scale = self._likeness(part, query, spoken, across=spoken != language)
        words, covered = part.lexicon.scores(query)
        fits = (
            words
            if likeness is None or scale is None
            else ((likeness - scale.unrelated) / scale.spread + scale.words * words)
        )
        if likeness is not None and self._by_meaning_only:
            fits = likeness
        reaches = covered >= MIN_COVERED if likeness is None or scale is None else (
            (likeness >= scale.covers) | (covered >= ALL_COVERED)
        )  # fmt: skip
        allowed = part.allowed(on, asker)
        miss = _why_not(part, likeness if likeness is not None else covered, reaches, allowed, on, asker,
                        scale.clearly if scale else 0.1)  # fmt: skip
        if miss is not None:
            return Answer((), spoken, miss)
        near = allowed & (reaches if likeness is None or scale is None else likeness >= scale.covers - 3 * scale.spread)
        order = np.flatnonzero(near)
        order = order[np.argsort(-fits[order], kind="stable")][:limit]
        found = (_passage(part.clauses[at], float(fits[at]), spoken) for at in order)
        return Answer(tuple(sorted(found, key=lambda passage: (-passage.score, passage.source_id))), spoken)

    def licensed(self, acts: Sequence[str], language: str, on: date) -> tuple[Clause, ...]:
        """The clauses in force that back any of these acts."""
        self._refresh()
        part = self._parts.get(language)
        if part is None:
            return ()
        wanted = set(acts)
        allowed = part.allowed(on, ANYBODY)
        return tuple(clause for at, clause in enumerate(part.clauses) if allowed[at] and wanted & set(clause.acts))

    def history(self, customer_id: str, query: str, limit: int = 5) -> tuple[Passage, ...]:
        """Entries of this one customer's own history, best first."""
        entries = self._index.history(customer_id)
        scores, _ = Lexicon([entry.text for entry in entries]).scores(query)
        scored = [replace(entry, score=float(score)) for entry, score in zip(entries, scores, strict=True)]
        return tuple(sorted(scored, key=lambda passage: (-passage.score, passage.source_id))[:limit])

    # --- what is in memory --------------------------------------------------------------------------------------------

    def _refresh(self) -> None:
        """Read the index again when somebody, perhaps another process, ingested since."""
        if (touched := self._index.touched()) == self._touched:
            return
        if (generation := self._index.generation()) != self._generation:
            clauses = self._index.all_clauses()
            self._spaces = self._index.vectors()
            spaces = {name: (space.owners, space.matrix) for name, space in self._spaces.items()}
            self._parts = parts(clauses, spaces)
            self._across = {
                language: Part(part.clauses, *spaces[ACROSS])
                for language, part in self._parts.items()
                if ACROSS in spaces
            }
            self._generation = generation
        self._touched = self._index.touched() if touched == -1 else touched

    def _part_for(self, language: str, on: date, asker: Asker) -> tuple[str, Part | None]:
        """The clauses in the question's language; where there is none in force at all, those in another."""
        own = self._parts.get(language)
        if own is not None and own.allowed(on, asker).any():
            return language, own
        others = [(name, part) for name, part in self._parts.items() if name != language]
        for name, part in others:
            if part.allowed(on, asker).any():
                return name, self._across.get(name, part)
        return language, own

    def _likeness(self, part: Part, query: str, language: str, across: bool) -> tuple[Vector | None, Scale | None]:
        """None where words alone are searched: no vectors, or an embedder that is not the one that made them."""
        space = self._spaces.get(ACROSS if across and ACROSS in self._spaces else language)
        embedders = self._index.embedders
        embedder = embedders.across() if across else embedders.of(language)
        if self._by_words_only or space is None or embedder is None or embedder.name != space.embedder:
            return None, None
        return part.likeness(embedder.query(query)), SCALES.get(space.embedder) or _measured(part)


def _measured(part: Part) -> Scale:
    """For a model of the operator's own: read off the corpus itself, so a first guess; `holdfast eval retrieval` checks it."""
    mean, spread = part.spread()
    return Scale(unrelated=mean, spread=spread, words=4.0, covers=mean + 1.5 * spread)


def _why_not(
    part: Part, strength: Vector, reaches: Mask, allowed: Mask, on: date, asker: Asker, clearly: float
) -> Miss | None:
    """None when something that may be quoted covers the question, and nothing else covers it clearly better."""
    if not reaches.any():
        return Miss.NOT_COVERED
    best = int(np.argmax(np.where(reaches, strength, -np.inf)))
    mine = float(np.max(strength[allowed & reaches])) if (allowed & reaches).any() else -np.inf
    if allowed[best] or mine > strength[best] - clearly:
        return None
    clause = part.clauses[best]
    if not clause.in_force(on):
        return Miss.NOT_IN_FORCE
    if asker.audience is not None and clause.audience != asker.audience:
        return Miss.INTERNAL
    return Miss.OTHER_REGION if part.allowed(on, replace(asker, region=None))[best] else Miss.OTHER_TIER


def _passage(clause: Clause, score: float, language: str) -> Passage:
    return Passage("clause", clause.id, clause.text, score, language, clause)

"""A question → the clauses in force that answer it, best first; or nothing, which is an answer too and says why.

Meaning decides and words correct it: the cosine of the question to the nearest rows of each clause, plus BM25 with a
weight that was measured for each language (in English words help little, in Chinese much). A question that is as like a
question of the background as it is like any clause is "not covered" rather than guessed. Where no embedder is, words
alone decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache

import numpy as np

from knowledge.background import Others, others
from knowledge.conflicts import conflicts
from knowledge.documents import Clause, Passage
from knowledge.embed.bert import Vector
from knowledge.embed.choice import Embedder
from knowledge.index import ACROSS, PolicyIndex, Vectors
from knowledge.search import Asker, Lexicon, Mask, Part, Rows, parts

MIN_COVERED = 0.22
"""By words alone: the share of the question's term weight (idf) that a clause must hold to count as an answer."""
ALL_COVERED = 0.8
"""A clause that holds nearly every word of the question answers it, whatever its vector says: `第七条`, a product's
name."""
ANYBODY = Asker()


@dataclass(frozen=True, slots=True)
class Scale:
    """How an embedder's cosines are read: measured, see the README of knowledge/.

    `unrelated` and `spread` are their mean and spread among clauses that have nothing to do with the question, `words`
    what BM25 weighs beside them, in spreads; `lead`, `caution` and `beside` are what is taken off some rows (see
    `Rows`). A question is covered when the best clause, by meaning and `share` of the words, lies above `covers` +
    `against` times the nearest background question, by meaning and words; `whole` times of how much nearer the question
    is to the shop as a whole than background questions are speaks for it. Background questions that a clause reaches
    with `answered` are answered here, and do not count.
    """

    unrelated: float
    spread: float
    words: float
    share: float
    lead: float
    caution: float
    beside: float
    covers: float
    against: float
    whole: float
    answered: float

    @property
    def clearly(self) -> float:
        """A difference of cosines that is no accident."""
        return 0.6 * self.spread


SCALES = {
    "multilingual-e5-small-q4": Scale(
        unrelated=0.843, spread=0.0135, words=18.0, share=0.5, lead=0.006, caution=0.021, beside=0.01,
        covers=-0.018, against=1.0, whole=0.3, answered=0.90,
    ),
    "all-MiniLM-L6-v2": Scale(
        unrelated=0.135, spread=0.09, words=4.0, share=1.0, lead=0.06, caution=0.18, beside=0.06,
        covers=0.005, against=0.7, whole=1.0, answered=0.55,
    ),
}  # fmt: skip
BETWEEN_LANGUAGES = Scale(
    unrelated=0.79, spread=0.0135, words=0.0, share=0.0, lead=0.006, caution=0.006, beside=0.0,
    covers=0.82, against=0.0, whole=0.0, answered=1.0,
)  # fmt: skip
"""A question in one language against clauses in the other, by the e5 model that comes with us."""


class Miss(StrEnum):
    """Why a question was not answered."""

    NOT_COVERED = "nothing covers it"
    NOT_IN_FORCE = "what covers it is not in force on that day"
    OTHER_REGION = "what covers it holds only in another region"
    OTHER_TIER = "what covers it holds only for another tier"
    INTERNAL = "what covers it is for staff only"
    NO_QUESTION = "the question has no words"


@dataclass(frozen=True, slots=True)
class Found:
    """What a question got. `language` is that of the clauses: another than asked for where none is written in that."""

    passages: tuple[Passage, ...]
    language: str
    miss: Miss | None = None


@dataclass(frozen=True, slots=True)
class Using:
    """What a search may use: for measuring the parts against the whole."""

    words: bool = True
    meaning: bool = True
    questions: bool = True


EVERYTHING = Using()
COMPARED, NEIGHBOURS = 300, 8
"""Characters of a clause that its neighbours are looked up by, and how many of them it is compared with."""


class HybridRetriever:
    """Fits agent's Retriever port without knowing it."""

    def __init__(self, index: PolicyIndex, using: Using = EVERYTHING) -> None:
        self._index = index
        self._using = using
        self._vector = lru_cache(maxsize=512)(lambda embedder, question: embedder.query(question))
        self._touched = -1
        self._generation: str | None = None
        self._spaces: dict[str, Space] = {}
        self._across: dict[str, Space] = {}

    def policies(
        self, query: str, language: str, on: date, limit: int = 5, asker: Asker = ANYBODY
    ) -> tuple[Passage, ...]:
        """Clauses in force on that day, best first; empty when nothing covers the query."""
        return self.ask(query, language, on, limit, asker).passages

    def ask(self, query: str, language: str, on: date, limit: int = 5, asker: Asker = ANYBODY) -> Found:
        """The same, with the reason where there is no answer."""
        self._refresh()
        if not any(char.isalnum() for char in query):
            return Found((), language, Miss.NO_QUESTION)
        spoken, space = self._space_for(language, on, asker)
        if space is None:
            return Found((), language, Miss.NOT_COVERED)
        part, allowed = space.part, space.part.allowed(on, asker)
        fit = self._fit(space, query)
        if (miss := _why_not(part, fit, allowed, on, asker)) is not None:
            return Found((), spoken, miss)
        order = np.flatnonzero(allowed & fit.near)
        order = order[np.argsort(-fit.score[order], kind="stable")][:limit]
        found = [_passage(part.clauses[at], float(fit.score[at]), spoken) for at in order]
        return Found(tuple(sorted(found, key=lambda passage: (-passage.score, passage.source_id))), spoken)

    def embed(self, query: str, language: str) -> None:
        """Embed a question ahead of asking it: so that each can be timed by itself."""
        self._refresh()
        space = self._spaces.get(language)
        if space is not None and space.embedder is not None and self._using.meaning:
            self._vector(space.embedder, query)

    def licensed(self, acts: Sequence[str], language: str, on: date) -> tuple[Clause, ...]:
        """The clauses in force that back any of these acts."""
        self._refresh()
        if (space := self._spaces.get(language)) is None:
            return ()
        wanted, allowed = set(acts), space.part.allowed(on, ANYBODY)
        return tuple(
            clause for at, clause in enumerate(space.part.clauses) if allowed[at] and wanted & set(clause.acts)
        )

    def contradiction(self, clauses: Sequence[Clause], on: date) -> str:
        """What one of these clauses and another one in force say of the same thing; empty where they agree.

        Only what the search finds near a clause is compared with it, and only the same words with another number are
        held against it; of two clauses that answer one question any contradiction counts.
        """
        if among := conflicts(clauses, on):
            return among[0].message
        for clause in clauses:
            found = self.policies(clause.text[:COMPARED], clause.language, on, NEIGHBOURS)
            others = [near.clause for near in found if near.clause is not None and near.clause.id != clause.id]
            for conflict in conflicts([clause, *others], on):
                if conflict.alike and clause.id in (conflict.first.id, conflict.second.id):
                    return conflict.message
        return ""

    def history(self, customer_id: str, query: str, limit: int = 5) -> tuple[Passage, ...]:
        """Entries of this one customer's own history, best first."""
        entries = self._index.history(customer_id)
        scores, _ = Lexicon([entry.text for entry in entries]).scores(query)
        scored = [replace(entry, score=float(score)) for entry, score in zip(entries, scores, strict=True)]
        return tuple(sorted(scored, key=lambda passage: (-passage.score, passage.source_id))[:limit])

    # --- what is in memory --------------------------------------------------------------------------------------------

    def _refresh(self) -> None:
        """Read the index again when somebody, perhaps another process, ingested since."""
        touched = self._index.touched()
        if touched == self._touched:
            return
        if (generation := self._index.generation()) != self._generation:
            vectors = self._index.vectors()
            across = vectors.pop(ACROSS, None)
            rows = {name: _rows(space, self._using.questions) for name, space in vectors.items()}
            clauses = self._index.all_clauses()
            if not self._using.questions:
                clauses = [replace(clause, questions=()) for clause in clauses]
            self._spaces = {
                language: Space(part, *self._reader(vectors.get(language), part, language))
                for language, part in parts(clauses, rows).items()
            }
            self._across = {}
            if across is not None and (embedder := self._index.embedders.across()) is not None:
                for language, space in self._spaces.items():
                    part = Part(space.part.clauses, Rows(across.owners, across.asked, across.matrix))
                    self._across[language] = Space(part, embedder, BETWEEN_LANGUAGES, None)
            self._generation = generation
        self._touched = touched

    def _reader(
        self, vectors: Vectors | None, part: Part, language: str
    ) -> tuple[Embedder | None, Scale | None, Others | None]:
        """What reads a question for these rows; nothing where no embedder is, or not the one that made them."""
        embedder = self._index.embedders.of(language)
        if vectors is None or embedder is None or embedder.name != vectors.embedder:
            return None, None, None
        found = self._index.background(language)
        scale = SCALES.get(embedder.name) or _measured(part, found.vectors if found else None)
        if found is None:
            return embedder, scale, None

        def answered(question: Vector) -> bool:
            alike = part.likeness(question)
            return alike is not None and float(alike.tell.max()) >= scale.answered

        return embedder, scale, others(found.vectors, found.texts, part.centre, answered)

    def _space_for(self, language: str, on: date, asker: Asker) -> tuple[str, Space | None]:
        """The clauses in the question's language; where there is none in force at all, those in another."""
        own = self._spaces.get(language)
        if own is not None and own.part.allowed(on, asker).any():
            return language, own
        for name, space in self._spaces.items():
            if name != language and space.part.allowed(on, asker).any():
                return name, self._across.get(name, space.between_languages())
        return language, own

    def _fit(self, space: Space, query: str) -> Fit:
        words, covered = space.part.lexicon.scores(query)
        scale = space.scale
        if not self._using.meaning or space.embedder is None or scale is None:
            return Fit(words, covered, covered >= MIN_COVERED, covered >= MIN_COVERED, clearly=0.1)
        question = self._vector(space.embedder, query)
        likeness = space.part.likeness(question)
        assert likeness is not None, "an embedder has rows to compare with"
        weight = scale.words if self._using.words else 0.0
        score = (likeness.order - scale.unrelated) / scale.spread + weight * words
        told = likeness.tell + scale.share * weight * scale.spread * words
        needed = scale.covers + _against(space, scale, question, query, weight * scale.spread)
        reaches = (told >= needed) | (covered >= ALL_COVERED)
        near = reaches | (likeness.order >= needed - 4 * scale.spread)
        return Fit(score, likeness.order, reaches, near, scale.clearly)


@dataclass(frozen=True, slots=True)
class Space:
    """Clauses of one language, with what reads a question for them; without it, words alone are searched."""

    part: Part
    embedder: Embedder | None
    scale: Scale | None
    others: Others | None

    def between_languages(self) -> Space:
        """For a question in another language: the same rows where the embedder knows both."""
        knows_both = self.embedder is not None and len(self.embedder.languages) > 1
        scale = BETWEEN_LANGUAGES if self.embedder is not None and self.embedder.name in SCALES else self.scale
        return Space(self.part, self.embedder, scale, None) if knows_both else Space(self.part, None, None, None)


@dataclass(frozen=True, slots=True)
class Fit:
    """How well each clause fits: `score` orders them, `strength` tells whether one fits clearly better than another,
    `reaches` are those that answer by themselves and `near` those that may stand beside them."""

    score: Vector
    strength: Vector
    reaches: Mask
    near: Mask
    clearly: float


def _rows(vectors: Vectors, questions: bool) -> Rows:
    scale = SCALES.get(vectors.embedder)
    kept = [at for at, asked in enumerate(vectors.asked) if questions or not asked]
    owners, asked = [vectors.owners[at] for at in kept], [vectors.asked[at] for at in kept]
    lead, caution, beside = (scale.lead, scale.caution, scale.beside) if scale else (0.0, 0.0, 0.0)
    return Rows(owners, asked, vectors.matrix[kept], lead, caution, beside)


def _against(space: Space, scale: Scale, question: Vector, text: str, weight: float) -> float:
    """What speaks against any clause's covering the question."""
    if space.others is None:
        return 0.0
    nearest = space.others.nearest(question, text, weight)
    return scale.against * nearest - scale.whole * space.others.nearer(question)


def _measured(part: Part, asked: Vector | None) -> Scale:
    """For a model of the operator's own: read off its own cosines. A first guess; `holdfast eval retrieval` tells."""
    mean, spread = part.spread()
    nearest = float((asked @ asked.T - 2 * np.eye(len(asked))).max(1).mean()) if asked is not None else 0.0
    covers = mean + 2.8 * spread - 0.6 * nearest
    return Scale(
        mean, spread, words=4.0, share=1.0, lead=0.0, caution=0.0, beside=0.0,
        covers=covers, against=0.6 if asked is not None else 0.0, whole=0.0, answered=mean + 4.5 * spread,
    )  # fmt: skip


def _why_not(part: Part, fit: Fit, allowed: Mask, on: date, asker: Asker) -> Miss | None:
    """None when something that may be quoted covers the question, and nothing else covers it clearly better."""
    if not fit.reaches.any():
        return Miss.NOT_COVERED
    best = int(np.argmax(np.where(fit.reaches, fit.strength, -np.inf)))
    mine = float(np.max(fit.strength[allowed & fit.reaches], initial=-np.inf))
    if allowed[best] or mine > fit.strength[best] - fit.clearly:
        return None
    clause = part.clauses[best]
    if not clause.in_force(on):
        return Miss.NOT_IN_FORCE
    if asker.audience is not None and clause.audience != asker.audience:
        return Miss.INTERNAL
    return Miss.OTHER_REGION if part.allowed(on, replace(asker, region=None))[best] else Miss.OTHER_TIER


def _passage(clause: Clause, score: float, language: str) -> Passage:
    return Passage("clause", clause.id, clause.text, score, language, clause)

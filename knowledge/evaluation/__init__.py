"""How well a search finds: questions with known answers → recall, rank, abstention and time, each with its interval.

A set of questions is a file of JSON lines: `id`, `language`, `query`, and `answers`, the ids of the clauses that
answer it (`[]` where nothing does); `expired` names a clause that would answer it but is not in force. Sets written
by different hands stay apart, because whoever wrote a clause's own questions asks like them.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from math import sqrt
from pathlib import Path
from statistics import mean, stdev

from knowledge.errors import DocumentUnreadable
from knowledge.index import PolicyIndex
from knowledge.retrieve import Found, HybridRetriever, Using

DEPTH = 10
Z95 = 1.959964
METHODS: Mapping[str, Using] = {
    "ours": Using(),
    "ours without clause questions": Using(questions=False),
    "bm25": Using(meaning=False),
    "dense": Using(words=False),
}


@dataclass(frozen=True, slots=True)
class Question:
    id: str
    language: str
    query: str
    answers: tuple[str, ...]
    expired: str | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its 95 % interval; `value` is None where nothing was counted."""

    value: float | None
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Row:
    """What one method did with one language's questions. `expired_returned` must be 0."""

    name: str
    language: str
    recall_at_1: Share
    recall_at_5: Share
    mrr: Share
    answered: Share
    abstains_right: Share
    expired_abstains: Share
    expired_returned: int
    search_p50_ms: float
    search_p95_ms: float
    embed_p50_ms: float

    def as_dict(self) -> dict[str, object]:
        names = ("recall_at_1", "recall_at_5", "mrr", "answered", "abstains_right", "expired_abstains")
        shares: dict[str, Share] = {name: getattr(self, name) for name in names}
        return {
            "name": self.name,
            "language": self.language,
            **{name: share.value for name, share in shares.items()},
            "expired_returned": self.expired_returned,
            "search_p50_ms": self.search_p50_ms,
            "search_p95_ms": self.search_p95_ms,
            "embed_p50_ms": self.embed_p50_ms,
            "intervals": {
                name: {"low": share.low, "high": share.high, "n": share.n} for name, share in shares.items() if share.n
            },
        }


def shipped() -> list[Path]:
    """The sets of questions about the sample shop that come with us."""
    folder = Path(str(files("knowledge") / "evaluation"))
    return sorted(folder.glob("questions.*.jsonl"))


def read_questions(path: Path) -> list[Question]:
    """Raises DocumentUnreadable naming the line."""
    questions = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
            answers = tuple(
                answer if isinstance(answer, str) else f"{answer['document']}\n{answer['clause']}"
                for answer in data["answers"]
            )
            questions.append(Question(str(data["id"]), data["language"], data["query"], answers, data.get("expired")))
        except (ValueError, KeyError, TypeError) as error:
            raise DocumentUnreadable(
                f"{path}, line {number}: it is no question ({error})",
                'write {"id": …, "language": "zh", "query": …, "answers": ["document#clause"]}',
            ) from error
    return questions


def evaluate(
    index: PolicyIndex, questions: Sequence[Question], on: date, methods: Iterable[str] = METHODS
) -> list[Row]:
    """Each method on each language that is asked in."""
    languages = sorted({question.language for question in questions})
    return [
        _row(
            name, language, HybridRetriever(index, METHODS[name]), [q for q in questions if q.language == language], on
        )
        for name in methods
        for language in languages
    ]


def _row(name: str, language: str, retriever: HybridRetriever, questions: Sequence[Question], on: date) -> Row:
    retriever.ask("warm", language, on)
    asked = [_ask(retriever, question, on) for question in questions]
    answerable = [one for one in asked if one.question.answers]
    unanswerable = [one for one in asked if not one.question.answers and not one.question.expired]
    expired = [one for one in asked if one.question.expired]
    return Row(
        name,
        language,
        recall_at_1=wilson([one.rank == 1 for one in answerable]),
        recall_at_5=wilson([0 < one.rank <= 5 for one in answerable]),
        mrr=_mean([1 / one.rank if one.rank else 0.0 for one in answerable]),
        answered=wilson([bool(one.found) for one in answerable]),
        abstains_right=wilson([not one.found for one in unanswerable]),
        expired_abstains=wilson([not one.found for one in expired]),
        expired_returned=sum(one.question.expired in one.found for one in expired),
        search_p50_ms=_quantile([one.search_ms for one in asked], 0.5),
        search_p95_ms=_quantile([one.search_ms for one in asked], 0.95),
        embed_p50_ms=_quantile([one.embed_ms for one in asked], 0.5),
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    question: Question
    found: tuple[str, ...]
    rank: int
    search_ms: float
    embed_ms: float


def _ask(retriever: HybridRetriever, question: Question, on: date) -> _Asked:
    start = time.perf_counter()
    retriever.embed(question.query, question.language)
    embedded = time.perf_counter()
    answer = retriever.ask(question.query, question.language, on, DEPTH)
    done = time.perf_counter()
    found = tuple(passage.source_id for passage in answer.passages)
    return _Asked(question, found, _rank(answer, question.answers), 1000 * (done - embedded), 1000 * (embedded - start))


def _rank(answer: Found, answers: tuple[str, ...]) -> int:
    """The place of the first right clause, from 1; 0 when none is among them. An answer is an id, or document and
    name."""
    for place, passage in enumerate(answer.passages, start=1):
        clause = passage.clause
        assert clause is not None, "policies are clauses"
        for right in answers:
            document, _, name = right.partition("\n")
            if clause.id == right or (name and clause.clause == name and clause.document.endswith(document)):
                return place
    return 0


def wilson(hits: Sequence[bool]) -> Share:
    """Wilson's interval: honest at 0 and 1, where the usual one has no width."""
    n = len(hits)
    if not n:
        return Share(None, None, None, 0)
    share = sum(hits) / n
    centre = (share + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
    half = Z95 * sqrt(share * (1 - share) / n + Z95**2 / (4 * n**2)) / (1 + Z95**2 / n)
    return Share(round(share, 4), round(max(0.0, centre - half), 4), round(min(1.0, centre + half), 4), n)


def _mean(values: Sequence[float]) -> Share:
    if not values:
        return Share(None, None, None, 0)
    half = Z95 * stdev(values) / sqrt(len(values)) if len(values) > 1 else 1.0
    middle = mean(values)
    return Share(round(middle, 4), round(max(0.0, middle - half), 4), round(min(1.0, middle + half), 4), len(values))


def _quantile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2) if ordered else 0.0

"""Which clauses really answer a question: at most two, each with a sentence that may be quoted, or none.

Takes a question and a retriever, gives clauses in force. Finding words alike is not answering: a clause must be on the
topic that the question names (topics.toml); a question on no topic we know needs a clause whose heading it names. None
is an honest answer, and the reply then says so.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources.abc import Traversable

from agent.chat.intent import fold
from agent.domain import Language
from agent.ports import Retriever
from agent.resources import kept, package_data
from knowledge.documents import Clause, Passage

MOST = 2
CLOSE = 0.8
"""A second clause on the same topic is quoted too when it fits nearly as well as the first. Scores lie close together
where clauses have many questions of their own."""
LOOKED_AT = 8


@dataclass(frozen=True, slots=True)
class Topic:
    """`ask` finds it in a question, `say` in a clause; `words` are what a search for it looks for."""

    name: str
    ask: re.Pattern[str]
    say: re.Pattern[str]
    words: str


def covering(question: str, language: Language, on: date, retriever: Retriever) -> tuple[Clause, ...]:
    """The clauses to quote, best first; empty when the rules do not cover the question."""
    topics = topics_in(question, language)
    found = retriever.policies(question, language.value, on, LOOKED_AT)
    if not topics:
        return tuple(_clauses(passage for passage in found[:1] if _names_heading(question, passage)))
    by_topic = retriever.policies(" ".join(topic.words for topic in topics), language.value, on, LOOKED_AT)
    known = {passage.source_id for passage in found}
    passages = [*_quotable(found), *_quotable(p for p in by_topic if p.source_id not in known)]
    scores = {passage.source_id: passage.score for passage in found}
    return _pick(topics, passages, scores)


def _pick(topics: Sequence[Topic], passages: Sequence[Passage], scores: Mapping[str, float]) -> tuple[Clause, ...]:
    """The best clause of each topic; for one topic alone, also a second that fits nearly as well."""
    fitting = [[passage for passage in passages if topic.say.search(_said(passage))] for topic in topics]
    chosen = [those[0] for those in fitting if those]
    if len(topics) == 1 and fitting[0]:
        first, *rest = fitting[0]
        chosen += [p for p in rest[:1] if scores.get(p.source_id, 0.0) >= CLOSE * scores.get(first.source_id, 9.0)]
    return tuple({clause.id: clause for clause in _clauses(chosen)}.values())[:MOST]


def topics_in(question: str, language: Language) -> tuple[Topic, ...]:
    """The topics that a question names, in the order in which it names them."""
    folded = fold(question)
    placed = [(match.start(), topic) for topic in topics(language) if (match := topic.ask.search(folded))]
    return tuple(topic for _, topic in sorted(placed, key=lambda pair: pair[0]))


def topics(language: Language) -> tuple[Topic, ...]:
    return _shipped()[language]


@kept
def _shipped() -> Mapping[Language, tuple[Topic, ...]]:
    return read_topics(package_data("agent.chat"))


def read_topics(root: Traversable) -> Mapping[Language, tuple[Topic, ...]]:
    rows = tomllib.loads((root / "topics.toml").read_text(encoding="utf-8"))
    return {
        language: tuple(
            Topic(
                name,
                _any(row[language.value]["ask"], language),
                _any(row[language.value]["say"], language),
                " ".join(row[language.value]["say"]),
            )
            for name, row in rows.items()
        )
        for language in Language
    }


def _any(words: Sequence[str], language: Language) -> re.Pattern[str]:
    start = r"\b" if language is Language.EN else ""
    return re.compile(start + "(?:" + "|".join(re.escape(word) for word in words) + ")")


def _quotable(passages: Iterator[Passage] | Sequence[Passage]) -> list[Passage]:
    return [p for p in passages if p.clause is not None and p.clause.customer_text]


def _clauses(passages: Iterator[Passage] | Sequence[Passage]) -> list[Clause]:
    return [p.clause for p in passages if p.clause is not None and p.clause.customer_text]


def _said(passage: Passage) -> str:
    clause = passage.clause
    assert clause is not None, "only clauses are quoted"
    return fold(f"{clause.clause} {clause.customer_text}")


def _names_heading(question: str, passage: Passage) -> bool:
    """Two Chinese characters in a row, or an English word of four letters, that stand in the clause's heading too."""
    heading = passage.clause.clause if passage.clause else ""
    return bool(_marks(fold(question)) & _marks(fold(heading)))


def _marks(text: str) -> set[str]:
    runs = re.findall(r"[\u4e00-\u9fff]+", text)
    pairs = {run[at : at + 2] for run in runs for at in range(len(run) - 1)}
    return pairs | {word[:5] for word in re.findall(r"[a-z]{4,}", text)}

"""Which clauses really answer a question: at most two, each with a sentence that may be quoted, or none.

Takes a question and a retriever, gives clauses in force. The search says which clauses are alike; the topics that the
question names (topics.toml) choose among them: words in common are not an answer, and a special case that nobody
mentioned is none either. Where no topic is named, the search is believed only if it is sure. None is an honest answer,
and the reply then says so.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources.abc import Traversable
from itertools import islice

from agent.domain import Language
from agent.language.spoken import fold
from agent.ports import Retriever
from agent.resources import kept, package_data
from knowledge.documents import Clause, Passage

DISPUTED = "two clauses contradict each other, decide which holds"
"""How a hand-over or a wait begins that has this reason; what the two say follows."""
MOST = 2
CLOSE = 0.92
"""A second clause on the same topic is quoted too when it fits nearly as well as the first. Scores lie close together
where clauses have many questions of their own."""
NEAR = 0.6
"""Clauses whose score is at least this share of the best one's are told apart by topic; what is further off is not."""
SURE, LEADS = {Language.ZH: 7.0, Language.EN: 6.0}, 0.86
"""A score that questions on no topic and covered by nothing hardly reach (of some sixty a language, one in Chinese,
three in English), and the most that the second may have of it. English scores lie lower: words count for less there."""
OVERRULED = 0.7
"""Where the search is sure, a clause on the topic that has less than this share of the best one's score is left out."""
LOOKED_AT = 8
PARTS = 4
"""Different parts of a question that are looked up by themselves: each costs a search, and two clauses are quoted."""
LookUp = Callable[[str], list[Passage]]
_PARTS = re.compile(r"[,，。;；?？!！\n]+|(?<![a-z])(?:and|also)(?![a-z])|还有|另外|顺便")


@dataclass(frozen=True, slots=True)
class Topic:
    """`ask` finds it in a question, `say` in a clause; `words` are what a search for it looks for.

    A question on a topic with `only` is answered by a clause on this very topic or not at all.
    """

    name: str
    ask: re.Pattern[str]
    say: re.Pattern[str]
    words: str
    only: bool = False


def covering(question: str, language: Language, on: date, retriever: Retriever) -> tuple[Clause, ...]:
    """The clauses to quote, best first; empty when the rules do not cover the question, or the one that does may not be
    quoted: a neighbour of it would be a wrong answer."""
    asked = retriever.policies(question, language.value, on, LOOKED_AT)
    if any(passage.clause is not None and not passage.clause.customer_text for passage in asked[:1]):
        return ()

    def look_up(words: str) -> list[Passage]:
        found = asked if words == question else retriever.policies(words, language.value, on, LOOKED_AT)
        return [passage for passage in found if passage.clause is not None and passage.clause.customer_text]

    first = _answering(question, language, look_up)
    named = (part for part in dict.fromkeys(_PARTS.split(fold(question))) if topics_in(part, language))
    parts = list(islice(named, PARTS))
    more = [passage for part in parts for passage in _answering(part, language, look_up)[:1]] if len(parts) > 1 else []
    chosen = [*first[:1], *more, *first[1:]] if first else []
    return tuple({clause.id: clause for clause in _clauses(chosen)}.values())[:MOST]


def _answering(question: str, language: Language, look_up: LookUp) -> list[Passage]:
    """The passage that answers, and one that does so nearly as well."""
    found, named = look_up(question), topics_in(question, language)
    if strict := tuple(topic for topic in named if topic.only):
        return _ordered(found, strict, language)[:1] or _ordered(_by_topic(strict, look_up), strict, language)[:1]
    if not named:
        believed = _sure(found, language) or (_leads(found) and _names_heading(question, found[0]))
        return found[:1] if believed else []
    fitting = _ordered(found, named, language)
    if _sure(found, language) and not _holds_against(fitting, found[0]):
        return found[:1]
    if not fitting or fitting[0] is not found[0] or _is_special(fitting[0], named, language):
        by_topic = _ordered(_by_topic(named, look_up), named, language)[:1]
        if by_topic and (not fitting or _spoken_of(by_topic[0], named) > _spoken_of(fitting[0], named)):
            return by_topic
    if not fitting:
        return []
    first, *rest = fitting
    return [first, *(other for other in rest[:1] if _beside(other, first, named, language))]


def _by_topic(named: Sequence[Topic], look_up: LookUp) -> list[Passage]:
    return look_up(" ".join(topic.words for topic in named))


def _ordered(found: Sequence[Passage], named: Sequence[Topic], language: Language) -> list[Passage]:
    """Those on a topic that was named: who leads clearly and is no special case stays first. Else, among the near ones,
    first who speaks of most of what was asked, and special cases last."""
    fitting = [passage for passage in found if _spoken_of(passage, named)]
    if not fitting:
        return []
    first, enough = fitting[0], NEAR * fitting[0].score
    if first is found[0] and _leads(found) and not _is_special(first, named, language):
        return fitting

    def rank(passage: Passage) -> tuple[bool, int, bool, float]:
        near = passage.score >= enough
        spoken, special = _spoken_of(passage, named), _is_special(passage, named, language)
        return (not near, -spoken, special, -passage.score)

    return sorted(fitting, key=rank)


def _spoken_of(passage: Passage, named: Sequence[Topic]) -> int:
    return sum(bool(topic.say.search(_said(passage))) for topic in named)


def _is_special(passage: Passage, named: Sequence[Topic], language: Language) -> bool:
    """Whether its heading names something that the question does not: gold members, presents, what is late."""
    assert passage.clause is not None, "only clauses are quoted"
    others = set(topics_in(passage.clause.clause, language)) - set(named)
    return any(topic.say.search(_said(passage)) for topic in others)


def _beside(other: Passage, first: Passage, named: Sequence[Topic], language: Language) -> bool:
    alike = _spoken_of(other, named) == _spoken_of(first, named) and not _is_special(other, named, language)
    return alike and other.score >= CLOSE * first.score


def _sure(found: Sequence[Passage], language: Language) -> bool:
    return _leads(found) and found[0].score >= SURE[language]


def _leads(found: Sequence[Passage]) -> bool:
    return bool(found) and (len(found) < 2 or found[1].score <= LEADS * found[0].score)


def _holds_against(fitting: Sequence[Passage], best: Passage) -> bool:
    """Whether a clause on the topic is to be preferred to the best one of the search, or is that one."""
    return best in fitting or bool(fitting and fitting[0].score >= OVERRULED * best.score)


def topics_in(question: str, language: Language) -> tuple[Topic, ...]:
    """The topics that a question names, in the order in which it names them."""
    folded = fold(question)
    placed = [(match.start(), topic) for topic in topics(language) if (match := topic.ask.search(folded))]
    return tuple(topic for _, topic in sorted(placed, key=lambda pair: pair[0]))


def topics(language: Language) -> tuple[Topic, ...]:
    return _shipped()[language]


@kept
def _shipped() -> Mapping[Language, tuple[Topic, ...]]:
    return read_topics(package_data("agent.grounding"))


def read_topics(root: Traversable) -> Mapping[Language, tuple[Topic, ...]]:
    rows = tomllib.loads((root / "topics.toml").read_text(encoding="utf-8"))
    return {
        language: tuple(
            Topic(
                name,
                _any(row[language.value]["ask"], language),
                _any(row[language.value]["say"], language),
                " ".join(row[language.value]["say"]),
                bool(row.get("only", False)),
            )
            for name, row in rows.items()
        )
        for language in Language
    }


def _any(words: Sequence[str], language: Language) -> re.Pattern[str]:
    start = r"\b" if language is Language.EN else ""
    return re.compile(start + "(?:" + "|".join(_pattern(word) for word in words) + ")")


def _pattern(word: str) -> str:
    """`…` is up to sixteen characters, `{a,b}` either; all else stands for itself."""
    pieces = re.split(r"(…|\{[^}]*\})", word)
    return "".join(_piece(piece) for piece in pieces)


def _piece(piece: str) -> str:
    if piece == "…":
        return r"[^。？！.?!]{0,16}?"
    if piece.startswith("{"):
        return "(?:" + "|".join(re.escape(one) for one in piece[1:-1].split(",")) + ")"
    return re.escape(piece)


def _clauses(passages: Iterable[Passage]) -> list[Clause]:
    return [passage.clause for passage in passages if passage.clause is not None]


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

"""What finds the indirect wording of a hand that it never met: the lists, the classifier's grams, or sentence vectors.

python -m tests.evals.gate.wording prints, for the two writers who had not read the rules (`agent/guardrails/wording`,
hands a and c), how many of their bad sentences the gate stops by its lists and rules alone, and how many grams and
vectors find that learnt from the other hands, where they stop one in two hundred of the writer's good sentences.
Takes some minutes; the vectors are those that the search uses.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from sklearn.linear_model import LogisticRegression

from agent.domain import Severity, Words
from agent.guardrails import context_from_json
from agent.guardrails.engine import find_all
from agent.guardrails.learned import RULES
from agent.guardrails.rulebook import FAMILIES
from agent.guardrails.tables import PLAIN
from agent.guardrails.unasked import with_its_wide_list
from agent.guardrails.wording.lessons import Lesson, read_lessons
from agent.guardrails.wording.model import LANGUAGES
from agent.guardrails.wording.train import learn
from knowledge.embed.choice import Embedders

HANDS = ("a", "c")
STOPPED = 0.005
BY_LISTS = tuple(with_its_wide_list(rule) for family in FAMILIES for rule in family.RULES)


def stopped_by_lists(lessons: Sequence[Lesson], language: str) -> float:
    context = context_from_json(PLAIN[language], "chat")
    found = (find_all(Words(None, lesson.text), context, among=BY_LISTS) for lesson in lessons)
    return float(np.mean([any(one.severity is not Severity.WARN for one in findings) for findings in found]))


def share_found(scores: Any, lessons: Sequence[Lesson]) -> float:
    bad = np.array([lesson.is_bad for lesson in lessons])
    return float((scores[bad] > np.quantile(scores[~bad], 1 - STOPPED)).mean())


def by_grams(learnt: Sequence[Lesson], asked: Sequence[Lesson], language: str) -> float:
    known, model = learn(learnt, language)
    return share_found(model.decision_function(known.transform([lesson.text for lesson in asked])), asked)


def by_vectors(learnt: Sequence[Lesson], asked: Sequence[Lesson], vectors: dict[str, Any]) -> float:
    rows, others = (np.stack([vectors[lesson.text] for lesson in some]) for some in (learnt, asked))
    model = LogisticRegression(C=100, class_weight="balanced", max_iter=2000)
    model.fit(rows, [lesson.is_bad for lesson in learnt])
    return share_found(model.decision_function(others), asked)


def main() -> None:
    table = Table("language", "hand", "bad sentences", "lists and rules", "grams", "vectors")
    embedders = Embedders()
    for language in LANGUAGES:
        lessons = [lesson for lesson in read_lessons(language) if lesson.rule in (*RULES, "ORDINARY")]
        embedder = embedders.of(language)
        texts = sorted({lesson.text for lesson in lessons})
        vectors = dict(zip(texts, embedder.passages(texts), strict=True)) if embedder else {}
        for hand in HANDS:
            learnt, asked = ([one for one in lessons if (one.hand == hand) is own] for own in (False, True))
            bad = [lesson for lesson in asked if lesson.is_bad]
            shares = [stopped_by_lists(bad, language), by_grams(learnt, asked, language)]
            shares += [by_vectors(learnt, asked, vectors)] if vectors else []
            table.add_row(language, hand, str(len(bad)), *[f"{share:.0%}" for share in shares])
    Console(width=100).print(table)


if __name__ == "__main__":
    main()

"""Whether a classifier of wording would help the gate: learns from one author, is asked about another's drafts.

python -m tests.evals.gate.classifier prints, for n-grams and for the sentence vectors that the search uses, how many of
the bad drafts whose fault is their wording it finds where it stops so many of the good ones. Only open sets are read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.table import Table
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from knowledge.embed.choice import Embedders
from tests.evals.gate.exam import RULES, Set, read_exam

Line = dict[str, Any]
Vectors = npt.NDArray[np.float64]
OF_WORDING = {*RULES["tone"], *RULES["privacy"], "POLICY_PROMISE", "FINANCIAL_CLAIM", "PRICE_DISCRIM", "COMPETITOR"} | {
    "FAKE_URGENCY", "MEDICAL_CLAIM", "ABSOLUTE_TERM", "OPTOUT_OBSTRUCT", "HUMAN_CLAIM",
}  # fmt: skip
SHORT = 160
"""A bad draft teaches as a whole, and only a short one: which sentence of a long one is the bad one, nobody marked."""
STOPPED = (0.02, 0.05, 0.1)
AUTHORS = {"zh": (Set.SEEN_ZH, Set.SECOND_ZH), "en": (Set.SEEN_EN, Set.SECOND_EN)}


def sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[。！？!?\n])|(?<=\.)\s", text) if part and part.strip()]


def bodies(chosen: Set, good: bool) -> list[str]:
    lines: list[Line] = read_exam(chosen)
    return [
        line["draft"]["body"]
        for line in lines
        if (line["expect"] == "pass") is good and (good or line["violations"][0] in OF_WORDING)
    ]


def lessons(chosen: Set, language: str) -> tuple[list[str], list[int]]:
    talk = [
        body for body in bodies(Set.SERVICE_TALK, good=True) if bool(re.search("[一-鿿]", body)) is (language == "zh")
    ]
    good = [part for body in [*bodies(chosen, good=True), *talk] for part in sentences(body)]
    bad = [body for body in bodies(chosen, good=False) if len(body) < SHORT]
    return [*good, *bad], [0] * len(good) + [1] * len(bad)


def found(vectors: Callable[[Sequence[str]], Any], learnt_from: Set, asked: Set, language: str) -> list[float]:
    """The share of the other author's bad drafts above the score of each share of the good ones."""
    texts, labels = lessons(learnt_from, language)
    model = LogisticRegression(C=20, class_weight="balanced", max_iter=2000).fit(vectors(texts), labels)

    def worst(body: str) -> float:
        return float(model.decision_function(vectors(sentences(body))).max())

    good, bad = (np.array([worst(body) for body in bodies(asked, which)]) for which in (True, False))
    return [float((bad > np.quantile(good, 1 - share)).mean()) for share in STOPPED]


def ngrams(language: str, texts: Sequence[str]) -> Callable[[Sequence[str]], Any]:
    analyzer, longest = ("char", 3) if language == "zh" else ("word", 2)
    known = TfidfVectorizer(analyzer=analyzer, ngram_range=(1, longest), sublinear_tf=True).fit(texts)
    return known.transform  # type: ignore[no-any-return]


def main() -> None:
    table = Table("vectors", "learnt from", "asked about", *[f"found at {share:.0%} of the good" for share in STOPPED])
    embedders = Embedders()
    for language, authors in AUTHORS.items():
        for learnt_from, asked in (authors, authors[::-1]):
            ways: dict[str, Callable[[Sequence[str]], Any]] = {
                "n-grams": ngrams(language, lessons(learnt_from, language)[0])
            }
            if (embedder := embedders.of(language)) is not None:
                ways["sentence vectors"] = embedder.passages
            for name, vectors in ways.items():
                shares = found(vectors, learnt_from, asked, language)
                table.add_row(name, learnt_from, asked, *[f"{share:.0%}" for share in shares])
    Console(width=140).print(table)


if __name__ == "__main__":
    main()

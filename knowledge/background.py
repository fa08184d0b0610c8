"""Questions that customers ask everywhere and that a policy need not answer: what "not covered" looks like.

How alike a question and a clause are says little by itself: "can I pay in bitcoin" is fairly like every clause about
paying. So a question is also held against these (`background/LANGUAGE.txt`, one a line), by meaning and by words as it
is held against clauses: where it is more like one of them than like any clause, nothing covers it. A shop whose
policies do answer one of them loses that one from its own list.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from knowledge.embed.bert import Vector
from knowledge.search import Lexicon


@cache
def background(language: str) -> tuple[str, ...]:
    """The questions of a language; empty for one that nobody has written any in."""
    file = files("knowledge") / "background" / f"{language}.txt"
    if not file.is_file():
        return ()
    lines = (line.strip() for line in file.read_text(encoding="utf-8").splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


@dataclass(frozen=True, slots=True)
class Others:
    """Background questions beside the clauses of one language. `usual` is how near they lie to the clauses' centre."""

    vectors: Vector
    lexicon: Lexicon
    centre: Vector
    usual: float

    def nearest(self, question: Vector, text: str, weight: float) -> float:
        """Cosine plus `weight` times BM25 to the one that is most like the question."""
        if not len(self.vectors):
            return 0.0
        return float((self.vectors @ question + weight * self.lexicon.scores(text)[0]).max())

    def nearer(self, question: Vector) -> float:
        """How much nearer the question lies to the clauses as a whole than background questions do."""
        return float(self.centre @ question) - self.usual


def others(vectors: Vector, texts: Sequence[str], centre: Vector, answered: Callable[[Vector], bool]) -> Others:
    """Without those that the clauses answer. An older index keeps no texts; then words tell nothing."""
    kept = [at for at, vector in enumerate(vectors) if not answered(vector)]
    lexicon = Lexicon([texts[at] if texts else "" for at in kept])
    return Others(vectors[kept], lexicon, centre, float(np.mean(vectors @ centre)))

"""Which sentences of a text are somebody else's words come back. Whatever they say, they were not ours to say.

Takes a text and what was written to us, gives the sentences that are mostly made of it. No list knows every way to word
an offer or a promise; words that a customer or a title planted can be known by where they came from.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from agent.language.claims import speaks
from agent.language.normalise import Reading, sentences
from agent.language.sieve import sieve

MOST = 0.6
"""Share of a sentence's pieces that stand in what was written to us."""
FEWEST = {True: 4, False: 3}
"""Pieces below which a sentence is too short to be anybody's: six Chinese characters, four English words."""
SHORTEST, LONGEST = 3, 24
"""Characters of a field that should have named something and speaks instead: it comes back whole or not at all."""
READ = 4_000
_HAN = sieve(r"[\u3400-\u9fff]")
_WORD = sieve(r"[\u3400-\u9fff]|[^\W_]+")
_CUT = sieve(r"[，,：:；;。！？!?\n]|(?<=[a-z])\. ")


def echoes(text: str, written: Sequence[str]) -> list[str]:
    """Sentences of `text`, folded, that repeat what was written to us, clause by clause."""
    theirs = {piece for one in written for piece in _pieces(_folded(one[:READ]))}
    if not theirs and not any(written):
        return []
    folded = _folded(text)
    found = [one for one in map(_folded, written) if SHORTEST <= len(one) <= LONGEST and speaks(one) and one in folded]
    for start, end in sentences(folded):
        for clause in _clauses(folded[start:end]):
            mine = _pieces(clause)
            enough = len(mine) >= FEWEST[bool(_HAN.search(clause))]
            if enough and sum(piece in theirs for piece in mine) >= MOST * len(mine):
                found.append(clause.strip())
    return found


def _folded(text: str) -> str:
    return Reading(text).tight.text


def _clauses(sentence: str) -> Iterable[str]:
    """The sentence itself and, where it has several, each clause by itself."""
    parts = [part for part in _CUT.split(sentence) if part and part.strip()]
    return parts if len(parts) == 1 else [sentence, *parts]


def _pieces(text: str) -> list[tuple[str, ...]]:
    """Three Chinese characters in a row, or two English words: enough to know a wording by."""
    words = _WORD.findall(text)
    size = 3 if _HAN.search(text) else 2
    return [tuple(words[at : at + size]) for at in range(len(words) - size + 1)]

"""How varied and how clean a set of texts is. Texts in, numbers between 0 and 1 out.

distinct-n is the share of different n-grams among all (Li et al. 2016, arXiv:1510.03055), over characters in Chinese
and words in English. Self-similarity is, for each text, its greatest overlap (Jaccard of 4-grams) with another one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain
from statistics import fmean

from agent.domain import Language
from agent.language.scripts import count_scripts, guess_language

WORD = re.compile(r"[\w'’]+")


def units(text: str, language: Language) -> list[str]:
    """What is counted: characters without space in Chinese, words in English."""
    if language is Language.ZH:
        return [char for char in text if not char.isspace()]
    return [word.lower() for word in WORD.findall(text)]


def grams(text: str, language: Language, n: int) -> list[tuple[str, ...]]:
    found = units(text, language)
    return [tuple(found[at : at + n]) for at in range(len(found) - n + 1)]


def distinct(texts: Sequence[tuple[str, Language]], n: int) -> float:
    """Mean over the languages present; longer sets have lower values, so compare equal numbers of texts only."""
    shares = []
    for language in Language:
        counted = list(chain.from_iterable(grams(text, spoken, n) for text, spoken in texts if spoken is language))
        if counted:
            shares.append(len(set(counted)) / len(counted))
    return fmean(shares) if shares else 0.0


def self_similarity(texts: Sequence[tuple[str, Language]]) -> float:
    """Mean of each text's greatest overlap with another text of its language; 0 when there are no two."""
    sets = [(frozenset(grams(text, language, 4)), language) for text, language in texts]
    nearest = []
    for at, (own, language) in enumerate(sets):
        others = [other for place, (other, spoken) in enumerate(sets) if place != at and spoken is language and other]
        if own and others:
            nearest.append(max(len(own & other) / len(own | other) for other in others))
    return fmean(nearest) if nearest else 0.0


def is_pure(text: str, language: Language) -> bool:
    """Whether the words, slots left out, are of this language: names and codes are slots and do not count."""
    words = re.sub(r"\{[^{}]*\}", " ", text)
    guessed = guess_language(words)
    if guessed is None:
        return True
    return guessed == language.value and (language is Language.ZH or count_scripts(words).hanzi == 0)

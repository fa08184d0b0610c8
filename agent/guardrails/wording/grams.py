"""What the classifier sees of a sentence: Chinese pieces of up to three characters; English stems and pairs of them."""

from __future__ import annotations

import re
from itertools import pairwise

_RUN = re.compile(r"[\u4e00-\u9fff0a-z%]+|[?？!！]")
_LINK = re.compile(r"https?://\S+|[^\s@]{1,64}@\S{1,64}")
_DIGITS = re.compile(r"\d+(?:[.,:]\d+)*")
_WORD = re.compile(r"[a-z']+|0|[?!%]")
_ENDING = re.compile(r"(?:ations?|ments?|ing|ed|es|s|ly|e)$")
LONGEST = 3


def grams(sentence: str, language: str) -> frozenset[str]:
    """Of a folded sentence; any number counts as 0, links and what stands for a blanked name as nothing."""
    text = _DIGITS.sub("0", _LINK.sub(" ", sentence))
    return frozenset(_chinese(text) if language == "zh" else _english(text))


def _chinese(text: str) -> set[str]:
    return {
        run[at : at + size]
        for run in _RUN.findall(text)
        for size in range(1, LONGEST + 1)
        for at in range(len(run) - size + 1)
    }


def _english(text: str) -> set[str]:
    stems = [word if len(word) < 5 else _ENDING.sub("", word) for word in _WORD.findall(text)]
    return {*stems, *(f"{one} {other}" for one, other in pairwise(stems))}

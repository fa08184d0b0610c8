"""Text → terms, for a search by words: needs no model, and is all that is left where no embedder is.

`terms` are what BM25 counts: for Chinese single characters and pairs (pairs alone lose most of the recall, single
characters alone most of the precision), for English words with their endings cut.
"""

from __future__ import annotations

import re
import unicodedata

HAN_RUN = re.compile(r"[\u3400-\u9fff]+")
WORD = re.compile(r"[a-z][a-z']*|\d+(?:[.,]\d+)*")
STOP_EN = frozenset(
    "a an and are as at be been but by can could did do does for from had has have how i if in is it its may me my no "
    "not of on or our shall so that the their them then there these they this to us was we were what when which who "
    "will with would you your long much many get got want know tell please".split()
)
STOP_ZH = frozenset("的了吗呢吧啊我你您他她它们是在有和与及或就也都还要会能可把被给让这那个么怎样")
ENDINGS = ("ations", "ation", "ments", "ment", "ings", "ing", "ies", "ied", "ers", "er", "es", "ed", "ly", "s", "e")


def terms(text: str) -> list[str]:
    """What a lexical search counts, in reading order, Chinese and English in one list."""
    folded = unicodedata.normalize("NFKC", text).lower()
    found: list[str] = []
    for run in HAN_RUN.findall(folded):
        found.extend(char for char in run if char not in STOP_ZH)
        found.extend(run[i : i + 2] for i in range(len(run) - 1) if not {run[i], run[i + 1]} <= STOP_ZH)
    for word in WORD.findall(folded):
        stem = _stem(word.replace("'s", "").replace("'", ""))
        if stem and word not in STOP_EN:
            found.append(stem)
    return found


def _stem(word: str) -> str:
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word

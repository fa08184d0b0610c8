"""Text → vectors and terms, without a download: the offline default.

Two views of the same text. `terms` are what BM25 counts: for Chinese single characters and pairs (pairs alone lose most
of the recall, single characters alone most of the precision), for English words with their endings cut. `vector` hashes
those terms into DIMENSIONS signed buckets (the hashing trick, Weinberger et al. 2009), scaled to length one, so that a
vector store can hold them. A multilingual model can take this place without touching anything else.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from math import log, sqrt

DIMENSIONS = 2048
NAME = f"hashed-terms-{DIMENSIONS}-v1"

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


def vector(text: str) -> list[float]:
    """DIMENSIONS floats of length one; all zero when the text has no term."""
    counts: dict[str, int] = {}
    for term in terms(text):
        counts[term] = counts.get(term, 0) + 1
    buckets = [0.0] * DIMENSIONS
    for term, count in counts.items():
        code = zlib.crc32(term.encode())
        buckets[code % DIMENSIONS] += (1 + log(count)) * (1 if code & 0x80000000 else -1)
    length = sqrt(sum(value * value for value in buckets))
    return [value / length for value in buckets] if length else buckets


def _stem(word: str) -> str:
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word

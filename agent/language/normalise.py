"""Folds a text into views that are easy to match, each with a way back to the raw code points.

Takes a raw string; gives views: `words` (compatibility forms folded, invisible characters gone, lower case, spaces
kept), `skeleton` (look-alike letters of other scripts read as Latin), and `tight` (what was spaced or spliced apart is
joined again). Knows nothing about what the words mean.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

# Format controls, fillers and selectors that show nothing. Tabs and line ends are not among them.
INVISIBLE = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
    "\U000e0000-\U000e007f\U000e0100-\U000e01ef"
)
INVISIBLE_CHAR = re.compile(f"[{INVISIBLE}]")
HANZI = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"

# One character for one, so that offsets do not move. The ellipsis would become three dots and move them all.
_FOLD = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},
    **{code: code - 0xFEE0 + 32 for code in range(0xFF21, 0xFF3B)},
    **{code: code + 32 for code in range(ord("A"), ord("Z") + 1)},
    **{ord(mark): ord(plain) for mark, plain in zip("\u3000\u00a0\u2026\uffe5\u2018\u2019", "  .¥''", strict=True)},
}

# Letters of other scripts that the eye takes for Latin ones.
_CYRILLIC = dict(zip("авеёікмнорстухцѕјһԁԛԝгӏп", "abeeikmhopctyxusjhdqwrln", strict=True))
_GREEK = dict(zip("αβγεηικνορτυχωζμς", "abyenikvoptuxwzuc", strict=True))
_LATIN = dict(zip("ıɑɡʟɪʀøłđħŧ", "iagliroldht", strict=True))
LOOKALIKES = {ord(odd): ord(plain) for odd, plain in {**_CYRILLIC, **_GREEK, **_LATIN}.items()}

_SENTENCE_END = re.compile(r"[。！？!?；;\n]|(?<=[a-z0-9)\]\"'])\.(?=\s|$)")
# Each begins with the sign itself and looks back from there, because `re` then leaps to the next such sign.
_SIGN = rf"[^\w\s{HANZI}。！？!?；;，,、：:.\"'()（）《》【】\[\]“”‘’]"
_SPLICES = (
    re.compile(rf"{_SIGN}(?<=[{HANZI}]{_SIGN}){_SIGN}{{0,2}}(?=[{HANZI}])"),
    re.compile(rf"[·•*_|^`](?<=\d[·•*_|^`])[·•*_|^`]?(?=[{HANZI}])"),
    re.compile(rf"[ \t](?<=[{HANZI}][ \t])[ \t]{{0,2}}(?=[{HANZI}])"),
)
_LETTERS = re.compile(r"(?<![a-z0-9])[a-z](?:[ .\-_*·|/]{1,2}[a-z](?![a-z0-9])){2,}")


@dataclass(frozen=True, slots=True)
class View:
    """A folded text. Character i of `text` came from raw code points [index_map[i], ends[i])."""

    text: str
    index_map: Sequence[int]
    ends: Sequence[int]

    def at(self, raw: int) -> int:
        """The first character of this view that comes from raw code point `raw` or a later one; the length if none."""
        return bisect_left(self.index_map, raw)

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """Where [start, end) of this view stands in the raw text."""
        if start >= end:
            at = self.index_map[start] if start < len(self.index_map) else (self.ends[-1] if self.ends else 0)
            return at, at
        return self.index_map[start], self.ends[end - 1]


def _same_length(text: str) -> View:
    return View(text, range(len(text)), range(1, len(text) + 1))


def _fold_slowly(text: str) -> View:
    """Cluster by cluster: a base with its combining marks folds to as many characters as it needs."""
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at, size = 0, len(text)
    while at < size:
        end = at + 1
        while end < size and unicodedata.combining(text[end]):
            end += 1
        cluster = INVISIBLE_CHAR.sub("", text[at:end]).translate(_FOLD)
        for char in unicodedata.normalize("NFKC", cluster).casefold():
            out.append(char)
            starts.append(at)
            ends.append(end)
        at = end
    return View("".join(out), starts, ends)


def fold(text: str) -> View:
    """The `words` view: what a careful reader sees, in lower case."""
    return _fold_kept(text) if len(text) <= _WORTH_KEEPING else _fold(text)


_WORTH_KEEPING = 400
"""Names, clauses and terms of a brand come with every message; longer texts are messages, and come once."""


@lru_cache(maxsize=4096)
def _fold_kept(text: str) -> View:
    return _fold(text)


def _fold(text: str) -> View:
    folded = text.translate(_FOLD)
    if folded.isascii():
        return _fold_slowly(text) if INVISIBLE_CHAR.search(folded) else _same_length(folded)
    cased = folded.casefold()
    plain = len(cased) == len(folded) and not INVISIBLE_CHAR.search(folded)
    if plain and unicodedata.is_normalized("NFKC", cased):
        return _same_length(cased)
    return _fold_slowly(text)


def without(view: View, gaps: Sequence[tuple[int, int]]) -> View:
    """The view with some stretches left out; `gaps` are in order and do not touch."""
    if not gaps:
        return view
    text: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for start, end in (*gaps, (len(view.text), len(view.text))):
        text.append(view.text[at:start])
        starts.extend(view.index_map[at:start])
        ends.extend(view.ends[at:start])
        at = end
    return View("".join(text), starts, ends)


def _gaps(text: str) -> list[tuple[int, int]]:
    found = [] if text.isascii() else [one.span() for splice in _SPLICES for one in splice.finditer(text)]
    for run in _LETTERS.finditer(text):
        # "a f r e e phone" is an article and a spaced word
        start = run.start() + (2 if run.group()[:2] in ("a ", "i ") else 0)
        found.extend((i, i + 1) for i in range(start, run.end()) if not text[i].isalpha())
    return sorted(set(found))


class Reading:
    """One raw text with its views, each made when first asked for."""

    def __init__(self, raw: str) -> None:
        self.raw = raw

    @cached_property
    def words(self) -> View:
        return fold(self.raw)

    @cached_property
    def skeleton(self) -> View:
        view = self.words
        if view.text.isascii():
            return view
        return View(view.text.translate(LOOKALIKES), view.index_map, view.ends)

    @cached_property
    def tight(self) -> View:
        return without(self.skeleton, _gaps(self.skeleton.text))


def sentences(text: str) -> list[tuple[int, int]]:
    """Where each sentence of a folded text starts and ends, its closing mark included."""
    found: list[tuple[int, int]] = []
    start = 0
    for mark in _SENTENCE_END.finditer(text):
        if text[start : mark.end()].strip():
            found.append((start, mark.end()))
        start = mark.end()
    if text[start:].strip():
        found.append((start, len(text)))
    return found


def sentence_around(text: str, at: int) -> tuple[int, int]:
    """The sentence of a folded text that holds position `at`."""
    return next(((start, end) for start, end in sentences(text) if start <= at < end), (0, len(text)))

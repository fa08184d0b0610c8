"""Regular expressions that are asked only where a text could match them at all.

Most rules have nothing to say about most messages. A `Sieve` knows the literals of which any match needs at least one;
one pass over the text (Aho-Corasick, all literals of the house at once) says which sieves could speak, and the others
cost a bit test. It finds exactly what `re` finds: what it cannot see through it asks `re` about.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from sys import maxsize

from ahocorasick_rs import AhoCorasick

from agent.language.literals import needed_literals, split_alternatives

_SHORT = 48
"""Below this many characters the expression itself is quicker than asking whether it could match."""


class Sieve:
    """One regular expression. Offers what `re.Pattern` offers; `pattern` is its source."""

    __slots__ = ("_any_case", "_bits", "_parts", "_whole", "pattern")

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self.pattern = pattern
        self._whole = re.compile(pattern, flags)
        self._any_case = bool(self._whole.flags & re.IGNORECASE)
        self._parts = _parts(pattern, self._whole, self._any_case)
        self._bits = 0
        for bit, _ in self._parts:
            self._bits |= bit

    @property
    def flags(self) -> int:
        return self._whole.flags

    @property
    def is_sieved(self) -> bool:
        """Whether the literals say anything about it; else `re` is always asked."""
        return bool(self._parts)

    def search(self, text: str, at: int = 0, end: int = maxsize) -> re.Match[str] | None:
        able = self._able(text)
        if not able:
            return None
        return able[0].search(text, at, end) if len(able) == 1 else next(_merged(able, text, at, end), None)

    def finditer(self, text: str, at: int = 0, end: int = maxsize) -> Iterator[re.Match[str]]:
        able = self._able(text)
        if not able:
            return iter(())
        return able[0].finditer(text, at, end) if len(able) == 1 else _merged(able, text, at, end)

    def findall(self, text: str) -> list[str]:
        return self._whole.findall(text) if self._able(text) else []

    def match(self, text: str, at: int = 0, end: int = maxsize) -> re.Match[str] | None:
        return self._whole.match(text, at, end)

    def fullmatch(self, text: str, at: int = 0, end: int = maxsize) -> re.Match[str] | None:
        return self._whole.fullmatch(text, at, end)

    def sub(self, new: str | Callable[[re.Match[str]], str], text: str, count: int = 0) -> str:
        return self._whole.sub(new, text, count) if self._able(text) else text

    def split(self, text: str) -> list[str]:
        return self._whole.split(text) if self._able(text) else [text]

    def _able(self, text: str) -> Sequence[re.Pattern[str]]:
        """The alternatives that could match somewhere in the text, in their order; the whole where many could."""
        if len(text) < _SHORT or not self._parts:
            return (self._whole,)
        found = _sieves_of(text.casefold() if self._any_case else text) & self._bits
        if not found:
            return ()
        able = [part for bit, part in self._parts if bit & found]
        return able if len(able) <= _MANY else (self._whole,)


_MANY = 40
"""Beyond this many alternatives that could match, one run of the whole expression is quicker."""


def _merged(parts: Sequence[re.Pattern[str]], text: str, at: int, end: int) -> Iterator[re.Match[str]]:
    """What the alternation of `parts` finds: the leftmost each time, of two at one place the earlier part's."""
    ahead = [part.search(text, at, end) for part in parts]
    while True:
        order = min((found.start(), rank) for rank, found in enumerate(ahead) if found) if any(ahead) else None
        if order is None:
            return
        best = ahead[order[1]]
        assert best is not None
        yield best
        at = max(best.end(), best.start() + 1)
        ahead = [
            found if found is None or found.start() >= at else part.search(text, at, end)
            for part, found in zip(parts, ahead, strict=True)
        ]


# --- the literals of the whole house ----------------------------------------------------------------------------------


class _Register:
    """Which literal calls which sieves. Sieves are made when modules are imported; the automaton, at first use."""

    def __init__(self) -> None:
        self.bits: dict[str, int] = {}
        self.count = 0
        self._built: tuple[AhoCorasick, list[int], dict[str, int]] | None = None
        self._lock = threading.Lock()

    def add(self, literals: frozenset[str]) -> int:
        with self._lock:
            bit = 1 << self.count
            self.count += 1
            for literal in literals:
                self.bits[literal] = self.bits.get(literal, 0) | bit
            self._built = None
        _sieves_of.cache_clear()
        return bit

    def read(self, text: str) -> int:
        automaton, bits_of, single = self._built or self._build()
        found = 0
        for index in {index for index, _, _ in automaton.find_matches_as_indexes(text, overlapping=True)}:
            found |= bits_of[index]
        for char in set(text):
            found |= single.get(char, 0)
        return found

    def _build(self) -> tuple[AhoCorasick, list[int], dict[str, int]]:
        with self._lock:
            longer = [literal for literal in self.bits if len(literal) > 1]
            single = {literal: bits for literal, bits in self.bits.items() if len(literal) == 1}
            self._built = (AhoCorasick(longer), [self.bits[literal] for literal in longer], single)
            return self._built


@lru_cache(maxsize=256)
def _sieves_of(text: str) -> int:
    return _REGISTER.read(text)


_REGISTER = _Register()


@cache
def _parts(pattern: str, whole: re.Pattern[str], any_case: bool) -> tuple[tuple[int, re.Pattern[str]], ...]:
    """The alternatives with their bits; empty where the expression could match without any literal.

    Kept, so that a list that is read again does not take new bits.
    """
    sources = split_alternatives(pattern) if not whole.groups else [pattern]
    needs = [needed_literals(source) for source in sources]
    if not all(needs):
        needs, sources = [needed_literals(pattern)], [pattern]
    if any_case:
        needs = [frozenset(literal.casefold() for literal in needed) for needed in needs]
    flags = whole.flags & ~re.UNICODE
    return tuple(
        (_REGISTER.add(needed), re.compile(source, flags))
        for needed, source in zip(needs, sources, strict=True)
        if needed
    )


def sieve(pattern: str, flags: int = 0) -> Sieve:
    """`re.compile` for the patterns of the house."""
    return Sieve(pattern, flags)

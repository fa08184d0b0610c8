"""Regular expressions that are asked only where a text could match them at all.

Most rules have nothing to say about most messages. A `Sieve` knows the literals of which any match needs at least one,
and how far from its beginning; one pass over the text (Aho-Corasick, all literals of the house at once) says which
sieves could speak. The others cost a look into a table, and these are tried only where a literal lets a match begin. It
finds exactly what `re` finds: what it cannot see through it asks `re` about.
"""

from __future__ import annotations

import re
import threading
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from sys import maxsize

from ahocorasick_rs import AhoCorasick

from agent.language.literals import ANYWHERE, Reach, reaches, split_alternatives

_SHORT = 24
"""Below this many characters the expression itself is quicker than asking whether it could match."""
_MANY = 40
"""Beyond this many alternatives that could match, one run of the whole expression is quicker."""
_WIDE = 12
"""Where a match could begin at more places than this before a literal, searching is quicker than trying each."""


class Sieve:
    """One regular expression. Offers what `re.Pattern` offers; `pattern` is its source."""

    __slots__ = ("_all", "_any_case", "_first", "_ways", "_whole", "fullmatch", "match", "pattern")

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self.pattern = pattern
        self._whole = re.compile(pattern, flags)
        self.match = self._whole.match
        self.fullmatch = self._whole.fullmatch
        self._any_case = bool(self._whole.flags & re.IGNORECASE)
        self._first, self._ways = _registered(pattern, self._whole, self._any_case)
        self._all = (1 << len(self._ways)) - 1

    @property
    def flags(self) -> int:
        return self._whole.flags

    @property
    def is_sieved(self) -> bool:
        """Whether the literals say anything about it; else `re` is always asked."""
        return bool(self._ways)

    def search(self, text: str, at: int = 0, end: int = maxsize) -> re.Match[str] | None:
        if len(text) < _SHORT or not self._ways:
            return self._whole.search(text, at, end)
        able = self._able(text)
        return next(self._matches(able, text, at, end), None) if able else None

    def finditer(self, text: str, at: int = 0, end: int = maxsize) -> Iterator[re.Match[str]]:
        if len(text) < _SHORT or not self._ways:
            return self._whole.finditer(text, at, end)
        able = self._able(text)
        return self._matches(able, text, at, end) if able else iter(())

    def findall(self, text: str) -> list[str]:
        return self._whole.findall(text) if self.could_match(text) else []

    def sub(self, new: str | Callable[[re.Match[str]], str], text: str, count: int = 0) -> str:
        return self._whole.sub(new, text, count) if self.could_match(text) else text

    def split(self, text: str) -> list[str]:
        return self._whole.split(text) if self.could_match(text) else [text]

    def could_match(self, text: str) -> bool:
        """False where the text holds none of the literals: then it finds nothing there."""
        return len(text) < _SHORT or not self._ways or bool(self._able(text))

    def _able(self, text: str) -> int:
        """A bit for each alternative that could match somewhere in the text."""
        ways = _ways_in_any_case(text) if self._any_case else _ways_in(text)
        return ways >> self._first & self._all

    def _matches(self, able: int, text: str, at: int, end: int) -> Iterator[re.Match[str]]:
        if able.bit_count() > _MANY:
            return self._whole.finditer(text, at, end)
        trails = []
        while able:
            lowest = able & -able
            trails.append(self._ways[lowest.bit_length() - 1].trail(text))
            able ^= lowest
        if len(trails) > 1:
            return _merged(trails, at, end)
        only = trails[0]
        return only.expression.finditer(text, at, end) if only.starts is None else only.walk(at, end)


def _merged(trails: Sequence[_Trail], at: int, end: int) -> Iterator[re.Match[str]]:
    """What the alternation finds: the leftmost each time, of two at one place the earlier alternative's."""
    ahead = [trail.next(at, end) for trail in trails]
    while True:
        best = min(filter(None, ahead), key=re.Match.start, default=None)
        if best is None:
            return
        yield best
        at = max(best.end(), best.start() + 1)
        ahead = [
            found if found is None or found.start() >= at else trail.next(at, end)
            for trail, found in zip(trails, ahead, strict=True)
        ]


class _Way:
    """One alternative, and how far from its beginning each of its literals stands."""

    __slots__ = ("expression", "is_near", "reaches")

    def __init__(self, expression: re.Pattern[str], needs: Mapping[str, Reach]) -> None:
        self.expression = expression
        self.reaches = needs
        self.is_near = all(last - first <= _WIDE for first, last in needs.values()) and len(needs) <= _MANY

    def trail(self, text: str) -> _Trail:
        """Where it can begin in a text."""
        if not self.is_near:
            return _Trail(self.expression, text, None)
        starts: set[int] = set()
        for literal, (first, last) in self.reaches.items():
            at = text.find(literal)
            while at >= 0:
                starts.update(range(max(at - last, 0), at - first + 1))
                at = text.find(literal, at + 1)
        return _Trail(self.expression, text, sorted(starts) if len(starts) < len(text) // 4 else None)


class _Trail:
    """One alternative on one text. `starts`: all places where it could begin, in order; None: anywhere."""

    __slots__ = ("expression", "starts", "text")

    def __init__(self, expression: re.Pattern[str], text: str, starts: list[int] | None) -> None:
        self.expression = expression
        self.text = text
        self.starts = starts

    def next(self, at: int, end: int) -> re.Match[str] | None:
        """The first match that begins at `at` or later."""
        if self.starts is None:
            return self.expression.search(self.text, at, end)
        return next(self.walk(at, end), None)

    def walk(self, at: int, end: int) -> Iterator[re.Match[str]]:
        assert self.starts is not None
        for start in self.starts[bisect_left(self.starts, at) if at else 0 :]:
            if start >= at and (found := self.expression.match(self.text, start, end)):
                yield found
                at = max(found.end(), start + 1)


# --- the literals of the whole house ----------------------------------------------------------------------------------


class _Register:
    """Which literal calls which alternatives. Sieves are made when modules are imported; the automaton, at first use.

    Alternatives are bits of one long number rather than records: ten thousand records would be walked over by the
    collector of garbage again and again, which took a fifth of the gate's time.
    """

    def __init__(self) -> None:
        self.bits: dict[str, int] = {}
        self.count = 0
        self._built: tuple[AhoCorasick, list[int], dict[str, int]] | None = None
        self._lock = threading.Lock()

    def add(self, ways: Sequence[_Way]) -> int:
        """The number of the first of them; they follow one another."""
        with self._lock:
            first = self.count
            self.count += len(ways)
            for at, way in enumerate(ways, first):
                for literal in way.reaches:
                    self.bits[literal] = self.bits.get(literal, 0) | 1 << at
            self._built = None
        _ways_in.cache_clear()
        return first

    def read(self, text: str) -> int:
        automaton, bits_of, single = self._built or self._build()
        found = 0
        for index in {match[0] for match in automaton.find_matches_as_indexes(text, overlapping=True)}:
            found |= bits_of[index]
        for char in single.keys() & text:
            found |= single[char]
        return found

    def _build(self) -> tuple[AhoCorasick, list[int], dict[str, int]]:
        with self._lock:
            longer = [literal for literal in self.bits if len(literal) > 1]
            single = {literal: bits for literal, bits in self.bits.items() if len(literal) == 1}
            self._built = (AhoCorasick(longer), [self.bits[literal] for literal in longer], single)
            return self._built


_REGISTER = _Register()


@lru_cache(maxsize=1024)
def _ways_in(text: str) -> int:
    """The alternatives that could match somewhere in the text, as bits."""
    return _REGISTER.read(text)


def _ways_in_any_case(text: str) -> int:
    return _ways_in(text.casefold())


@cache
def _registered(pattern: str, whole: re.Pattern[str], any_case: bool) -> tuple[int, tuple[_Way, ...]]:
    """The number of a sieve's first alternative, and all of them; none where the expression could match without any literal.

    Kept, so that a list that is read again does not take new ones.
    """
    names = whole.groupindex
    sources = split_alternatives(pattern) if len(names) == whole.groups else [pattern]
    needs = [reaches(source) for source in sources]
    if not all(needs):
        sources, needs = [pattern], [reaches(pattern)]
    if not all(needs):
        return 0, ()
    if any_case:  # where a text says it in other letters, it may say it in more or fewer of them
        needs = [{literal.casefold(): ANYWHERE for literal in needed} for needed in needs]
    expressions = [re.compile(_with_all(names, source), whole.flags & ~re.UNICODE) for source in sources]
    ways = tuple(_Way(expression, needed) for expression, needed in zip(expressions, needs, strict=True))
    return _REGISTER.add(ways), ways


def _with_all(names: Mapping[str, int], source: str) -> str:
    """One alternative, which knows the names that only the others fill: whoever asks for one gets None, as from `re`."""
    missing = "".join(f"(?P<{name}>)" for name in names if f"(?P<{name}>" not in source)
    return f"{source}(?:(?!){missing})?" if missing else source


def sieve(pattern: str, flags: int = 0) -> Sieve:
    """`re.compile` for the patterns of the house."""
    return Sieve(pattern, flags)

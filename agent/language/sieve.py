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
from dataclasses import dataclass
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

    __slots__ = ("_any_case", "_number", "_ways", "_whole", "fullmatch", "match", "pattern")

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self.pattern = pattern
        self._whole = re.compile(pattern, flags)
        self.match = self._whole.match
        self.fullmatch = self._whole.fullmatch
        self._any_case = bool(self._whole.flags & re.IGNORECASE)
        self._number, self._ways = _registered(pattern, self._whole, self._any_case)

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
        found = self._found(text)
        return next(self._matches(found, text, at, end), None) if found else None

    def finditer(self, text: str, at: int = 0, end: int = maxsize) -> Iterator[re.Match[str]]:
        if len(text) < _SHORT or not self._ways:
            return self._whole.finditer(text, at, end)
        found = self._found(text)
        return self._matches(found, text, at, end) if found else iter(())

    def findall(self, text: str) -> list[str]:
        return self._whole.findall(text) if self._could_match(text) else []

    def sub(self, new: str | Callable[[re.Match[str]], str], text: str, count: int = 0) -> str:
        return self._whole.sub(new, text, count) if self._could_match(text) else text

    def split(self, text: str) -> list[str]:
        return self._whole.split(text) if self._could_match(text) else [text]

    def _could_match(self, text: str) -> bool:
        return len(text) < _SHORT or not self._ways or bool(self._found(text))

    def _found(self, text: str) -> Sequence[_Use]:
        """Which alternatives could match somewhere in the text, each with a literal that lets it."""
        uses = _uses_in_any_case(text) if self._any_case else _uses_in(text)
        return uses.get(self._number, ())

    def _matches(self, found: Sequence[_Use], text: str, at: int, end: int) -> Iterator[re.Match[str]]:
        literals: dict[int, list[str]] = {}
        for rank, literal in sorted(found):
            literals.setdefault(rank, []).append(literal)
        if len(literals) > _MANY:
            return self._whole.finditer(text, at, end)
        trails = [self._ways[rank].trail(text, said) for rank, said in literals.items()]
        if len(trails) > 1:
            return _merged(trails, at, end)
        only = trails[0]
        return only.expression.finditer(text, at, end) if only.starts is None else only.walk(at, end)


def able(sieves: Sequence[Sieve], text: str) -> Sequence[Sieve]:
    """Those of the sieves that could find something in the text, in their order."""
    if len(text) < _SHORT:
        return sieves
    uses = _uses_in(text)
    return [one for one in sieves if one._number in uses or one._any_case or not one._ways]


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


@dataclass(frozen=True, slots=True)
class _Way:
    """One alternative, and how far from its beginning each of its literals stands."""

    expression: re.Pattern[str]
    reaches: Mapping[str, Reach]

    def trail(self, text: str, literals: Sequence[str]) -> _Trail:
        """Where it can begin in a text that holds these of its literals."""
        starts: set[int] = set()
        for literal in literals:
            first, last = self.reaches[literal]
            if last - first > _WIDE:
                return _Trail(self.expression, text, None)
            at = text.find(literal)
            while at >= 0:
                starts.update(range(max(at - last, 0), at - first + 1))
                at = text.find(literal, at + 1)
        return _Trail(self.expression, text, sorted(starts) if len(starts) < len(text) // 4 else None)


@dataclass(frozen=True, slots=True)
class _Trail:
    """One alternative on one text. `starts`: all places where it could begin, in order; None: anywhere."""

    expression: re.Pattern[str]
    text: str
    starts: list[int] | None

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

_Use = tuple[int, str]
"""An alternative of a sieve, by its place in the order, and a literal of it."""


@dataclass(frozen=True, slots=True)
class _Built:
    """Literals of two characters or more, which one pass finds, with what they are used by; and single characters."""

    automaton: AhoCorasick
    longer: tuple[tuple[tuple[int, _Use], ...], ...]
    single: Mapping[str, tuple[tuple[int, _Use], ...]]


class _Register:
    """Which literal is used by which sieves. Sieves are made when modules are imported; the automaton, at first use."""

    def __init__(self) -> None:
        self.uses: dict[str, list[tuple[int, _Use]]] = {}
        self.count = 0
        self._built: _Built | None = None
        self._lock = threading.Lock()

    def add(self, ways: Sequence[_Way]) -> int:
        with self._lock:
            self.count += 1
            for rank, way in enumerate(ways):
                for literal in way.reaches:
                    self.uses.setdefault(literal, []).append((self.count, (rank, literal)))
            self._built = None
        _uses_in.cache_clear()
        return self.count

    def read(self, text: str) -> dict[int, list[_Use]]:
        """What the literals of a text are used by, under the numbers of the sieves."""
        built = self._built or self._build()
        found: dict[int, list[_Use]] = {}
        said = {match[0] for match in built.automaton.find_matches_as_indexes(text, overlapping=True)}
        called = [built.longer[index] for index in said]
        called += [built.single[char] for char in built.single.keys() & text]
        for uses in called:
            for number, use in uses:
                if number in found:
                    found[number].append(use)
                else:
                    found[number] = [use]
        return found

    def _build(self) -> _Built:
        """In tuples, because there are some ten thousand: the collector of garbage leaves these alone."""
        with self._lock:
            longer = [literal for literal in self.uses if len(literal) > 1]
            single = {literal: tuple(uses) for literal, uses in self.uses.items() if len(literal) == 1}
            self._built = _Built(AhoCorasick(longer), tuple(tuple(self.uses[one]) for one in longer), single)
            return self._built


_REGISTER = _Register()


@lru_cache(maxsize=1024)
def _uses_in(text: str) -> dict[int, list[_Use]]:
    return _REGISTER.read(text)


def _uses_in_any_case(text: str) -> dict[int, list[_Use]]:
    return _uses_in(text.casefold())


@cache
def _registered(pattern: str, whole: re.Pattern[str], any_case: bool) -> tuple[int, tuple[_Way, ...]]:
    """A sieve's number and its alternatives; none where the expression could match without any literal.

    Kept, so that a list that is read again does not take a new number.
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

"""Regular expressions that are asked only where a text could match them at all.

Most rules have nothing to say about most messages. A `Sieve` knows sets of literals of which any match needs one each,
and how far from its beginning; one pass over the text (Aho-Corasick, all literals of the house at once) says which
sieves could speak. The others cost a bit test, and these are tried only where a literal lets a match begin. It finds
exactly what `re` finds: what it cannot see through it asks `re` about.
"""

from __future__ import annotations

import re
import threading
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from sys import maxsize

from ahocorasick_rs import AhoCorasick

from agent.language.literals import ANYWHERE, Needs, all_needs, least_width, split_alternatives

_BLIND = 2
"""With more alternatives than this that need no literal, the whole expression is quicker."""
_SHORT = 24
"""Below this many characters the expression itself is quicker than asking whether it could match."""
_WINDOW = 64
"""Within so many characters of a longer text, the same."""
_MANY = 40
"""Beyond this many alternatives that could match, one run of the whole expression is quicker."""
_WIDE = 12
"""Where a match could begin at more places than this before a literal, searching is quicker than trying each."""


class Sieve:
    """One regular expression. Offers what `re.Pattern` offers; `pattern` is its source."""

    __slots__ = ("_all", "_always", "_any_case", "_first", "_ways", "_whole", "fullmatch", "match", "pattern")

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self.pattern = pattern
        self._whole = re.compile(pattern, flags)
        self.match = self._whole.match
        self.fullmatch = self._whole.fullmatch
        self._any_case = bool(self._whole.flags & re.IGNORECASE)
        self._first, self._ways = _registered(pattern, self._whole, self._any_case)
        self._all = (1 << len(self._ways)) - 1
        self._always = sum(1 << rank for rank, way in enumerate(self._ways) if not way.needs)

    @property
    def flags(self) -> int:
        return self._whole.flags

    @property
    def is_sieved(self) -> bool:
        """Whether the literals say anything about it; else `re` is always asked."""
        return bool(self._ways)

    def search(self, text: str, at: int = 0, end: int = maxsize) -> re.Match[str] | None:
        if len(text) < _SHORT or end - at <= _WINDOW or not self._ways:
            return self._whole.search(text, at, end)
        able = self._able(text)
        return next(_matches(able, self._whole, text, at, end), None) if able else None

    def finditer(self, text: str, at: int = 0, end: int = maxsize) -> Iterator[re.Match[str]]:
        if len(text) < _SHORT or not self._ways:
            return self._whole.finditer(text, at, end)
        able = self._able(text)
        return _matches(able, self._whole, text, at, end) if able else iter(())

    def findall(self, text: str) -> list[str]:
        return self._whole.findall(text) if self.could_match(text) else []

    def sub(self, new: str | Callable[[re.Match[str]], str], text: str, count: int = 0) -> str:
        if count or not self._ways or (isinstance(new, str) and "\\" in new):
            return self._whole.sub(new, text, count)
        out: list[str] = []
        done = 0
        for match in self.finditer(text):
            out += (text[done : match.start()], new if isinstance(new, str) else new(match))
            done = match.end()
        return "".join((*out, text[done:])) if out else text

    def split(self, text: str) -> list[str]:
        return self._whole.split(text) if self.could_match(text) else [text]

    def could_match(self, text: str) -> bool:
        """False where the text lacks what any match needs: then it finds nothing there."""
        return len(text) < _SHORT or not self._ways or bool(self._able(text))

    def _able(self, text: str) -> Sequence[_Way]:
        """The alternatives that could match somewhere in the text, in their order."""
        met = _met_in(_folded(text) if self._any_case else text) >> self._first
        likely = (met | self._always) & self._all
        if not likely:
            return ()
        able = []
        while likely:
            lowest = likely & -likely
            way = self._ways[lowest.bit_length() - 1]
            if met & way.needs == way.needs:
                able.append(way)
            likely ^= lowest
        return able


def _matches(able: Sequence[_Way], whole: re.Pattern[str], text: str, at: int, end: int) -> Iterator[re.Match[str]]:
    if len(able) > _MANY:
        return whole.finditer(text, at, end)
    if len(able) > 1:
        return _merged([way.trail(text) for way in able], at, end)
    only = able[0].trail(text)
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
    """One alternative. `needs` are bits, counted from the sieve's first; `near` tells where a match can begin."""

    __slots__ = ("expression", "near", "needs")

    def __init__(self, expression: re.Pattern[str], needs: int, near: Needs | None) -> None:
        self.expression = expression
        self.needs = needs
        self.near = near

    def trail(self, text: str) -> _Trail:
        """Where it can begin in a text."""
        if self.near is None:
            return _Trail(self.expression, text, None)
        starts: set[int] = set()
        for literal, (first, last) in self.near.items():
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
    """Which literal meets which needs. Sieves are made when modules are imported; the automaton, at first use.

    Needs are bits of one long number rather than records: ten thousand records would be walked over by the collector of
    garbage again and again, which took a fifth of the gate's time.
    """

    def __init__(self) -> None:
        #: What the last texts met, because every rule asks. Begun anew with each sieve, and not only emptied: who still
        #: reads a text with the sieves of before writes it into the book of before.
        self.met: dict[str, int] = {}
        self.bits: dict[str, int] = {}
        self.count = 0
        self._built: tuple[AhoCorasick, list[int], dict[str, int]] | None = None
        self._lock = threading.Lock()

    def add(self, needs: Iterable[Needs]) -> int:
        """The number of the first of them; they follow one another."""
        with self._lock:
            first = self.count
            for need in needs:
                for literal in need:
                    self.bits[literal] = self.bits.get(literal, 0) | 1 << self.count
                self.count += 1
            self._built = None
            self.met = {}
        return first

    def read(self, text: str) -> int:
        """The needs that a text meets."""
        automaton, bits_of, single = self._built or self._build()
        met = 0
        for index in {match[0] for match in _found(automaton, text)}:
            met |= bits_of[index]
        for char in single.keys() & text:
            met |= single[char]
        return met

    def _build(self) -> tuple[AhoCorasick, list[int], dict[str, int]]:
        with self._lock:
            longer = [literal for literal in self.bits if len(literal) > 1]
            single = {literal: bits for literal, bits in self.bits.items() if len(literal) == 1}
            self._built = (AhoCorasick(longer), [self.bits[literal] for literal in longer], single)
            return self._built


def _found(automaton: AhoCorasick, text: str) -> Iterable[tuple[int, int, int]]:
    try:
        return automaton.find_matches_as_indexes(text, overlapping=True)
    except UnicodeEncodeError:  # half a character is in no literal, and the automaton takes none
        whole = text.encode("utf-8", "replace").decode("utf-8")
        return automaton.find_matches_as_indexes(whole, overlapping=True)


_REGISTER = _Register()


_MOST_TEXTS = 4096


def _met_in(text: str) -> int:
    remembered = _REGISTER.met
    met = remembered.get(text)
    return _remember(text, _REGISTER.read(text), remembered) if met is None else met


def _remember(text: str, met: int, remembered: dict[str, int]) -> int:
    if len(remembered) >= _MOST_TEXTS:
        remembered.clear()
    remembered[text] = met
    return met


def blanked(text: str, original: str) -> str:
    """`text`, which is `original` with stretches made \\x1f: it meets no more than that did, and need not be read."""
    if len(original) >= _SHORT:
        remembered = _REGISTER.met
        _remember(text, _met_in(original), remembered)
    return text


@cache
def _registered(pattern: str, whole: re.Pattern[str], any_case: bool) -> tuple[int, tuple[_Way, ...]]:
    """The number of a sieve's first need, and its alternatives; none where most could match without any literal.

    Kept, so that a list that is read again does not take new numbers.
    """
    names = whole.groupindex
    sources = split_alternatives(pattern) if len(names) == whole.groups else [pattern]
    needs = [all_needs(source) for source in sources]
    blind = [source for source, all_of in zip(sources, needs, strict=True) if not all_of]
    if len(blind) > _BLIND or len(blind) == len(sources) or not all(map(least_width, sources)):
        return 0, ()
    if any_case:  # where a text says it in other letters, it may say it in more or fewer of them
        needs = [[{_folded(one): ANYWHERE for one in need} for need in all_of] for all_of in needs]
    # the most telling need of each alternative first: their bits are asked together
    more = [(rank, need) for rank, all_of in enumerate(needs) for need in all_of[1:] if _is_telling(need)]
    first = _REGISTER.add([*(next(iter(all_of), {}) for all_of in needs), *(need for _, need in more)])
    bits = [1 << rank if all_of else 0 for rank, all_of in enumerate(needs)]
    for at, (rank, _) in enumerate(more, len(sources)):
        bits[rank] |= 1 << at
    flags = whole.flags & ~re.UNICODE
    ways = (
        _Way(re.compile(_with_all(names, source), flags), bit, next(filter(_is_near, all_of), None))
        for source, bit, all_of in zip(sources, bits, needs, strict=True)
    )
    return first, tuple(ways)


def _folded(text: str) -> str:
    """As `re` compares with IGNORECASE: there İ and ı are an i, which casefold does not say."""
    return (text.replace("İ", "i").replace("ı", "i") if "İ" in text or "ı" in text else text).casefold()


def _is_telling(need: Needs) -> bool:
    """Whether a text could lack it: a blank or a letter stands in all of them."""
    return not any(len(literal) == 1 and literal.isascii() for literal in need)


def _is_near(need: Needs) -> bool:
    """Whether it tells where a match begins, in few places of few literals."""
    return _is_telling(need) and len(need) <= _MANY and all(last - first <= _WIDE for first, last in need.values())


def _with_all(names: Mapping[str, int], source: str) -> str:
    """One alternative that knows the names of the others too: whoever asks for one gets None, as from `re`."""
    missing = "".join(f"(?P<{name}>)" for name in names if f"(?P<{name}>" not in source)
    return f"{source}(?:(?!){missing})?" if missing else source


def sieve(pattern: str, flags: int = 0) -> Sieve:
    """`re.compile` for the patterns of the house."""
    return Sieve(pattern, flags)

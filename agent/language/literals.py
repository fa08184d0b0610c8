"""Which literals a regular expression cannot match without, and where in a match they stand.

Reads the expression as Python's own parser reads it. The parser is private to `re`; should it change, nothing here is
understood any more, every expression counts as one that could match anything, and the house is slower and finds the
same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from itertools import product
from typing import Any

MOST_LITERALS = 120
MOST_NEEDS = 3
_MOST_IN_A_RANGE = 12
_MOST_SIGNS = 30
_LONGEST = 12

Reach = tuple[int, int]
"""How many characters after the beginning of a match something begins: at least, at most."""
FAR = 1 << 20
"""Any number of characters."""
ANYWHERE: Reach = (-FAR, FAR)
Needs = Mapping[str, Reach]
"""Literals with their reach: a match has at least one of them, and has it there."""


def needed_literals(pattern: str) -> frozenset[str]:
    """Of these strings at least one stands in every text that the pattern matches; empty: nothing can be said."""
    return frozenset(next(iter(all_needs(pattern)), {}))


def all_needs(pattern: str) -> list[Needs]:
    """What every match has one of, and one of, and one of: the most telling first; empty: nothing can be said."""
    try:
        return [_shortest(needs) for needs in _choices(import_module("re._parser").parse(pattern))[:MOST_NEEDS]]
    except (ImportError, AttributeError, TypeError, ValueError):
        return []


def least_width(pattern: str) -> int:
    """How many characters a match has at least; 0 too where nothing can be said."""
    try:
        return _width_of(import_module("re._parser").parse(pattern))[0]
    except (ImportError, AttributeError, TypeError, ValueError):
        return 0


def _shortest(needs: Needs) -> dict[str, Reach]:
    """Without those that hold another one: whoever finds 'open' has found 'reopen' too, two characters further on."""
    kept = {one: reach for one, reach in needs.items() if not any(other in one for other in needs if other != one)}
    for longer in needs.keys() - kept.keys():
        for inner in kept:
            if (at := longer.find(inner)) >= 0:
                first, last = needs[longer]
                kept[inner] = _either(kept[inner], (first + at, last + at))
    return kept


def _needed(nodes: Iterable[Any]) -> Needs:
    """The most telling set among the pieces of a sequence."""
    return next(iter(_choices(nodes)), {})


def _choices(nodes: Iterable[Any]) -> list[Needs]:
    """The sets that the pieces of a sequence need: long literals before short ones, few before many."""
    choices: list[Needs] = []
    run, begun, here = frozenset({""}), (0, 0), (0, 0)
    for name, value in ((str(operation), value) for operation, value in nodes):
        exact, after = _exact(name, value), _further(here, _width(name, value))
        joined = _join(run, exact) if exact is not None else None
        if joined is not None:
            run, here = joined, after
            continue
        choices.append(dict.fromkeys(run, begun))
        fits = exact is not None and len(exact) <= MOST_LITERALS
        run, begun = (exact, here) if exact is not None and fits else (frozenset({""}), after)
        if exact is None:
            for needs in _inside(name, value):
                choices.append({one: _further(here, reach) for one, reach in needs.items()})
        here = after
    choices.append(dict.fromkeys(run, begun))
    telling = [choice for choice in choices if choice and "" not in choice and len(choice) <= MOST_LITERALS]
    return sorted(telling, key=lambda choice: (min(map(len, choice)), -len(choice)), reverse=True)


def _further(one: Reach, other: Reach) -> Reach:
    return max(one[0] + other[0], -FAR), min(one[1] + other[1], FAR)


def _either(one: Reach, other: Reach) -> Reach:
    return min(one[0], other[0]), max(one[1], other[1])


def _width(name: str, value: Any) -> Reach:
    """How many characters a piece takes; what is not understood takes any number."""
    match name:
        case "LITERAL" | "NOT_LITERAL" | "IN" | "ANY":
            return 1, 1
        case "AT" | "ASSERT" | "ASSERT_NOT":
            return 0, 0
        case "SUBPATTERN":
            return _width_of(value[3])
        case "BRANCH":
            widths = [_width_of(branch) for branch in value[1]]
            return min(least for least, _ in widths), max(most for _, most in widths)
        case "MAX_REPEAT" | "MIN_REPEAT":
            least, most = _width_of(value[2])
            return min(least * int(value[0]), FAR), min(most * int(value[1]), FAR)
    return 0, FAR


def _width_of(nodes: Iterable[Any]) -> Reach:
    width = (0, 0)
    for operation, value in nodes:
        width = _further(width, _width(str(operation), value))
    return width


def _join(left: frozenset[str], right: frozenset[str]) -> frozenset[str] | None:
    if len(left) * len(right) > MOST_LITERALS or max(map(len, left)) > _LONGEST:
        return None
    return frozenset(a + b for a, b in product(left, right))


def _exact(name: str, value: Any) -> frozenset[str] | None:
    """All strings that a piece can be, where they are few; None where they are not. A piece without width is ''."""
    match name:
        case "LITERAL":
            return frozenset({chr(value)})
        case "IN":
            return _class(value)
        case "SUBPATTERN" if not _in_any_case(value):
            return _exact_sequence(value[3])
        case "BRANCH":
            return _union([_exact_sequence(branch) for branch in value[1]])
        case "MAX_REPEAT" | "MIN_REPEAT" if value[1] == 1 or value[0] == value[1]:
            return _repeated(value[0], int(value[1]), _exact_sequence(value[2]))
        case "AT" | "ASSERT_NOT":
            return frozenset({""})
    return None


def _in_any_case(subpattern: Any) -> bool:
    """As in (?i:…): its letters may then stand in the text as others."""
    return bool(int(subpattern[1]) & re.IGNORECASE)


def _exact_sequence(nodes: Iterable[Any]) -> frozenset[str] | None:
    all_of: frozenset[str] = frozenset({""})
    for operation, value in nodes:
        exact = _exact(str(operation), value)
        joined = _join(all_of, exact) if exact is not None else None
        if joined is None:
            return None
        all_of = joined
    return all_of


def _class(items: Sequence[Any]) -> frozenset[str] | None:
    chars: set[str] = set()
    for operation, value in items:
        if str(operation) == "LITERAL":
            chars.add(chr(value))
        elif str(operation) == "RANGE" and value[1] - value[0] < _MOST_IN_A_RANGE:
            chars |= {chr(code) for code in range(value[0], value[1] + 1)}
        else:
            return None
    return frozenset(chars) if 0 < len(chars) <= _MOST_SIGNS else None


def _repeated(least: int, most: int, once: frozenset[str] | None) -> frozenset[str] | None:
    if once is None or most > 3:
        return None
    if least == 0:
        return once | {""}
    strings: frozenset[str] | None = frozenset({""})
    for _ in range(most):
        strings = _join(strings, once) if strings is not None else None
    return strings


def _union(sets: Sequence[frozenset[str] | None]) -> frozenset[str] | None:
    known = [one for one in sets if one is not None]
    if len(known) < len(sets):
        return None
    everything = frozenset().union(*known)
    return everything if len(everything) <= MOST_LITERALS else None


def _inside(name: str, value: Any) -> list[Needs]:
    """What a piece needs that is no finite set itself."""
    match name:
        case "SUBPATTERN" if not _in_any_case(value):
            return _choices(value[3])
        case "BRANCH":
            return [_in_any([_needed(branch) for branch in value[1]])]
        case "MAX_REPEAT" | "MIN_REPEAT" if value[0] > 0:
            return _choices(value[2])
        case "ASSERT":
            ahead, needs = value[0] > 0, _choices(value[1])
            return needs if ahead else [dict.fromkeys(need, ANYWHERE) for need in needs]
    return []


def _in_any(branches: Sequence[Needs]) -> Needs:
    """What one of the branches needs, whichever it is; nothing where one of them needs nothing."""
    needs: dict[str, Reach] = {}
    for branch in branches:
        if not branch:
            return {}
        for literal, reach in branch.items():
            needs[literal] = _either(needs[literal], reach) if literal in needs else reach
    return needs


def split_alternatives(pattern: str) -> list[str]:
    """The source cut at its outermost bars: 'a|(?:b|c)' → ['a', '(?:b|c)']."""
    parts, start, depth, at, in_class = [], 0, 0, 0, False
    while at < len(pattern):
        char = pattern[at]
        if char == "\\":
            at += 1
        elif in_class:
            in_class = char != "]"
        elif char == "[":
            in_class = True
            at += 1 if pattern[at + 1 : at + 2] in ("]", "^") else 0
            at += 1 if pattern[at : at + 2] == "^]" else 0
        elif char in "()":
            depth += 1 if char == "(" else -1
        elif char == "|" and not depth:
            parts.append(pattern[start:at])
            start = at + 1
        at += 1
    return [*parts, pattern[start:]]


# --- expressions that could run for ever ------------------------------------------------------------------------------

_MANY_TIMES = 32


def could_run_for_ever(pattern: str) -> bool:
    """Whether a long repetition repeats something that repeats long itself, as in (a+)+: exponential on the wrong text.

    A star within a star is refused even where the two could not meet: who writes a list can always say it otherwise.
    """
    return _repeats_within(import_module("re._parser").parse(pattern), 0)


def _repeats_within(nodes: Iterable[Any], depth: int) -> bool:
    for operation, value in nodes:
        name = str(operation)
        if name in ("MAX_REPEAT", "MIN_REPEAT"):
            deeper = depth + (int(value[1]) > _MANY_TIMES)
            if deeper > 1 or _repeats_within(value[2], deeper):
                return True
        elif name == "BRANCH":
            if any(_repeats_within(branch, depth) for branch in value[1]):
                return True
        elif name == "SUBPATTERN":
            if _repeats_within(value[3], depth):
                return True
        elif name in ("ASSERT", "ASSERT_NOT") and _repeats_within(value[1], depth):
            return True
    return False

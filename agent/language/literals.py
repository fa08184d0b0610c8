"""Which literals a regular expression cannot match without. Reads the expression as Python's own parser reads it.

The parser is private to `re`; should it change, nothing here is understood any more, every expression counts as one
that could match anything, and the house is slower but finds the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import import_module
from itertools import product
from typing import Any

MOST_LITERALS = 120
_MOST_IN_A_CLASS = 12
_LONGEST = 12


def needed_literals(pattern: str) -> frozenset[str]:
    """Of these strings at least one stands in every text that the pattern matches; empty: nothing can be said."""
    try:
        return _shortest(_needed(import_module("re._parser").parse(pattern)))
    except (ImportError, AttributeError, TypeError, ValueError):
        return frozenset()


def _shortest(literals: frozenset[str]) -> frozenset[str]:
    """Without those that hold another one: whoever finds 'open' has found 'reopen' too."""
    return frozenset(one for one in literals if not any(other in one for other in literals if other != one))


def _needed(nodes: Iterable[Any]) -> frozenset[str]:
    """The most telling set among the pieces of a sequence: long literals before short ones, few before many."""
    choices: list[frozenset[str]] = []
    run: frozenset[str] = frozenset({""})
    for name, value in ((str(operation), value) for operation, value in nodes):
        exact = _exact(name, value)
        joined = _join(run, exact) if exact is not None else None
        if joined is not None:
            run = joined
            continue
        choices.append(run)
        run = exact if exact is not None and len(exact) <= MOST_LITERALS else frozenset({""})
        if exact is None:
            choices.append(_inside(name, value))
    choices.append(run)
    telling = [choice for choice in choices if choice and "" not in choice and len(choice) <= MOST_LITERALS]
    return max(telling, key=lambda choice: (min(map(len, choice)), -len(choice)), default=frozenset())


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
        case "SUBPATTERN":
            return _exact_sequence(value[3])
        case "BRANCH":
            return _union([_exact_sequence(branch) for branch in value[1]])
        case "MAX_REPEAT" | "MIN_REPEAT" if value[1] == 1 or value[0] == value[1]:
            return _repeated(value[0], int(value[1]), _exact_sequence(value[2]))
        case "AT" | "ASSERT_NOT":
            return frozenset({""})
    return None


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
        elif str(operation) == "RANGE" and value[1] - value[0] < _MOST_IN_A_CLASS:
            chars |= {chr(code) for code in range(value[0], value[1] + 1)}
        else:
            return None
    return frozenset(chars) if 0 < len(chars) <= _MOST_IN_A_CLASS else None


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


def _inside(name: str, value: Any) -> frozenset[str]:
    """What a piece needs that is no finite set itself."""
    match name:
        case "SUBPATTERN":
            return _needed(value[3])
        case "BRANCH":
            each = [_needed(branch) for branch in value[1]]
            return frozenset().union(*each) if all(each) else frozenset()
        case "MAX_REPEAT" | "MIN_REPEAT" if value[0] > 0:
            return _needed(value[2])
        case "ASSERT":
            return _needed(value[1])
    return frozenset()


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

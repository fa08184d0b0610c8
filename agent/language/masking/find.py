"""Finds what identifies a person in free text: each finder gives spans, and where two overlap the stronger one stands.

Works on `plain` text (half-width, nothing invisible), whose offsets are those of the spans.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from agent.language.masking.numbers import find_by_shape, find_sure
from agent.language.masking.people import find_known, find_people
from agent.language.masking.places import find_places
from agent.language.normalise import INVISIBLE_CHAR

_HALF_WIDTH = {
    **{code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))},
    **{ord(wide): ord(half) for wide, half in zip("＠．／＿＋－–—＃\u3000\u00a0", "@./_+---#  ", strict=True)},
}
# ①…⑨ and the digits of other scripts read as digits too
_HALF_WIDTH |= {first + at: ord("1") + at for first in (0x2460, 0x2776, 0x278A) for at in range(9)} | {0x24EA: ord("0")}
_HALF_WIDTH |= {start + digit: ord("0") + digit for start in (0x0660, 0x06F0, 0x0966) for digit in range(10)}


@dataclass(frozen=True, slots=True)
class Masked:
    """Characters [start, end) of the plain text and the mark that stands for them."""

    start: int
    end: int
    mark: str


def plain(text: str) -> str:
    """Half-width letters and digits, without what cannot be seen."""
    return INVISIBLE_CHAR.sub("", text.translate(_HALF_WIDTH))


def find_private(text: str, names: Sequence[str] = ()) -> list[Masked]:
    """In the order of the text, none overlapping."""
    finders: tuple[Callable[[str], Iterator[tuple[int, int, str]]], ...] = (
        lambda text: find_known(text, names),
        find_sure,
        find_places,
        find_people,
        find_by_shape,
    )
    taken = bytearray(len(text))
    found: list[Masked] = []
    for finder in finders:
        for start, end, mark in finder(text):
            start, end = _free(taken, start, end)
            if start < end:
                taken[start:end] = b"\x01" * (end - start)
                found.append(Masked(start, end, mark))
    return _joined(sorted(found, key=lambda one: one.start), text)


def _joined(found: Sequence[Masked], text: str) -> list[Masked]:
    """Pieces of one address, found by two signs of it, are one."""
    joined: list[Masked] = []
    for one in found:
        last = joined[-1] if joined else None
        if last is not None and last.mark == one.mark == "[address]" and not text[last.end : one.start].strip(" ,，"):
            joined[-1] = Masked(last.start, one.end, one.mark)
        else:
            joined.append(one)
    return joined


def _free(taken: bytearray, start: int, end: int) -> tuple[int, int]:
    """The longest stretch of [start, end) that nothing stronger has."""
    stretches = taken[start:end].split(b"\x01")
    longest = max(stretches, key=len)
    at = start
    for stretch in stretches:
        if stretch is longest:
            break
        at += len(stretch) + 1
    return at, at + len(longest)

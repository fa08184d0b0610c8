"""Keep citations on their words when the words move: a mechanical fix, or a rep's edit.

A span survives when every one of its characters does, in place and together; a span that was touched is dropped, and
what stands there is then judged as plain text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from difflib import SequenceMatcher

from agent.domain import Span, Words

UNMISTAKABLE = 4
"""Characters below which words are not looked for: a bare number may mean something else where it stands now."""


def reanchor(spans: Iterable[Span], old: Words, new: Words) -> tuple[Span, ...]:
    """The spans of `old` that still stand in `new`, at their new offsets."""
    if old == new:
        return tuple(spans)
    kept: list[Span] = []
    blocks = {
        "subject": _blocks(old.subject or "", new.subject or ""),
        "body": _blocks(old.body, new.body),
    }
    fields = {"subject": (old.subject or "", new.subject or ""), "body": (old.body, new.body)}
    for span in spans:
        for start, moved, size in blocks.get(span.field, ()):
            if start <= span.start and span.end <= start + size:
                shift = moved - start
                kept.append(replace(span, start=span.start + shift, end=span.end + shift))
                break
        else:
            kept += _found_again(span, *fields.get(span.field, ("", "")))
    return tuple(kept)


def _found_again(span: Span, old: str, new: str) -> list[Span]:
    """Words that stand exactly once in both texts are the same words, even where the comparison cut through them."""
    words = old[span.start : span.end]
    if len(words) < UNMISTAKABLE or old.count(words) != 1 or new.count(words) != 1:
        return []
    start = new.index(words)
    return [replace(span, start=start, end=start + len(words))]


def _blocks(old: str, new: str) -> list[tuple[int, int, int]]:
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    return [(block.a, block.b, block.size) for block in matcher.get_matching_blocks()]

"""A draft's text cut into pieces, so that a template can mark what was filled and what was found.

Takes plain text, spans and findings; gives pieces whose texts, joined, are the text again. Nothing here is markup: a
piece holds raw text that the template escapes, so a `<script>` in a customer's name stays a piece of text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from agent.domain import Finding, Span


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters that share one citation and the same findings.

    `span` is the place of the citation in the list that was given, None where nothing was filled; `first` is True for
    the first piece of it. `findings` are places in their list.
    """

    text: str
    span: int | None
    findings: tuple[int, ...]
    first: bool = False


def pieces(text: str, field: str, spans: Sequence[Span], findings: Sequence[Finding]) -> tuple[Piece, ...]:
    """Cut at every edge of a span or a finding of this field. Overlaps are kept: a piece may carry several findings."""
    size = len(text)
    cited = [(n, *_clip(s.start, s.end, size)) for n, s in enumerate(spans) if s.field == field]
    found = [(n, *_clip(f.start, f.end, size)) for n, f in enumerate(findings) if f.field == field]
    edges = sorted({0, size} | {edge for _, start, end in (*cited, *found) for edge in (start, end)})
    cut: list[Piece] = []
    seen: set[int] = set()
    for start, end in pairwise(edges):
        span = next((n for n, a, b in cited if a <= start and end <= b), None)
        marks = tuple(n for n, a, b in found if a <= start and end <= b)
        cut.append(Piece(text[start:end], span, marks, span is not None and span not in seen))
        seen |= {span} if span is not None else set()
    return tuple(cut)


def unmarked(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings about the context rather than about words: they stand in the list only."""
    return tuple(finding for finding in findings if finding.start is None)


def _clip(start: int | None, end: int | None, size: int) -> tuple[int, int]:
    """A stretch inside the text; an empty one at its start where a finding has no place."""
    if start is None or end is None:
        return 0, 0
    return min(max(start, 0), size), min(max(end, 0), size)

"""Citations stay on their words when the words move."""

from __future__ import annotations

from agent.domain import Source, Span, Words
from agent.spans import reanchor


def cited(body: str, words: str) -> Span:
    start = body.index(words)
    return Span("body", start, start + len(words), "offer", "offer", Source("offer", "points_200"))


def test_words_that_were_not_touched_keep_their_citation_wherever_they_stand_now() -> None:
    old = "If anything is on your mind, tell us. You have 200 points. A colleague will write back."
    new = "If there is anything at all, tell us. You have 200 points. A colleague will write back."
    spans = [cited(old, "200 points"), cited(old, "A colleague will write back.")]
    kept = reanchor(spans, Words(None, old), Words(None, new))
    assert [new[span.start : span.end] for span in kept] == ["200 points", "A colleague will write back."]


def test_words_that_were_cut_through_by_the_comparison_are_found_again() -> None:
    old, new = "abcabc xyz 200 points", "200 points xyz abcabc"
    kept = reanchor([cited(old, "200 points")], Words(None, old), Words(None, new))
    assert [new[span.start : span.end] for span in kept] == ["200 points"]


def test_words_that_stand_twice_or_were_changed_lose_their_citation() -> None:
    old = "You have 200 points."
    span = cited(old, "200 points")
    assert reanchor([span], Words(None, old), Words(None, "You have 300 points.")) == ()
    twice = "200 points, no, 200 points, you have"
    assert len(reanchor([span], Words(None, "y 200 points"), Words(None, twice))) <= 1

"""A sentence from comma to comma: the smallest piece of a message that states one thing."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agent.guardrails.message import Field, Message
from agent.language.sieve import Sieve, sieve


@dataclass(frozen=True, slots=True)
class Part:
    """From comma to comma: [start, end) of the tight view `text`; `before` is where the part before it begins."""

    text: str
    before: int
    start: int
    end: int

    def says(self, what: Sieve) -> re.Match[str] | None:
        return what.search(self.text, self.start, self.end)

    def speaks_of(self, what: Sieve) -> re.Match[str] | None:
        """Here, or just before in the same sentence."""
        return what.search(self.text, self.before, self.end)

    @property
    def said(self) -> str:
        return self.text[self.start : self.end]


_COMMA = sieve(r"[,，;；:：…]|——")


def parts_at(places: Iterable[int], field: Field) -> Iterator[Part]:
    """The parts that hold these places of the tight view, each once; a question is none."""
    text, done, read, marks = field.tight.text, -1, -1, [0]
    for at in sorted(set(places)):
        start, end = field.sentence_at(at)
        if at < done or text[max(start, end - 4) : end].rstrip().endswith(("?", "？")):
            continue
        if start != read:
            read, marks = start, [start, start, *(mark.end() for mark in _COMMA.finditer(text, start, end)), end]
        index = max(bisect_right(marks, at), 2)
        yield Part(text, marks[index - 2], marks[index - 1], marks[index])
        done = marks[index]


def clauses_on(matter: Sieve, message: Message) -> list[str]:
    """The sentences of the clauses in force that speak of the matter."""
    return [clause for clause in message.licence.clause_sentences if matter.search(clause)]


DONE = sieve(
    r"已(?!经?过)|刚刚?|昨|上周|正在|(?<![a-z])(?:(?:has|have) (?:been|left|shipped|gone|reached|come)|was|were|did"
    r"|yesterday|last"
    r"|already)(?![a-z])|'ve |'s (?:been|gone)"
)
"""Told of the past: nobody promises it."""

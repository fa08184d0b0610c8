"""Which clauses belong to which situation: what the house model may put together, and what it may not.

Takes the phrasebook; gives, for a message in slots, the clauses that none of its sentences has, those that belong to
another situation only, and those said twice. A remedy of another situation passes every slot check, so it is looked for
here. A sentence that a firm took out of its phrasebook is unknown from then on, whatever the weights remember.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from agent.domain import FactSheet, Language
from agent.resources import kept
from agent.slots.grammar import TOKEN, slot_names
from agent.writers.patterns import GUARD, OPTIONAL, clauses_of, mend, split_clauses
from agent.writers.phrasebook import Common, Phrases, phrasebook

FRAME = {Language.ZH: ("主题", "您好"), Language.EN: ("subject", "hello")}
FREE = frozenset({"{salutation}", "{salutation|short}", "{sign_off}", "{policy_answer}", "{policy_more}"})


@dataclass(frozen=True, slots=True)
class Strays:
    """What a message holds that its situation does not have."""

    unknown: tuple[str, ...]
    foreign: tuple[str, ...]
    repeated: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.unknown or self.foreign or self.repeated)


def strays(text: str, sheet: FactSheet) -> Strays:
    """Of one message, written for this sheet."""
    own = _lexicon()[sheet.language, phrasebook().phrases(sheet.language, sheet.situation).situation]
    all_known = _known(sheet.language)
    said = [clause for clause in clauses_of(text) if not clause.startswith("{act:") and clause not in FREE]
    unfit = [clause for clause in said if clause not in own]
    twice = tuple(clause for clause, group in itertools.groupby(sorted(said)) if len(list(group)) > 1)
    return Strays(
        unknown=tuple(clause for clause in unfit if clause not in all_known),
        foreign=tuple(clause for clause in unfit if clause in all_known),
        repeated=tuple(clause for clause in twice if not TOKEN.fullmatch(clause) and len(clause) > 3),
    )


MARKS_ONLY = re.compile("(?:[ \t()\"']|“|”|（|）){3}$".encode())
"""Marks that change no clause could go on for ever."""


class Lexicon:
    """The clauses of one situation, to be asked while a message is being written."""

    def __init__(self, clauses: Iterable[str]) -> None:
        self._known = frozenset(clauses) | FREE
        self._sorted = sorted(clause.encode() for clause in self._known)

    def may_go_on(self, said: bytes, so_far: bytes, left: Mapping[str, int]) -> bool:
        """Whether a message of these bytes can still become one of whole clauses of ours, none said twice.

        `so_far` is the part before the last token, already found good: only clauses that end after it are looked up.
        `left` says how often each slot may still be said: a clause that needs another is not begun.
        """
        if MARKS_ONLY.search(said):
            return False
        text = said.decode("utf-8", "ignore")
        rest = said[len(text.encode()) :]  # the first bytes of a character that the next token completes
        clauses = list(split_clauses(text))
        done, open_clause = clauses[:-1], clauses[-1]
        before = max(0, len(list(split_clauses(so_far.decode("utf-8", "ignore")))) - 1)
        for place in range(before, len(done)):
            clause = done[place]
            if clause and not self._may_stand(clause, done[:place]):
                return False
        return self._begins(open_clause.encode() + rest, done, left)

    def may_end(self, said: bytes) -> bool:
        *done, last = split_clauses(said.decode("utf-8", "replace"))
        return not last or self._may_stand(last, done)

    def _may_stand(self, clause: str, before: Sequence[str]) -> bool:
        if clause.startswith("{act:"):
            return True
        repeats = clause in before and len(clause) > 3 and not TOKEN.fullmatch(clause)
        return clause in self._known and not repeats

    def _begins(self, start: bytes, done: Sequence[str], left: Mapping[str, int]) -> bool:
        """Whether some clause begins so that was not said yet and whose slots can still be said."""
        at = bisect_left(self._sorted, start)
        while at < len(self._sorted) and self._sorted[at].startswith(start):
            clause, owed = (
                self._sorted[at].decode(),
                slot_names(self._sorted[at][len(start) :].decode("utf-8", "ignore")),
            )
            if all(left.get(slot, 0) > 0 for slot in owed) and self._may_stand(clause, done):
                return True
            at += 1
        return False


@kept
def lexicon(language: Language, situation: str) -> Lexicon:
    """Of the situation, or of general care where nobody wrote for it yet."""
    return Lexicon(_lexicon()[language, phrasebook().phrases(language, situation).situation])


@kept
def _lexicon() -> dict[tuple[Language, str], frozenset[str]]:
    book = phrasebook()
    shared = {
        language: frozenset(_clauses(_lines_of_all(common))) | set(FRAME[language])
        for language, common in book.common.items()
    }
    return {
        (language, situation): shared[language] | frozenset(_clauses(_lines_of_one(phrases)))
        for (language, situation), phrases in book.situations.items()
    }


@kept
def _known(language: Language) -> frozenset[str]:
    return frozenset().union(*(clauses for (spoken, _), clauses in _lexicon().items() if spoken is language))


def _lines_of_one(phrases: Phrases) -> Iterator[str]:
    yield from itertools.chain(
        phrases.subject, phrases.subject_lively, *phrases.open.values(), phrases.body, phrases.ease, phrases.short,
        phrases.title, phrases.lead,
    )  # fmt: skip


def _lines_of_all(common: Common) -> Iterator[str]:
    yield from itertools.chain(
        common.subject_offer, common.subject_plain, *common.lead.values(), *common.terms.values(),
        *common.help.values(), *common.close.values(),
    )  # fmt: skip


def _clauses(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        for variant in _variants(GUARD.sub("", line)):
            yield from clauses_of(mend(variant))


def _variants(pattern: str) -> Iterator[str]:
    """The pattern with each choice of its optional parts."""
    parts = OPTIONAL.findall(pattern)
    for kept_parts in itertools.product((True, False), repeat=len(parts)):
        choice = iter(kept_parts)
        yield OPTIONAL.sub(lambda match, choice=choice: match[1] if next(choice) else "", pattern)  # type: ignore[misc]

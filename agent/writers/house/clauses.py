"""Which clauses belong to which situation: what the house model may put together, and what it may not.

Takes the phrasebook; gives, for a message in slots, the clauses that none of its sentences has, those that belong to
another situation only, and those said twice. A remedy of another situation passes every slot check, so it is looked for
here. A sentence that a firm took out of its phrasebook is unknown from then on, whatever the weights remember.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from agent.domain import FactSheet, Language
from agent.resources import kept
from agent.slots.grammar import TOKEN
from agent.writers.patterns import GUARD, OPTIONAL, clauses_of, mend
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

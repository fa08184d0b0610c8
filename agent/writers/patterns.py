"""Choosing among sentences with slots: which can be said with the facts at hand, and their optional parts.

Takes patterns and a fact sheet, gives templates. Knows nothing about moves, tones or channels.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Sequence

from agent.domain import FactSheet, Sensitivity
from agent.slots import act_keys, slot_names

OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
GUARD = re.compile(r"^<(!?)([a-z_]+)>")
CLAUSE_END = re.compile(r"[。！？!?，,；;：:\n…～~]+|\.(?=\s|$|\))")
WHOLE = re.compile(r"(\{(?:act:[a-z_0-9]+|policy_answer|policy_more)\})")
"""Slots that read as sentences of their own."""
EDGE = " \t()（）“”\"'"
SEAMS = (
    (re.compile(r"^[，,；;：:。.\s]+"), ""),
    (re.compile(r"([。.])[，,；;：:\s]*[，,；;：:]"), r"\1"),
    (re.compile(r"([：:，,])\s*(?=[。.])"), ""),
    (re.compile(r"。\s*。+"), "。"),
    (re.compile(r"\.(?:\s*\.)+"), "."),
    (re.compile(r"[ \t]{2,}"), " "),
    (re.compile(r"\s+([.,;:])"), r"\1"),
)


def split_clauses(text: str) -> Iterator[str]:
    """The clauses of a template, empty ones too, the last one perhaps unfinished; without case and outer marks."""
    for part in WHOLE.split(text):
        for clause in [part] if WHOLE.fullmatch(part) else CLAUSE_END.split(part):
            yield " ".join(clause.strip(EDGE).lower().split())


def clauses_of(text: str) -> Iterator[str]:
    """The clauses of a template; a promise or a quoted rule stands for itself."""
    return (clause for clause in split_clauses(text) if clause)


def known_slots(sheet: FactSheet) -> frozenset[str]:
    """Slots and acts (as `act:key`) that may be used."""
    quotable = {fact.slot for fact in sheet.facts if fact.sensitivity is Sensitivity.QUOTE}
    return frozenset(quotable | {f"act:{act.key}" for act in sheet.acts})


def needed(pattern: str) -> frozenset[str]:
    """What a pattern cannot do without."""
    core = OPTIONAL.sub("", GUARD.sub("", pattern))
    return frozenset(slot_names(core)) | {f"act:{key}" for key in act_keys(core)}


def settle(pattern: str, known: frozenset[str]) -> str:
    """The pattern with its optional parts kept or dropped, and the seams mended."""
    pattern = GUARD.sub("", pattern)
    text = OPTIONAL.sub(lambda match: match[1] if set(slot_names(match[1])) <= known else "", pattern)
    for seam, mended in SEAMS[1:]:
        text = seam.sub(mended, text)
    return text.strip()


def mend(text: str) -> str:
    """Punctuation where two settled patterns met."""
    for seam, mended in SEAMS:
        text = seam.sub(mended, text)
    return text.strip()


def sayable(patterns: Iterable[str], known: frozenset[str], used: Iterable[str] = ()) -> list[str]:
    """Patterns whose facts are all known and not said already."""
    said = set(used)
    return [
        pattern
        for pattern in patterns
        if needed(pattern) <= known and not needed(pattern) & said and _guard_holds(pattern, known)
    ]


def _guard_holds(pattern: str, known: frozenset[str]) -> bool:
    """`<slot>` in front: only with that fact on the sheet; `<!slot>`: only without it."""
    guard = GUARD.match(pattern)
    return guard is None or (guard[2] in known) != bool(guard[1])


def pick(patterns: Sequence[str], rng: random.Random) -> str | None:
    return rng.choice(patterns) if patterns else None

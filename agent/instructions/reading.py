"""A rep's wish in free words, read into flags. Takes text in Chinese or English, gives an Instruction.

Clause by clause, all patterns of flags.toml are tried and the reading that explains most of the words wins. What is
understood will be kept; what is not is handed back in the rep's own words, never ignored in silence. A wish that would
change what was decided (another offer, a promise) has no flag and so is always "not understood".
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any

from agent.domain import Instruction, Language
from agent.resources import kept, package_data

SPLIT = re.compile(
    r"[，,。；;！!？?\n、]+|\.(?=\s|$)|\b(?:and|but|then|also)\b|(?:并且|而且|同时|然后|另外)", re.IGNORECASE
)
NO_DENIAL = re.compile(
    r"能不能|可不可以|要不要|是不是|好不好|行不行|不妨|不如|(?:别|不要)(?:忘[了记]?|漏了?|落下)(?:要)?|不能(?:忘|漏|少)了?|"
    r"\b(?:don'?t|do not|never) (?:forget|omit|skip)(?: to)?\b(?! what)",
    re.IGNORECASE,
)
"""Words that look like a denial and are none, or even ask for what follows."""
REMINDS = re.compile(r"忘|漏|落下|少|forget|omit|skip", re.IGNORECASE)
FILLER = re.compile(
    r"^(?:请|麻烦|帮我|帮忙|希望|能不能|可以|把|语气|写得?|改得?|一下|一点|些|吧|哦|谢谢|你好|这[条次封个]|消息|邮件|短信|please|"
    r"thanks?|thank you|make it|could you|can you|write it|a bit|a little|more|the|it|tone|keep|this|one|hi|ok)*$",
    re.IGNORECASE,
)
BEYOND = re.compile(
    r"承诺|保证|答应|补偿|赔[偿付钱]|免费|多?送[他她]|退[他她]|promis\w*|guarantee\w*|compensat\w*|free\b|bigger|larger|更大|"
    r"double|翻倍|another (?:coupon|offer|discount)",
    re.IGNORECASE,
)
"""What a rep's words cannot change; a clause that holds one is handed back, whatever else was understood of it."""
STATES = re.compile(r"讨厌|不喜欢|反感|厌烦|\b(?:hates?|dislikes?|is tired of|complains? about)\b", re.IGNORECASE)
"""A clause about the customer: nothing that it names is asked for."""


@dataclass(frozen=True, slots=True)
class FlagSpec:
    """One wish that can be kept: how it is recognised, and what it means in each language.

    `patterns` may hold a denial (别太正式), `asking` may not: 别提积分 asks for nothing.
    `denies`: the flag leaves something out.
    """

    flag: str
    patterns: tuple[re.Pattern[str], ...]
    asking: tuple[re.Pattern[str], ...]
    meaning: Mapping[Language, str]
    denies: bool


@dataclass(frozen=True, slots=True)
class Table:
    """All flags by name, and what a denial looks like."""

    flags: Mapping[str, FlagSpec]
    denial: re.Pattern[str]


@kept
def _shipped() -> Table:
    return read_table(package_data("agent.instructions"))


def flag_table(root: Traversable | None = None) -> Mapping[str, FlagSpec]:
    return (read_table(root) if root is not None else _shipped()).flags


def read_table(root: Traversable) -> Table:
    told = tomllib.loads((root / "flags.toml").read_text(encoding="utf-8"))
    words, topics, forms = (told.pop(part) for part in ("words", "topics", "forms"))
    flags = {}
    for flag, row in told.items():
        own = [(language, pattern) for language in Language for pattern in row.get(language.value, ())]
        meaning = {language: row["meaning"][language.value] for language in Language}
        denying, asking = ([*_formed(row, kind, topics, forms)] for kind in (("deny",), ("want", "first")))
        flags[flag] = FlagSpec(
            flag, _compiled([*own, *denying], words), _compiled(asking, words), meaning, flag.startswith("no_")
        )
    return Table(flags, re.compile("|".join(words["not"].values()), re.IGNORECASE))


def _formed(row: Mapping[str, Any], kinds: Sequence[str], topics: Any, forms: Any) -> Iterator[tuple[Language, str]]:
    """The forms of these kinds that the row has for its topic."""
    for kind in kinds:
        if (topic := row.get(kind)) is not None:
            for language in Language:
                for pattern in forms[kind][language.value]:
                    yield language, pattern.replace("<topic>", topics[topic][language.value])


def _compiled(told: Sequence[tuple[Language, str]], words: Mapping[str, Any]) -> tuple[re.Pattern[str], ...]:
    compiled = []
    for language, pattern in told:
        for word, spelt in words.items():
            pattern = pattern.replace(f"<{word}>", spelt[language.value])
        compiled.append(re.compile(pattern, re.IGNORECASE))
    return tuple(compiled)


def read_instruction(text: str) -> Instruction:
    """Clause by clause: each gives its flags, or is handed back."""
    understood: list[str] = []
    rest: list[str] = []
    for clause in (part.strip() for part in SPLIT.split(text.replace("’", "'"))):
        if not clause or FILLER.match(clause.replace(" ", "")) or FILLER.match(clause):
            continue
        flags = flags_of(clause)
        understood.extend(flags)
        # a number in a wish is never ours to keep
        if not flags or re.search(r"\d", clause) or BEYOND.search(clause):
            rest.append(clause)
    return Instruction(text, tuple(dict.fromkeys(understood)), tuple(rest))


def flags_of(clause: str) -> list[str]:
    """The flags of one clause, longest match first. Words that made one are used up: 不要道歉 is no apology too."""
    clause = NO_DENIAL.sub(_undenied, clause)
    found: list[tuple[int, str]] = []
    while (best := max(_readings(clause), key=_explained, default=None)) is not None:
        start, end, flag = best
        found.append((start, flag))
        clause = clause[:start] + "\u0000" * (end - start) + clause[end:]
    return list(dict.fromkeys(flag for _, flag in sorted(found)))


def _undenied(match: re.Match[str]) -> str:
    if not REMINDS.search(match[0]):
        return " "
    return " mention " if match[0].isascii() else "提"


def _explained(reading: tuple[int, int, str]) -> int:
    return reading[1] - reading[0]


def _readings(clause: str) -> Iterator[tuple[int, int, str]]:
    """Every match of any flag that no denial takes back: none before it, and none in it where it asks."""
    table, about_somebody = _shipped(), STATES.search(clause) is not None
    first = table.denial.search(clause)
    denied_from = first.start() if first else len(clause)
    for flag, spec in table.flags.items():
        if about_somebody and not spec.denies:
            continue
        for pattern in (*spec.patterns, *spec.asking):
            for match in pattern.finditer(clause):
                start, end = match.span()
                denied = first is not None and first.end() <= start
                asked_against = pattern in spec.asking and denied_from < end
                if end > start and not denied and not asked_against:
                    yield start, end, flag

"""A rep's wish in free words, read into flags. Takes text in Chinese or English, gives an Instruction.

What is understood will be kept; what is not is handed back in the rep's own words, never ignored in silence. A wish
that would change what was decided (another offer, a promise) has no flag and so is always "not understood".
The flags and their patterns are in flags.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources.abc import Traversable
from typing import Final

from agent.domain import FactSheet, Instruction, Language, SlotType, Tone
from agent.resources import kept, package_data

SPLIT = re.compile(
    r"[，,。；;！!\n、]+|\.(?=\s|$)|\b(?:and|but|then|also)\b|(?:并且|而且|同时|然后|另外|再)", re.IGNORECASE
)
NOT: Final[Mapping[str, str]] = {
    "zh": (
        r"(?:不要|别|不用|不必|不提|去掉|删掉|删除|不写|不放|不加|不带|不发|无需|没有|取消|拿掉|少用|省略|"
        r"不(?=道歉|致歉|称呼|说|叫))"
    ),
    "en": r"\b(?:no|not|without|don'?t|never|drop|remove|skip|omit|leave out|cut|avoid|take out|get rid of|less)\b",
}
FILLER = re.compile(
    r"^(?:请|麻烦|帮我|帮忙|希望|能不能|可以|把|语气|写得?|改得?|一下|一点|些|吧|哦|谢谢|please|thanks?|thank you|"
    r"make it|could you|can you|write it|a bit|a little|more|the|it|tone|keep)*$",
    re.IGNORECASE,
)
DENIED = re.compile("|".join(NOT.values()), re.IGNORECASE)
WANTED: Final = frozenset(
    {"add_apology", "mention_refund", "mention_points", "ask_feedback", "offer_first", "mention_item"}
)
"""Flags that ask for something to be said. Behind a denial that no flag of its own took, they are no wish at all."""
TONES: Final[Mapping[str, Tone]] = {
    "formal": Tone.FORMAL,
    "lively": Tone.LIVELY,
    "warmer": Tone.WARM,
    "plain": Tone.PLAIN,
}
LANGUAGES: Final[Mapping[str, Language]] = {"english": Language.EN, "chinese": Language.ZH}


@dataclass(frozen=True, slots=True)
class FlagSpec:
    """One wish that can be kept: how it is recognised, and what it means in each language."""

    flag: str
    pattern: re.Pattern[str]
    meaning: Mapping[Language, str]


@kept
def _shipped() -> Mapping[str, FlagSpec]:
    return read_flags(package_data("agent.instructions"))


def flag_table(root: Traversable | None = None) -> Mapping[str, FlagSpec]:
    """All flags by name, in the order in which they are looked for."""
    return read_flags(root) if root is not None else _shipped()


def read_flags(root: Traversable) -> Mapping[str, FlagSpec]:
    rows = tomllib.loads((root / "flags.toml").read_text(encoding="utf-8"))
    specs = {}
    for flag, row in rows.items():
        patterns = [pattern.replace("<not>", NOT[language]) for language in NOT for pattern in row[language]]
        meaning = {language: row["meaning"][language.value] for language in Language}
        specs[flag] = FlagSpec(flag, re.compile("|".join(patterns), re.IGNORECASE), meaning)
    return specs


def read_instruction(text: str) -> Instruction:
    """Clause by clause: each gives its flags, or is handed back."""
    understood: list[str] = []
    rest: list[str] = []
    for clause in (part.strip() for part in SPLIT.split(text)):
        if not clause or FILLER.match(clause.replace(" ", "")) or FILLER.match(clause):
            continue
        flags = _flags_of(clause)
        understood.extend(flags)
        if not flags or re.search(r"\d", clause):  # a number in a wish is never ours to keep
            rest.append(clause)
    return Instruction(text, tuple(dict.fromkeys(understood)), tuple(rest))


def _flags_of(clause: str) -> list[str]:
    """All flags of one clause. Words that made one are used up: 不要道歉 is not also a wish to apologise."""
    found: list[str] = []
    for flag, spec in flag_table().items():
        match = spec.pattern.search(clause)
        if match and not (flag in WANTED and DENIED.search(clause, 0, match.start())):
            found.append(flag)
            clause = clause[: match.start()] + "\u0000" + clause[match.end() :]
    return found


def follow(sheet: FactSheet, instruction: Instruction) -> tuple[FactSheet, Instruction]:
    """The sheet as the wishes want it: tone, language, and without what was asked to be left out.

    A wish that this case cannot keep (a refund that is not on the sheet, a language the brand does not write) moves to
    what was not understood, so that the rep sees it. Offers and facts themselves never change.
    """
    flags = list(instruction.understood)
    refused: list[str] = []
    for flag in list(flags):
        if not _can_keep(flag, sheet):
            flags.remove(flag)
            refused.append(flag_table()[flag].meaning[sheet.language])
    for flag in flags:
        if flag in TONES:
            sheet = replace(sheet, tone=TONES[flag])
        if flag in LANGUAGES:
            sheet = _in_language(sheet, LANGUAGES[flag])
    dropped = _dropped_slots(flags, sheet)
    sheet = replace(sheet, facts=tuple(fact for fact in sheet.facts if fact.slot not in dropped))
    return sheet, replace(instruction, understood=tuple(flags), not_understood=(*instruction.not_understood, *refused))


def _can_keep(flag: str, sheet: FactSheet) -> bool:
    if flag in LANGUAGES:
        return LANGUAGES[flag] in sheet.brand.languages
    needed = {"mention_refund": "refund_amount", "mention_points": "points_balance", "offer_first": "offer"}.get(flag)
    if flag == "mention_item":
        return sheet.fact("last_item") is not None or sheet.fact("ticket_item") is not None
    return needed is None or sheet.fact(needed) is not None


def _dropped_slots(flags: Sequence[str], sheet: FactSheet) -> frozenset[str]:
    dropped: set[str] = set()
    if "no_coupon" in flags:
        dropped |= {fact.slot for fact in sheet.facts if fact.slot.startswith("offer")}
    if "no_item" in flags:
        dropped |= {"last_item", "ticket_item"}
    if "no_refund" in flags:
        dropped |= {"refund_amount"}
    return frozenset(dropped)


def _in_language(sheet: FactSheet, language: Language) -> FactSheet:
    """Facts that are words of the other language cannot come along: titles become general, clauses stay behind."""
    if language is sheet.language:
        return sheet
    facts = []
    for fact in sheet.facts:
        if fact.slot == "policy_answer":
            continue
        if fact.slot == "sign_off":
            fact = replace(fact, value=sheet.brand.sign_off.get(language) or sheet.brand.name)
        if fact.slot == "offer_exclusions" and sheet.offer is not None:
            words = sheet.offer.exclusions.get(language, "")
            if not words:
                continue
            fact = replace(fact, value=words)
        facts.append(replace(fact, value="") if fact.type is SlotType.ITEM else fact)
    clauses = tuple(clause for clause in sheet.clauses if clause.language == language.value)
    return replace(sheet, language=language, facts=tuple(facts), clauses=clauses, steer=())

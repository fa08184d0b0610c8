"""What a rep's wish does to a fact sheet: tone, language, and what was asked to be left out.

Takes a sheet and an Instruction that was read; gives both as they can be kept. Offers and facts never change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from agent.domain import FactSheet, Instruction, Language, SlotType, Tone
from agent.instructions.reading import flag_table

TONES: Final[Mapping[str, Tone]] = {
    "formal": Tone.FORMAL,
    "lively": Tone.LIVELY,
    "warmer": Tone.WARM,
    "plain": Tone.PLAIN,
}
LANGUAGES: Final[Mapping[str, Language]] = {"english": Language.EN, "chinese": Language.ZH}


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

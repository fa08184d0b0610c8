"""What a rep's wish does to a fact sheet: tone, language, and what was asked to be left out.

Takes a sheet and an Instruction that was read; gives both as they can be kept. Offers and facts never change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from agent.acts import speaks_of_refund
from agent.domain import FactSheet, Instruction, Language, SlotType, Tone
from agent.instructions.reading import flag_table

TONES: Final[Mapping[str, Tone]] = {
    "formal": Tone.FORMAL,
    "lively": Tone.LIVELY,
    "warmer": Tone.WARM,
    "plain": Tone.PLAIN,
}
LANGUAGES: Final[Mapping[str, Language]] = {"english": Language.EN, "chinese": Language.ZH}

NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "mention_refund": ("refund_amount",),
    "mention_points": ("points_balance",),
    "mention_item": ("last_item", "ticket_item"),
    "offer_first": ("offer",),
}
"""Slots of which one must be on the sheet."""
WHY_NOT: Final[Mapping[str, Mapping[Language, str]]] = {
    "mention_refund": {Language.ZH: "（记录里没有退款）", Language.EN: " (no refund on record)"},
    "mention_points": {Language.ZH: "（记录里没有积分）", Language.EN: " (no points on record)"},
    "mention_item": {Language.ZH: "（记录里没有商品）", Language.EN: " (no item on record)"},
    "offer_first": {Language.ZH: "（这次没有优惠）", Language.EN: " (there is no offer)"},
    **{flag: {Language.ZH: "（品牌不用这种语言）", Language.EN: " (not a language of ours)"} for flag in LANGUAGES},
}


def follow(sheet: FactSheet, instruction: Instruction) -> tuple[FactSheet, Instruction]:
    """The sheet as the wishes want it: tone, language, and without what was asked to be left out.

    A wish that this case cannot keep (a refund that is not on the sheet, a language the brand does not write) moves to
    what was not understood, with the reason, so that the rep sees it. Offers and facts themselves never change.
    """
    flags = list(instruction.understood)
    refused: list[str] = []
    for flag in list(flags):
        if not _can_keep(flag, sheet):
            flags.remove(flag)
            refused.append(f"{flag_table()[flag].meaning[sheet.language]}{WHY_NOT[flag][sheet.language]}")
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
    if flag == "mention_refund" and any(speaks_of_refund(act.key) for act in sheet.acts):
        return True
    return flag not in NEEDED or any(sheet.fact(slot) is not None for slot in NEEDED[flag])


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

"""Binds what a writer wrote out to the fact it equals: "20% off" becomes {offer|np}, 9月30日 becomes {offer_expires}.

Takes a template and its sheet, gives a template with fewer literals. A literal is bound only when value, unit and type
equal exactly one slot and nothing around it changes what it says ("up to 20 %", 不止8折). What is not bound stays as it
was written, for the gate to judge as a literal.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from agent.domain import Fact, FactSheet, SlotType
from agent.draft.amounts import MASK, Binding, bind_amounts, own_literals
from agent.draft.hedges import day_is_meant, is_about
from agent.draft.outright import GOODS, handed_over
from agent.draft.stand_ins import stand_in
from agent.errors import SlotError
from agent.language.dates import DateMention, read_dates
from agent.slots import FORMS, say, slot_names, slot_table
from agent.slots.grammar import TOKEN

EXACT_TYPES = frozenset({SlotType.CODE, SlotType.URL, SlotType.ITEM, SlotType.SALUTATION})
EXACT_TEXTS = frozenset({"brand", "policy_answer", "policy_more", "sign_off"})
ITEMS = frozenset({"last_item", "ticket_item"})
RANGE = re.compile(r"\s*(?:-|–|—|~|～|to|through|until|till|and|or|至|到|和|与|或)\s*")
EXCLUDES_LEFT = re.compile(
    r"(?:\b(?:not (?:valid|applicable|usable) (?:on|for|to|with)|excluding|excludes?|except(?: for| "
    r"on)?|(?:does|do) not apply to|"
    r"not apply to|cannot be used (?:on|for|with))|不适用于|不包括|不包含|不含|不能用于|不可用于|除了|除)\s*\Z",
    re.IGNORECASE,
)
EXCLUDES_RIGHT = re.compile(
    r"\s*(?:(?:are |is )?(?:excluded|not included)\b|除外|不适用|不参与|不可用|不能用|不享受)", re.IGNORECASE
)


def align(template: str, sheet: FactSheet) -> str:
    """The template with every sure literal bound; offsets of what is already a slot are never touched.

    A slot is not bound more often than it may be said: what stands there stays a literal, and the gate judges it.
    """
    template = _bound(template, (*_exact(_masked(template), sheet), *_exclusions(_masked(template), sheet)))
    return _bound(template, (*bind_amounts(_masked(template), sheet), *_days(_masked(template), sheet)))


def _masked(template: str) -> str:
    """Slots as marks of their own length. An item is marked apart: 20% off a thing is not 20% off an order."""
    return TOKEN.sub(lambda match: (GOODS if match["slot"] in ITEMS else MASK) * len(match[0]), template)


def _bound(template: str, found: Iterable[Binding]) -> str:
    used = Counter(slot_names(template))
    bound: list[Binding] = []
    for binding in found:
        if used[binding.slot] >= slot_table()[binding.slot].max_uses:
            continue
        if all(binding.end <= other.start or binding.start >= other.end for other in bound):
            used[binding.slot] += 1
            bound.append(binding)
    for binding in sorted(bound, key=lambda binding: binding.start, reverse=True):
        template = template[: binding.start] + binding.words + template[binding.end :]
    return template


# --- words that stand as they are ------------------------------------------------------------------------------------


def _exact(text: str, sheet: FactSheet) -> Iterator[Binding]:
    """Codes, links, item names, the brand, the greeting: bound when written exactly as the realiser would say them."""
    for words, tokens in sorted(_renderings(sheet).items(), key=lambda row: len(row[0]), reverse=True):
        token = _only(tokens)
        if token is not None:
            slot = token.strip("{}").partition("|")[0]
            for match in re.finditer(rf"(?<![A-Za-z0-9])(?<![A-Za-z0-9]-){re.escape(words)}(?![A-Za-z0-9])", text):
                yield Binding(match.start(), match.end(), slot, token)


def _only(tokens: list[str]) -> str | None:
    """The one slot with these words; of two items with one name the one that the ticket is about reads the same."""
    if len(tokens) == 1:
        return tokens[0]
    items = {token.strip("{}").partition("|")[0] for token in tokens} == {"last_item", "ticket_item"}
    return next((token for token in tokens if "ticket_item" in token), None) if items else None


def _renderings(sheet: FactSheet) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for fact in sheet.facts:
        if fact.type not in EXACT_TYPES and fact.slot not in EXACT_TEXTS:
            continue
        seen: set[str] = set()
        for form in (None, *(FORMS.get(fact.type, ()) if fact.type is SlotType.ITEM else ())):
            # a model that copies the name or code which the prompt showed it has meant the slot
            for shown in (fact, stand_in(fact, sheet.language)):
                words = _said(shown, form, sheet)
                if words and len(words) >= 3 and words not in seen:
                    seen.add(words)
                    found.setdefault(words, []).append(f"{{{fact.slot}|{form}}}" if form else f"{{{fact.slot}}}")
    return found


def _said(fact: Fact, form: str | None, sheet: FactSheet) -> str | None:
    if fact.type is SlotType.ITEM and not fact.value:
        return None  # the general words for an item are too common to be its name
    try:
        return say(fact, form, sheet)
    except SlotError:
        return None


def _exclusions(text: str, sheet: FactSheet) -> Iterator[Binding]:
    """What the offer does not cover, where the sentence says that it does not."""
    fact = sheet.fact("offer_exclusions")
    if fact is None:
        return
    for form in ("clause", None):
        words = _said(fact, form, sheet) or ""
        token = "{offer_exclusions|clause}" if form else "{offer_exclusions}"
        for match in re.finditer(re.escape(words), text, re.IGNORECASE) if words else ():
            stands = form == "clause" and match[0] == words
            around = EXCLUDES_LEFT.search(text[: match.start()]) or EXCLUDES_RIGHT.match(text[match.end() :])
            if stands or (form is None and around):
                yield Binding(match.start(), match.end(), "offer_exclusions", token)


# --- days ------------------------------------------------------------------------------------------------------------


def _days(text: str, sheet: FactSheet) -> Iterator[Binding]:
    """Calendar dates only: a word such as tomorrow is right today and wrong when the message is read."""
    if sheet.now is None:
        return
    mentions = read_dates(text, sheet.language.value, sheet.now, sheet.brand.timezone)
    own = own_literals(text, sheet) if mentions else []
    for at, mention in enumerate(mentions):
        if mention.kind not in ("full", "yearless") or mention.first != mention.last or MASK in mention.text:
            continue
        slots = [fact.slot for fact in sheet.facts if fact.type is SlotType.DATE and _day(fact) == mention.first]
        if len(slots) != 1 or _is_one_end(text, mentions, at):
            continue
        told = is_about(slots[0], text, mention.start, mention.end, sheet.language)
        if slots[0] == "offer_expires":
            told = told and handed_over(text, mention.start, mention.end, own, sheet.language)
        if told and day_is_meant(text, mention.start, mention.end, sheet.language):
            yield Binding(mention.start, mention.end, slots[0], f"{{{slots[0]}}}")


def _is_one_end(text: str, mentions: list[DateMention], at: int) -> bool:
    """From one day to another is a stretch, and neither of its ends is said for itself."""
    pairs = [(mentions[at - 1], mentions[at])] if at else []
    pairs += [(mentions[at], mentions[at + 1])] if at + 1 < len(mentions) else []
    return any(RANGE.fullmatch(text[one.end : other.start].lower()) for one, other in pairs)


def _day(fact: Fact) -> date:
    value = fact.value
    assert isinstance(value, date)
    return value.date() if isinstance(value, datetime) else value

"""Words beside a slot that the slot says again: {offer|np}折 would read “8折折”, your {last_item|your} “your your …”.

Takes a template and its sheet, gives the template. Only words of a closed list are taken off, and only where the filled
slot begins or ends with them; a slot in another form is preferred to a changed sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from agent.domain import FactSheet, Language, SlotType
from agent.errors import SlotError
from agent.slots import say
from agent.slots.grammar import TOKEN

AFTER = {
    Language.ZH: ("除外", "积分", "包邮", "优惠券", "券", "折", "元", "块", "天", "单", "日", "号", "，您好", "您好"),
    Language.EN: ("off", "points", "point", "days", "day", "orders", "order"),
}
NO_ECHO = {"元": "旦宵月素气", "天": "气空", "单": "独纯品", "日": "常子", "号": "码"}
"""What the same character begins: 元旦 is no second 元."""
MONEY_AFTER = {
    Language.ZH: re.compile(r"\s?(?:人民币|元|块钱?|RMB|CNY)(?![旦宵月素])"),
    Language.EN: re.compile(r"\s(?:US )?(?:dollars?|USD|yuan|CNY|RMB|euros?|pounds?)\b", re.IGNORECASE),
}
MONEY_BEFORE = re.compile(r"[¥￥$＄€£]\s?$")
EXCEPT = re.compile(r"\b(?:not valid on|excluding|excludes|except(?: for| on)?)\s$", re.IGNORECASE)
# what stands before → the form that does not say it again
PLAINER = {
    Language.ZH: (
        ("offer", "verb", re.compile(r"(?:享受?|可享|立减|直减|再减|免运费)$"), "np"),
        ("offer", "gerund", re.compile(r"(?:享受?|可享|立减|直减|再减)$"), "np"),
        ("offer", "gift", re.compile(r"[一这那]张$"), "gift"),
        ("*", "your", re.compile(r"您(?:上次|之前)?(?:买|购买|下单|订)?的$"), ""),
    ),
    Language.EN: (
        ("offer", "verb", re.compile(r"\b(?:take|get|collect|enjoy|receive|have|is|with|of|for)\s$", re.I), "np"),
        ("offer", "gerund", re.compile(r"\b(?:taking|getting|collecting|enjoying|take|get|with|of)\s$", re.I), "np"),
        ("offer_exclusions", "clause", EXCEPT, ""),
        ("*", "your", re.compile(r"\byour\s$", re.I), ""),
        ("*", "the", re.compile(r"\b(?:the|your|a)\s$", re.I), ""),
        ("*", "a", re.compile(r"\b(?:an?|the|your)\s$", re.I), ""),
    ),
}  # fmt: skip
LESS = re.compile(r"(?:立减|直减|再减|减)$")


def unechoed(template: str, sheet: FactSheet) -> str:
    """From the left, one slot at a time."""
    out, at = "", 0
    while match := TOKEN.search(template, at):
        out += template[at : match.start()]
        at = match.end()
        if match["act"]:
            out, at = _act(out, match[0], template, at)
            continue
        form = _plainer(out, match["slot"], match["form"], sheet)
        token = f"{{{match['slot']}|{form}}}" if form else f"{{{match['slot']}}}"
        words = _words(match["slot"], form, sheet)
        if words is not None:
            out = _before(out, words, match["slot"], sheet)
            at += _echo(words, template[at:], match["slot"], sheet)
        out += token
    return out + template[at:]


def _words(slot: str, form: str | None, sheet: FactSheet) -> str | None:
    fact = sheet.fact(slot)
    try:
        return say(fact, form, sheet) if fact is not None else None
    except SlotError:
        return None


def _plainer(before: str, slot: str, form: str | None, sheet: FactSheet) -> str | None:
    for name, said, pattern, other in PLAINER[sheet.language]:
        if form == said and name in ("*", slot) and pattern.search(before):
            return other or None
    return form


def _before(out: str, words: str, slot: str, sheet: FactSheet) -> str:
    fact = sheet.fact(slot)
    if fact is not None and fact.type in (SlotType.MONEY, SlotType.OFFER) and re.search(r"\d", words):
        out = MONEY_BEFORE.sub("", out)
    if sheet.language is Language.ZH:
        if words.startswith(("减", "立减")):
            return LESS.sub("", out)
        if words.startswith("一张"):
            return re.sub(r"[一这]张$", "", out)
        return re.sub(r"您(?:上次|之前)?(?:买|购买)?的?$", "", out) if words.startswith("您") else out
    first = words.split()[0].lower() if words.split() else ""
    return (
        re.sub(r"\b(?:your|the|an?)\s$", "", out, flags=re.IGNORECASE) if first in ("your", "the", "a", "an") else out
    )


def _echo(words: str, after: str, slot: str, sheet: FactSheet) -> int:
    """How many characters after the slot say again what it ends with."""
    fact = sheet.fact(slot)
    if fact is not None and fact.type is SlotType.MONEY and (money := MONEY_AFTER[sheet.language].match(after)):
        return money.end()
    if sheet.language is Language.ZH:
        return _echo_zh(words, after)
    return _echo_en(words, after)


def _echo_zh(words: str, after: str) -> int:
    for unit in AFTER[Language.ZH]:
        if words.endswith(unit) and after.startswith(unit) and after[len(unit) : len(unit) + 1] not in _next(unit):
            return len(unit)
    return 0


def _next(unit: str) -> tuple[str, ...]:
    return tuple(NO_ECHO.get(unit, ""))


def _echo_en(words: str, after: str) -> int:
    """The longest run of words that ends the slot and begins what follows; a single word only from the list."""
    said = words.split()
    for count in range(min(len(said), 5), 0, -1):
        tail = said[-count:]
        if count == 1 and tail[0].lower() not in AFTER[Language.EN]:
            continue
        again: Callable[[str], str] = re.escape
        found = re.match(r"\s+" + r"\s+".join(map(again, tail)) + r"\b", after, re.IGNORECASE)
        if found:
            return found.end()
    return 0


# --- acts ------------------------------------------------------------------------------------------------------------


def _act(out: str, token: str, template: str, at: int) -> tuple[str, int]:
    """A promise is a whole sentence with its own full stop."""
    stop = re.match(r"[ \t]*[。.；;，,]+(?!\d)", template[at:])
    following = template[at + stop.end() :].lstrip() if stop else ""
    if stop and not re.match(r"[a-z]", following):
        at += stop.end()
    return out + token, at

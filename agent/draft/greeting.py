"""One greeting, and the right person in it: whatever a model writes for a name becomes the slot that greets.

Takes a body and its sheet, gives the body. A model writes “Dear {salutation}”, 尊敬的XX女士 or the name that the prompt
showed it; the slot already holds greeting and name. Names are only looked for where a name stands.
"""

from __future__ import annotations

import re

from agent.domain import FactSheet, Language
from agent.draft.stand_ins import NAMES
from agent.slots import NameParts

HELLO = {
    Language.ZH: r"(?:尊敬的|亲爱的|敬爱的|您好|你好|嗨|哈喽|hi|hello|dear|hey)",
    Language.EN: r"(?:hi there|hello there|hi|hello|hey|dear|good (?:morning|afternoon|evening)|greetings)",
}
MEMBER = r"(?:会员|客户|顾客|用户|朋友|贵宾|老朋友)?"
TITLE = r"(?:先生/女士|女士/先生|先生或女士|先生|女士|小姐|老师|同学)"
NOBODY = r"(?:[Xx×＊*]{1,3}|某某|某|○○|__+)"
GAP = r"[\s,，、!！:：~～]*"
LATER_HELLO = {
    Language.ZH: re.compile(r"(\{salutation(?:\|short)?\})[\s,，、]*(?:您好|你好)(?:呀|啊)?", re.IGNORECASE),
    Language.EN: re.compile(
        r"(\{salutation(?:\|short)?\})[\s,]*(?:hi there|hello there|hi|hello|hey)(?=[\s,.!]+\S)", re.IGNORECASE
    ),
}


def greeted(body: str, sheet: FactSheet) -> str:
    """The beginning says hello once; further down the name of the example gives way to the customer's."""
    if sheet.fact("salutation") is None:
        return body
    language = sheet.language
    opening = re.compile(rf"\A\s*(?:{HELLO[language]}{GAP})*{MEMBER}{GAP}(?:{_somebody(sheet)})", re.IGNORECASE)
    body = opening.sub(lambda match: match[0] if "|short}" in match[0] else "{salutation}", body, count=1)
    body = re.sub(r"\A(\{salutation\})[ ,，]*\{first_name(?:\|poss)?\}", r"\1", body)
    body = LATER_HELLO[language].sub(r"\1", body)
    return named(body, sheet)


def _somebody(sheet: FactSheet) -> str:
    """All that a model writes for the person at the beginning, longest first."""
    shown = NAMES[sheet.language]
    slot = r"\{(?:salutation(?:\|short)?|first_name(?:\|poss)?)\}"
    if sheet.language is Language.ZH:
        names = "|".join(filter(None, (shown.full, f"{shown.surname}(?={TITLE})", f"{shown.given}(?=[，,：:！!\\s])")))
        hello = rf"(?:{GAP}(?:您好|你好))?"
        certain = rf"\{{salutation(?:\|short)?\}}(?:{TITLE})?{hello}"
        return rf"{certain}|\{{first_name\}}{TITLE}{hello}|{NOBODY}{TITLE}{hello}|(?:{names})(?:{TITLE})?{hello}" + (
            "" if sheet.fact("first_name") else r"|\{first_name\}"
        )
    title = r"(?:(?:Mr|Mrs|Ms|Miss|Mx)\.?(?:\s?/\s?(?:Mr|Mrs|Ms|Miss|Mx)\.?)*\s+)"
    names = "|".join(rf"\b{name}\b" for name in (shown.full, shown.surname, shown.given))
    last = r"\[(?:last name|surname|family name)\]|\{(?:last_name|surname)\}"
    return rf"{title}(?:{slot}|{last}|{names})|\{{salutation(?:\|short)?\}}|(?:{names})|\[name\]" + (
        "" if sheet.fact("first_name") else r"|\{first_name(?:\|poss)?\}"
    )


def named(text: str, sheet: FactSheet) -> str:
    """The example's name anywhere else; somebody who really has that name keeps it."""
    shown, real = NAMES[sheet.language], sheet.fact("salutation")
    parts = real.value if real is not None and isinstance(real.value, NameParts) else NameParts()
    if real is None or parts.full == shown.full or parts.given == shown.given:
        return text
    first = "{first_name}" if sheet.fact("first_name") else "{salutation|short}"
    if sheet.language is Language.ZH:
        text = re.sub(rf"{shown.surname}(?:先生|女士|小姐)", "{salutation|short}", text)
        return re.sub(rf"{shown.full}|(?<![\u3400-\u9fff]){shown.given}(?=[，,：:！!])", first, text)
    text = re.sub(rf"\b(?:Mr|Mrs|Ms|Miss)\.? {shown.surname}\b", "{salutation|short}", text)
    return re.sub(rf"\b{shown.full}\b|\b{shown.given}\b", first, text)


def shown_name_in(text: str, sheet: FactSheet) -> str | None:
    """A name of the example that is still there, and is not the customer's own."""
    left = named(text, sheet)
    return None if left == text else NAMES[sheet.language].full

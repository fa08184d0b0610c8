"""Word's automatic numbers (第七条, 7.2, a list dash): they are not in the text, so they are counted as Word would."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
DIGITS = "〇一二三四五六七八九"


@cache
def _path(words: str) -> Any:
    from lxml import etree

    return etree.XPath(words, namespaces={"w": WORD})


def found(element: Any, words: str) -> list[Any]:
    """What an XPath finds from this element on."""
    return list(_path(words)(element))


class Numbering:
    """Counters of one document. `label` must be asked for each paragraph, in order."""

    def __init__(self, document: Document) -> None:
        self._levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        self._at: dict[str, dict[int, int]] = {}
        self._abstract_of: dict[str, str] = {}
        try:
            root = document.part.numbering_part.element
        except (NotImplementedError, KeyError):  # a document without numbering has no such part
            return
        for definition in found(root, "./w:abstractNum"):
            self._levels[found(definition, "@w:abstractNumId")[0]] = {
                int(found(level, "@w:ilvl")[0]): (
                    (found(level, "./w:numFmt/@w:val") or ["decimal"])[0],
                    (found(level, "./w:lvlText/@w:val") or [""])[0],
                    int((found(level, "./w:start/@w:val") or ["1"])[0]),
                )
                for level in found(definition, "./w:lvl")
            }
        for number in found(root, "./w:num"):
            if named := found(number, "./w:abstractNumId/@w:val"):
                self._abstract_of[found(number, "@w:numId")[0]] = named[0]

    def label(self, item: Paragraph) -> str:
        """The number that Word prints before this paragraph; "-" for a bullet, empty for none."""
        number, level = self._place(item)
        levels = self._levels.get(self._abstract_of.get(number, ""), {})
        if level not in levels:
            return ""
        form, text, start = levels[level]
        if form in ("bullet", "none"):
            return "-" if form == "bullet" else ""
        at = self._at.setdefault(self._abstract_of[number], {})
        at[level] = at.get(level, start - 1) + 1
        for deeper in [key for key in at if key > level]:
            del at[deeper]
        return re.sub(r"%(\d)", lambda match: self._spelled(levels, at, int(match.group(1)) - 1), text).strip()

    def _place(self, item: Paragraph) -> tuple[str, int]:
        for element in (item._p, item.style.element if item.style is not None else None):
            if element is not None and (number := found(element, "./w:pPr/w:numPr/w:numId/@w:val")):
                level = found(element, "./w:pPr/w:numPr/w:ilvl/@w:val")
                return str(number[0]), int(level[0]) if level else 0
        return "", 0

    def _spelled(self, levels: dict[int, tuple[str, str, int]], at: dict[int, int], level: int) -> str:
        form, _, start = levels.get(level, ("decimal", "", 1))
        return spelled(at.get(level, start), form)


def spelled(number: int, form: str) -> str:
    """A number as a list would print it."""
    if form.startswith(("chinese", "japaneseCounting", "ideograph", "taiwanese")) and number < 10_000:
        return chinese(number)
    if form in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (number - 1) % 26)
        return letter.upper() if form.startswith("upper") else letter
    if form in ("lowerRoman", "upperRoman"):
        return _roman(number) if form.startswith("upper") else _roman(number).lower()
    return str(number)


def chinese(number: int) -> str:
    """12 → 十二, 105 → 一百零五: as articles are counted."""
    made, zero = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            made += ("零" if zero and made else "") + DIGITS[digit] + name
        zero = not digit
    return made[1:] if 10 <= number < 20 else made or "〇"


def _roman(number: int) -> str:
    made = ""
    for value, sign in (
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ):
        made += sign * (number // value)
        number %= value
    return made

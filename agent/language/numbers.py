"""Finds numbers in a folded text and says their value: digits, Chinese numerals, English number words, fractions.

Takes folded (lower-case, half-width) text; knows nothing about units.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from agent.language.sieve import sieve

_ZH_DIGIT = {**dict(zip("〇零一二三四五六七八九", (0, *range(10)), strict=True)), "两": 2, "俩": 2}
_ZH_DIGIT |= dict(zip("壹贰叁肆伍陆柒捌玖", range(1, 10), strict=True))
_ZH_SCALE = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_ZH_GROUP = {"万": 10_000, "亿": 100_000_000}
ZH_NUMERAL = "".join((*_ZH_DIGIT, *_ZH_SCALE, *_ZH_GROUP))

_EN_SMALL = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
}
_EN_TENS = dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True))
_EN_SCALE = {"hundred": 100, "thousand": 1000, "million": 1_000_000, "dozen": 12}
_EN_FRACTION = {"half": (1, 2), "third": (1, 3), "quarter": (1, 4), "fourth": (1, 4), "fifth": (1, 5), "tenth": (1, 10)}
_LATIN_SCALE = {"万": 10_000, "千": 1000, "百": 100, "亿": 100_000_000, "k": 1000}

_WORD = "|".join(sorted((*_EN_SMALL, *_EN_TENS, *_EN_SCALE), key=len, reverse=True))
_FRACTION_WORD = "|".join(_EN_FRACTION)
_NUMBER = sieve(
    r"(?P<digits>(?<![a-z0-9_])(?<!\d[.,])(?:\d{1,3}(?:,\d{3})+(?![\d])"
    r"|\d+)(?:\.\d+)?)(?P<scale>\s?[万千百亿]|k(?![a-z0-9]))?"
    rf"|(?P<zh>[{ZH_NUMERAL}]+(?:点[{''.join(_ZH_DIGIT)}]+)?)"
    rf"|(?<![a-z0-9])(?:(?P<part>an?|one|two|three|four)[\s-]+(?P<fraction>{_FRACTION_WORD})s?(?![a-z0-9])"
    rf"|(?P<en>(?:an? (?=hundred|thousand|million|dozen))?(?:{_WORD})(?:(?:[\s-]+and)?[\s-]+(?:{_WORD}))*)(?![a-z0-9]))"
)


@dataclass(frozen=True, slots=True)
class NumberToken:
    """`form` is digits, zh, en or fraction; a fraction's value is below or around one."""

    start: int
    end: int
    value: Decimal
    form: str


def chinese_value(numeral: str) -> Decimal | None:
    """一百二十 = 120, 一百二 = 120, 八八 = 88, 二点五 = 2.5; None for what is no number (千万 alone, 百十)."""
    whole, _, part = numeral.partition("点")
    value = _chinese_integer(whole)
    if value is None or not part:
        return None if value is None else Decimal(value)
    return Decimal(f"{value}.{''.join(str(_ZH_DIGIT[char]) for char in part)}")


_LONGEST = 24
"""No number that somebody writes is longer, and a run of ten thousand numerals is an attack."""


def _chinese_integer(numeral: str) -> int | None:
    if len(numeral) > _LONGEST:
        return None
    if all(char in _ZH_DIGIT for char in numeral):
        return int("".join(str(_ZH_DIGIT[char]) for char in numeral))
    total = section = digit = 0
    last_scale = 1
    pending = False
    for char in numeral:
        if char in _ZH_DIGIT:
            digit, pending = _ZH_DIGIT[char], True
            last_scale = 1 if char in "〇零" else last_scale
        elif char in _ZH_SCALE:
            if not pending and char not in "十拾":
                return None
            last_scale = _ZH_SCALE[char]
            section += (digit if pending else 1) * last_scale
            digit, pending = 0, False
        else:
            if not (section or pending):
                return None
            last_scale = _ZH_GROUP[char]
            total = (total + section + digit) * last_scale
            section, digit, pending = 0, 0, False
    if pending and last_scale >= 100:
        digit *= last_scale // 10
    return total + section + digit


def english_value(words: str) -> int | None:
    """one hundred and fifty = 150; None for a row of digits (five five five), which is no amount."""
    total = section = 0
    last = 0
    for word in re.split(r"[\s-]+", words):
        if word in ("and", "a", "an"):
            continue
        if word in _EN_SCALE:
            section = max(section, 1) * _EN_SCALE[word]
            if _EN_SCALE[word] >= 1000:
                total, section = total + section, 0
            last = 0
            continue
        value = _EN_SMALL.get(word, _EN_TENS.get(word, 0))
        if last and not (last >= 20 and value < 10):
            return None
        section, last = section + value, value
    return total + section


def read_numbers(text: str) -> list[NumberToken]:
    """Every number of a folded text, in order."""
    found: list[NumberToken] = []
    for match in _NUMBER.finditer(text):
        token = _token(match)
        if token is not None:
            found.append(token)
    return found


def _token(match: re.Match[str]) -> NumberToken | None:
    start, end = match.span()
    if match["digits"]:
        value = Decimal(match["digits"].replace(",", ""))
        scale = (match["scale"] or "").strip()
        return NumberToken(start, end, value * _LATIN_SCALE.get(scale, 1), "digits")
    if match["zh"]:
        chinese = chinese_value(match["zh"])
        return None if chinese is None else NumberToken(start, end, chinese, "zh")
    if match["fraction"]:
        top, bottom = _EN_FRACTION[match["fraction"]]
        count = 1 if match["part"] in ("a", "an") else _EN_SMALL[match["part"]]
        return NumberToken(start, end, Decimal(count * top) / Decimal(bottom), "fraction")
    english = english_value(match["en"])
    return None if english is None else NumberToken(start, end, Decimal(english), "en")

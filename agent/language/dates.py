"""Reads days out of a message: calendar dates, weekdays, and words like 明天 or tomorrow.

Takes raw text, its language, the clock and the reader's zone; gives mentions with the first and last day they can
mean. Knows nothing about which dates are right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from agent.language.normalise import fold
from agent.language.numbers import chinese_value
from agent.language.relative_dates import month_end, relative_days
from agent.language.sieve import Sieve, sieve
from agent.language.taken import Taken


@dataclass(frozen=True, slots=True)
class DateMention:
    """A day or stretch of days, both ends inclusive; offsets are into the raw text.

    `kind`: full (with its year), yearless (nearest year taken), month, relative, weekday, span (in 48 hours),
    ambiguous (3/4: `first` is day-month, `last` is month-day), impossible (the 31st of September: both are date.max).
    """

    start: int
    end: int
    text: str
    first: date
    last: date
    kind: str


_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    "nov(?:ember)?|dec(?:ember)?"
)
_MONTH_KEYS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_ORDINALS = {
    word: day
    for day, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
        "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third "
        "twenty-fourth twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth "
        "thirty-first".split(),
        1,
    )
}
_ORDINAL_WORD = "|".join(sorted((word.replace("-", "[ -]") for word in _ORDINALS), key=len, reverse=True))
_DAY = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?(?![\d:.%]\d|\d)|{_ORDINAL_WORD})"
# any two digits, so that the 80th of September is read as a day that cannot be rather than overlooked
_ZH_MONTH = r"(?:\d{1,2}|十[一二]?|[一二三四五六七八九])"
_ZH_DAY = r"(?:\d{1,2}|三十一?|二?十[一二三四五六七八九]?|廿[一二三四五六七八九]?|[一二三四五六七八九])"

_ABSOLUTE: tuple[tuple[str, Sieve], ...] = (
    (
        "zh",
        sieve(
            rf"(?:(?P<y>\d{{4}}|[〇零一二三四五六七八九]{{4}})年)?(?P<m>{_ZH_MONTH})月(?P<d>{_ZH_DAY})[日号]?(?![\d个])"
        ),
    ),
    ("iso", sieve(r"(?<![\w-])(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?![\d-])", re.A)),
    (
        "month_day",
        sieve(rf"(?<![a-z])(?P<m>{_MONTHS})\.? (?:the )?(?P<d>{_DAY})(?:,? (?P<y>[12]\d{{3}})(?!\d))?(?![a-z])"),
    ),
    (
        "day_month",
        sieve(
            rf"(?<![a-z0-9])(?P<d>{_DAY})(?: of)?[ -](?P<m>{_MONTHS})(?![a-z])\.?(?:,?[ "
            rf"-](?P<y>20\d\d)(?!\d))?"
        ),
    ),
    ("month_year", sieve(rf"(?<![a-z])(?P<m>{_MONTHS})\.?,? (?P<y>(?:19|20)\d\d)(?!\d)")),
    ("zh_month_year", sieve(rf"(?P<y>\d{{4}})年(?P<m>{_ZH_MONTH})月(?!\d)")),
    ("slashed", sieve(r"(?<![\w/.])(?P<a>\d{1,2})/(?P<b>\d{1,2})(?:/(?P<y>\d{4}|\d{2}))?(?![\w/%])", re.A)),
    ("dotted", sieve(r"(?<![a-z0-9/.¥$£€])(?P<a>\d{1,2})\.(?P<b>\d{1,2})(?=前|日|号|截止|到期|起)")),
)
_MAY_BE = sieve(rf"\d|月|{_MONTHS}", re.A)


def calendar_spans(text: str) -> list[tuple[int, int]]:
    """Where calendar dates stand in a folded text, whatever day they mean."""
    return [match.span() for _, match in _absolute(text)]


@lru_cache(maxsize=16)
def _absolute(text: str) -> tuple[tuple[str, re.Match[str]], ...]:
    """Dates and the quantities beside them are read one after the other, from the same text."""
    return tuple(_read_absolute(text)) if _MAY_BE.search(text) else ()


def _read_absolute(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    taken = Taken()
    for form, pattern in _ABSOLUTE:
        for match in pattern.finditer(text):
            if form == "slashed" and not _is_date_like(match):
                continue
            if taken.take(*match.span()):
                yield form, match


def _is_date_like(match: re.Match[str]) -> bool:
    a, b = int(match["a"]), int(match["b"])
    if not (1 <= a <= 31 and 1 <= b <= 31 and min(a, b) <= 12):
        return False
    if match["y"]:
        return True
    # 1/2 and 24/7 are rather a fraction and a phrase than a day
    return (a, b) not in {(1, 2), (1, 3), (1, 4), (2, 3), (3, 4), (24, 7), (50, 50)}


def read_dates(text: str, language: str, now: datetime, timezone: str | None) -> list[DateMention]:
    """All days named in a raw text, in order. Relative words are reckoned from `now` in `timezone` (None: UTC)."""
    view = fold(text)
    found = []
    for mention in dates_in(view.text, language, local_day(now, timezone)):
        start, end = view.raw_span(mention.start, mention.end)
        found.append(DateMention(start, end, text[start:end], mention.first, mention.last, mention.kind))
    return found


def local_day(now: datetime, timezone: str | None) -> date:
    """The calendar day that `now` is for someone in `timezone`."""
    return now.astimezone(ZoneInfo(timezone)).date() if timezone else now.date()


def dates_in(text: str, language: str, today: date) -> list[DateMention]:
    """The same for a folded text and the reader's day."""
    found = [mention for form, match in _absolute(text) for mention in _resolve(form, match, language, today)]
    taken = Taken((mention.start, mention.end) for mention in found)
    for kind, (at, until), (first, last) in relative_days(text, today):
        if taken.take(at, until):
            found.append(DateMention(at, until, text[at:until], first, last, kind))
    found.sort(key=lambda mention: mention.start)
    beside = [found[max(at - 1, 0) : at + 2] for at in range(len(found))]
    pairs = zip(found, beside, strict=True)
    return [mention for mention, others in pairs if not _names_the_weekday_of_another(mention, others, text)]


def _names_the_weekday_of_another(mention: DateMention, found: list[DateMention], text: str) -> bool:
    """Sunday, September 27 and 9月27日（周日） are one day each."""
    if mention.kind != "weekday":
        return False
    for other in found:
        if other.kind in ("full", "yearless"):
            between = (
                text[mention.end : other.start] if other.start > mention.start else text[other.end : mention.start]
            )
            if re.fullmatch(r"[\s,(]{0,3}(?:the )?", between) and (between or other.end == mention.start):
                return True
    return False


def _number(said: str) -> int:
    if said.isdigit():
        return int(said)
    if said in _ORDINALS or said.replace(" ", "-") in _ORDINALS:
        return _ORDINALS[said.replace(" ", "-")]
    digits = re.match(r"\d+", said)
    if digits:
        return int(digits.group())
    value = chinese_value(said.replace("廿", "二十"))
    return int(value) if value is not None else 0


def _month_number(said: str) -> int:
    return _MONTH_KEYS.index(said[:3]) + 1 if said[0].isascii() and said[0].isalpha() else _number(said)


def _resolve(form: str, match: re.Match[str], language: str, today: date) -> Iterator[DateMention]:
    if form in ("slashed", "dotted"):
        yield from _slashed(match, language, today)
        return
    month = _month_number(match["m"])
    year = _number(match["y"]) if match["y"] else None
    if form in ("month_year", "zh_month_year"):
        first = _day(year or today.year, month, 1)
        if first:
            yield _mention(match, first, month_end(first), "month")
        return
    day = _number(match["d"])
    if form == "month_day" and match["m"] == "may" and not match["d"][:1].isdigit():
        return
    found = _day(year, month, day) if year else _nearest(month, day, today)
    if found:
        yield _mention(match, found, found, "full" if year else "yearless")
    elif form != "zh" or match.group()[-1] in "日号":
        yield _mention(match, date.max, date.max, "impossible")


def _slashed(match: re.Match[str], language: str, today: date) -> Iterator[DateMention]:
    """Day first or month first: both readings are given where both are days."""
    a, b = int(match["a"]), int(match["b"])
    year_said = match.groupdict().get("y")
    year = int(year_said) + (2000 if len(year_said) == 2 else 0) if year_said else None
    readings = [(b, a), (a, b)] if language == "en" else [(a, b)]
    days = [_day(year, m, d) if year else _nearest(m, d, today) for m, d in readings]
    real = [day for day in days if day is not None]
    if real:
        certain = len(set(real)) == 1
        kind = ("full" if year else "yearless") if certain else "ambiguous"
        yield _mention(match, real[0], real[-1], kind)


def _mention(match: re.Match[str], first: date, last: date, kind: str) -> DateMention:
    return DateMention(match.start(), match.end(), match.group(), first, last, kind)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _nearest(month: int, day: int, today: date) -> date | None:
    """A date without its year means the nearest such day."""
    around = [_day(today.year + shift, month, day) for shift in (-1, 0, 1)]
    real = [found for found in around if found]
    return min(real, key=lambda found: abs((found - today).days), default=None)

"""Days named by words: 明天, 本周日, 月底, tomorrow, this Sunday, in 48 hours.

Works on folded text and the day that it is for the reader.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from agent.language.numbers import ZH_NUMERAL, chinese_value, english_value
from agent.language.sieve import Sieve, sieve

Days = tuple[date, date]
_Resolver = Callable[[re.Match[str], date], Days | None]

_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_N = rf"[\d{ZH_NUMERAL}]+"
_EN_N = (
    r"(?:\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fourteen|twenty[- ]four|forty[- ]eight|"
    r"seventy[- ]two)"
)


def month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _monday(today: date, weeks: int = 0) -> date:
    return today - timedelta(today.weekday()) + timedelta(7 * weeks)


def _in_days(count: int) -> _Resolver:
    return lambda _match, today: (today + timedelta(count), today + timedelta(count))


def _zh_weekday(match: re.Match[str], today: date) -> Days:
    day = "一二三四五六日".find(match["day"].replace("天", "日").replace("末", "日"))
    weeks = {"上": -1, "下": 1}.get((match["week"] or "")[:1], 0)
    found = _monday(today, weeks) + timedelta(day)
    if match["day"] == "末":
        return found - timedelta(1), found
    if not match["week"] and found < today:
        found += timedelta(7)
    return found, found


def _en_weekday(match: re.Match[str], today: date) -> Days:
    day = _WEEKDAYS.index(match["day"])
    if match["which"] == "last":
        past = today - timedelta((today.weekday() - day) % 7 or 7)
        return past, past
    ahead = (day - today.weekday()) % 7
    coming = today + timedelta(ahead)
    if not ahead and not match["which"]:
        return today, today + timedelta(7)  # on a Thursday, "until Thursday" may be a week away
    if match["which"] == "next":
        # "next Sunday" is the coming one for some and the one after for others
        return (coming if ahead else coming + timedelta(7)), coming + timedelta(7)
    return coming, coming


def _en_weekend(match: re.Match[str], today: date) -> Days:
    saturday = _monday(today, 1 if match["which"] == "next" else 0) + timedelta(5)
    return saturday, saturday + timedelta(1)


_UNIT_DAYS = {"小时": 0, "h": 0, "天": 1, "日": 1, "d": 1, "星期": 7, "周": 7, "w": 7, "月": 30, "m": 30}


def _within(match: re.Match[str], today: date) -> Days | None:
    """Within n hours or days: any day from now until then."""
    count = _count(match["n"])
    if count is None:
        return None
    unit = match["unit"].removeprefix("个")
    days = _UNIT_DAYS[unit[:1] if unit.isascii() else unit]
    return today, today + timedelta(count * days if days else -(-count // 24))


def _days_left(match: re.Match[str], today: date) -> Days | None:
    count = _count(match["n"])
    # 还剩两天 is right two days before the last day; whoever counts today as well means one day less
    return None if count is None else (today + timedelta(max(count - 1, 0)), today + timedelta(count))


def _days_ago(match: re.Match[str], today: date) -> Days | None:
    count = _count(match["n"])
    return None if count is None else (today - timedelta(count), today - timedelta(count))


def _count(said: str) -> int | None:
    if said.isdigit():
        return int(said) if len(said) < 5 else None
    if said[0].isascii():
        return 1 if said in ("a", "an") else english_value(said)
    value = chinese_value(said)
    return int(value) if value is not None and value < 10_000 else None


def _words(*parts: str) -> Sieve:
    """English parts stand alone; Chinese ones may stand anywhere."""
    return sieve("|".join(part if ord(part[0]) > 127 else rf"(?<![a-z])(?:{part})(?![a-z])" for part in parts))


_RELATIVE: tuple[tuple[str, Sieve, _Resolver], ...] = (
    ("relative", _words("后天", "(?:the )?day after tomorrow"), _in_days(2)),
    ("relative", _words("前天", "(?:the )?day before yesterday"), _in_days(-2)),
    ("relative", _words("明[天日晚早](?!显)", "明儿", "次日(?!达|送)", "tomorrow"), _in_days(1)),
    ("relative", _words("昨[天日晚]", "yesterday"), _in_days(-1)),
    (
        "relative",
        _words("今[天日晚夜]", "当[天日](?!达)", "today", "tonight", "midnight", "end of (?:the )?day"),
        _in_days(0),
    ),
    (
        "weekday",
        sieve(r"(?P<week>本|这个?|下个?|上个?)?(?:周|星期|礼拜)(?P<day>[一二三四五六日天末])(?!期|到(?!期)|至|边|年)"),
        _zh_weekday,
    ),
    (
        "weekday",
        sieve(rf"(?<![a-z])(?:(?P<which>this|next|last|coming) )?(?P<day>{'|'.join(_WEEKDAYS)})(?![a-z])"),
        _en_weekday,
    ),
    ("weekday", sieve(r"(?<![a-z])(?P<which>this|next|the) weekend(?![a-z])"), _en_weekend),
    (
        "relative",
        _words("(?:本|这个?|当)?月[底末]", "end of (?:the|this) month", "month[- ]end", "month's end"),
        lambda _match, today: (month_end(today), month_end(today)),
    ),
    (
        "relative",
        _words("(?:今年)?年[底末]", "end of (?:the|this) year", "year[- ]end"),
        lambda _match, today: (date(today.year, 12, 31), date(today.year, 12, 31)),
    ),
    (
        "relative",
        _words("end of (?:the|this) week"),
        lambda _match, today: (_monday(today) + timedelta(4), _monday(today) + timedelta(6)),
    ),
    ("relative", _words("[本这]周(?:内)?", "this week"), lambda _match, today: (today, _monday(today) + timedelta(6))),
    (
        "relative",
        _words("下周", "next week"),
        lambda _match, today: (_monday(today, 1), _monday(today, 1) + timedelta(6)),
    ),
    ("relative", _words("本月内?(?!共|已|累)", "this month"), lambda _match, today: (today, month_end(today))),
    (
        "relative",
        _words("下个?月(?!初)", "next month"),
        lambda _match, today: (month_end(today) + timedelta(1), month_end(month_end(today) + timedelta(1))),
    ),
    ("left", sieve(rf"(?:还剩|只剩|仅剩|剩|还有|最后(?!一天))下?(?P<n>{_N})天"), _days_left),
    (
        "left",
        sieve(rf"(?<![a-z])(?:only |just )?(?P<n>{_EN_N}) (?:more )?days? (?:left|to go|remaining)(?![a-z])"),
        _days_left,
    ),
    ("ago", sieve(rf"(?P<n>{_N})天之?前"), _days_ago),
    ("ago", sieve(rf"(?<![a-z])(?P<n>{_EN_N}) days? ago(?![a-z])"), _days_ago),
    ("span", sieve(rf"(?P<n>{_N})(?P<unit>个?小时|天|日|个?星期|周|个月)(?:之?内|以内|后)"), _within),
    (
        "span",
        sieve(
            rf"(?<![a-z])(?:(?:in|within)(?: the)?(?: next| another)? |for(?: the next| another"
            rf"| only)? (?=\S+[ -][hd]))"
            rf"(?P<n>{_EN_N})[ -](?P<unit>hours?|days?|weeks?|months?)(?: only)?(?![a-z])"
            r"(?! (?:when|that|like|on which|of))"
        ),
        _within,
    ),
)
# One cheap look before the many patterns: most messages name no relative day at all.
_MAY_BE = sieve(r"[天日周月晚夜儿内后前底末年]|礼拜|星期|day|tomorrow|tonight|midnight|week|month|year|hour")


def relative_days(text: str, today: date) -> Iterator[tuple[str, tuple[int, int], Days]]:
    """(kind, where it stands, the days it can mean), the more telling patterns first; they may overlap."""
    if not _MAY_BE.search(text):
        return
    for kind, pattern, resolve in _RELATIVE:
        for match in pattern.finditer(text):
            days = resolve(match, today)
            if days is not None:
                yield kind, match.span(), days

"""Clock times, weekdays, counts and states told to a customer, against the record.

Closed world, but only where the record speaks of such things.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from agent.domain import Finding, Severity
from agent.guardrails.message import Field, Message
from agent.language.numbers import chinese_value, english_value
from agent.language.sieve import sieve

# --- clock times ------------------------------------------------------------------------------------------------------

_CLOCK = sieve(
    r"(?<![\d:.])(?P<h>\d{1,2})[:：](?P<m>\d{2})(?!\d)(?:\s?(?P<half>[ap])\.?m)?"
    r"|(?<![\d:.])(?P<h2>\d{1,2})\s?(?P<half2>[ap])\.?m(?![a-z])"
    r"|(?P<h3>\d{1,2}|[一二三四五六七八九十]{1,3})点(?P<m3>半|\d{1,2}分?|整)?(?!击|赞|评|开|这|此|我|多|名|单"
    r"|餐|头|心|滴|点)"
)
_AN_APPOINTMENT = sieve(
    r"课|预约|体检|上门|见面|到店|讲座|直播|会议|取件时间|(?<![a-z])(?:lesson|class|appointment|visit|session"
    r"|booking|booked"
    r"|call is|meeting|starts?)(?![a-z])"
)


def wrong_times(field: Field, message: Message) -> Iterator[Finding]:
    """Hours of an appointment that neither record nor clause names, where the record holds one."""
    if not any(re.search(r"T\d{2}:\d{2}", str(value)) for _, value in message.licence.facts):
        return
    known = {time for text in _sources(message) for time in _times(text)}
    for match in _CLOCK.finditer(field.tight.text):
        sentence = field.sentence(match.start())
        if not _AN_APPOINTMENT.search(sentence) or _time(match) & known:
            continue
        if _AHEAD_OF.search(sentence) and _time(match) & set(_hours_ahead(known, message)):
            continue
        reason = f"The record knows no {match.group().strip()}."
        yield field.finding("FACT_RECORD", Severity.BLOCK, reason, *match.span(), field.tight)


_AHEAD_OF = sieve(
    r"(?:请假|取消|改期|改约|提前).{0,30}前|前.{0,12}(?:请假|取消|改期|改约)"
    r"|(?<![a-z])(?:cancel\w*|reschedul\w*|mov(?:e|ed|ing)|notice)(?![a-z]).{0,40}(?<![a-z])(?:by|before|until"
    r"|up to)(?![a-z])"
)


def _hours_ahead(known: set[tuple[int, int]], message: Message) -> Iterator[tuple[int, int]]:
    """So many hours before a time that is named, where a clause counts hours: two before ten is eight."""
    terms = {int(q.value) for q in message.licence.quantities if q.kind == "hours" and q.value == int(q.value) < 12}
    return (((hour - hours) % 12, minute) for hour, minute in known for hours in terms)


def clocks_known(message: Message) -> Iterator[int]:
    """The times of day of the record, the clauses and this moment: minutes on a dial of twelve hours."""
    now = message.context.local_now
    told = [(now.hour % 12, now.minute), *(time for text in _sources(message) for time in _times(text))]
    return (hour * 60 + minute for hour, minute in told)


def _sources(message: Message) -> Iterator[str]:
    yield from (str(value) for _, value in message.licence.facts)
    yield from message.licence.clauses


def _times(text: str) -> Iterator[tuple[int, int]]:
    for match in re.finditer(r"T(\d{2}):(\d{2})", text):
        yield int(match[1]) % 12, int(match[2])
    for match in _CLOCK.finditer(text):
        yield from _time(match)


def _time(match: re.Match[str]) -> set[tuple[int, int]]:
    """Hour and minute on a dial of twelve: 16:30, 4:30 pm and 下午四点半 are one time."""
    said = match["h"] or match["h2"] or match["h3"]
    hour = int(said) if said.isdigit() else int(chinese_value(said) or 0)
    minute = match["m"] or match["m3"] or "0"
    return {(hour % 12, 30 if minute == "半" else int(re.sub(r"\D", "", minute) or 0))}


# --- weekdays ---------------------------------------------------------------------------------------------------------

_ZH_AFTER = sieve(r"\s?[（(]?(?:本|下|这)?(?:周|星期|礼拜)(?P<day>[一二三四五六日天])(?!到|至|边)")
_ZH_BEFORE = sieve(r"(?:周|星期|礼拜)(?P<day>[一二三四五六日天])(?:是|[（(，, ]){0,2}$")
_EN_DAY = "(?P<day>mon|tue|wed|thu|fri|sat|sun)(?:day|s|sday|nesday|rs|rsday|urday)?"
_EN_AFTER = sieve(rf"\s?[(,]?\s?(?:a |on )?{_EN_DAY}(?![a-z])")
_EN_BEFORE = sieve(rf"(?<![a-z]){_EN_DAY}[.,]?\s?(?:the )?[(]?$")


def wrong_weekdays(field: Field) -> Iterator[Finding]:
    """A date with the name of another weekday beside it: one of the two is wrong, and nobody can tell which."""
    text = field.tight.text
    for mention in field.dates:
        if mention.kind not in ("full", "yearless") or mention.first != mention.last:
            continue
        before, end = text[max(0, mention.start - 14) : mention.start], mention.end
        said = next(
            (
                _weekday(found["day"])
                for found in (
                    _ZH_AFTER.match(text, end),
                    _EN_AFTER.match(text, end),
                    _ZH_BEFORE.search(before),
                    _EN_BEFORE.search(before),
                )
                if found
            ),
            None,
        )
        if said is not None and said != mention.first.weekday():
            reason = f"{mention.text.strip()} is another weekday."
            yield field.finding("FACT_RECORD", Severity.BLOCK, reason, mention.start, mention.end, field.tight)


def _weekday(said: str) -> int:
    if said.isascii():
        return ("mon", "tue", "wed", "thu", "fri", "sat", "sun").index(said)
    return "一二三四五六日".index(said.replace("天", "日"))


# --- counts -----------------------------------------------------------------------------------------------------------

_SORTS: dict[str, str] = {
    "lessons?": "lesson",
    "boxes|box": "box",
    "shipments?|parcels?": "shipment",
    "orders?": "order",
    "sessions?": "session",
    "visits?": "visit",
    "节|课时": "lesson",
    "盒": "box",
}
_WORDS_FOR = (
    r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-(?:one|two|three|four|five|six|seven|eight|nine))?"
)
_COUNT = sieve(
    rf"(?P<n>(?<![$£€¥\d.,])\d+|(?<![a-z]){_WORDS_FOR}|(?<![a-z])(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
    rf"|[一二两三四五六七八九十]{{1,3}})\s?个?(?:more |extra )?(?P<what>{'|'.join(_SORTS)})(?![a-z日省])"
)
_ASIDE = sieve(
    r"每|再|一次|如果|的话|买|加购|赠|(?<![a-z])(?:each|per|another|if|add|buy|book|first|next|one|of the)(?![a-z])"
    r"|(?<![a-z])at (?:[a-z]{1,3} ?)?[$£€]\d[^.!?]{0,12} (?:would|comes?|makes?)(?![a-z])"
)


def wrong_counts(field: Field, message: Message) -> Iterator[Finding]:
    """How many lessons, boxes or orders the customer has, where the record counts them and counts otherwise."""
    for match in _COUNT.finditer(field.tight.text):
        sort = next(name for pattern, name in _SORTS.items() if re.fullmatch(pattern, match["what"]))
        counted = [number for path, number in _numbers(message) if sort in path]
        said = _number(match["n"])
        if not counted or said <= 1 or _ASIDE.search(field.sentence(match.start())):
            continue
        apart = {abs(one - other) for one in counted for other in counted}
        if said not in {*counted, *apart} and not message.licence.has_phrase(match.group()):
            reason = f"The record does not count {match.group().strip()}."
            yield field.finding("FACT_RECORD", Severity.BLOCK, reason, *match.span(), field.tight)


def _number(said: str) -> Decimal:
    if said.isdigit():
        return Decimal(said)
    return Decimal((english_value(said) if said.isascii() else chinese_value(said)) or 0)


def _numbers(message: Message) -> Iterator[tuple[str, Decimal]]:
    for path, value in message.licence.facts:
        if isinstance(value, int) and not isinstance(value, bool) and not re.search(r"fee|amount|price", path):
            yield path.casefold(), Decimal(value)


# --- states -----------------------------------------------------------------------------------------------------------

_STATES: tuple[tuple[str, str, str], ...] = (
    (
        "repair",
        (
            r"(?:已经?|都)?修(?:好|完|复)了?|维修(?:已)?(?:完成|结束)"
            r"|(?<![a-z])(?:has been|is|been|was) (?:fully |now )?(?:repaired|fixed)(?![a-z])"
        ),
        r"修好|已修|维修完成|repaired|fixed|completed",
    ),
    (
        "shipment|order|parcel|delivery",
        (
            r"已经?(?:签收|送达|妥投)|(?:签收|送到)了|(?<![a-z])(?:has been|was|is|been|have been)"
            r" (?:already )?delivered(?![a-z])"
        ),
        r"签收|送达|delivered|signed",
    ),
)
_OTHER_TIME = sieve(
    r"(?:如果|等|待|后|之前|以后|的话|还没|未|没有?)|(?<![a-z])(?:if|once|when|after|until|before|not|n't"
    r"|will)(?![a-z])"
)


def wrong_states(field: Field, message: Message) -> Iterator[Finding]:
    """Done, says the text; not yet, says the record: a repair or a delivery whose state on record is another."""
    states = [
        (path.casefold(), str(value).casefold())
        for path, value in message.licence.facts
        if re.search(r"status|state|delivered|signed", path)
    ]
    for about, claimed, done in _STATES:
        known = [(path, value) for path, value in states if re.search(about, path)]
        if not known or any(re.search(done, f"{path} {value}") for path, value in known):
            continue
        for match in re.finditer(claimed, field.tight.text):
            if not _OTHER_TIME.search(field.sentence(match.start())):
                reason = f"The record says {known[0][1]}, not {match.group().strip()}."
                yield field.finding("FACT_RECORD", Severity.BLOCK, reason, *match.span(), field.tight)

"""How long something holds, and from when: the numbers of a promise beside those of the clauses.

A term stands in a clause with its number and its beginning. Other numbers may follow from the inputs by one step.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from agent.guardrails.appointments import clocks_known
from agent.guardrails.derived import follows, is_span_between, is_time_between, shown
from agent.guardrails.message import Field, Message
from agent.language.quantities import Quantity
from agent.language.sieve import Sieve, sieve

TIMES = frozenset({"days", "hours", "minutes", "weeks", "months", "years"})
LOOKS_BACK = sieve(r"(?:最近|过去|近|上个?|前)\s?$|(?<![a-z])(?:last|past|previous|after|for|in your) $")
"""Before a number: of the time that is over, 最近30天, and no term."""


def is_backed(number: Quantity, field: Field, message: Message) -> bool:
    """Whether an input says the number, or it follows from what the inputs say."""
    licence = message.licence
    if licence.says(number) or any(_is_same_span(number, other) for other in licence.quantities):
        return True
    if number.kind in TIMES and _is_term(number, field):
        return False  # how long something holds stands in a clause, and follows from nothing
    if number.kind in TIMES and not _is_one(number):  # the 2 of "2 boxes" licenses no two hours
        if number.value in licence.numbers_about(_UNITS[number.kind]) or _is_paid_for(number, field, message):
            return True
    elif licence.has_number(number.value):
        return True
    if number.kind == "minutes" and _is_told_by_the_clock(number, field):  # 45 minutes are left until two o'clock
        return is_time_between(number.value, clocks_known(message))
    if number.kind == "amount":
        return follows(number.value, field, message) or shown(number.value, field, number.start, message)
    if number.kind == "weeks":  # two weeks for fifteen days is how people speak
        return any(is_span_between(int(number.value) * 7 + more, message) for more in range(-2, 3))
    return number.kind == "days" and is_span_between(int(number.value), message)


def _is_one(number: Quantity) -> bool:
    """20 a month, 一天不少: one of a kind is how people speak, and no term; an hour or a minute may be one."""
    return number.value == 1 and number.kind not in ("hours", "minutes")


def _is_paid_for(number: Quantity, field: Field, message: Message) -> bool:
    """Seven days at 100 a day come to the 700 that stands beside them."""
    rates = {q.value for clause in message.licence.clause_quantities for q in clause if q.kind == "amount"}
    if not number.value:
        return False
    return any(q.kind == "amount" and q.value / number.value in rates for q in field.quantities_near(number.start))


_UNITS = {
    "days": sieve(r"(?<![a-z])days?(?![a-z])|天|日数"),
    "hours": sieve(r"(?<![a-z])hours?(?![a-z])|小时"),
    "minutes": sieve(r"(?<![a-z])(?:minutes?|mins?)(?![a-z])|分钟"),
    "weeks": sieve(r"(?<![a-z])weeks?(?![a-z])|周数"),
    "months": sieve(r"(?<![a-z])months(?![a-z])|月数|个月"),
    "years": sieve(r"(?<![a-z])years?(?![a-z])|年数|年限"),
}
"""How the record calls a count of each unit: `tenure_months`, and not `birthday_month`."""

# --- a term, or what the clock says -----------------------------------------------------------------------------------

_BY_THE_CLOCK_BEFORE = sieve(r"(?:还有|还剩|再过|晚了|迟了)$|(?<![a-z])(?:next|another|still have|have|only) $")
_BY_THE_CLOCK_AFTER = sieve(r"\s?(?:(?:late|early|left|to go)(?![a-z])|才到)")


def _is_told_by_the_clock(number: Quantity, field: Field) -> bool:
    text = field.tight.text
    before = _BY_THE_CLOCK_BEFORE.search(text, max(0, number.start - 14), number.start)
    return bool(before or _BY_THE_CLOCK_AFTER.match(text, number.end))


_IN_DAYS = {"days": 1, "weeks": 7}
_IN_MONTHS = {"months": 1, "years": 12}


def _is_same_span(one: Quantity, other: Quantity) -> bool:
    """A year is twelve months, two weeks are fourteen days, 24 hours one day."""
    for unit in (_IN_DAYS, _IN_MONTHS):
        if one.kind in unit and other.kind in unit:
            same = one.value * unit[one.kind] == other.value * unit[other.kind]
            return same and "business_day" not in (one.unit, other.unit)
    hours = {one.kind: one.value, other.kind: other.value}
    return set(hours) == {"hours", "days"} and hours["hours"] == 24 * hours["days"]


_TERM_AFTER = sieve(
    r"\s?(?:之?内|以内|无理由|包退|可退|质保|保修|免费)|\s?(?:from|of|after|since|to) (?:the |your |its )?(?:day "
    r"|date )?(?:of )?"
    r"(?:delivery|purchase|dispatch|arrival|receipt|order\w*|return|exchange|claim|cancel|change|deliver\w*|receiv\w+"
    r"|buy\w*|pay\w*)"
)
_TERM_BEFORE = sieve(r"(?<![a-z])(?:within|up to|for up to|a full) $")


def _is_term(number: Quantity, field: Field) -> bool:
    """60 days from delivery, 60天内: a term, and not a count of days between two days."""
    text = field.tight.text
    if number.value <= 1:  # in a day, within the hour: how people speak
        return False
    return bool(
        _TERM_AFTER.match(text, number.end) or _TERM_BEFORE.search(text, max(0, number.start - 12), number.start)
    )


# --- from when --------------------------------------------------------------------------------------------------------

_BEGINNINGS: tuple[Sieve, ...] = (
    sieve(r"签收|收货|收到|到货|(?<![a-z])(?:deliver\w*|receiv\w+|receipt|arriv\w+)(?![a-z])"),
    sieve(r"发货|寄出|发出|(?<![a-z])(?:ship date|shipped|shipping|dispatch\w*|posted|sent)(?![a-z])"),
    sieve(r"下单|购买|付款|(?<![a-z])(?:purchas\w+|order(?:ed|ing)?|bought|pay(?:ment|ing)|paid)(?![a-z])"),
    sieve(r"开封|拆封|打开|(?<![a-z])(?:opening|opened)(?![a-z])"),
)


def from_another_day(
    numbers: Iterable[Quantity], said: str, at: int, backing: Collection[str], message: Message
) -> str:
    """The beginning of a term as the clause has it, where the words give the same number another one; "" where not.

    "within 21 days of delivery" for "within 21 days of the ship date" promises another day. The sentence `said` begins
    `at` in the text that the numbers were read from.
    """
    for number in numbers:
        if number.kind not in TIMES:
            continue
        here = _beginning(said, number.start - at, number.end - at)
        told = [
            begins
            for clause, quantities in zip(
                message.licence.clause_sentences, message.licence.clause_quantities, strict=True
            )
            for other in quantities
            if clause in backing
            and (other.kind, other.value) == (number.kind, number.value)
            and (begins := _beginning(clause, other.start, other.end)) is not None
        ]
        if here is not None and told and all(begins[0] != here[0] for begins in told):
            return told[0][1]
    return ""


def _beginning(text: str, start: int, end: int) -> tuple[int, str] | None:
    """From which event a number counts: the nearest one after "days of", or before "后" and "起"."""
    after = text[end : end + 28]
    if (mark := _FROM_EN.match(after)) is not None:
        return next(
            ((at, found[0]) for at, kind in enumerate(_BEGINNINGS) if (found := kind.search(after[: mark.end() + 18]))),
            None,
        )
    before = text[max(0, start - 10) : start]
    if (cut := max(before.rfind("后"), before.rfind("起"))) < 0 or len(before) - cut > 3:
        return None
    return next(
        ((at, found[0]) for at, kind in enumerate(_BEGINNINGS) if (found := kind.search(before[: cut + 1]))), None
    )


_FROM_EN = re.compile(r"\s?(?:of|from|after|since) (?:the |your |its |it (?:was|is|has been) )?(?:day |date )?(?:of )?")

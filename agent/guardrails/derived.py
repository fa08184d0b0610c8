"""What follows from the record and the clauses by one step of arithmetic: a sum worked out, a last day counted.

"Four boxes at 16.50 come to 66" stands in no record and is still true; so is what fourteen of sixteen paid lessons are
worth. One step and no more: with several, any number would follow from something.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations

from agent.guardrails.context import OfferTerms
from agent.guardrails.message import Field, Message
from agent.language.numbers import english_value, read_numbers
from agent.language.quantities import Quantity

_MONEY = frozenset({"amount", "threshold"})
_CENT = Decimal("0.01")
_FEW = 60
"""Counts up to here multiply a price; beyond, a number is an id or a year."""


def follows(value: Decimal, field: Field, message: Message) -> bool:
    """Whether a sum of money is one step from what is known: times a count, a share of it, the difference of two."""
    made = message.once(("sums", field.name), lambda: sorted(set(_made_of(field, message))))
    return _is_among(made, value) or _is_left_over(value, field, message, made)


def _is_among(made: list[Decimal], value: Decimal) -> bool:
    at = bisect_left(made, value - _CENT)
    return at < len(made) and made[at] < value + _CENT


def _is_left_over(value: Decimal, field: Field, message: Message, made: list[Decimal]) -> bool:
    """The difference of two sums that the text itself tells, each of them known or one step from it."""
    sums = message.once(("told sums", field.name), lambda: {q.value for q in field.quantities if q.kind in _MONEY})
    told = sums - {value}
    known = [one for one in told if message.licence.has_number(one) or _is_among(made, one)]
    return any(abs(abs(one - other) - value) < _CENT for one, other in combinations(known, 2))


def _made_of(field: Field, message: Message) -> Iterator[Decimal]:
    sums, counts = _sums(message), _counts(field, message)
    for one in sums:
        for count in counts:
            yield one * count
            yield one / count
        for total in message.licence.totals:
            yield from (one / total * count for count in counts)
    for one, other in combinations(_own_sums(message), 2):
        yield one + other
        yield abs(one - other)
    for rate in _rates(message):
        yield from (part for one in sums for part in (one * rate / 100, one * (100 - rate) / 100))
    yield from (one * rate for one in message.licence.numbers for rate in message.licence.point_rates)


def shown(value: Decimal, field: Field, at: int, message: Message) -> bool:
    """Whether the passage shows how the sum comes about: known sums, or shares of them, added, compared, multiplied."""
    near = [one for one in field.quantities_near(at) if message.licence.has_number(one.value)]
    if value in _terms(message):  # £24 is not known because something takes 24 hours
        near = [one for one in near if one.start != at]
    sums = {one.value for one in near if one.kind in _MONEY}
    sums |= {one * rate.value / 100 for one in sums for rate in near if rate.kind.startswith("percent")}
    counts = {Decimal(1), *(one.value for one in near if one.kind not in _MONEY and 1 < one.value <= _FEW)}
    made = {one * count for one in sums for count in counts}
    made |= {more for one, other in combinations(sums, 2) for more in (one + other, abs(one - other))}
    return any(abs(value - one) < _CENT for one in made)


_OF_TIME = frozenset({"minutes", "hours", "days", "weeks", "months", "years"})


def _terms(message: Message) -> frozenset[Decimal]:
    return message.once(
        ("terms",), lambda: frozenset(q.value for q in message.licence.quantities if q.kind in _OF_TIME)
    )


def _own_sums(message: Message) -> frozenset[Decimal]:
    """Sums of the record and the row: what a clause names is not added to what somebody paid."""
    offer = message.context.offer
    own = {*message.licence.money, *message.licence.told_money}
    return frozenset(own | ({offer.value} if offer is not None and offer.kind == "amount" else set()))


def _sums(message: Message) -> frozenset[Decimal]:
    """Sums of the record, the clauses and the row; of the text itself only those that the record knows."""
    licence, offer = message.licence, message.context.offer
    known = {quantity.value for quantity in licence.quantities if quantity.kind in _MONEY} | set(licence.money)
    if offer is not None:
        known |= {offer.min_spend, offer.value if offer.kind == "amount" else Decimal(0)}
    return frozenset(number for number in known if number > 0)


_TWO = re.compile(r"(?<![a-z])(?:twice|half|both|double)(?![a-z])")


def _counts(field: Field, message: Message) -> frozenset[Decimal]:
    text = field.tight.text
    sums = (quantity for quantity in field.quantities if quantity.kind in _MONEY)
    money = {at for quantity in sums for at in range(quantity.start, quantity.end)}
    said = {token.value for token in read_numbers(text) if token.start not in money}
    said |= {Decimal(count) for word in re.findall(r"[a-z]{3,9}", text) if (count := english_value(word))}
    said |= {Decimal(2)} if _TWO.search(text) else set()
    known = message.licence.numbers - message.licence.money
    return frozenset(
        number for number in {*said, *known} if 1 < number <= _FEW and number == number.to_integral_value()
    )


def _rates(message: Message) -> frozenset[Decimal]:
    found = {q.value for q in message.licence.quantities if q.kind in ("percent", "percent_off", "percent_back")}
    offer = message.context.offer
    return frozenset(found | ({offer.value} if offer is not None and offer.kind == "percent" else set()))


# --- days -------------------------------------------------------------------------------------------------------------

_DAYS = {"days": 1, "weeks": 7}
_FAR = 400


def _begins(message: Message) -> set[date]:
    """Today and the days of the record; a placeholder such as 9999-12-31 begins nothing."""
    known = {*message.licence.dates, message.context.local_now.date()}
    return {day for day in known if 1900 <= day.year <= 2200}


def last_days(message: Message, text: str) -> frozenset[date]:
    """The days on which a term of a clause ends that begins on a day of the record, or today.

    Only clauses that speak of what the text speaks of; a last day may be told as the first that is too late.
    """

    def found() -> frozenset[date]:
        begins = _begins(message)
        terms = [term for clause in message.licence.clauses_about(text) for term in clause]
        ends = {end for begin in begins for term in terms for end in _ends(begin, term)}
        return frozenset(ends | {day + timedelta(1) for day in ends})

    return message.once(("last days", text), found)


def _ends(begin: date, term: Quantity) -> Iterator[date]:
    value = int(term.value)
    if value > _FAR:
        return
    if term.kind in _DAYS:
        yield from _both_ways(begin, value * _DAYS[term.kind])
        if term.unit == "business_day":
            yield _after_working_days(begin, value)
    elif term.kind == "hours":
        yield from _both_ways(begin, -(-value // 24))
    elif term.kind in ("months", "years"):
        months = value * (12 if term.kind == "years" else 1)
        yield _after_months(begin, months)


def _both_ways(begin: date, days: int) -> Iterable[date]:
    """Some terms run from a day, some up to it: "3 days before the end"."""
    return (begin + timedelta(days), begin - timedelta(days))


def _after_working_days(begin: date, days: int) -> date:
    day = begin
    while days > 0:
        day += timedelta(1)
        days -= day.weekday() < 5
    return day


def _after_months(begin: date, months: int) -> date:
    year, month = divmod(begin.year * 12 + begin.month - 1 + months, 12)
    for day in range(begin.day, 27, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    return date(year, month + 1, min(begin.day, 28))


def is_span_between(days: int, message: Message) -> bool:
    """Whether so many days lie between today, or a day of the record, and another such day or the end of a term."""
    return days in message.once(("spans",), lambda: frozenset(_spans(message)))


def _spans(message: Message) -> Iterator[int]:
    known = _begins(message)
    expires = message.context.offer.expires_on if message.context.offer else None
    ends = {end for begin in known for term in message.licence.quantities for end in _ends(begin, term)}
    for end in known | ends | ({expires} if expires else set()):
        yield from (abs((end - begin).days) for begin in known if end != begin)


# --- times of day -----------------------------------------------------------------------------------------------------


def is_time_between(minutes: Decimal, clocks: Iterable[int]) -> bool:
    """Whether so many minutes lie between two of these times, each in minutes on a dial of twelve hours."""
    return any(abs(abs(one - other) - minutes) <= 1 for one, other in combinations(sorted(set(clocks)), 2))


def price_after(offer: OfferTerms, message: Message) -> frozenset[Decimal]:
    """What the things of the record would cost with the row's offer."""
    if offer.kind == "percent":
        return frozenset(one * (100 - offer.value) / 100 for one in message.licence.money if one >= offer.min_spend)
    if offer.kind == "amount":
        return frozenset(one - offer.value for one in message.licence.money if one >= offer.min_spend)
    return frozenset()

"""What follows from the record and the clauses by one step of arithmetic: a sum worked out, a last day counted.

"Four boxes at 16.50 come to 66" stands in no record and is still true. One step and no more: with several, any number
would follow from something.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations

from agent.guardrails.context import OfferTerms
from agent.guardrails.message import Field, Message
from agent.language.quantities import Quantity

_MONEY = frozenset({"amount", "threshold"})
_CENT = Decimal("0.01")
_FEW = 60
"""Counts up to here multiply a price; beyond, a number is an id or a year."""


def follows(value: Decimal, field: Field, message: Message) -> bool:
    """Whether a sum of money is one step from what is known: times a count, a share of it, the difference of two."""
    return any(_is_same(value, made) for made in _made_of(field, message))


def is_points_worth(value: Decimal, message: Message) -> bool:
    """Whether a sum is what the customer's points are worth by a clause that equates points and money."""
    points = [number for number in message.licence.numbers if number > 0]
    return any(_is_same(value, number * rate) for number in points for rate in _point_rates(message))


def _is_same(value: Decimal, made: Decimal) -> bool:
    """To the cent, or rounded to whole units: about 250 for 250.3 is no fault."""
    return abs(value - made) < _CENT


def _made_of(field: Field, message: Message) -> Iterator[Decimal]:
    sums, counts = _sums(message), _counts(field, message)
    for one in sums:
        for count in counts:
            yield one * count
            yield one / count
            yield from (one / count * other for other in counts if other != count)
    for one, other in combinations(sums, 2):
        yield one + other
        yield abs(one - other)
    for rate in _rates(message):
        yield from (part for one in sums for part in (one * rate / 100, one * (100 - rate) / 100))
    yield from (one * rate for one in message.licence.numbers for rate in _point_rates(message))


def _sums(message: Message) -> frozenset[Decimal]:
    """Sums of the record, the clauses and the row; of the text itself only those that the record knows."""
    licence, offer = message.licence, message.context.offer
    known = {quantity.value for quantity in licence.quantities if quantity.kind in _MONEY} | set(licence.money)
    if offer is not None:
        known |= {offer.min_spend, offer.value if offer.kind == "amount" else Decimal(0)}
    return frozenset(number for number in known if number > 0)


def _counts(field: Field, message: Message) -> frozenset[Decimal]:
    said = {
        quantity.value for quantity in field.quantities if quantity.kind not in _MONEY and quantity.kind != "points"
    }
    known = {number for number in message.licence.numbers if number == number.to_integral_value()}
    return frozenset(number for number in {Decimal(2), *said, *known} if 1 < number <= _FEW)


def _rates(message: Message) -> frozenset[Decimal]:
    found = {q.value for q in message.licence.quantities if q.kind in ("percent", "percent_off", "percent_back")}
    offer = message.context.offer
    return frozenset(found | ({offer.value} if offer is not None and offer.kind == "percent" else set()))


def _point_rates(message: Message) -> list[Decimal]:
    """Money per point, from clauses such as "100 points are worth 1 pound"."""
    found = []
    for clause in message.licence.clause_quantities:
        points = [quantity.value for quantity in clause if quantity.kind == "points" and quantity.value > 0]
        money = [quantity.value for quantity in clause if quantity.kind == "amount"]
        if len(points) == 1 and money:
            found.append(money[0] / points[0])
    return found


# --- days -------------------------------------------------------------------------------------------------------------

_DAYS = {"days": 1, "weeks": 7}
_FAR = 400


def last_days(message: Message, sentence: str) -> frozenset[date]:
    """The days on which a term of a clause ends that begins on a day of the record, or today.

    Only clauses that speak of what the sentence speaks of; a last day may be told as the first that is too late.
    """
    begins = (*message.licence.dates, message.context.local_now.date())
    terms = [term for clause in message.licence.clauses_about(sentence) for term in clause]
    found = {end for begin in begins for term in terms for end in _ends(begin, term)}
    return frozenset(found | {day + timedelta(1) for day in found})


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
    today = message.context.local_now.date()
    known = {*message.licence.dates, today}
    expires = message.context.offer.expires_on if message.context.offer else None
    ends = {end for begin in known for term in message.licence.quantities for end in _ends(begin, term)}
    if expires is not None:
        ends.add(expires)
    return any(abs((end - begin).days) == days for begin in known for end in known | ends if end != begin)


def price_after(offer: OfferTerms, message: Message) -> frozenset[Decimal]:
    """What the things of the record would cost with the row's offer."""
    if offer.kind == "percent":
        return frozenset(one * (100 - offer.value) / 100 for one in message.licence.money if one >= offer.min_spend)
    if offer.kind == "amount":
        return frozenset(one - offer.value for one in message.licence.money if one >= offer.min_spend)
    return frozenset()

"""What the inputs license: each number, day, code and phrase that record, offer, policies or brand hold.

The rules ask it before they complain: a checkable thing that no input carries has no business in a message.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property, lru_cache
from typing import Any

from agent.guardrails.context import GateContext
from agent.language.claims import is_no_name, tells_a_machine
from agent.language.dates import DateMention, dates_in
from agent.language.normalise import fold, sentences
from agent.language.quantities import Quantity, quantities_in
from agent.language.sieve import Sieve, sieve

# Facts that say what the firm owes or gave: only these may license a benefit by a bare number.
_GIVEN = sieve(r"refund|credit|compens|deposit|rebate|reward|points|cashback|goodwill|退|赔|积分")
_NO_MONEY = sieve(
    r"(?<![a-z])age(?![a-z])|points|orders_|count|_left|lessons|boxes|shipments|tenure|years|months|days|_gb|stock"
    r"|seats"
    r"|积分|年龄|次数|数量"
)
_MONTH_DAY = sieve(r"(?:[每次当下]个?月|(?<![\d月/.-]))(?P<day>\d{1,2})(?:日|号|st|nd|rd|th)(?![a-z])")
_FREE = sieve(r"免费|由我们承担|不收|包邮|(?<![a-z])(?:free|no charge|prepaid|at our cost)(?![a-z])")
_FROM_TODAY = frozenset({"span", "relative"})
"""In a clause, "within 48 hours" names a term and not the day after tomorrow."""
_ISO_DAY = sieve(r"\d{4}-\d{2}(?:-\d{2})?(?:T.*)?")


def leaves(data: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value in a nested mapping with its path; keys that are words of their own come as values too."""
    if isinstance(data, str | int | Decimal):  # most are, and asking for a mapping takes far longer
        yield path, data
    elif isinstance(data, Mapping):
        for key, value in data.items():
            yield from leaves(value, f"{path}.{key}" if path else str(key))
    elif isinstance(data, Sequence):
        for value in data:
            yield from leaves(value, path)
    elif data is not None:
        yield path, data


@lru_cache(maxsize=4096)
def _read(text: str, language: str, today: date) -> tuple[tuple[Quantity, ...], tuple[DateMention, ...]]:
    """Quantities and days of an input text; the same policies are read again and again."""
    return tuple(quantities_in(text, language)), tuple(dates_in(text, language, today))


class Licence:
    """Answers one question at a time: is this in the inputs? Texts are kept folded."""

    def __init__(self, context: GateContext) -> None:
        self._context = context
        self._today = context.local_now.date()

    @cached_property
    def clauses(self) -> tuple[str, ...]:
        """Policy texts in force on the customer's day."""
        today = self._today
        return tuple(
            fold(policy.text).text
            for policy in self._context.policy
            if not tells_a_machine(policy.text)
            and (policy.valid_from is None or policy.valid_from <= today)
            and (policy.valid_to is None or today <= policy.valid_to)
        )

    @cached_property
    def clause_sentences(self) -> tuple[str, ...]:
        """The clauses sentence by sentence: a condition belongs to its own sentence."""
        return tuple(part for clause in self.clauses for a, b in sentences(clause) if (part := clause[a:b].strip()))

    @cached_property
    def facts(self) -> tuple[tuple[str, Any], ...]:
        """The customer's record, value by value."""
        return tuple(leaves(self._context.customer.facts))

    @cached_property
    def of_the_case(self) -> tuple[tuple[str, Any], ...]:
        """The record and the open ticket, value by value."""
        ticket = self._context.open_ticket
        return (*self.facts, *(leaves(ticket.details, "ticket") if ticket else ()))

    @cached_property
    def fact_texts(self) -> tuple[str, ...]:
        texts = [fold(value).text for _, value in self.of_the_case if isinstance(value, str)]
        keys = [fold(part).text for path, _ in self.of_the_case for part in path.split(".") if not part.isascii()]
        return tuple(texts + keys)

    @cached_property
    def fact_strings(self) -> tuple[str, ...]:
        """Texts among the facts, as they were given."""
        return tuple(value for _, value in self.of_the_case if isinstance(value, str))

    @cached_property
    def own_texts(self) -> tuple[str, ...]:
        """What the brand calls itself and says at the end."""
        brand = self._context.brand
        return tuple(fold(text).text for text in (*brand.names, brand.postal_address, brand.sign_off) if text)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names and texts that may be repeated as they stand: people, brand, products, quotes; longest first."""
        offer = self._context.offer
        found = {fold(text).text for text in (*self.people, offer.code if offer else None) if text}
        found |= {part for name in tuple(found) for part in name.split() if len(part) > 2}
        found |= {text for text in (*self.fact_texts, *self.own_texts) if 2 <= len(text) <= 60}
        # one character of a name (何一) stands in too many other words (第一, 唯一) to be taken for the name
        return tuple(sorted((name for name in found if len(name) > 1 and not name.isdigit()), key=len, reverse=True))

    @cached_property
    def people(self) -> tuple[str, ...]:
        """The customer's names; a string that offers or commands is no name, whoever wrote it into that field."""
        customer = self._context.customer
        return tuple(name for name in (customer.name, customer.first_name) if name and not is_no_name(name))

    def in_facts(self, phrase: str) -> bool:
        return any(phrase in text or (len(text) > 5 and text in phrase) for text in self.fact_texts)

    def in_clause(self, phrase: str) -> bool:
        return any(phrase in clause for clause in self.clauses)

    @cached_property
    def exclusions(self) -> str:
        offer = self._context.offer
        return fold(offer.exclusions).text if offer else ""

    @cached_property
    def everything(self) -> str:
        """All input texts in one, for looking up a phrase."""
        names = [fold(name).text for name in self.people]
        return "\n".join((*self.fact_texts, *self.clauses, *self.own_texts, self.exclusions, *names))

    @cached_property
    def numbers(self) -> frozenset[Decimal]:
        """Bare numbers among the facts."""
        return frozenset(number for _, value in self.of_the_case if (number := _as_number(value)) is not None)

    @cached_property
    def money(self) -> frozenset[Decimal]:
        """Numbers among the facts that can be sums of money: all but ages, points, counts and years."""
        return frozenset(
            number
            for path, value in self.of_the_case
            if not _NO_MONEY.search(path) and (number := _as_number(value)) is not None and number > 0
        )

    def days_about(self, what: Sieve) -> frozenset[date]:
        """Days among the facts whose name says what falls on them."""
        found = (_as_day(value) for path, value in self.of_the_case if what.search(path.casefold()))
        return frozenset(day for day in found if day is not None)

    def numbers_about(self, what: Sieve) -> frozenset[Decimal]:
        """Bare numbers among the facts whose name says what they count."""
        found = (_as_number(value) for path, value in self.of_the_case if what.search(path.casefold()))
        return frozenset(number for number in found if number is not None)

    @cached_property
    def told_money(self) -> frozenset[Decimal]:
        """Sums that stand in the texts of the record, such as what the customer wrote."""
        language = self._context.customer.language
        texts = (text for text in self.fact_texts if not _ISO_DAY.fullmatch(text))
        return frozenset(q.value for text in texts for q in _read(text, language, self._today)[0] if q.kind in _MONEY)

    @cached_property
    def totals(self) -> frozenset[Decimal]:
        """Counts of the record that a price is for: sixteen lessons for 1,280."""
        return frozenset(
            number
            for path, value in self.of_the_case
            if "total" in path and (number := _as_number(value)) and number > 1
        )

    @cached_property
    def clause_quantities(self) -> tuple[tuple[Quantity, ...], ...]:
        """The quantities of each sentence of the clauses in force."""
        language = self._context.customer.language
        return tuple(_read(sentence, language, self._today)[0] for sentence in self.clause_sentences)

    def clauses_about(self, sentence: str) -> list[tuple[Quantity, ...]]:
        """The quantities of each clause sentence that has a word in common with `sentence`."""
        own = content(sentence)
        pairs = zip(self.clause_sentences, self.clause_quantities, strict=True)
        return [numbers for clause, numbers in pairs if own & content(clause)]

    @cached_property
    def point_rates(self) -> tuple[Decimal, ...]:
        """Money per point, from clauses such as "100 points are worth 1 pound"."""
        found = []
        for clause in self.clause_quantities:
            points = [quantity.value for quantity in clause if quantity.kind == "points" and quantity.value > 0]
            money = [quantity.value for quantity in clause if quantity.kind == "amount"]
            if len(points) == 1 and money:
                found.append(money[0] / points[0])
        return tuple(found)

    def points_buy(self, value: Decimal) -> bool:
        """Whether a sum is what the customer's points are worth."""
        return any(abs(number * rate - value) < Decimal("0.01") for number in self.numbers for rate in self.point_rates)

    @cached_property
    def _most_points(self) -> Decimal:
        held = (_as_number(value) for path, value in self.of_the_case if "point" in path or "积分" in path)
        return max((number for number in held if number is not None), default=Decimal(0))

    @cached_property
    def _point_caps(self) -> frozenset[Decimal]:
        """The shares of an order that points may pay at most, from the clauses that say what they are worth."""
        clauses = (clause for clause in self.clause_quantities if any(q.kind == "points" for q in clause))
        return frozenset(q.value for clause in clauses for q in clause if q.kind in ("percent", "percent_off"))

    def points_cover(self, value: Decimal, near: Iterable[Decimal], shares: frozenset[Decimal]) -> bool:
        """Whether a sum is the worth of points that stand `near`, of no more than the customer has.

        `shares` are all percentages of the text: where a clause has a cap, the cap must be told as well.
        """
        if self._point_caps and not self._point_caps & shares:
            return False
        return any(
            points <= self._most_points and abs(points * rate - value) < Decimal("0.01")
            for points in near
            for rate in self.point_rates
        )

    def gives_free(self, passage: str) -> bool:
        """Whether a clause in force gives something free of charge in a matter that the passage speaks of."""
        own = content(passage)
        return any(_FREE.search(clause) and len(own & content(clause)) >= 2 for clause in self.clause_sentences)

    @cached_property
    def month_days(self) -> frozenset[int]:
        """Days of the month that clauses and facts name without a month: every 5th, the 1st of the next month."""
        texts = (*self.clauses, *self.fact_texts)
        return frozenset(int(match["day"]) for text in texts for match in _MONTH_DAY.finditer(text))

    @cached_property
    def _given_numbers(self) -> frozenset[Decimal]:
        return frozenset(
            number
            for path, value in self.of_the_case
            if _GIVEN.search(path) and (number := _as_number(value)) is not None
        )

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """Quantities said in facts, clauses and exclusions."""
        language = self._context.customer.language
        texts = (*self.fact_texts, *self.clauses, *self.own_texts, self.exclusions)
        return tuple(quantity for text in texts for quantity in _read(text, language, self._today)[0])

    @cached_property
    def dates(self) -> frozenset[date]:
        """Days in facts and clauses."""
        days = {day for _, value in self.of_the_case if (day := _as_day(value)) is not None}
        for text in (*self.fact_texts, *self.clauses):
            if not _ISO_DAY.fullmatch(text):
                for mention in _read(text, self._context.customer.language, self._today)[1]:
                    if mention.kind not in _FROM_TODAY or text not in self.clauses:
                        days.update((mention.first, mention.last))
        return frozenset(days)

    @cached_property
    def _months(self) -> frozenset[tuple[int, int]]:
        months = {(day.year, day.month) for day in self.dates}
        for _, value in self.of_the_case:
            if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}", value):
                months.add((int(value[:4]), int(value[5:])))
        return frozenset(months)

    def has_phrase(self, phrase: str) -> bool:
        return phrase in self.everything

    def has_day(self, mention: DateMention) -> bool:
        """Whether a mention can mean a day, or a whole month, that the record or a clause names."""
        if mention.kind == "month":
            return (mention.first.year, mention.first.month) in self._months
        if any(mention.first <= day <= mention.last for day in self.dates):
            return True
        return mention.first == mention.last and mention.first.day in self.month_days

    def has_benefit(self, quantity: Quantity) -> bool:
        """Whether a clause or a fact says the same benefit; the offer's own row is not asked here."""
        if quantity.kind in ("amount", "points") and quantity.value in self._given_numbers:
            return True
        return self.says(quantity) or self._has_words_of(quantity)

    def knows(self, quantity: Quantity) -> bool:
        """Whether some input carries it: the same quantity, its number in a place that fits its kind, or its words."""
        if self.says(quantity) or self._has_words_of(quantity):
            return True
        return quantity.value in self.money if quantity.kind in _MONEY else self.has_number(quantity.value)

    def _has_words_of(self, quantity: Quantity) -> bool:
        """A bare number is in too many other words: the 30 of 30 days licenses no 30 yuan."""
        words, text = quantity.text.strip(), self.everything
        if re.fullmatch(r"[\d.,]+|.", words):
            return False
        at = text.find(words)
        while at >= 0:
            before, after = text[at - 1 : at], text[at + len(words) : at + len(words) + 1]
            if not (before.isdecimal() or before == "." or after.isdecimal()):
                return True
            at = text.find(words, at + 1)
        return False

    def says(self, quantity: Quantity) -> bool:
        """Whether an input text says the same quantity: same kind of thing, same value, no other unit."""
        return any(same_quantity(quantity, other) for other in self.quantities)

    def has_number(self, value: Decimal) -> bool:
        return value in self.numbers or any(value == other.value for other in self.quantities)


_SMALL = frozenset(
    "your with that this from have will when they them than then been were what which into about just like more"
    " time order orders next there always".split()
)
_ENDING = re.compile(r"(?:ations?|ments?|ing|ed|es|s|ly|e)$")


_SAME = (
    (sieve(r"不(?:要|收|用|花|另收)\w{0,2}钱|不收费|不用付费"), "免费"),
    (sieve(r"(?:由|归|算)?(?:我们|这边|店里|本店|我方|商家)(?:来)?(?:出|付|承担|负责|包|掏)"), "由我们承担"),
    (sieve(r"(?:由|归|算)?(?:您|买家|自己|客户|顾客)(?:来|自己)?(?:出|付|承担|负责|掏)"), "由买家承担"),
    (
        sieve(r"(?:at )?no (?:extra )?(?:charge|cost)|without (?:a |any )?(?:charge|cost)|for nothing|on us"),
        "free charge",
    ),
    (
        sieve(r"(?:send|sent|ship|shipped|bring|take|go|goes)(?: (?:it|them|one|this|that|things|back)){0,2} back"),
        "returned",
    ),
    (sieve(r"money back"), "refund"),
    (sieve(r"(?:take|taking|get|draw) (?:it|money|the money|your money|that)? ?out"), "withdraw"),
    (sieve(r"(?:今天|今日|当日)(?:就)?(?:能|可以)?(?:发货?|发出|寄出)|(?:能|可以)?(?:今天|今日|当日)发"), "当天发货"),
    (sieve(r"(?:has|have)n't (?:left|gone out|shipped)|(?:before it )?(?:goes out|leaves)|on its way"), "until ships"),
)
"""What people say for the words of a clause."""


@lru_cache(maxsize=4096)
def content(text: str) -> frozenset[str]:
    """Pairs of Chinese characters and English word stems: what two sentences share when they speak of one thing."""
    for other, usual in _SAME:
        text = other.sub(usual, text)
    chinese = re.findall(r"[\u4e00-\u9fff]+", text)
    pairs = {run[at : at + 2] for run in chinese for at in range(len(run) - 1)}
    return frozenset(pairs | {_ENDING.sub("", word) for word in re.findall(r"[a-z]{4,}", text) if word not in _SMALL})


_MONEY = frozenset({"amount", "threshold"})


def same_quantity(one: Quantity, other: Quantity) -> bool:
    if one.value != other.value:
        return False
    if one.kind == other.kind:
        return one.unit == other.unit or one.unit is None or other.unit is None or one.kind in ("count", "measure")
    return (one.kind in _MONEY and other.kind in _MONEY) or {one.kind, other.kind} == {"percent", "percent_off"}


def _as_number(value: Any) -> Decimal | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float | Decimal):
        return Decimal(str(value))
    if isinstance(value, str) and re.fullmatch(r"\d+(?:\.\d+)?", value):
        try:
            return Decimal(value)
        except InvalidOperation:
            return None
    return None


def _as_day(value: Any) -> date | None:
    if isinstance(value, str) and _ISO_DAY.fullmatch(value):
        try:
            return date.fromisoformat(value[:10] if len(value) >= 10 else value + "-01")
        except ValueError:
            return None
    return None

"""Reads quantities out of a message: discounts, amounts, thresholds, points, days, counts, in digits and in words.

Takes raw text and its language; gives Quantity records with offsets into the raw text. A discount is always said as
percent off (8折 is 20), money in major units. Knows nothing about what was promised or is allowed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from agent.language.dates import calendar_spans
from agent.language.normalise import View, fold
from agent.language.numbers import NumberToken, chinese_value, read_numbers
from agent.language.sieve import Sieve, blanked, sieve
from agent.language.units import MONEY_PREFIX, Unit, unit_after
from agent.language.wording import (
    benefit_after,
    benefit_before,
    left_clause,
    percent_is_off,
    points_given,
    qualifier_of,
    right_clause,
    threshold_after,
    threshold_before,
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """One quantity. [start, end) are offsets into the raw text and text == raw[start:end].

    `kind`: percent_off, percent_back, percent, amount, threshold, points, free_shipping, free_item, count, minutes,
    hours, days, weeks, months, years, age, measure, number. `unit`: "%", an ISO 4217 code, or "$", "¥", None where the
    text leaves the currency open; day or business_day; the measure word. `qualifier`: None, up_to, at_least, range,
    negated, hypothetical, compared, about. `benefit` is True when the words present it as something given.
    """

    kind: str
    value: Decimal
    unit: str | None
    start: int
    end: int
    text: str
    qualifier: str | None = None
    benefit: bool = False


_DOLLARS = frozenset({"USD", "AUD", "CAD", "NZD", "SGD", "HKD", "TWD", "MXN"})


def currency_fits(unit: str | None, currency: str) -> bool:
    """Whether an amount written in `unit` can be meant in `currency`; an amount without a unit fits any."""
    if unit is None or unit == currency:
        return True
    return (unit == "$" and currency in _DOLLARS) or (unit == "¥" and currency in {"CNY", "JPY"})


def read_quantities(text: str, language: str) -> list[Quantity]:
    """All quantities of a raw text, in order; dates, clock times, links and numbers inside codes are left out."""
    view = fold(text)
    found = quantities_in(view.text, language)
    return [_to_raw(quantity, view, text) for quantity in found]


def _to_raw(quantity: Quantity, view: View, raw: str) -> Quantity:
    start, end = view.raw_span(quantity.start, quantity.end)
    return replace(quantity, start=start, end=end, text=raw[start:end])


def quantities_in(text: str, language: str) -> list[Quantity]:
    """The same for a folded text, with offsets into it."""
    masked = _mask(text)
    found = [*_numbered(masked, language), *_wordings(masked)]
    found.sort(key=lambda quantity: (quantity.start, -quantity.end))
    return _without_overlaps(found)


_LINK = sieve(r"https?://\S+|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<![a-z0-9])(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/\S*)?", re.A)
_CLOCK = sieve(r"(?<!\d)\d{1,2}:\d{2}(?::\d{2})?(?!\d)|(?<![a-z0-9])\d{1,2}(?::\d{2})?\s?[ap]\.?m(?![a-z])")
_PHONE = sieve(r"(?<![\w.])(?:\+\d{1,3}[ -]?)?(?:\(\d{2,4}\)[ -]?)?\d{2,5}(?:[ -]\d{2,5}){1,4}(?!\w)", re.A)


def _mask(text: str) -> str:
    """Blanks what holds digits but no quantity, so that offsets stay."""
    spans = [match.span() for pattern in (_LINK, _CLOCK) for match in pattern.finditer(text)]
    spans += calendar_spans(text)
    spans += [m.span() for m in _PHONE.finditer(text) if sum(map(str.isdigit, m.group())) >= 8]
    chars = list(text)
    for start, end in spans:
        chars[start:end] = "\x1f" * (end - start)
    return blanked("".join(chars), text)


def _numbered(text: str, language: str) -> Iterator[Quantity]:
    tokens = read_numbers(text)
    for at, token in enumerate(tokens):
        following = tokens[at + 1] if at + 1 < len(tokens) else None
        previous = tokens[at - 1] if at else None
        quantity = _quantity(text, token, language, _joined(text, token, following), _joined(text, previous, token))
        if quantity is not None:
            yield quantity


_NO_ONE = sieve(r"[起样般直定些律旦并共下向边度]")
"""一起, 一样, 一直: words that begin with 一 and count nothing."""
_RANGE = sieve(r"[\s%折元块]*(?:-|–|—|~|～|至|到|to|or|and|或)\s*[$£€¥]?\s*")


def _joined(text: str, first: NumberToken | None, second: NumberToken | None) -> bool:
    """Whether two numbers are the ends of one range: 3-5, 7到21, three to five."""
    if first is None or second is None or not _RANGE.fullmatch(text, first.end, second.start):
        return False
    between = text[first.end : second.start]
    if "and" in between:
        return "between" in text[max(0, first.start - 9) : first.start]
    # 满150-30 is a threshold and a rebate
    return not ("-" in between and first.value > second.value)


def _quantity(text: str, token: NumberToken, language: str, opens: bool, closes: bool) -> Quantity | None:
    left, right_from = left_clause(text, token.start), token.end
    unit, end = unit_after(text, token.end)
    if unit is None and opens:
        following = next(iter(read_numbers(text[token.end : token.end + 16])), None)
        if following is not None:
            unit, _ = unit_after(text, token.end + following.end)
            end = token.end
    start = token.start
    prefix = MONEY_PREFIX.search(text, max(0, token.start - 5), token.start)
    if prefix is not None:
        start, unit = prefix.start(), Unit.money(prefix["symbol"], language)
        left = left_clause(text, start)
        end = max(end, token.end) if unit_after(text, token.end)[0] == unit else token.end
    right_from = max(end, token.end)
    right = right_clause(text, right_from)
    if unit is None and token.end - token.start == 1 and text[token.start] == "一" and _NO_ONE.match(text, token.end):
        return None
    made = _interpret(text, token, unit, left, right, language)
    if made is None:
        return None
    kind, value, unit_name, benefit = made
    if kind in ("amount", "threshold") and unit_name is None and (named := _CURRENCY_AFTER.match(text, right_from)):
        currency, _ = unit_after(text, named.start("currency"))
        unit_name = currency.resolved(language) if currency is not None and currency.kind == "amount" else None
    qualifier = "range" if opens or closes else qualifier_of(left, right)
    if kind == "threshold" and qualifier == "at_least":
        qualifier = None
    return Quantity(kind, value, unit_name, start, right_from, text[start:right_from], qualifier, benefit)


_CURRENCY_AFTER = sieve(r"\s?[（(]\s?(?:单位|币种|in)?[:： ]?(?P<currency>[\u4e00-\u9fffa-z]{1,8})\s?[)）]")
"""满99减18（英镑）: the money is named behind the sum."""

_Reading = tuple[str, Decimal, str | None, bool]


def _interpret(
    text: str, token: NumberToken, unit: Unit | None, left: str, right: str, language: str
) -> _Reading | None:
    """What kind of quantity a number with this unit and these neighbours is; None when it is none at all."""
    if unit is None:
        return _bare(token, left, right)
    if unit.kind == "zhe":
        return _discount_fold(token, text)
    if unit.kind == "cheng":
        off = bool(re.search(r"(?:减|省|便宜|优惠|降)\w{0,3}$", left))
        return ("percent_off" if off else "percent"), token.value * 10, "%", off
    if unit.kind == "percent":
        return _percentage(token.value, left, right)
    if unit.kind == "fraction":
        return "percent_off", _as_percent(token.value), "%", True
    if unit.kind == "amount":
        name = unit.resolved(language)
        if threshold_before(left, right) or threshold_after(right):
            return "threshold", token.value, name, False
        return "amount", token.value, name, benefit_before(left) or benefit_after(right)
    if token.form == "fraction":
        return None
    return unit.kind, token.value, unit.name, unit.kind == "points" and (points_given(left) or benefit_after(right))


def _bare(token: NumberToken, left: str, right: str) -> _Reading | None:
    """A number without a unit: money where the words around say so, else a plain number if it is in digits."""
    if token.form == "fraction":
        off = re.match(r"(?: of)?(?: (?:the |your )?(?:price|order|bill))?,? ?(?:off|less|discount)", right)
        value = _as_percent(token.value)
        return ("percent_off", value, "%", True) if off else None
    if re.search(r"(?:满|满额|消费满|凑满|买满)$", left):
        return "threshold", token.value, None, False
    rebate = re.search(r"(?:立减|直减|再减|减免|减|抵扣|抵|立省|省|返现|返|便宜|优惠)$", left)
    if rebate and not re.match(r"\s*(?:[a-z]|公斤|斤|分|秒|次|点|些|趟|下|回|步|道|口|会儿|心|份心|事)", right):
        return "amount", token.value, None, True
    if re.search(r"\d-$", left[-5:]) and re.match(r"元?(?:优惠|满减|代金)?券", right):
        return "amount", token.value, None, True
    if token.form == "digits":
        return "number", token.value, None, False
    return None


def _as_percent(fraction: Decimal) -> Decimal:
    percent = (fraction * 100).quantize(Decimal("0.01"))
    return percent.quantize(Decimal(1)) if percent == percent.to_integral() else percent


def _discount_fold(token: NumberToken, text: str) -> _Reading:
    """8折, 85折, 8.5折, 八八折: what is paid, in tenths or hundredths."""
    paid = token.value * 10 if token.value < 10 else token.value
    if token.form == "zh" and len(text[token.start : token.end]) == 1 and token.value == 10:
        paid = Decimal(100)
    return "percent_off", Decimal(100) - paid, "%", True


def _percentage(value: Decimal, left: str, right: str) -> _Reading:
    meaning = percent_is_off(left, right)
    if meaning == "paid":
        return "percent_off", Decimal(100) - value, "%", True
    if meaning == "off":
        return "percent_off", value, "%", True
    if meaning == "back":
        return "percent_back", value, "%", True
    return "percent", value, "%", False


# What is promised without a number.
_WORDINGS: tuple[tuple[str, str, str | None, Sieve], ...] = (
    (
        "percent_off",
        "50",
        "%",
        sieve(
            r"(?<!第二件)(?<!第2件)(?:半价|对折|半折|五折价|打对折)(?![叠起])|(?<![a-z])half[ -](?:price"
            r"|off|the price)(?![a-z])"
            r"|50/50 off|(?<![a-z])half (?=discount)"
        ),
    ),
    ("percent_off", "50", "second_item", sieve(r"第[二2]件半价|second (?:item|one) (?:is )?half[ -]price")),
    (
        "free_shipping",
        "0",
        None,
        sieve(
            r"包邮|免邮(?!箱)|免运费|免(?:除)?配送费|免费(?:配送|包邮|送货|寄送|邮寄)|运费全免|零运费"
            r"|0运费|运费(?:我们|由我们|本店|小店)(?:来)?(?:出|承担|包|付)"
            r"|邮费(?:我们|由我们)(?:来)?(?:出|承担|付)|运费券|不收运费"
            r"|free (?:standard |express )?(?:shipping|delivery|postage)|(?:shipping|delivery|postage)(?:'s"
            r"| is| are)? (?:is )?(?:now )?"
            r"(?:free|on us|on the house)|ships? (?:\w+ ){0,2}for free|ships? free|we(?:'ll"
            r"| will)? cover (?:the )?(?:shipping|delivery|postage)"
            r"|no (?:shipping|delivery|postage) (?:fee|cost|charge)s?"
        ),
    ),
    (
        "free_item",
        "0",
        None,
        sieve(
            r"免单|买一送一|买[一二两三123]送[一二两三123]|白送|(?:免费|无偿)(?:送|赠|赠送|领取?|升级|获得"
            r"|使用|体验|续|获赠)|(?:随单|下单|再|加)(?:赠"
            r"|送)(?:您|你)?(?!达|货)"
            r"|(?:送|赠|赠送)(?:您|你)?(?:一|两|1|2)(?:个|份|件|张|套|支|盒|个月)(?!.{0,2}券)|赠品|小礼物"
            r"|礼品(?!卡)|红包|返现|代金券|福利金"
            r"|(?<![a-z])(?:on the house"
            r"|(?<!lean )(?<!relied )(?<!rely )(?<!count )(?<!counted )(?<!depend )(?<!depended )(?<!call )"
            r"(?<!\bthat is )(?<!\bthat's )(?<!\bone is )on us"
            r"|free (?:gift|month|phone|sample|upgrade|trial|item|box|bag"
            r"|night|meal|credit|data|product|mug)s?"
            r"|(?:a |your )?gift (?:for you|is waiting|inside)|complimentary|cash ?back|buy one,? get one|bogo"
            r"|store credit|bonus (?:points|data|credit))"
            r"(?![a-z])"
        ),
    ),
    (
        "threshold",
        "0",
        None,
        sieve(
            r"无门槛|无最低消费|不限金额|没有(?:使用)?门槛|不设门槛|no (?:min(?:imum)?\.?(?: spend| order"
            r"| purchase)?)(?![a-z])"
            r""
        ),
    ),
)


def _wordings(text: str) -> Iterator[Quantity]:
    for kind, value, unit, pattern in _WORDINGS:
        for match in pattern.finditer(text):
            start, end = match.span()
            left, right = left_clause(text, start), right_clause(text, end)
            qualifier = qualifier_of(left, right)
            benefit = kind != "threshold"
            yield Quantity(kind, Decimal(value), unit, start, end, match.group(), qualifier, benefit)
    for match in re.finditer(r"百分之([零一二两三四五六七八九十百]+|\d+(?:\.\d+)?)", text):
        said = match[1]
        amount = Decimal(said) if said[0].isdigit() else chinese_value(said)
        if amount is not None:
            left, right = left_clause(text, match.start()), right_clause(text, match.end())
            kind, value_, unit_, gives = _percentage(amount, left, right)
            yield Quantity(
                kind, value_, unit_, match.start(), match.end(), match.group(), qualifier_of(left, right), gives
            )


def _without_overlaps(found: list[Quantity]) -> list[Quantity]:
    kept: list[Quantity] = []
    for quantity in found:
        if kept and quantity.start < kept[-1].end:
            if _weight(quantity) > _weight(kept[-1]):
                kept[-1] = quantity
            continue
        kept.append(quantity)
    return kept


def _weight(quantity: Quantity) -> tuple[bool, int]:
    return quantity.kind != "number", quantity.end - quantity.start

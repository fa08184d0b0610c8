"""What a number counts, read from the characters beside it. Works on folded text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.language.sieve import sieve


@dataclass(frozen=True, slots=True)
class Unit:
    """`kind` is a quantity kind, or `zhe` (折), `cheng` (成), `percent`, `fraction` before they are interpreted."""

    kind: str
    name: str | None = None

    @staticmethod
    def money(symbol: str, language: str) -> Unit:
        name = _CURRENCY[symbol.replace(" ", "").replace(".", "")]
        return Unit("amount", "CNY" if name == "¥" and language == "zh" else name)

    def resolved(self, language: str) -> str | None:
        return "CNY" if self.name == "¥" and language == "zh" else self.name


_CURRENCY = {
    "¥": "¥",
    "$": "$",
    "£": "GBP",
    "€": "EUR",
    "us$": "USD",
    "usd": "USD",
    "hk$": "HKD",
    "hkd": "HKD",
    "a$": "AUD",
    "au$": "AUD",
    "aud": "AUD",
    "c$": "CAD",
    "ca$": "CAD",
    "cad": "CAD",
    "nz$": "NZD",
    "nzd": "NZD",
    "s$": "SGD",
    "sgd": "SGD",
    "rmb": "CNY",
    "cny": "CNY",
    "人民币": "CNY",
    "gbp": "GBP",
    "eur": "EUR",
    "jpy": "JPY",
    "cn¥": "CNY",
}
_SYMBOLS = "|".join(re.escape(symbol) for symbol in sorted(_CURRENCY, key=len, reverse=True))
MONEY_PREFIX = sieve(rf"(?<![a-z])(?P<symbol>{_SYMBOLS})\s?$")

# Longest and most telling first; the first that matches is taken.
_UNITS: tuple[tuple[str, str | None, str], ...] = (
    ("zhe", None, r"\s?折(?![叠痕页屏合旧线返中射断算腾磨耳损纸伞不门扇刀椅凳])"),
    ("cheng", None, r"成(?![功为都员交本品长熟人立分绩就语果效衣百千]|\w?型)"),
    ("percent", "%", r"\s?(?:%|个百分点|percent(?![a-z])|per cent(?![a-z])|pct\.?(?![a-z]))"),
    (
        "points",
        "point",
        r"\s?(?:个|点)?(?:会员)?积分|\s?(?:(?:reward|loyalty|bonus|extra)\s)?(?:points?|pts?)(?![a-z])",
    ),
    ("amount", "USD", r"\s?(?:美元|美金|us dollars?|usd(?![a-z]))"),
    ("amount", "JPY", r"\s?(?:日元|日圆|(?:japanese )?yen(?![a-z])|jpy(?![a-z]))"),
    ("amount", "GBP", r"\s?(?:英镑|pounds?(?: sterling)?(?![a-z])|quid(?![a-z])|gbp(?![a-z]))"),
    ("amount", "MXN", r"\s?(?:比索|pesos?(?![a-z])|mxn(?![a-z]))"),
    ("amount", "INR", r"\s?(?:卢比|rupees?(?![a-z])|inr(?![a-z]))"),
    ("amount", "CHF", r"\s?(?:瑞士法郎|(?:swiss )?francs?(?![a-z])|chf(?![a-z]))"),
    ("amount", "KRW", r"\s?(?:韩元|won(?= (?:off|discount|coupon))|krw(?![a-z]))"),
    ("amount", "EUR", r"\s?(?:欧元|euros?(?![a-z])|eur(?![a-z])|€)"),
    ("amount", "HKD", r"\s?(?:港币|港元|hong kong dollars?|hkd(?![a-z]))"),
    ("amount", "AUD", r"\s?(?:澳元|澳币|aud(?![a-z])|australian dollars?)"),
    ("amount", "CAD", r"\s?(?:加元|加币|cad(?![a-z])|canadian dollars?)"),
    ("amount", "SGD", r"\s?(?:新币|sgd(?![a-z])|singapore dollars?)"),
    ("amount", "KRW", r"\s?(?:韩元|won(?![a-z']))"),
    ("amount", "TWD", r"\s?(?:台币|新台币)"),
    ("amount", "$", r"[\s-]?(?:dollars?|bucks?)(?![a-z])|刀(?!具)"),
    (
        "amount",
        "CNY",
        (
            r"\s?(?:元(?!旦|宵|气|素|件)|圆(?=券|整)|人民币|rmb(?![a-z])|cny(?![a-z])|yuan(?![a-z])|块钱"
            r"|块(?=[\s。，,！!;；、的券以左优红补减抵送返可即就用起吧啊哦呢了直立全)]|$))"
        ),
    ),
    ("age", "year", r"\s?(?:周岁|岁)|[\s-]years?[\s-]old(?![a-z])"),
    ("days", "business_day", r"\s?(?:个)?工作日|[\s-](?:business|working)[\s-]days?(?![a-z])"),
    ("hours", "hour", r"\s?(?:个半)?(?:个)?(?:小时|钟头)|[\s-]?(?:hours?|hrs?|h)(?![a-z0-9])"),
    ("minutes", "minute", r"\s?分钟|[\s-]?(?:minutes?|mins?)(?![a-z])"),
    (
        "weeks",
        "week",
        (
            r"\s?(?:个)?(?:星期|礼拜)(?![一二三四五六日天])|\s?周(?![一二三四五六日末年岁边到围])"
            r"|[\s-]?(?:weeks?|wks?)(?![a-z])"
        ),
    ),
    ("months", "month", r"\s?个(?:半)?月|[\s-]?months?(?![a-z])"),
    ("years", "year", r"\s?周?年(?!\d|代|货|度|级|底|初|终|中|会员日)|[\s-]?(?:years?|yrs?)(?![a-z])"),
    (
        "days",
        "day",
        r"\s?(?:天|日(?=内|之内|无理由|达|游|后)|自然日)|[\s-]?(?:(?:calendar|more|full)[\s-])?days?(?![a-z])",
    ),
    ("measure", "gb", r"\s?(?:gb|g|mb|m|tb)(?![a-z])"),
    (
        "measure",
        None,
        (
            r"\s?(?:kg|cm|mm|ml|km|lbs?|oz|inch(?:es)?|mph|°c|°f|℃|w|v|l)(?![a-z0-9])|\s?(?:米|厘米|毫米|公里|千米|公斤"
            r"|千克|克|斤|升|毫升|度|瓦|寸|平米|平方米)(?!套|粉)"
        ),
    ),
    (
        "count",
        None,
        (
            r"\s?(?:单(?!位|独|品)|件|次(?!日)|份|笔|位|款|套|箱|台|部|支|本|双|瓶|袋|盒|杯|封|名|家|店|种"
            r"|项|步|只|条|张|人|包(?!邮|裹)|包裹|颗|枚|块"
            r"|期|楼|层|号(?=店|线)|倍|户|个(?![半工月])|把|对(?!折))"
        ),
    ),
    (
        "count",
        None,
        (
            r"[\s-](?:(?:other|more|new|different|of (?:these|them|our)|small|extra|separate)\s)?(?:orders?"
            r"|shipments?|items?|parcels?|packages?|purchases?|visits?|times|customers?|people|shoppers?"
            r"|others|left|units?|pieces?|seats?|spots?|pairs?|boxes|stars?|uses?|stores?|forms?|sizes?"
            r"|colou?rs?|shades?|messages?|emails?|tickets?|clicks?|steps?|tips?|labels?|forms|cards?|copies"
            r"|sets?|reviews?|pages?|lines?)(?![a-z])"
        ),
    ),
)
# A number glued to letters that are no unit is part of a code or a name (5g, 2in1).
_ANY = sieve("|".join(f"(?P<unit{at}>{pattern})" for at, (_, _, pattern) in enumerate(_UNITS)))
_UNIT_OF = {f"unit{at}": (kind, name) for at, (kind, name, _) in enumerate(_UNITS)}
_ORDINAL = sieve(r"(?:st|nd|rd|th)(?![a-z])")


def unit_after(text: str, at: int) -> tuple[Unit | None, int]:
    """The unit that starts at `at`, and where it ends; (None, at) when there is none."""
    match = _ANY.match(text, at)
    if match is None or match.lastgroup is None:
        return None, at
    kind, name = _UNIT_OF[match.lastgroup]
    return Unit(kind, name or match.group().strip(" -")), match.end()


def glued_to_letters(text: str, at: int) -> bool:
    """Whether letters follow at once that are no unit: a code or a model name rather than a number."""
    if at >= len(text) or not (text[at].isascii() and text[at].isalpha()):
        return False
    return _ANY.match(text, at) is None and _ORDINAL.match(text, at) is None

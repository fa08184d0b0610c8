"""Numbers in words: money, days, counts, percentages and offers, as a careful person writes them in each language.

Pure functions from a value to a phrase; they know no slots and no sheet.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, get_currency_precision

from agent.domain import Language, Money, Offer, OfferKind

ZH_CURRENCY = {
    "CNY": "元",
    "USD": "美元",
    "EUR": "欧元",
    "GBP": "英镑",
    "JPY": "日元",
    "HKD": "港元",
    "TWD": "新台币",
    "SGD": "新加坡元",
    "AUD": "澳元",
    "CAD": "加元",
    "KRW": "韩元",
}


def plain(value: Decimal) -> str:
    """No exponent, no trailing zeros: 30.00 -> 30, 12.50 -> 12.5."""
    text = format(value.normalize(), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def major(money: Money) -> Decimal:
    return Decimal(money.minor).scaleb(-int(get_currency_precision(money.currency)))


def money_in_words(amount: Decimal, currency: str, language: Language) -> str:
    """Whole amounts without decimals: 30元, $10; others with the currency's own number of them: 19.90元, $7.50."""
    whole = amount == amount.to_integral_value()
    if language is Language.ZH and currency in ZH_CURRENCY:
        places = 0 if whole else get_currency_precision(currency)
        return f"{amount:.{places}f}{ZH_CURRENCY[currency]}"
    locale = "zh_CN" if language is Language.ZH else "en_US"
    text = str(format_currency(amount, currency, locale=locale, currency_digits=True))
    if whole and text.endswith("." + "0" * get_currency_precision(currency)):
        text = text.rsplit(".", 1)[0]
    return text.replace("CN¥", "¥").replace("\xa0", " ")


def date_in_words(day: date, language: Language, today: date | None, short: bool = False) -> str:
    """The year is said only when it is not this one."""
    with_year = today is None or day.year != today.year
    if language is Language.ZH:
        return f"{day.year}年{day.month}月{day.day}日" if with_year else f"{day.month}月{day.day}日"
    month = "MMM" if short else "MMMM"
    return str(format_date(day, f"{month} d, y" if with_year else f"{month} d", locale="en_US"))


def count_in_words(count: int, language: Language, measure: tuple[str, ...] = ()) -> str:
    if language is Language.ZH:
        return f"{count}{measure[0] if measure else ''}"
    number = str(format_decimal(count, locale="en_US"))
    if not measure:
        return number
    return f"{number} {measure[0] if count == 1 else measure[-1]}"


def zhe(percent_off: Decimal) -> str:
    """Percent off as 折: 20 -> 8折, 12 -> 88折, 12.5 -> 8.75折, 95 -> 0.5折."""
    pay = 100 - percent_off
    if pay == pay.to_integral_value() and pay % 10 and pay > 10:
        return f"{plain(pay)}折"
    return f"{plain(pay / 10)}折"


def offer_in_words(offer: Offer, language: Language, form: str | None) -> str:
    words = _offer_zh(offer) if language is Language.ZH else _offer_en(offer)
    return words[form or "np"]


def _offer_zh(offer: Offer) -> dict[str, str]:
    if offer.kind is OfferKind.PERCENT:
        core = zhe(offer.value)
        return {"np": core, "gift": f"一张{core}券", "verb": f"享{core}", "gerund": f"享{core}"}
    if offer.kind is OfferKind.AMOUNT:
        core = money_in_words(offer.value, offer.currency, Language.ZH)
        return {"np": f"减{core}", "gift": f"一张立减{core}的券", "verb": f"立减{core}", "gerund": f"立减{core}"}
    if offer.kind is OfferKind.FREE_SHIPPING:
        return {"np": "包邮", "gift": "一张包邮券", "verb": "免运费", "gerund": "免运费"}
    core = f"{plain(offer.value)}积分"
    return {"np": core, "gift": core, "verb": f"得{core}", "gerund": f"得{core}"}


def _offer_en(offer: Offer) -> dict[str, str]:
    if offer.kind in (OfferKind.PERCENT, OfferKind.AMOUNT):
        percent = offer.kind is OfferKind.PERCENT
        core = f"{plain(offer.value)}%" if percent else money_in_words(offer.value, offer.currency, Language.EN)
        off = f"{core} off"
        return {"np": off, "gift": f"{off} your next order", "verb": f"take {off}", "gerund": f"taking {off}"}
    if offer.kind is OfferKind.FREE_SHIPPING:
        core = "free shipping"
        return {"np": core, "gift": f"{core} on your next order", "verb": f"get {core}", "gerund": f"getting {core}"}
    core = count_in_words(int(offer.value), Language.EN, ("point", "points"))
    return {"np": core, "gift": core, "verb": f"collect {core}", "gerund": f"collecting {core}"}

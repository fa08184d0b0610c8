"""How a page says things: texts, numbers, money and times in the rep's language, in the brand's time zone.

Takes plain values and gives finished text; knows no record but those that it says, and no request. The language of the
console is the rep's own choice and has nothing to do with the language of a draft.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_precision
from babel.units import format_unit

from agent.domain import Language, Money
from agent.situations import situations
from api.console.texts import texts

LOCALES = {Language.ZH: "zh_Hans_CN", Language.EN: "en_GB"}
SHAPES = {Language.ZH: "y年M月d日 HH:mm", Language.EN: "d MMM y, HH:mm"}
DAYS = {Language.ZH: "y年M月d日", Language.EN: "d MMM y"}
UNITS = (("week", 604_800), ("day", 86_400), ("hour", 3_600), ("minute", 60))
"""From the largest, in seconds."""


@dataclass(frozen=True, slots=True)
class Say:
    """One reader's language, and the moment at which the page is made."""

    language: Language
    zone: str
    now: datetime
    currency: str

    @property
    def locale(self) -> str:
        return LOCALES[self.language]

    def __call__(self, key: str, **values: object) -> str:
        """The text of this key with its values filled in. Raises KeyError: a page without its words is a fault."""
        return texts(self.language)[key].format(**values)

    def word(self, group: str, name: str) -> str:
        """The word for one of a group (`status`, `channel` …); the bare name where a firm added one of its own."""
        return texts(self.language).get(f"{group}.{name}", name.replace("_", " "))

    def situation(self, key: str) -> str:
        return situations().title(key, self.language)

    def topic(self, key: str) -> str:
        """What a ticket was about; praise and other things open no situation and have a word of their own here."""
        return texts(self.language).get(f"topic.{key}") or situations().topic_in_words(key, self.language)

    def words(self, group: str, names: tuple[str, ...]) -> str:
        joint = "、" if self.language is Language.ZH else ", "
        return joint.join(self.word(group, name) for name in names)

    def knows(self, key: str) -> bool:
        return key in texts(self.language)

    def money(self, minor: float | None, currency: str | None = None) -> str:
        """Minor units as an amount; whole amounts without decimals. A dash where nobody knows."""
        if minor is None:
            return "–"
        unit = currency or self.currency
        places = int(get_currency_precision(unit))
        amount = Decimal(round(minor)).scaleb(-places)
        whole = amount == amount.to_integral_value() or abs(amount) >= 1000
        text = str(
            format_currency(round(amount) if whole else amount, unit, locale=self.locale, currency_digits=not whole,
                            format="¤#,##0" if whole else None)
        )  # fmt: skip
        return text.replace("CN¥", "¥").replace("\xa0", " ")

    def major(self, amount: float) -> str:
        """Money that was estimated, in major units: whole ones, with a true minus."""
        return self.money(round(amount) * 10 ** int(get_currency_precision(self.currency))).replace("-", "−")

    def number(self, value: float) -> str:
        return str(format_decimal(value, locale=self.locale))

    def value(self, value: int | str | date | Money) -> str:
        """A value of a sentence that was made elsewhere, as this reader writes it."""
        if isinstance(value, Money):
            return self.money(value.minor, value.currency)
        if isinstance(value, date):
            return str(format_date(value, DAYS[self.language], locale=self.locale))
        return self.number(value) if isinstance(value, int) else value

    def percent(self, share: float, places: int = 0) -> str:
        shape = "0" if not places else "0." + "0" * places
        return str(format_percent(share, f"{shape}%", locale=self.locale))

    def points(self, share: float) -> str:
        """A difference of shares in percentage points, with its sign."""
        return f"{share * 100:+.1f}".replace("-", "−")

    def when(self, at: datetime, zone: str | None = None) -> str:
        """Day and time in a zone; the brand's when none is given. The page names the zone beside it."""
        there = at.astimezone(ZoneInfo(zone or self.zone))
        return str(format_datetime(there, SHAPES[self.language], locale=self.locale))

    def day(self, at: datetime) -> str:
        return str(format_datetime(at.astimezone(ZoneInfo(self.zone)), DAYS[self.language], locale=self.locale))

    def ago(self, at: datetime) -> str:
        """How long ago, or how soon, in one unit; what is not a minute away is now."""
        if abs(at - self.now) < timedelta(minutes=1):
            return self("time.just_now")
        return str(format_timedelta(at - self.now, add_direction=True, threshold=1.2, locale=self.locale))

    def span(self, length: timedelta) -> str:
        """A length of time in the largest unit that holds it exactly: 30 days, and not 4 weeks."""
        seconds = int(length.total_seconds())
        unit, size = next((one for one in UNITS if seconds and seconds % one[1] == 0), ("second", 1))
        return str(format_unit(seconds // size, f"duration-{unit}", locale=self.locale))

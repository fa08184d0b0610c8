"""A shop's customer list as one table, with what could not be right set to unknown and noted.

Takes a file (or a table that was read); gives customers, one row each, and the quarantine. A row without an id is set
aside; a bad e-mail, country, zone, date or consent costs only that value. What a file does not say is
missing; nothing is guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import available_timezones

import numpy as np
import pandas as pd

from scoring.countries import country_code
from scoring.dates import parse_dates
from scoring.headers import ColumnMap, plain, recognise, require, unread
from scoring.lookalikes import refuse_orders
from scoring.quarantine import Quarantine
from scoring.tables import as_id, as_number, read_table

CHANNELS = ("email", "sms", "push", "chat")
CUSTOMER_COLUMNS = (
    "customer_id",
    "name",
    "given_name",
    "gender",
    "language",
    "timezone",
    "country",
    "email",
    "phone",
    "push_token",
    "chat_id",
    "age",
    "tier",
    "points",
    "member_since",
    "suppressed",
    *(f"consent_{c}{part}" for c in CHANNELS for part in ("", "_at", "_proof")),
)
EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}"
)
ADDRESS = re.compile(r"[!-~]{3,400}")
"""A device or a chat, as its carrier calls it: no blanks, and nothing that is not on every keyboard."""
PLACEHOLDER_NAME = re.compile(
    r"null|none|n/?a|unknown|test|客户\d*|用户\d*|会员\d*|匿名.*|未知|无|-+|\d+", re.IGNORECASE
)
YES = frozenset(
    map(plain, ("1", "1.0", "y", "yes", "true", "t", "granted", "opted in", "subscribed", "是", "同意", "已同意", "有"))
)
NO = frozenset(
    map(
        plain,
        (
            "0",
            "0.0",
            "n",
            "no",
            "false",
            "f",
            "denied",
            "opted out",
            "unsubscribed",
            "否",
            "不同意",
            "拒绝",
            "已退订",
            "无",
        ),
    )
)
LANGUAGES = {
    "zh": "zh",
    "zhcn": "zh",
    "zhhans": "zh",
    "zhhanscn": "zh",
    "cn": "zh",
    "chinese": "zh",
    "中文": "zh",
    "简体中文": "zh",
    "汉语": "zh",
    "en": "en",
    "enus": "en",
    "engb": "en",
    "english": "en",
    "英文": "en",
    "英语": "en",
}
GENDERS = {
    "f": "female",
    "female": "female",
    "woman": "female",
    "女": "female",
    "女士": "female",
    "女性": "female",
    "m": "male",
    "male": "male",
    "man": "male",
    "男": "male",
    "先生": "male",
    "男性": "male",
}


DETAILS = {
    "at": (" at", " time", " date", "时间", "日期"),
    "proof": (" proof", " source", " evidence", "凭证", "证明", "来源", "依据"),
}
"""How the columns are called that stand beside a consent: its header with one of these."""


@dataclass(frozen=True)
class CustomerBatch:
    """What one file gave: customers (columns CUSTOMER_COLUMNS), rows and values set aside, counts of both.

    `carried` names those of CUSTOMER_COLUMNS that the file has; the others are silence, not an answer. `notes` name
    the columns of the file that nobody read.
    """

    customers: pd.DataFrame
    quarantine: pd.DataFrame
    counts: dict[str, int]
    carried: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()


def read_customers(
    source: str | Path | pd.DataFrame, mapping: ColumnMap = None, now: datetime | None = None
) -> CustomerBatch:
    """Read a customer list. `now` bounds dates from above and turns birth dates into ages; else neither is done."""
    quarantine = Quarantine()
    table = source if isinstance(source, pd.DataFrame) else read_table(source, aside=quarantine)
    rows = len(table) + quarantine.counts().get("too_many_cells", 0)
    found = recognise(table, "customer", _with_consent_details(table, mapping))
    require(found, table, ("customer_id",))
    refuse_orders(table, found, mapping)
    ids = as_id(table[found["customer_id"]])
    quarantine.add(table[found["customer_id"]][ids.isna()], found["customer_id"], "no_id")
    repeated = ids.duplicated() & ids.notna()
    quarantine.add(ids[repeated], found["customer_id"], "repeated_customer")
    table = _withdrawals_kept(table, ids, found, repeated)
    table, ids = table.loc[ids.notna() & ~repeated], ids[ids.notna() & ~repeated]
    people = _People(table, found, quarantine, pd.Timestamp(now) if now else None)
    customers = people.read(ids)
    counts = {"rows": rows, "customers": len(customers), **quarantine.counts()}
    carried = frozenset({"age" if name == "birth_date" else name for name in found}) & frozenset(CUSTOMER_COLUMNS)
    strange = unread(table, found, "customer")
    return CustomerBatch(
        customers.reset_index(drop=True), quarantine.frame(), counts, carried, (strange,) if strange else ()
    )


class _People:
    """One customer file on its way to the table: each method reads the columns of one subject."""

    def __init__(
        self, table: pd.DataFrame, found: dict[str, str], quarantine: Quarantine, now: pd.Timestamp | None
    ) -> None:
        self.table, self.found, self.quarantine, self.now = table, found, quarantine, now

    def read(self, ids: pd.Series) -> pd.DataFrame:
        people = pd.DataFrame({"customer_id": ids}, index=self.table.index)
        people["name"] = self._checked(
            "name", lambda text: ~text.str.fullmatch(PLACEHOLDER_NAME), "name_is_placeholder"
        )
        for name in ("given_name", "tier"):
            people[name] = self._text(name)
        people["country"] = self._country()
        people["gender"] = self._text("gender").str.casefold().map(GENDERS).astype("string")
        people["language"] = self._known("language", LANGUAGES, "unknown_language")
        people["timezone"] = self._checked("timezone", lambda text: text.isin(_zones()), "unknown_zone")
        people["email"] = self._checked("email", lambda text: text.str.fullmatch(EMAIL), "bad_email")
        people["phone"] = self._phone()
        for name in ("push_token", "chat_id"):
            people[name] = self._checked(name, lambda text: text.str.fullmatch(ADDRESS), f"bad_{name}")
        people["age"] = self._age()
        people["points"] = self._number("points", lambda number: number >= 0, "bad_points").astype("float64")
        people["member_since"] = self._date("member_since")
        people["suppressed"] = self._yes_no("suppressed").fillna(value=False).astype(bool)
        for channel in CHANNELS:
            name = f"consent_{channel}"
            people[name] = self._yes_no(name)
            people[f"{name}_at"] = self._date(f"{name}_at")
            people[f"{name}_proof"] = self._text(f"{name}_proof")
        return people[list(CUSTOMER_COLUMNS)]

    def _text(self, name: str) -> pd.Series:
        if name not in self.found:
            return pd.Series(pd.NA, self.table.index, "string")
        text: pd.Series = as_id(self.table[self.found[name]])
        return text

    def _checked(self, name: str, right: object, code: str) -> pd.Series:
        text = self._text(name)
        wrong = text.notna() & ~right(text).fillna(value=False).astype(bool)  # type: ignore[operator]
        self._note(name, wrong, code)
        return text.mask(wrong)

    def _known(self, name: str, words: dict[str, str], code: str) -> pd.Series:
        text = self._text(name)
        value = text.fillna("").map(plain).map(words).astype("string")
        self._note(name, text.notna() & value.isna(), code)
        return value

    def _number(self, name: str, right: object, code: str) -> pd.Series:
        if name not in self.found:
            return pd.Series(np.nan, self.table.index)
        said = self.table[self.found[name]]
        number = as_number(said)
        wrong = self._text(name).notna() & ~right(number)  # type: ignore[operator]
        self._note(name, wrong, code)
        return number.mask(wrong)

    def _date(self, name: str) -> pd.Series:
        if name not in self.found:
            return pd.Series(pd.NaT, self.table.index, "datetime64[us, UTC]")
        date = parse_dates(self.table[self.found[name]])
        wrong = self._text(name).notna() & date.isna()
        if self.now is not None:
            wrong |= date > self.now + pd.Timedelta(days=1)
        self._note(name, wrong, "bad_date")
        return date.mask(wrong)

    def _age(self) -> pd.Series:
        age = self._number("age", lambda number: number.between(0, 120), "bad_age")
        if self.now is None or "birth_date" not in self.found:
            return age
        years = (self.now - self._date("birth_date")).dt.days / 365.25
        self._note("birth_date", years > 120, "bad_age")
        return age.fillna(np.floor(years.mask(years > 120)))

    def _country(self) -> pd.Series:
        """ISO codes: the zone and with it the rules that hold for somebody rest on it."""
        text = self._text("country")
        code = text.map({said: country_code(said) for said in text.dropna().unique()}).astype("string")
        self._note("country", text.notna() & code.isna(), "unknown_country")
        return code

    def _phone(self) -> pd.Series:
        """Numbers keep their plus sign and lose spaces, dashes and brackets."""
        text = self._text("phone").str.normalize("NFKC").str.replace(r"[\s\-().]+", "", regex=True)
        wrong = text.notna() & ~text.str.fullmatch(r"\+?\d{7,15}").fillna(value=False).astype(bool)
        self._note("phone", wrong, "bad_phone")
        return text.mask(wrong)

    def _yes_no(self, name: str) -> pd.Series:
        """True, False, or missing, which is never a yes."""
        text = self._text(name)
        words = text.fillna("").map(plain)
        answer = pd.Series(pd.NA, self.table.index, "boolean").mask(words.isin(YES), other=True)
        answer = answer.mask(words.isin(NO), other=False)
        self._note(name, text.notna() & answer.isna(), "bad_consent")
        return answer

    def _note(self, name: str, wrong: pd.Series, code: str) -> None:
        if name in self.found:
            header = self.found[name]
            self.quarantine.add(self.table[header][wrong], header, code)


def _withdrawals_kept(table: pd.DataFrame, ids: pd.Series, found: dict[str, str], repeated: pd.Series) -> pd.DataFrame:
    """Of a customer who stands in several rows the first is taken; but a no in any of them is a no, with its date."""
    if not repeated.any():
        return table
    table = table.copy()
    for name, words in (*((f"consent_{channel}", NO) for channel in CHANNELS), ("suppressed", YES)):
        if name not in found:
            continue
        said = as_id(table[found[name]]).fillna("").map(plain).isin(words)
        for whose in ids[said & repeated].unique():
            rows = table.index[(ids == whose).to_numpy()]
            told = table.index[(said & (ids == whose)).to_numpy()][0]
            for part in (name, f"{name}_at", f"{name}_proof"):
                if part in found:
                    table.loc[rows[0], found[part]] = table.loc[told, found[part]]
    return table


def _with_consent_details(table: pd.DataFrame, mapping: ColumnMap) -> ColumnMap:
    """The day and the proof of a consent: `consent_email_at`, or its header with 时间, 凭证 and the like."""
    from scoring.headers import read_mapping

    mapped, found = read_mapping(mapping), recognise(table, "customer", mapping)
    by_plain = {plain(str(header)): str(header) for header in table.columns}
    for channel in CHANNELS:
        yes = plain(found.get(f"consent_{channel}", f"consent {channel}"))
        for part, endings in DETAILS.items():
            name = f"consent_{channel}_{part}"
            called = (plain(name), *(plain(yes + ending) for ending in endings))
            header = next((by_plain[one] for one in called if one in by_plain), None)
            if name not in mapped and header is not None:
                mapped[name] = header
    return mapped


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())

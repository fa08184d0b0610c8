"""Rows and values that could not be used: kept aside with line, column, value and reason, never dropped in silence.

A fault costs the row, or only the value: then the row is kept with that value unknown.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

COLUMNS = ("line", "column", "value", "code", "reason", "remedy")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why something was set aside, and one sentence that says what to do about it."""

    reason: str
    remedy: str
    costs_row: bool = True


def _value(reason: str, remedy: str) -> Fault:
    return Fault(f"{reason}; set to unknown", remedy, costs_row=False)


FAULTS = {
    "too_many_cells": Fault(
        "the line has more cells than the header has columns", "Quote cells that hold the separator, or take it out."
    ),
    "no_customer": Fault("the row names no customer", "Add the customer's id; without one nobody can be credited."),
    "no_date": Fault("the row has no date", "Add the date, like 2026-11-30."),
    "unreadable_date": Fault("the date cannot be read", "Write dates like 2026-11-30 or 2026-11-30 18:05."),
    "implausible_date": Fault("the date lies before 1990", "Correct the date; 1970-01-01 is often an empty cell."),
    "future_date": Fault("the date lies in the future", "Correct the date, or say the right moment with --now."),
    "unreadable_quantity": Fault("the quantity is not a number", "Write the number alone, like 2."),
    "zero_quantity": Fault("the quantity is zero", "Leave the row out, or write how many were bought."),
    "no_price": Fault("the price is missing or not a number", "Write the unit price alone, like 19.90."),
    "price_not_positive": Fault(
        "the price is zero or negative", "Gifts and corrections may stay out; else write what was paid."
    ),
    "unknown_kind": Fault("this kind of event is not known", "Use order, cancel, view, cart, review, ticket or login."),
    "repeated_id": Fault("an earlier row has the same event id", "Leave the row out, or give it an id of its own."),
    "repeated_customer": Fault(
        "an earlier row has the same customer id",
        "Keep one row a customer; the first one was taken, but a no in any of them counts.",
    ),
    "no_id": Fault("the row has no customer id", "Add the id under which this customer's orders run."),
    "bad_email": _value("the e-mail address cannot be right", "Correct the address and import the file again."),
    "bad_push_token": _value("the device token cannot be right", "Export the token again, without blanks."),
    "bad_chat_id": _value("the id of the chat cannot be right", "Export the id again, without blanks."),
    "bad_phone": _value("the phone number cannot be right", "Write it like +447700900123 and import the file again."),
    "unknown_zone": _value("no such time zone", "Write it like Europe/London."),
    "unknown_language": _value("no language of ours", "Write zh or en; others are written to in the brand's language."),
    "unknown_country": _value("no country that we know", "Write its code of two letters, like GB, or its name."),
    "bad_date": _value("the date cannot be read or be right", "Write it like 2026-11-30, and not in the future."),
    "bad_age": _value("nobody is this old", "Write the age in years, or a date of birth."),
    "bad_points": _value("the points are not a number from 0 up", "Write the number alone, like 120."),
    "bad_rating": _value("the rating is not between 1 and 5", "Bring the rating onto a scale from 1 to 5."),
    "bad_consent": _value("neither a yes nor a no", "Write yes or no; unknown is never a yes."),
    "name_is_placeholder": _value("this is no name", "Nothing, or write the real name; nobody is greeted by this one."),
}


@dataclass
class Quarantine:
    """Collects what was set aside, while a file is read."""

    parts: list[pd.DataFrame] = field(default_factory=list)

    def add(self, values: pd.Series, column: str, code: str) -> None:
        """Set aside `values` (indexed by line), all for the same reason."""
        if values.empty:
            return
        part = pd.DataFrame({"line": values.index.astype("int64"), "column": column})
        part["value"] = values.astype("string").fillna("").to_numpy()
        part["code"] = code
        part["reason"] = f"{code}: {FAULTS[code].reason}"
        part["remedy"] = FAULTS[code].remedy
        self.parts.append(part)

    def frame(self) -> pd.DataFrame:
        if not self.parts:
            return pd.DataFrame({name: pd.Series(dtype="int64" if name == "line" else "str") for name in COLUMNS})
        return pd.concat(self.parts, ignore_index=True).sort_values("line", kind="stable", ignore_index=True)

    def counts(self) -> dict[str, int]:
        totals: dict[str, int] = {}
        for part in self.parts:
            code = str(part["code"].iloc[0])
            totals[code] = totals.get(code, 0) + len(part)
        return totals

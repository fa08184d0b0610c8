"""Rows and values that could not be used: kept aside with line, column, value and reason, never dropped in silence."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

COLUMNS = ("line", "column", "value", "code", "reason")

REASONS = {
    "no_customer": "the row names no customer",
    "no_date": "the row has no date",
    "unreadable_date": "the date cannot be read",
    "implausible_date": "the date lies before 1990",
    "future_date": "the date lies in the future",
    "unreadable_quantity": "the quantity is not a number",
    "zero_quantity": "the quantity is zero",
    "no_price": "the price is missing or not a number",
    "price_not_positive": "the price is zero or negative",
    "unknown_kind": "this kind of event is not known",
    "repeated_id": "an earlier row has the same event id",
    "repeated_customer": "an earlier row has the same customer id",
    "no_id": "the row has no customer id",
    "bad_email": "the e-mail address cannot be right; set to unknown",
    "bad_push_token": "the device token cannot be right; set to unknown",
    "bad_chat_id": "the id of the chat cannot be right; set to unknown",
    "bad_phone": "the phone number cannot be right; set to unknown",
    "unknown_zone": "no such time zone; set to unknown",
    "unknown_language": "no language of ours; set to unknown",
    "bad_date": "the date cannot be read or be right; set to unknown",
    "bad_age": "nobody is this old; set to unknown",
    "bad_points": "the points are not a number; set to unknown",
    "bad_rating": "the rating is not between 1 and 5; set to unknown",
    "bad_consent": "neither a yes nor a no; set to unknown",
    "name_is_placeholder": "this is no name; set to unknown",
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
        part["reason"] = f"{code}: {REASONS[code]}"
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

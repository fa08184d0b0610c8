"""Whatever a shop exports about its customers' doings, as one table of events.

Takes a file (or a table that was read) of orders, events, reviews or tickets; gives an EventBatch: good rows as events,
the others in quarantine with line and reason, and counts of both. Knows nothing of scores.

Decisions that are not obvious:
- Postage, fees and vouchers (charges.toml) stay in as order lines with status "charge": the customer was there and
  paid, so they count as a purchase, but they are nobody's item.
- A negative quantity, or an invoice number that starts with C before digits, is a `cancel` line, not an order.
- Two rows equal in every column are two lines: a till writes the same line twice when two were scanned. Both are kept
  and counted (`identical_rows`). Reading the same file again adds nothing, because an event's id is the hash of its
  content with its number among identical rows.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from scoring.dates import parse_dates, read_on_trust
from scoring.errors import BadColumn
from scoring.headers import ColumnMap, known_words, plain, recognise, require, unread
from scoring.lookalikes import refuse_customers
from scoring.quarantine import Quarantine
from scoring.tables import as_id, as_number, read_table

KINDS = (
    "order",
    "cancel",
    "view",
    "visit",
    "cart",
    "wishlist",
    "review",
    "ticket",
    "message_open",
    "message_click",
    "competitor_view",
    "coupon_used",
    "unsubscribe",
    "login",
)
TOPICS = (
    "late_delivery",
    "damaged_item",
    "wrong_size",
    "wrong_item",
    "refund_slow",
    "return_policy",
    "price",
    "quality",
    "membership",
    "payment",
    "lost_parcel",
    "missing_item",
    "exchange_slow",
    "price_changed",
    "coupon_failed",
    "points_missing",
    "app_trouble",
    "account_locked",
    "invoice",
    "address_change",
    "out_of_stock",
    "cancel_order",
    "warranty",
    "slow_reply",
    "rude_service",
    "too_many_messages",
    "privacy",
    "close_account",
    "praise",
    "other",
)
TEXT_COLUMNS = ("event_id", "customer_id", "kind", "order_id", "item_id", "item", "currency", "topic", "status", "text")
NUMBER_COLUMNS = ("quantity", "unit_price", "rating")
EVENT_COLUMNS = (
    "event_id",
    "customer_id",
    "at",
    "kind",
    "order_id",
    "item_id",
    "item",
    "quantity",
    "unit_price",
    "currency",
    "rating",
    "topic",
    "status",
    "text",
)
NOBODY = frozenset({"none", "unknown", "anonymous", "guest", "匿名", "游客", "未知", "-", "0"})
CANCELLED = re.compile(r"cancel|refund|return|void|closed|取消|退款|退货|关闭", re.IGNORECASE)
OLDEST = pd.Timestamp("1990-01-01", tz="UTC")
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class EventBatch:
    """What one file gave: good rows, bad rows (line, column, value, code, reason), and counts of both by reason.

    `notes` say what was read on trust, where the file could also mean something else, and which columns nobody read.
    """

    events: pd.DataFrame
    quarantine: pd.DataFrame
    counts: dict[str, int]
    notes: tuple[str, ...] = ()


def read_orders(
    source: str | Path | pd.DataFrame, mapping: ColumnMap = None, now: datetime | None = None, zone: str = "UTC"
) -> EventBatch:
    """Order lines. At least a customer and a time are needed; without quantity a row is one piece, without price none.

    `now` is the moment after which a date is in the future (a day of grace for zones); None switches that check off.
    """
    quarantine = Quarantine()
    return _orders(*_open(source, "order", mapping, quarantine), quarantine, now, zone)


def read_events(
    source: str | Path | pd.DataFrame, mapping: ColumnMap = None, now: datetime | None = None, zone: str = "UTC"
) -> EventBatch:
    """Events of every kind, told by a kind column; a file without one holds orders."""
    quarantine = Quarantine()
    table, found = _open(source, "event", mapping, quarantine)
    if "kind" not in found:
        return _orders(*_open(table, "order", mapping, quarantine), quarantine, now, zone)
    said = table[found["kind"]].astype("string")
    kind = said.fillna("").map(plain).map(known_words("kinds"))
    quarantine.add(said[kind.isna()], found["kind"], "unknown_kind")
    return _read(table, found, kind, quarantine, now, zone)


def read_reviews(
    source: str | Path | pd.DataFrame, mapping: ColumnMap = None, now: datetime | None = None, zone: str = "UTC"
) -> EventBatch:
    """Reviews: customer_id, at, rating, text, item."""
    return _read_as("review", source, mapping, now, zone)


def read_tickets(
    source: str | Path | pd.DataFrame, mapping: ColumnMap = None, now: datetime | None = None, zone: str = "UTC"
) -> EventBatch:
    """Tickets: customer_id, at, topic, status (open, closed), text."""
    return _read_as("ticket", source, mapping, now, zone)


def empty_events() -> pd.DataFrame:
    """The event table without rows, with its column types."""
    return _typed(pd.DataFrame({name: [] for name in EVENT_COLUMNS}))


def is_purchase(events: pd.DataFrame) -> pd.Series:
    """Order lines with positive quantity and price; where a file has no prices, the line itself is the purchase."""
    bought = (events["quantity"].fillna(1.0) > 0) & (events["unit_price"].fillna(1.0) > 0)
    return (events["kind"] == "order") & bought


#: At least one of these makes a row what it is said to be.
TELLING = {"review": ("rating", "text"), "ticket": ("text", "topic", "status")}


def _read_as(
    kind: str, source: str | Path | pd.DataFrame, mapping: ColumnMap, now: datetime | None, zone: str
) -> EventBatch:
    quarantine = Quarantine()
    table, found = _open(source, "event", mapping, quarantine)
    if not any(name in found for name in TELLING[kind]):
        names = ", ".join(TELLING[kind])
        raise BadColumn(
            f"This file has none of the columns that make a {kind}: {names}.",
            "Is it another file? Else map one of them.",
        )
    found.pop("kind", None)
    return _read(table, found, pd.Series(kind, index=table.index, dtype="str"), quarantine, now, zone)


def _orders(
    table: pd.DataFrame, found: dict[str, str], quarantine: Quarantine, now: datetime | None, zone: str
) -> EventBatch:
    return _read(table, found, pd.Series("order", index=table.index, dtype="str"), quarantine, now, zone)


def _open(
    source: str | Path | pd.DataFrame, subject: str, mapping: ColumnMap, quarantine: Quarantine
) -> tuple[pd.DataFrame, dict[str, str]]:
    table = source if isinstance(source, pd.DataFrame) else read_table(source, aside=quarantine)
    found = recognise(table, subject, mapping)
    if subject == "order" or "at" not in found:
        refuse_customers(table, found, mapping)
    require(found, table, ("customer_id", "at"))
    return table, found


def _read(
    table: pd.DataFrame, found: dict[str, str], kind: pd.Series, quarantine: Quarantine, now: datetime | None, zone: str
) -> EventBatch:
    """Rows become events column by column; whoever fails a check leaves with the first reason that applies."""
    events = pd.DataFrame({"kind": kind}, index=table.index)
    good = kind.notna()
    good = _customers(events, table[found["customer_id"]], good, quarantine)
    good = _times(events, table[found["at"]], good, quarantine, now, zone)
    for name in ("order_id", "item_id", "item", "currency", "status", "text"):
        events[name] = as_id(table[found[name]]) if name in found else pd.Series(pd.NA, table.index, "string")
    good = _quantities(events, table, found, good, quarantine)
    good = _prices(events, table, found, good, quarantine)
    _opinions(events, table, found, good, quarantine)
    events = _typed(events.loc[good].assign(event_id=""))
    events = _name_events(events, table, found, quarantine)
    counts = _counts(table, events, quarantine)
    strange = unread(table, found, "event", "customer")  # an export of orders may say who bought, too
    notes = (*_notes(table[found["at"]], counts), *_currencies(events), *([strange] if strange else []))
    return EventBatch(events.reset_index(drop=True), quarantine.frame(), counts, notes)


def _notes(at: pd.Series, counts: dict[str, int]) -> Iterator[str]:
    if (told := read_on_trust(at)) is not None:
        yield f"{at.name}: {told}. Little in the file tells; if it is wrong, write dates as 2026-11-30."
    if same := counts["identical_rows"]:
        yield (
            f"rows that repeat an earlier row in every column: {same:,}. Each was counted, because a till writes a "
            "line twice when two are scanned. If your export doubles rows, take them out before you import."
        )


def _currencies(events: pd.DataFrame) -> Iterator[str]:
    """Amounts are added as they stand, so that two currencies in one file make sums that mean nothing."""
    orders = events.loc[events["kind"] == "order", "currency"].str.upper()
    counts = orders[orders != ""].value_counts()
    if len(counts) > 1:
        told = ", ".join(f"{name} {count:,}" for name, count in counts.items())
        yield (
            f"orders in several currencies: {told}. Their amounts are added as they stand: take this import back "
            "(holdfast import undo), bring them to one currency, and import again."
        )


def _customers(events: pd.DataFrame, said: pd.Series, good: pd.Series, quarantine: Quarantine) -> pd.Series:
    ids = as_id(said)
    ids = ids.mask(ids.str.casefold().isin(NOBODY))
    quarantine.add(said[good & ids.isna()], str(said.name), "no_customer")
    events["customer_id"] = ids
    return good & ids.notna()


def _times(
    events: pd.DataFrame, said: pd.Series, good: pd.Series, quarantine: Quarantine, now: datetime | None, zone: str
) -> pd.Series:
    at = parse_dates(said, zone)
    events["at"] = at
    blank = said.isna() | (said.astype("string").str.strip() == "").fillna(value=False)
    checks = {"no_date": at.isna() & blank, "unreadable_date": at.isna() & ~blank, "implausible_date": at < OLDEST}
    if now is not None:
        checks["future_date"] = at > pd.Timestamp(now) + timedelta(days=1)
    for code, failed in checks.items():
        quarantine.add(said[good & failed], str(said.name), code)
        good = good & ~failed
    return good


def _quantities(
    events: pd.DataFrame, table: pd.DataFrame, found: dict[str, str], good: pd.Series, quarantine: Quarantine
) -> pd.Series:
    """Quantities, and with them which order lines are cancellations."""
    ordered = events["kind"].isin(["order", "cancel"])
    if "quantity" not in found:
        events["quantity"] = np.where(ordered, 1.0, np.nan)
    else:
        said = table[found["quantity"]]
        events["quantity"] = as_number(said)
        blank = said.isna() | (said.astype("string").str.strip() == "").fillna(value=False)
        events["quantity"] = events["quantity"].mask(ordered & blank, 1.0)
        checks = {"unreadable_quantity": events["quantity"].isna(), "zero_quantity": events["quantity"] == 0}
        for code, failed in checks.items():
            failed = ordered & failed
            quarantine.add(said[good & failed], str(said.name), code)
            good = good & ~failed
    by_number = events["order_id"].str.fullmatch(r"[Cc]\d+").fillna(value=False).astype(bool)
    by_status = events["status"].str.contains(CANCELLED).fillna(value=False).astype(bool)
    cancelled = ordered & ((events["quantity"] < 0) | by_number | by_status | (events["kind"] == "cancel"))
    events["kind"] = events["kind"].mask(cancelled, "cancel")
    events["quantity"] = events["quantity"].mask(cancelled, -events["quantity"].abs())
    return good


def _prices(
    events: pd.DataFrame, table: pd.DataFrame, found: dict[str, str], good: pd.Series, quarantine: Quarantine
) -> pd.Series:
    """Unit prices in major units; a file that only has line totals gives total by quantity."""
    events["unit_price"] = np.nan
    name = next((one for one in ("unit_price", "amount") if one in found), None)
    if name is not None:
        said = table[found[name]]
        price = as_number(said)
        if name == "amount":
            price = price.abs() / events["quantity"].abs()
        events["unit_price"] = price
        ordered = events["kind"].isin(["order", "cancel"])
        for code, failed in {"no_price": price.isna(), "price_not_positive": price <= 0}.items():
            failed = ordered & failed
            quarantine.add(said[good & failed], str(said.name), code)
            good = good & ~failed
    charge = (events["kind"].isin(["order", "cancel"])) & is_charge(events["item_id"], events["item"])
    events["status"] = events["status"].mask(charge, "charge")
    return good


def is_charge(codes: pd.Series, names: pd.Series) -> pd.Series:
    """Lines for postage, fees and vouchers, by item code or by item name."""
    known, pattern, words = _charges()
    code = codes.str.strip().str.casefold()
    by_code = code.isin(known) | code.str.fullmatch(pattern).fillna(value=False)
    return (by_code | names.str.strip().str.casefold().isin(words)).fillna(value=False).astype(bool)


def _opinions(
    events: pd.DataFrame, table: pd.DataFrame, found: dict[str, str], good: pd.Series, quarantine: Quarantine
) -> None:
    """Ratings, topics and ticket states: a value that cannot be right becomes unknown, the row stays."""
    events["rating"], events["topic"] = np.nan, pd.Series(pd.NA, table.index, "string")
    if "rating" in found:
        said = table[found["rating"]]
        rating = as_number(said)
        wrong = good & said.notna() & ~rating.between(1, 5)
        quarantine.add(said[wrong], str(said.name), "bad_rating")
        events["rating"] = rating.mask(~rating.between(1, 5))
    if "topic" in found:
        said = table[found["topic"]].astype("string")
        topic = said.fillna("").map(plain).map(known_words("topics"))
        events["topic"] = topic.mask(topic.isna() & said.notna(), "other").astype("string")
    ticket = events["kind"] == "ticket"
    closed = events["status"].str.contains(r"clos|resolv|solved|done|已|完成|关闭", case=False).fillna(value=True)
    events["status"] = events["status"].mask(ticket, np.where(closed.astype(bool), "closed", "open"))


def _name_events(
    events: pd.DataFrame, table: pd.DataFrame, found: dict[str, str], quarantine: Quarantine
) -> pd.DataFrame:
    """Give every event its id: the file's own where it has one, else the hash of its content and occurrence."""
    events["event_id"] = content_ids(events)
    if "event_id" not in found:
        return events
    own = as_id(table.loc[events.index, found["event_id"]])
    events["event_id"] = own.fillna(events["event_id"]).astype("str")
    repeated = events["event_id"].duplicated()
    quarantine.add(own[repeated], found["event_id"], "repeated_id")
    return events.loc[~repeated]


def content_ids(events: pd.DataFrame) -> pd.Series:
    """Stable ids from what a row says, the same whether it came from CSV, Excel or Parquet."""
    parts = [_canonical(events[name]) for name in EVENT_COLUMNS if name != "event_id"]
    joined = pc.binary_join_element_wise(*parts, "\x1f").to_pylist()
    hashes = pd.Series([hashlib.blake2b(row.encode(), digest_size=12).hexdigest() for row in joined], events.index)
    occurrence = hashes.groupby(hashes, sort=False).cumcount()
    return hashes.where(occurrence == 0, hashes + "-" + occurrence.astype(str)).astype("str")


def _canonical(values: pd.Series) -> pa.Array:
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        values = values.astype("int64")
    elif pd.api.types.is_float_dtype(values):
        # Six decimals, so that 4.25 is 4.25 whatever file format it travelled in.
        values = (values * 1e6).round().astype("Int64")
    array = pa.array(values, from_pandas=True)
    return pc.fill_null(pc.cast(array, pa.string()), "")


def _typed(events: pd.DataFrame) -> pd.DataFrame:
    events = events.copy()
    for name in TEXT_COLUMNS:
        events[name] = events[name].astype("str")
    for name in NUMBER_COLUMNS:
        events[name] = events[name].astype("float64")
    events["at"] = events["at"].astype("datetime64[us, UTC]")
    return events[list(EVENT_COLUMNS)]


def _counts(table: pd.DataFrame, events: pd.DataFrame, quarantine: Quarantine) -> dict[str, int]:
    purchases = events.loc[is_purchase(events)]
    return {
        "rows": len(table) + quarantine.counts().get("too_many_cells", 0),
        "events": len(events),
        "orders": int((events["kind"] == "order").sum()),
        "cancels": int((events["kind"] == "cancel").sum()),
        "charges": int((events["status"] == "charge").sum()),
        "identical_rows": int(events["event_id"].str.contains("-", regex=False).sum()),
        "customers": int(events["customer_id"].nunique()),
        "buyers": int(purchases["customer_id"].nunique()),
        **quarantine.counts(),
    }


@cache
def _charges() -> tuple[frozenset[str], str, frozenset[str]]:
    data = tomllib.loads(resources.files("scoring").joinpath("charges.toml").read_text(encoding="utf-8"))
    codes = frozenset(code.casefold() for code in data["codes"])
    return codes, "|".join(data["code_patterns"]), frozenset(name.casefold() for name in data["names"])

"""One message of a tracker, in the shape that Segment's clients send → the event rows that it means, or why none.

Pure: takes a message and the moment it arrived; asks no store. A message is judged by itself, so that one bad event
never stops the others. Amounts are in major units of their currency, as Segment's e-commerce events write them.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from agent.resources import kept, package_data
from scoring.events import TOPICS

LARGEST_EVENT = 32 * 1024
OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
GRACE = timedelta(days=1)
CURRENCY = re.compile(r"[A-Z]{3}")
Row = dict[str, Any]


class Refused(Exception):
    """This message cannot be used; `field` is the key that is to blame."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field, self.reason = field, reason


@dataclass(frozen=True, slots=True)
class Said:
    """A message that was read. `rows` are event rows without a customer, which is filled in once it is known."""

    message_id: str
    customer_id: str | None
    anonymous_id: str | None
    at: datetime
    kind: str
    rows: Sequence[Row]
    coupon: str | None = None


def read_message(message: Mapping[str, Any], now: datetime) -> Said:
    """A track, page or screen message. Raises Refused naming the key."""
    require_size(message)
    customer, anonymous = who(message)
    kind = _kind(message)
    try:
        at = moment_of(message, now)
    except Refused:
        if kind != "unsubscribe":
            raise
        at = now  # a wrong clock does not keep anybody in
    properties = message.get("properties") or {}
    if not isinstance(properties, Mapping):
        raise Refused("properties", "it must be an object")
    identity = message_id(message)
    rows = [
        {**row, "event_id": f"{identity}-{number}" if number else identity, "at": at.isoformat(), "kind": kind}
        for number, row in enumerate(READERS.get(kind, _item_row)(properties))
    ]
    if kind == "ticket" and _says_closed(message) and not _text(properties, "status"):
        rows = [{**row, "status": "closed"} for row in rows]
    coupon = properties.get("coupon") or properties.get("coupon_id") or properties.get("code")
    return Said(identity, customer, anonymous, at, kind, rows, str(coupon)[:64] if coupon else None)


def require_size(message: Mapping[str, Any]) -> None:
    size = len(json.dumps(message, ensure_ascii=False, default=str).encode("utf-8", "surrogatepass"))
    if size > LARGEST_EVENT:
        raise Refused("message", f"it has {size} bytes, and {LARGEST_EVENT} is the most that one event may have")


def who(message: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """(customer id, anonymous id); at least one of them is there."""
    found = tuple(_identity(message, key) for key in ("userId", "anonymousId"))
    if found == (None, None):
        raise Refused("userId", "neither userId nor anonymousId says whose event this is")
    return found[0], found[1]


def _identity(message: Mapping[str, Any], key: str) -> str | None:
    value = message.get(key)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Refused(key, "an id is text or a number")
    text = as_id(value)
    if not text or len(text) > 200 or any(ord(char) < 32 or "\ud800" <= char <= "\udfff" for char in text):
        raise Refused(key, "an id has 1 to 200 characters, no line breaks and no half characters")
    return text


def message_id(message: Mapping[str, Any]) -> str:
    """The sender's own id for this message, else a hash of what it says: the same message twice is one message."""
    own = message.get("messageId")
    if isinstance(own, str) and own:
        text = own
    else:
        told = {key: value for key, value in message.items() if key not in ("sentAt", "receivedAt")}
        text = json.dumps(told, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def moment_of(message: Mapping[str, Any], now: datetime) -> datetime:
    """When it happened, which is not when it arrived. Without a timestamp it happened now."""
    text = message.get("timestamp") or message.get("originalTimestamp")
    if text is None:
        return now
    try:
        at = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError as error:
        raise Refused("timestamp", f"{str(text)[:40]!r} is no ISO 8601 moment") from error
    try:
        at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError as error:
        raise Refused("timestamp", f"{str(text)[:40]!r} is no moment that there was") from error
    if at > now + GRACE:
        raise Refused("timestamp", f"{at:%Y-%m-%d %H:%M} is in the future")
    if at < OLDEST:
        raise Refused("timestamp", f"{at:%Y-%m-%d} is before 1990")
    return at


KNOWN_NAMES = (
    "Names that are known: Order Completed, Product Viewed, Product Added, Product Reviewed, Support Ticket Created, "
    "下单, 浏览商品 …; your own names are taught in overrides/api/event_names.toml under the home folder"
)


def _kind(message: Mapping[str, Any]) -> str:
    if message.get("type", "track") in ("page", "screen"):
        return "visit"
    name = message.get("event")
    if not isinstance(name, str) or not name.strip():
        raise Refused("event", "the name of the event is missing")
    kind = event_kinds().get(plain(name))
    if kind is None:
        raise Refused("event", f"no event of ours is called {name[:80]!r}. {KNOWN_NAMES}")
    return kind


@kept
def event_kinds() -> Mapping[str, str]:
    table = tomllib.loads((package_data("api") / "event_names.toml").read_text(encoding="utf-8"))
    return {plain(name): kind for kind, entry in table.items() for name in entry["names"]}


def as_id(value: str | int | float) -> str:
    """An id as text: 17850.0 is "17850", "00123" keeps its zeros."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def plain(name: str) -> str:
    return re.sub(r"[\s_\-]+", "", name).casefold()


# --- what a message says, by its kind ---------------------------------------------------------------------------------


def _item_row(properties: Mapping[str, Any]) -> list[Row]:
    return [{**_product(properties), "currency": _currency(properties)}]


def _order_rows(properties: Mapping[str, Any]) -> list[Row]:
    """A row a product; an order that lists none is one row with its total as price."""
    shared = {"order_id": _text(properties, "order_id", "orderId"), "currency": _currency(properties)}
    products = properties.get("products")
    if products is None:
        total = _number(properties, "total", "revenue", "value", "subtotal")
        return [{**shared, "quantity": 1.0, "unit_price": total}]
    if not isinstance(products, Sequence) or isinstance(products, str) or not products:
        raise Refused("properties.products", "it must be a list with at least one product")
    rows = []
    for number, product in enumerate(products):
        if not isinstance(product, Mapping):
            raise Refused(f"properties.products[{number}]", "it must be an object")
        rows.append({**shared, **_product(product), "quantity": _quantity(product)})
    return rows


def _review_row(properties: Mapping[str, Any]) -> list[Row]:
    rating = _number(properties, "rating", "stars")
    if rating is not None and not 0 <= rating <= 10:
        raise Refused("properties.rating", f"{rating:g} is not between 0 and 10")
    text = _text(properties, "review_body", "reviewBody", "text", "body", longest=8_000)
    return [{**_product(properties), "rating": rating, "text": text}]


def _ticket_row(properties: Mapping[str, Any]) -> list[Row]:
    topic = _text(properties, "topic", "category", "reason")
    return [
        {
            "order_id": _text(properties, "ticket_id", "ticketId", "order_id", "orderId"),
            "item": _text(properties, "name", "product"),
            "topic": topic if topic in TOPICS else "other",
            "status": _text(properties, "status") or "open",
            "text": _text(properties, "text", "message", "body", "description", longest=8_000),
        }
    ]


def _says_closed(message: Mapping[str, Any]) -> bool:
    """By the name of the event, where no status stands beside it: a closed ticket must not go on holding messages."""
    return str(message.get("event") or "").strip().casefold() in ("ticket closed", "关闭工单")


def _bare_row(_properties: Mapping[str, Any]) -> list[Row]:
    return [{}]


READERS: Mapping[str, Callable[[Mapping[str, Any]], list[Row]]] = {
    "order": _order_rows,
    "cancel": _order_rows,
    "review": _review_row,
    "ticket": _ticket_row,
    "visit": _bare_row,
    "login": _bare_row,
    "message_open": _bare_row,
    "message_click": _bare_row,
    "unsubscribe": _bare_row,
    "coupon_used": _bare_row,
}


def _product(source: Mapping[str, Any]) -> Row:
    return {
        "item_id": _text(source, "sku", "product_id", "productId", "id"),
        "item": _text(source, "name", "title"),
        "unit_price": _number(source, "price"),
    }


def _quantity(product: Mapping[str, Any]) -> float:
    quantity = _number(product, "quantity")
    if quantity is None:
        return 1.0
    if quantity <= 0:
        raise Refused("quantity", f"{quantity:g} is not above 0; send a cancellation as Order Cancelled")
    return quantity


def _currency(source: Mapping[str, Any]) -> str | None:
    code = _text(source, "currency")
    if code is not None and not CURRENCY.fullmatch(code.upper()):
        raise Refused("properties.currency", f"{code[:10]!r} is no ISO 4217 code")
    return code.upper() if code else None


def _text(source: Mapping[str, Any], *names: str, longest: int = 300) -> str | None:
    for name in names:
        value = source.get(name)
        if value is None or isinstance(value, Mapping | list | bool):
            continue
        text = as_id(value) if isinstance(value, int | float) else str(value).replace("\x00", "").strip()
        if text:
            return text[:longest]
    return None


def _number(source: Mapping[str, Any], *names: str) -> float | None:
    for name in names:
        value = source.get(name)
        if value is None or value == "":
            continue
        try:
            number = float(value) if not isinstance(value, bool) else math.nan
        except (TypeError, ValueError, OverflowError):
            number = math.nan
        if not math.isfinite(number) or abs(number) > 1e12:
            raise Refused(f"properties.{name}", f"{str(value)[:40]!r} is not a number")
        if number < 0:
            raise Refused(f"properties.{name}", f"{number:g} is below 0")
        return number
    return None

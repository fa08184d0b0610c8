"""What was known about each customer at a moment, one row a customer.

Takes events and `as_of`; uses only what happened strictly before it, so a later event can neither change nor add a row.
Gives numbers under stable names; training and serving call the same function. A family without any event behind it (a
shop that logs no page views) is left out by name rather than filled with zeros that would look like knowledge.

Each family is one SELECT over two views: `e`, the events with their age in days, and `o`, the orders, one row each.
Money is summed in ten-thousandths as whole numbers, so that the same events give the same sums in any order.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scoring.errors import NotEnoughData
from scoring.events import is_purchase

if TYPE_CHECKING:
    import duckdb

MICROSECONDS_A_DAY = 86_400_000_000
#: Ticket topics that have a feature of their own; the others count in tickets_90 only.
TICKET_TOPICS = ("late_delivery", "damaged_item", "refund_slow", "return_policy", "price", "quality")
BROWSING = ("view", "visit", "cart", "wishlist", "login", "message_open", "message_click")

#: +1: more of it means a higher risk; -1: a lower one. Features that are not here may act either way.
DIRECTIONS: dict[str, int] = {
    "recency_days": 1, "overdue_ratio": 1, "since_seen_days": 1,
    "orders_30": -1, "orders_90": -1, "orders_365": -1, "orders_total": -1, "active_months_365": -1,
    "views_30": -1, "visits_30": -1, "logins_30": -1, "message_opens_90": -1, "message_clicks_90": -1,
    "low_ratings_365": 1, "open_tickets": 1, "unsubscribed": 1, "competitor_views_90": 1,
}  # fmt: skip


@dataclass(frozen=True)
class Family:
    """Features that stand or fall together: the kinds of event they need, and the SELECT that makes them."""

    name: str
    kinds: tuple[str, ...]
    select: Callable[[], str]


def build_features(events: pd.DataFrame, as_of: datetime, families: Sequence[str] | None = None) -> pd.DataFrame:
    """Features of everyone with an event before `as_of`. `families` fixes which are built (a model names its own)."""
    before = events.loc[events["at"] < pd.Timestamp(as_of)]
    if before.empty:
        raise NotEnoughData(f"There is no event before {pd.Timestamp(as_of):%Y-%m-%d}.", "Choose a later date.")
    names = families_in(events, as_of) if families is None else families
    customers = pd.Index(sorted(before["customer_id"].unique()), name="customer_id")
    with _opened(before, pd.Timestamp(as_of)) as database:
        parts = [_run(database, FAMILIES[name].select()) for name in names]
    features = pd.DataFrame(index=customers)
    for part in parts:
        features = features.join(part)
    return _fill_counts(features).astype("float64")


def families_in(events: pd.DataFrame, as_of: datetime) -> tuple[str, ...]:
    """The families that have at least one event behind them before `as_of`."""
    before = events.loc[events["at"] < pd.Timestamp(as_of)]
    seen = set(before["kind"].unique())
    priced = bool(before["unit_price"].notna().any())
    itemised = bool(before["item_id"].notna().any() or before["item"].notna().any())
    absent = {name for name, there in (("money", priced), ("items", itemised)) if not there}
    return tuple(name for name, family in FAMILIES.items() if seen & set(family.kinds) and name not in absent)


def spend_before(events: pd.DataFrame, as_of: datetime, days: int = 365) -> pd.Series:
    """What each customer paid in the `days` before `as_of` and did not get back, in major units.

    Empty when the file has no prices. Whoever sent more back than was bought in that time has spent nothing.
    """
    end = pd.Timestamp(as_of)
    here = events.loc[(events["at"] < end) & (events["at"] >= end - pd.Timedelta(days=days))]
    counted = here.loc[(is_purchase(here) | (here["kind"] == "cancel")) & here["unit_price"].notna()]
    sign = np.where(counted["kind"] == "cancel", -1.0, 1.0)
    paid: pd.Series = (sign * counted["quantity"].abs() * counted["unit_price"]).groupby(counted["customer_id"]).sum()
    return paid.clip(lower=0.0)


def _recency() -> str:
    return "select customer_id, min(age) as recency_days from o group by customer_id"


def _seen() -> str:
    return "select customer_id, min(age) as since_seen_days from e group by customer_id"


def _tenure() -> str:
    return "select customer_id, max(age) as tenure_days from o group by customer_id"


def _frequency() -> str:
    """Counts of orders, and the months that had one: ten orders in a day are a burst, not a habit."""
    counts = _counts("orders", (30, 90, 365))
    return f"""select customer_id, {counts}, count(*) as orders_total,
        count(distinct floor(age / 30)) filter (age <= 365) as active_months_365 from o group by customer_id"""


def _money() -> str:
    windows = ", ".join(f"{_sum('paid', days)} as spend_{days}" for days in (30, 90, 365))
    return f"""select customer_id, {windows}, sum(paid) / count(*) / 1e4 as order_value_mean,
        max(paid) / 1e4 as order_value_max, {_sum("paid", 90)} - {_sum("paid", 180, 90)} as spend_change_90
        from o group by customer_id"""


def _rhythm() -> str:
    """Usual gap between shopping days, and how overdue the next one is against it."""
    return """select customer_id, (max(age) - min(age)) / (count(*) - 1) as gap_mean_days,
        min(age) / greatest((max(age) - min(age)) / (count(*) - 1), 1) as overdue_ratio
        from (select customer_id, floor(age) as day, min(age) as age from o group by all)
        group by customer_id having count(*) > 1"""


def _trend() -> str:
    last, earlier = _count_between(90, 0), _count_between(180, 90)
    return f"select customer_id, {last} - {earlier} as orders_change_90 from o group by customer_id"


def _items() -> str:
    return """select customer_id, sum(quantity) as items_365,
        count(distinct coalesce(item_id, item)) as items_distinct_365,
        sum(quantity) / count(distinct coalesce(order_id, moment)) as items_per_order
        from e where purchase and status is distinct from 'charge' and age <= 365 group by customer_id"""


def _returns() -> str:
    return """select customer_id, count(*) filter (kind = 'cancel') / count(*) as returns_share_365,
        count(*) filter (kind = 'cancel' and age <= 90) as returns_90
        from e where kind in ('order', 'cancel') and age <= 365 group by customer_id"""


def _views() -> str:
    return _activity("view", "views")


def _visits() -> str:
    return _activity("visit", "visits")


def _logins() -> str:
    return f"select customer_id, {_counts('logins', (30,))} from e where kind = 'login' group by customer_id"


def _carts() -> str:
    """Carts, and those of the last 30 days after which no order came."""
    return """select c.customer_id, count(*) filter (c.age <= 30) as carts_30,
        count(*) filter (c.age <= 30 and c.age < coalesce(l.age, 1e9)) as carts_left_30
        from (select * from e where kind = 'cart') c
        left join (select customer_id, min(age) as age from o group by customer_id) l using (customer_id)
        group by c.customer_id"""


def _wishlist() -> str:
    return f"select customer_id, {_counts('wishes', (90,))} from e where kind = 'wishlist' group by customer_id"


def _reviews() -> str:
    return """select customer_id, count(*) as reviews_365, avg(rating) as rating_mean_365,
        count(*) filter (rating <= 2) as low_ratings_365
        from e where kind = 'review' and age <= 365 group by customer_id"""


def _tickets() -> str:
    topics = ", ".join(
        f"count(*) filter (topic = '{topic}' and age <= 365) as tickets_{topic}" for topic in TICKET_TOPICS
    )
    return f"""select customer_id, {_counts("tickets", (90,))}, {topics},
        count(*) filter (status = 'open') as open_tickets from e where kind = 'ticket' group by customer_id"""


def _coupons() -> str:
    """Of the orders of the last year, the share that came with a coupon."""
    return """select o.customer_id, least(1, coalesce(any_value(c.used), 0) / count(*)) as coupon_share_365
        from o left join (select customer_id, count(*) as used from e where kind = 'coupon_used' and age <= 365
            group by customer_id) c using (customer_id) where o.age <= 365 group by o.customer_id"""


def _messages() -> str:
    return """select customer_id, count(*) filter (kind = 'message_open' and age <= 90) as message_opens_90,
        count(*) filter (kind = 'message_click' and age <= 90) as message_clicks_90
        from e where kind in ('message_open', 'message_click') group by customer_id"""


def _unsubscribed() -> str:
    return "select customer_id, 1 as unsubscribed from e where kind = 'unsubscribe' group by customer_id"


def _competitors() -> str:
    counts = _counts("competitor_views", (90,))
    return f"select customer_id, {counts} from e where kind = 'competitor_view' group by customer_id"


FAMILIES: dict[str, Family] = {
    family.name: family
    for family in (
        Family("recency", ("order",), _recency),
        Family("seen", BROWSING, _seen),
        Family("tenure", ("order",), _tenure),
        Family("frequency", ("order",), _frequency),
        Family("money", ("order",), _money),
        Family("rhythm", ("order",), _rhythm),
        Family("trend", ("order",), _trend),
        Family("items", ("order",), _items),
        Family("returns", ("cancel",), _returns),
        Family("views", ("view",), _views),
        Family("visits", ("visit",), _visits),
        Family("logins", ("login",), _logins),
        Family("carts", ("cart",), _carts),
        Family("wishlist", ("wishlist",), _wishlist),
        Family("reviews", ("review",), _reviews),
        Family("tickets", ("ticket",), _tickets),
        Family("coupons", ("coupon_used",), _coupons),
        Family("messages", ("message_open", "message_click"), _messages),
        Family("unsubscribed", ("unsubscribe",), _unsubscribed),
        Family("competitors", ("competitor_view",), _competitors),
    )
}
#: Features that are unknown, not zero, for a customer without the event: an average of nothing is not nought.
UNKNOWN_WITHOUT = frozenset({
    "recency_days", "since_seen_days", "tenure_days", "gap_mean_days", "overdue_ratio", "order_value_mean",
    "order_value_max", "items_per_order", "rating_mean_365",
})  # fmt: skip


def _counts(name: str, windows: Sequence[int]) -> str:
    return ", ".join(f"{_count_between(days, 0)} as {name}_{days}" for days in windows)


def _count_between(older: int, younger: int) -> str:
    return f"count(*) filter (age <= {older} and age > {younger})"


def _sum(column: str, older: int, younger: int = 0) -> str:
    return f"coalesce(sum({column}) filter (age <= {older} and age > {younger}), 0) / 1e4"


def _activity(kind: str, name: str) -> str:
    change = f"{_count_between(30, 0)} - {_count_between(60, 30)} as {name}_change_30"
    return f"select customer_id, {_counts(name, (30, 90))}, {change} from e where kind = '{kind}' group by customer_id"


@contextlib.contextmanager
def _opened(before: pd.DataFrame, as_of: pd.Timestamp) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory with the views `e` and `o`."""
    import duckdb
    import pyarrow as pa

    rows = before[
        ["customer_id", "kind", "order_id", "item_id", "item", "quantity", "rating", "topic", "status"]
    ].copy()
    at = before["at"].astype("int64")
    rows["moment"] = at.astype(str)
    rows["age"] = (int(as_of.timestamp() * 1_000_000) - at) / MICROSECONDS_A_DAY
    rows["purchase"] = is_purchase(before)
    rows["paid"] = (before["quantity"] * before["unit_price"] * 1e4).round().fillna(0).astype("int64")
    database = duckdb.connect()
    try:
        database.register("e", pa.Table.from_pandas(rows, preserve_index=False))
        database.execute(
            "create temp table o as select customer_id, coalesce(order_id, moment) as order_key, min(age) as age, "
            "sum(paid) as paid from e where purchase group by all"
        )
        yield database
    finally:
        database.close()


def _run(database: duckdb.DuckDBPyConnection, select: str) -> pd.DataFrame:
    part: pd.DataFrame = database.sql(select).to_arrow_table().to_pandas()
    return part.set_index("customer_id")


def _fill_counts(features: pd.DataFrame) -> pd.DataFrame:
    counted = [name for name in features.columns if name not in UNKNOWN_WITHOUT]
    return features.fillna(dict.fromkeys(counted, 0.0))

"""Writes a whole simulated shop into a folder, as files that the importers of a real shop read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring.simulation.behaviour import draw_lives, live_through
from scoring.simulation.events import behaviour_events, order_lines, returns, reviews, tickets
from scoring.simulation.people import draw_people
from scoring.simulation.truth import draw_truth

FILES = ("customers.csv", "orders.csv", "events.csv", "reviews.csv", "tickets.csv", "truth.csv", "future_orders.csv")


@dataclass(frozen=True, slots=True)
class Summary:
    """What was written. `would_leave` is the share of buyers who, if nobody writes, buy nothing in the next 90 days."""

    customers: int
    buyers: int
    orders: int
    events: int
    reviews: int
    tickets: int
    would_leave: float
    strata: dict[str, int]
    folder: Path


def simulate(customers: int, seed: int, out: Path, now: datetime) -> Summary:
    """Write the shop's files into `out`. History ends strictly before `now`; what follows is in future_orders.csv."""
    dice = np.random.default_rng([seed, customers])
    day_of_year = now.timetuple().tm_yday
    lives, orders = live_through(draw_lives(customers, dice), day_of_year, dice)
    people = draw_people(customers, lives.first_seen, now.date(), dice)
    ids, language = people["customer_id"].to_numpy(dtype=object), people["language"].to_numpy(dtype=object)
    lines = order_lines(orders, language, lives, dice)
    past, future = lines[lines["at"] < 0], lines[lines["at"] >= 0]
    back = returns(past, dice)
    people = _with_standing(people, past)
    truth = draw_truth(lives, list(ids), np.isin(np.arange(customers), future["customer"]), dice)
    doings = behaviour_events(lives, day_of_year, past, dice)
    said, asked = reviews(past, language, dice), tickets(past, lives, language, dice)
    tables = {
        "customers.csv": people,
        "orders.csv": _orders(pd.concat([past, back[back["at"] < 0]]), ids, now),
        "events.csv": _dated(doings, ids, now, ("kind", "item_id")),
        "reviews.csv": _dated(said, ids, now, ("order_id", "item_id", "item", "rating", "topic", "text")),
        "tickets.csv": _dated(asked, ids, now, ("order_id", "item_id", "item", "topic", "status", "text")),
        "truth.csv": truth,
        "future_orders.csv": _orders(future, ids, now),
    }
    _write(tables, out)
    buyers = np.unique(past["customer"])
    return Summary(
        customers=customers,
        buyers=len(buyers),
        orders=int(past["order_id"].nunique()),
        events=len(doings),
        reviews=len(said),
        tickets=len(asked),
        would_leave=float(truth["would_leave"].to_numpy()[buyers].mean()) if len(buyers) else 0.0,
        strata={str(name): int(number) for name, number in truth["stratum"].value_counts().items()},
        folder=out,
    )


_TIERS = ((2500.0, "gold"), (900.0, "silver"))


def _with_standing(people: pd.DataFrame, past: pd.DataFrame) -> pd.DataFrame:
    """Tier and points follow from what was spent in the last year."""
    year = past[past["at"] >= -365]
    spent = (
        (year["quantity"] * year["unit_price"]).groupby(year["customer"]).sum().reindex(people.index, fill_value=0.0)
    )
    tier = np.select([spent >= floor for floor, _ in _TIERS], [name for _, name in _TIERS], "member")
    return people.assign(tier=tier, points=(spent // 10).astype(int))


def _orders(lines: pd.DataFrame, ids: npt.NDArray[np.object_], now: datetime) -> pd.DataFrame:
    columns = ("order_id", "item_id", "item", "quantity", "unit_price", "currency")
    return _dated(lines, ids, now, columns)


def _dated(frame: pd.DataFrame, ids: npt.NDArray[np.object_], now: datetime, columns: Sequence[str]) -> pd.DataFrame:
    """Days from `now` become times in UTC, customers their ids; oldest first."""
    frame = frame.sort_values(["at", "customer"], kind="stable")
    seconds = np.floor(frame["at"].to_numpy() * 86400).astype("int64")
    at = np.datetime64(now.astimezone(UTC).replace(tzinfo=None), "s") + seconds.astype("timedelta64[s]")
    stamps = np.char.add(np.datetime_as_string(at, unit="s"), "Z")
    return pd.DataFrame(
        {"customer_id": ids[frame["customer"].to_numpy()], "at": stamps} | {c: frame[c].to_numpy() for c in columns}
    )


def _write(tables: dict[str, pd.DataFrame], out: Path) -> None:
    """All files or none: each is written beside its name and moved into place at the end."""
    out.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.to_csv(out / f".{name}.part", index=False, lineterminator="\n", encoding="utf-8")
    for name in tables:
        (out / f".{name}.part").replace(out / name)

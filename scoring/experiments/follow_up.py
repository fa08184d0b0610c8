"""What customers did after they were put into an arm, from the shop's own events.

Takes people (who, when, held out or not) and events; gives one row a person. The same windows for both arms, and a
window counts only for those for whom it is over: so nobody looks better for having been contacted later.
"""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd

from scoring.events import is_purchase

WINDOWS = ((0, 30), (30, 60), (60, 90))
"""Days after the contact, begin included, end not."""
HORIZON = 90
TOO_BAD = 2
"""A review with this rating or a worse one is a complaint."""
NO_COMPLAINT = frozenset({"praise", "membership", "invoice", "address_change", "other"})
"""Topics of tickets that are no complaint."""


def follow_up(people: pd.DataFrame, events: pd.DataFrame, until: datetime) -> pd.DataFrame:
    """`people`: customer_id, opened_at (UTC), one row each; `events` as the event log gives them; `until`: where the
    events end.

    Gives, in the order of `people`: `bought_30`, `bought_60`, `bought_90` (1 bought in that window, 0 not, NaN not over
    yet), `revenue` (bought less returned, 90 days at most), `complained` and `returned` (0 or 1, same days).
    """
    later = events.merge(people[["customer_id", "opened_at"]], on="customer_id")
    day = _days(later["at"] - later["opened_at"])
    later = later.assign(day=day)[(day >= 0) & (day < HORIZON) & (later["at"] < pd.Timestamp(until))]
    bought = later[is_purchase(later)]
    age = _days(pd.Timestamp(until) - people["opened_at"])
    out = pd.DataFrame(index=people.index)
    for begin, end in WINDOWS:
        within = bought.loc[(bought["day"] >= begin) & (bought["day"] < end), "customer_id"]
        out[f"bought_{end}"] = np.where(age >= end, people["customer_id"].isin(within).astype("float64"), np.nan)
    out["revenue"] = _revenue(later, bought, people)
    out["complained"] = people["customer_id"].isin(later.loc[_complaint(later), "customer_id"]).astype("float64")
    out["returned"] = people["customer_id"].isin(later.loc[later["kind"] == "cancel", "customer_id"]).astype("float64")
    return out


def settled(people: pd.DataFrame, events: pd.DataFrame, until: datetime) -> pd.Series:
    """Whether each person bought within the horizon: True, False, or missing where it is not over."""
    table = follow_up(people, events, until)
    windows = table[[f"bought_{end}" for _, end in WINDOWS]]
    known: pd.Series = windows.max(axis=1).where(windows.notna().all(axis=1)).astype("boolean")
    return known


def _days(gap: pd.Series) -> pd.Series:
    days: pd.Series = gap.dt.total_seconds() / 86400
    return days


def _revenue(later: pd.DataFrame, bought: pd.DataFrame, people: pd.DataFrame) -> pd.Series:
    spent = (bought["quantity"] * bought["unit_price"]).groupby(bought["customer_id"]).sum()
    back = later[later["kind"] == "cancel"]
    taken = (back["quantity"].abs() * back["unit_price"]).groupby(back["customer_id"]).sum()
    net = spent.sub(taken, fill_value=0.0)
    return people["customer_id"].map(net).astype("float64").fillna(0.0)


def _complaint(events: pd.DataFrame) -> pd.Series:
    told = (events["kind"] == "ticket") & ~events["topic"].fillna("other").isin(NO_COMPLAINT)
    return told | ((events["kind"] == "review") & (events["rating"] <= TOO_BAD))

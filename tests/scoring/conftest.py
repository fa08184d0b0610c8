"""Small shops with a known rhythm, and the public data where it is at hand."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scoring.events import read_events


@pytest.fixture(scope="session")
def public_data() -> Path:
    """The folder of public data sets; tests that need it are skipped where it is absent."""
    folder = Path(os.environ.get("HOLDFAST_PUBLIC_DATA", Path(__file__).parents[2].parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no public data in {folder}; set HOLDFAST_PUBLIC_DATA")
    return folder


def shop_rows(customers: int = 400, seed: int = 0) -> pd.DataFrame:
    """Raw rows of a shop in which lively customers go on buying and the others stop."""
    random = np.random.default_rng(seed)
    rows = []
    for number in range(customers):
        rate = random.gamma(2.0, 0.012)
        stops = random.uniform(60, 700)
        day = random.uniform(0, 60)
        while day < min(stops, 540):
            rows.append((f"C{number:04d}", "order", day, random.integers(1, 4), round(random.uniform(3, 40), 2)))
            for _ in range(random.poisson(2)):
                rows.append((f"C{number:04d}", "view", max(day - random.uniform(0, 9), 0), np.nan, np.nan))
            day += random.exponential(1 / rate)
    table = pd.DataFrame(rows, columns=["customer_id", "kind", "day", "quantity", "unit_price"])
    table["at"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(table.pop("day"), unit="D").dt.round("s")
    table["order_id"] = np.arange(len(table)).astype(str)
    table["item"] = "cup"
    return table.sort_values("at", ignore_index=True)


@pytest.fixture(scope="session")
def shop() -> pd.DataFrame:
    return read_events(shop_rows()).events


def plain_rows(rows: int = 600, seed: int = 0) -> pd.DataFrame:
    """A plain table: contract, tenure, spend with blanks, an id, and a label that depends on the first two."""
    random = np.random.default_rng(seed)
    contract = random.choice(["monthly", "yearly"], rows)
    tenure = random.integers(0, 60, rows)
    spend = random.gamma(2, 40, rows).round(2)
    logit = 1.5 * (contract == "monthly") - 0.06 * tenure + random.normal(0, 0.5, rows)
    left = random.random(rows) < 1 / (1 + np.exp(-logit))
    table = pd.DataFrame({"contract": contract, "tenure": tenure, "spend": spend.astype(str)})
    table.insert(0, "client", [f"K{number:05d}" for number in random.permutation(rows)])
    table.loc[random.random(rows) < 0.05, "spend"] = " "
    table["Churn"] = np.where(left, "Yes", "No")
    return table


@pytest.fixture
def plain() -> pd.DataFrame:
    return plain_rows()

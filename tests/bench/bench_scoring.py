"""How well and how fast the scorer is on public data: AUC with its interval, paired differences, rows a second.

    python tests/bench/bench_scoring.py [telco bank ecommerce retail speed]

Prints tables; nothing fails because a clock was slow. Needs the public data (HOLDFAST_PUBLIC_DATA).
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from scoring.audit import audit_table
from scoring.evaluate import auc_difference, auc_interval
from scoring.event_log import EventLog
from scoring.events import read_orders
from scoring.features import DIRECTIONS, build_features
from scoring.folds import make_folds, out_of_fold
from scoring.labels import ChurnDefinition, label
from scoring.models import BUILT, new_model
from scoring.tables import read_table
from scoring.target import read_target

DATA = Path(os.environ.get("HOLDFAST_PUBLIC_DATA", Path(__file__).parents[2].parent / "shared" / "data"))
TABLES = {
    "telco": ("telco-ibm/Telco-Customer-Churn.csv", "Churn", "customerID"),
    "bank": ("bank-churn-10k/Customer-Churn-Records.csv", "Exited", "CustomerId"),
    "ecommerce": ("ecommerce-5630/ecommerce.xlsx", "Churn", "CustomerID"),
}
CUT = datetime(2011, 9, 10, tzinfo=UTC)


def table_quality(name: str) -> None:
    """Cross-validated AUC of each family on the same folds, refused columns left out, twins together."""
    file, column, customer = TABLES[name]
    table = read_table(DATA / file)
    audit = audit_table(table, column, customer)
    X = table.drop(columns=[column, customer, *audit.refused]).reset_index(drop=True)
    compare(f"{name} (without {', '.join(audit.refused) or 'nothing'})", X, read_target(table[column]).y, audit.groups)


def compare(title: str, X: pd.DataFrame, y: np.ndarray, groups: np.ndarray | None) -> None:
    fold = make_folds(y, groups)
    print(f"\n{title}: {len(y)} rows, {y.mean():.1%} left")
    raw = {}
    for family in BUILT:
        start = time.perf_counter()
        raw[family] = out_of_fold(family, X, y, fold, DIRECTIONS)
        seconds = time.perf_counter() - start
        one, lead = auc_interval(y, raw[family]), auc_difference(y, raw[family], raw["logistic"])
        print(f"  {family:9s} AUC {one.mean:.4f} [{one.low:.4f}, {one.high:.4f}]  minus logistic {lead.mean:+.4f} "
              f"[{lead.low:+.4f}, {lead.high:+.4f}]  {seconds:.1f} s for {fold.max() + 1} folds")  # fmt: skip


def retail_quality() -> None:
    """At the cut by cross-validation, then forward: trained 90 days earlier, tested at the cut."""
    start = time.perf_counter()
    events = read_orders(DATA / "online-retail" / "online_retail.parquet").events
    print(f"\nretail: read in {time.perf_counter() - start:.1f} s")
    definition = ChurnDefinition(90)
    now, before = (label(events, moment, definition) for moment in (CUT, CUT - definition.horizon))
    X = build_features(events, CUT).loc[now.index]
    earlier = build_features(events, CUT - definition.horizon).loc[before.index]
    compare("retail, cross-validation at the cut", X.reset_index(drop=True), now.to_numpy("float64"), None)
    print("retail, forward")
    y, logits = now.to_numpy("float64"), {}
    for family in BUILT:
        logits[family] = new_model(family, DIRECTIONS).fit(earlier, before.to_numpy("float64")).logit(X)
        one, lead = auc_interval(y, logits[family]), auc_difference(y, logits[family], logits["logistic"])
        print(f"  {family:9s} AUC {one.mean:.4f} [{one.low:.4f}, {one.high:.4f}]  minus logistic {lead.mean:+.4f} "
              f"[{lead.low:+.4f}, {lead.high:+.4f}]")  # fmt: skip
    alone = auc_interval(y, X["recency_days"].to_numpy())
    print(f"  recency   AUC {alone.mean:.4f} [{alone.low:.4f}, {alone.high:.4f}]")


def speed() -> None:
    """Contributions a second on one thread, and one customer out of a log of a million events."""
    random = np.random.default_rng(0)
    X = pd.DataFrame(random.normal(size=(4000, 20)), columns=[f"x{n}" for n in range(20)])
    y = (random.random(4000) < 1 / (1 + np.exp(-X["x0"] - X["x1"] * X["x2"]))).to_numpy("float64")
    many = pd.concat([X] * 250, ignore_index=True)
    print("\nexact contributions, 20 columns")
    for family, rows in (("logistic", len(many)), ("additive", len(many)), ("boosting", 4000)):
        model = new_model(family).fit(X, y)
        start = time.perf_counter()
        model.contributions(many.head(rows))
        print(f"  {family:9s} {rows / (time.perf_counter() - start):12,.0f} rows a second")
    one_customer(random)


def one_customer(random: np.random.Generator) -> None:
    count = 1_000_000
    table = pd.DataFrame({
        "customer_id": random.integers(0, 50_000, count).astype(str),
        "at": pd.Timestamp("2024-01-01") + pd.to_timedelta(random.integers(0, 31_000_000, count), unit="s"),
    })  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        log = EventLog(folder)
        log.append(read_orders(table).events)
        times = []
        for customer in range(20):
            start = time.perf_counter()
            log.load(customer_ids=[str(customer)])
            times.append(time.perf_counter() - start)
        print(f"one customer of a log of {count:,} events: median {np.median(times):.3f} s")


def main(wanted: list[str]) -> None:
    for name in wanted or [*TABLES, "retail", "speed"]:
        if name in TABLES:
            table_quality(name)
        elif name == "retail":
            retail_quality()
        else:
            speed()


if __name__ == "__main__":
    main(sys.argv[1:])

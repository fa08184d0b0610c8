from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.errors import NotEnoughData, ScoringError
from scoring.events import KINDS, empty_events, read_events
from scoring.features import DIRECTIONS, FAMILIES, build_features, families_in, spend_before
from scoring.labels import ChurnDefinition, label, parse_horizon, preview

AS_OF = datetime(2024, 9, 1, tzinfo=UTC)


def events(*rows: tuple[str, str, str, float, float]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["customer_id", "kind", "at", "quantity", "price"])
    return read_events(table.assign(order_id=[f"o{n}" for n in range(len(table))], item="cup")).events


def test_features_of_a_customer_can_be_checked_by_hand() -> None:
    log = events(
        ("1", "order", "2024-06-01", 2, 10.0), ("1", "order", "2024-08-22", 1, 30.0), ("1", "view", "2024-08-31", 1, 1),
    )  # fmt: skip
    row = build_features(log, AS_OF).loc["1"]
    assert (row["recency_days"], row["orders_30"], row["orders_90"], row["orders_total"]) == (10, 1, 1, 2)
    assert (row["spend_30"], row["spend_365"], row["order_value_max"]) == (30.0, 50.0, 30.0)
    assert (row["gap_mean_days"], row["since_seen_days"], row["views_30"]) == (82, 1, 1)
    assert spend_before(log, AS_OF)["1"] == 50.0


FUTURE = st.tuples(
    st.sampled_from(["C0001", "C0002", "newcomer"]),
    st.sampled_from(KINDS),
    st.integers(min_value=0, max_value=400),
    st.floats(min_value=-5, max_value=50),
)


@settings(max_examples=20, deadline=None)
@given(st.lists(FUTURE, min_size=1, max_size=10))
def test_nothing_at_or_after_the_date_changes_a_feature(
    shop: pd.DataFrame, later: list[tuple[str, str, int, float]]
) -> None:
    before = shop.loc[(shop["at"] < AS_OF) & (shop["customer_id"] < "C0040")]
    added = pd.DataFrame(
        {
            "event_id": [f"x{n}" for n in range(len(later))],
            "customer_id": [row[0] for row in later],
            "kind": [row[1] for row in later],
            "at": pd.Timestamp(AS_OF) + pd.to_timedelta([row[2] for row in later], unit="h"),
            "quantity": [row[3] for row in later],
            "unit_price": 9.0,
        }
    ).reindex(columns=before.columns)
    with_later = pd.concat([before, added.astype(empty_events().dtypes.to_dict())], ignore_index=True)
    pd.testing.assert_frame_equal(build_features(with_later, AS_OF), build_features(before, AS_OF), check_exact=True)


def test_a_family_without_events_is_left_out_by_name(shop: pd.DataFrame) -> None:
    families = families_in(shop, AS_OF)
    assert "views" in families
    assert "reviews" not in families
    assert not [name for name in build_features(shop, AS_OF) if name.startswith(("review", "ticket", "cart"))]


def test_a_model_gets_the_families_it_was_trained_on_even_when_a_day_has_none(shop: pd.DataFrame) -> None:
    only_orders = shop.loc[shop["kind"] == "order"]
    features = build_features(only_orders, AS_OF, ("recency", "views"))
    assert features["views_30"].eq(0).all()


def test_every_family_runs_on_an_empty_kind(shop: pd.DataFrame) -> None:
    features = build_features(shop, AS_OF, tuple(FAMILIES))
    assert set(DIRECTIONS) <= set(features.columns)
    assert np.isfinite(features["open_tickets"]).all()


def test_no_event_before_the_date_is_an_error(shop: pd.DataFrame) -> None:
    with pytest.raises(NotEnoughData):
        build_features(shop, datetime(2001, 1, 1, tzinfo=UTC))


def test_left_means_no_purchase_from_the_date_on_for_the_whole_horizon() -> None:
    log = events(
        ("stays", "order", "2024-08-01", 1, 5.0), ("stays", "order", "2024-09-01", 1, 5.0),
        ("late", "order", "2024-08-01", 1, 5.0), ("late", "order", "2024-12-01", 1, 5.0),
        ("returns", "order", "2024-08-01", 1, 5.0), ("returns", "cancel", "2024-09-05", 1, 5.0),
        ("new", "order", "2024-09-02", 1, 5.0),
    )  # fmt: skip
    labels = label(log, AS_OF, ChurnDefinition(30))
    assert labels.to_dict() == {"stays": 0, "late": 1, "returns": 1}
    assert preview(log, AS_OF, ChurnDefinition(30)).rate == pytest.approx(2 / 3)


def test_data_that_end_before_the_horizon_are_refused_with_the_latest_date(shop: pd.DataFrame) -> None:
    with pytest.raises(NotEnoughData, match="before 2026") as caught:
        label(shop, datetime(2025, 6, 1, tzinfo=UTC), ChurnDefinition(365))
    assert "2024-" in caught.value.remedy


@pytest.mark.parametrize("as_of", ["2024-07-01", "2024-08-20", "2025-03-01"])
def test_a_history_shorter_than_the_horizon_leads_nobody_in_a_circle(as_of: str) -> None:
    log = events(("a", "order", "2024-08-01", 1, 5.0), ("b", "order", "2024-09-01", 1, 5.0))
    with pytest.raises(NotEnoughData) as caught:
        label(log, datetime.fromisoformat(as_of).replace(tzinfo=UTC), ChurnDefinition(90))
    assert caught.value.remedy.startswith("They span 31 days and the horizon is 90: choose a shorter --horizon")


@pytest.mark.parametrize(("text", "days"), [("90d", 90), ("12w", 84), ("3m", 90), ("90", 90), ("90 days", 90)])
def test_horizons_are_read(text: str, days: int) -> None:
    assert parse_horizon(text) == days


def test_a_horizon_that_is_none_is_refused() -> None:
    with pytest.raises(ScoringError):
        parse_horizon("soon")

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from scoring.customers import read_customers
from scoring.events import KINDS, TOPICS, read_events, read_orders
from scoring.simulation import CHANNELS, OFFER_KINDS, Truth, simulate
from scoring.simulation.shop import FILES

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    simulate(900, 11, folder, NOW)
    return folder


def digest(folder: Path) -> dict[str, str]:
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES}


def test_the_same_seed_writes_the_same_bytes(shop: Path, tmp_path: Path) -> None:
    simulate(900, 11, tmp_path, NOW)
    assert digest(tmp_path) == digest(shop)


def test_another_seed_writes_another_shop(shop: Path, tmp_path: Path) -> None:
    simulate(900, 12, tmp_path, NOW)
    assert digest(tmp_path)["orders.csv"] != digest(shop)["orders.csv"]


def test_history_ends_before_now_and_the_future_is_kept_apart(shop: Path) -> None:
    for name in ("orders.csv", "events.csv", "reviews.csv", "tickets.csv"):
        assert pd.to_datetime(pd.read_csv(shop / name)["at"]).max() < NOW
    later = pd.to_datetime(pd.read_csv(shop / "future_orders.csv")["at"])
    assert later.min() >= NOW
    assert (later.max() - pd.Timestamp(NOW)).days < 90


def test_who_would_leave_is_who_buys_nothing_in_ninety_days(shop: Path) -> None:
    truth = pd.read_csv(shop / "truth.csv", keep_default_na=False)
    buyers = set(pd.read_csv(shop / "future_orders.csv")["customer_id"])
    assert set(truth.loc[truth["would_leave"] == 0, "customer_id"]) == buyers


def test_the_importers_read_the_files_without_loss(shop: Path) -> None:
    people = read_customers(shop / "customers.csv")
    assert len(people.customers) == 900
    orders = read_orders(shop / "orders.csv")
    assert len(orders.events) == len(pd.read_csv(shop / "orders.csv"))
    assert set(orders.events["kind"]) == {"order", "cancel"}
    doings = read_events(shop / "events.csv")
    assert len(doings.events) == len(pd.read_csv(shop / "events.csv"))
    assert set(doings.events["kind"]) <= set(KINDS)


def test_both_languages_speak_in_their_own_words(shop: Path) -> None:
    language = pd.read_csv(shop / "customers.csv").set_index("customer_id")["language"]
    assert language.value_counts(normalize=True)["zh"] == pytest.approx(0.6, abs=0.06)
    for name in ("reviews.csv", "tickets.csv"):
        table = pd.read_csv(shop / name)
        chinese = table["text"].str.contains("[\u4e00-\u9fff]")
        assert (chinese == (table["customer_id"].map(language) == "zh")).all()
        assert not table["text"].str.contains(r"[{}]").any()
        assert set(table["topic"]) <= set(TOPICS)


def test_contact_details_belong_to_nobody(shop: Path) -> None:
    people = pd.read_csv(shop / "customers.csv", dtype=str)
    assert people["email"].dropna().str.endswith(".example").all()
    assert people["phone"].str.match(r"\+(?:1202555|442079460|6125550|8610000)").all()


def test_names_are_as_unruly_as_real_ones(shop: Path) -> None:
    names = pd.read_csv(shop / "customers.csv", keep_default_na=False)["name"]
    assert names.str.contains("'").any()
    assert names.str.contains("·").any()
    assert names.str.match("欧阳|司马|上官|诸葛|司徒|东方|皇甫|尉迟").any()


def test_some_never_agreed_and_some_were_never_asked(shop: Path) -> None:
    answers = Counter(pd.read_csv(shop / "customers.csv", keep_default_na=False)["consent_email"])
    assert all(answers[answer] > 0 for answer in ("yes", "no", ""))


def test_a_simple_model_ranks_leavers_as_well_as_in_real_shops(tmp_path: Path) -> None:
    simulate(2000, 5, tmp_path, NOW)
    orders = pd.read_csv(tmp_path / "orders.csv")
    orders = orders[orders["quantity"] > 0].assign(
        days=lambda table: (pd.Timestamp(NOW) - pd.to_datetime(table["at"])).dt.total_seconds() / 86400
    )
    each = orders.groupby("customer_id")
    money = (orders["quantity"] * orders["unit_price"]).groupby(orders["customer_id"]).sum()
    table = np.log1p(pd.DataFrame({"r": each["days"].min(), "f": each["order_id"].nunique(), "m": money}))
    leaves = pd.read_csv(tmp_path / "truth.csv").set_index("customer_id")["would_leave"].reindex(table.index)
    model = make_pipeline(StandardScaler(), LogisticRegression())
    chance = cross_val_predict(model, table, leaves, cv=5, method="predict_proba")[:, 1]
    assert 0.74 < roc_auc_score(leaves, chance) < 0.86


def test_every_stratum_is_there_and_answers_as_it_must(shop: Path) -> None:
    truth = Truth.load(shop)
    for stratum, group in truth.table.groupby("stratum"):
        for customer_id in group.index[:15]:
            alone = truth.outcomes(customer_id, None).stayed
            kept = {kind for kind in OFFER_KINDS if truth.outcomes(customer_id, kind).stayed}
            assert alone is (stratum in ("sure_thing", "sleeping_dog"))
            if stratum == "persuadable":
                assert ",".join(kind for kind in OFFER_KINDS if kind in kept) == group.at[customer_id, "persuadable_by"]
            else:
                assert bool(kept) is (stratum == "sure_thing")
    assert set(truth.table["stratum"]) == {"sure_thing", "persuadable", "lost_cause", "sleeping_dog"}


def test_the_same_contact_has_the_same_answer(shop: Path) -> None:
    one, other = Truth.load(shop), Truth.load(shop)
    ids = list(one.table.index[:50])
    assert [one.outcomes(c, "percent") for c in ids] == [other.outcomes(c, "percent") for c in ids]


def test_an_unknown_kind_of_contact_is_an_error(shop: Path) -> None:
    with pytest.raises(ValueError, match="telepathy"):
        Truth.load(shop).outcomes("C00001", "telepathy")


def test_a_channel_that_nobody_reads_and_a_third_message_move_fewer(shop: Path) -> None:
    truth = Truth.load(shop)
    ids = list(truth.table.index)
    own = sum(truth.outcomes(c, "percent", truth.favourite(c)).stayed for c in ids)
    assert own == sum(truth.outcomes(c, "percent").stayed for c in ids)
    other = {c: next(name for name in CHANNELS if name != truth.favourite(c)) for c in ids}
    assert sum(truth.outcomes(c, "percent", other[c]).stayed for c in ids) < own
    assert sum(truth.outcomes(c, "percent", earlier=2).stayed for c in ids) < own
    assert sum(truth.outcomes(c, "percent", earlier=2).unsubscribed for c in ids) > sum(
        truth.outcomes(c, "percent").unsubscribed for c in ids
    )


def test_a_coupon_hunter_takes_every_coupon_and_learns_to_wait(shop: Path) -> None:
    truth = Truth.load(shop)
    hunters = truth.table[(truth.table["stratum"] == "sure_thing") & (truth.table["price_sensitivity"] > 0.75)].index
    assert len(hunters) > 10
    assert all(truth.outcomes(c, "percent").redeemed and truth.outcomes(c, None).stayed for c in hunters)
    assert not any(truth.outcomes(c, None, earlier=2).stayed for c in hunters)
    assert all(truth.outcomes(c, "percent", earlier=2).stayed for c in hunters)


def test_sleeping_dogs_complain_more_than_others(shop: Path) -> None:
    truth = Truth.load(shop)
    complaints = {
        stratum: sum(truth.outcomes(c, kind).complained for c in group.index for kind in OFFER_KINDS) / len(group)
        for stratum, group in truth.table.groupby("stratum")
    }
    assert complaints["sleeping_dog"] > 5 * complaints["sure_thing"] > 0

"""What a campaign will cost, said before it starts, and held against what the ledger says afterwards."""

from __future__ import annotations

import os
import random
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from agent import campaign, pipeline
from agent.access import Role
from agent.domain import Money, Settled
from agent.money import to_major
from agent.plan import Plan
from api.bootstrap import Workshop
from api.campaigning import forecast, preview_answer
from api.clock import FixedClock
from api.costing import Cost, Past, cost_of, coupons_of_the_past
from api.main import create_app
from api.sign_in import add_user, set_password
from tests.console_shop import PASSWORD
from tests.factories import NOW, a_customer, a_score, an_order
from tests.small_shop import a_small_shop
from tests.street import a_street

RUNS = int(os.environ.get("HOLDFAST_PROOF_FORECASTS", "150")) // 15
PLAN = Plan("spring", auto_send=True, audit_share=0.0, contact_cost=0.5)
PAST = {("amount_15", f"c{n}"): Settled(200, 30 + n) for n in range(6)}


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return a_small_shop(tmp_path / "home").workshop


def known(shop: Workshop, past: Past) -> Cost:
    """The forecast of this plan with such a past."""
    told = forecast(PLAN, shop)
    cost = cost_of(PLAN, told.preview, shop.catalogue.offers, past)
    assert cost.low.minor <= cost.expected.minor <= cost.high.minor <= told.preview.cost.minor + cost.sending.minor
    return cost


def test_with_no_past_the_interval_is_wide_and_says_so(shop: Workshop) -> None:
    told = forecast(PLAN, shop)
    cost = told.cost
    assert cost.unknown == tuple(told.preview.offers)
    assert cost.learnt_coupons == 0
    assert cost.high.minor == told.preview.cost.minor + cost.sending.minor
    assert cost.low == cost.sending
    assert cost.sending == Money(50 * (told.preview.recipients + told.preview.served), "CNY")


def test_a_past_narrows_it_and_nothing_is_above_what_is_reserved(shop: Workshop) -> None:
    wide, narrow = known(shop, {}), known(shop, PAST)
    assert narrow.expected.minor < wide.expected.minor
    assert (narrow.learnt_coupons, narrow.learnt_campaigns, narrow.unknown) == (1200, 6, ())


def test_an_offer_without_a_past_is_judged_by_the_others_and_that_is_said(shop: Workshop) -> None:
    elsewhere = {("percent_12", of): settled for (_, of), settled in PAST.items()}
    cost = known(shop, elsewhere)
    assert cost.others == ("amount_15",)
    assert cost.unknown == ()


def test_only_coupons_whose_time_is_over_are_counted(shop: Workshop) -> None:
    """One that may still be used is no sign that nobody comes; one that was taken back never left."""
    campaign.run(PLAN, shop.house)
    rows = shop.store.ledger.reservations(50)
    pipeline.send_due(shop.house)
    assert len(rows) >= 3
    assert shop.store.ledger.redeem(rows[0].code or "", NOW) is not None
    assert coupons_of_the_past(shop) == {}
    line = shop.catalogue.offers["amount_15"]
    later = replace(shop, clock=FixedClock(NOW + timedelta(days=line.valid_days + 16)))
    assert coupons_of_the_past(later) == {("amount_15", "spring"): Settled(len(rows), 1)}


def test_the_same_is_told_by_every_door(shop: Workshop) -> None:
    said = preview_answer(forecast(PLAN, shop))["forecast"]
    assert said["low"]["minor"] <= said["expected"]["minor"] <= said["high"]["minor"]
    assert said["unknown"] == ["amount_15"]
    assert said["of_first_message"] is False


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", ("预计花费", r"95%的情况在¥[\d,.]+到¥[\d,.]+之间", "还不知道会有多少人用券")),
        ("en", ("expected to cost", r"95 % of the time ¥[\d,.]+ to ¥[\d,.]+", "Any share may")),
    ],
)
def test_the_campaign_page_says_it_in_the_readers_language(shop: Workshop, language: str, words: tuple[str]) -> None:
    set_password(shop, add_user(shop, "may", Role.MANAGER), PASSWORD)
    client = TestClient(create_app(shop), follow_redirects=False)
    client.post("/sign-in", data={"name": "may", "password": PASSWORD})
    page = client.get(f"/new-campaign?id=spring&band=high&lang={language}", follow_redirects=True).text
    assert [pattern for pattern in words if not re.search(pattern, page)] == []


def test_what_a_campaign_then_costs_lies_within_what_was_said(tmp_path: Path) -> None:
    """Preview, start, send, and a till that takes a share nobody told us: the ledger's own sum is the actual cost."""
    held = 0
    for run in range(RUNS):
        dice = random.Random(run)
        rate = min(max(dice.gauss(0.16, 0.03), 0.0), 1.0)
        (tmp_path / str(run)).mkdir()
        street = a_street(tmp_path / str(run))
        names = [f"n{n}" for n in range(12)]
        street.store.people.put([a_customer(name) for name in names], NOW)
        street.history.events += [an_order(name) for name in names]
        street.store.scores.put([a_score(name) for name in names])
        street.store.ledger.add_codes("amount_15", [f"AMQ7K{n}ZZ" for n in range(40)])
        look = campaign.preview(PLAN, street.house)
        cost = cost_of(PLAN, look, street.house.catalogue.offers, PAST, seed=run)
        campaign.run(PLAN, street.house)
        sent = pipeline.send_due(street.house)
        for row in street.store.ledger.reservations(100):
            if dice.random() < rate:
                assert street.store.ledger.redeem(row.code or "", NOW)
            else:
                assert street.store.ledger.expire(row.id, NOW)
        actual = street.reserved()[1] + round(len(sent) * PLAN.contact_cost * 100)
        assert street.reserved()[0] == 0
        assert cost.high.minor <= look.cost.minor + cost.sending.minor, to_major(look.cost)
        held += cost.low.minor <= actual <= cost.high.minor
    assert held >= 0.9 * RUNS - 2 * (0.09 * RUNS) ** 0.5

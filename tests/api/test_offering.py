"""Offers looked at through the doors: flaws before anything is reserved, and offer rates at equal risk."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from agent.domain import CampaignStatus, Case, Money, OfferDecision, OfferStatus, Purpose
from api.bootstrap import Workshop
from api.brand_file import write_brand
from api.clock import FixedClock
from api.diagnosis import examine
from api.home import Home
from api.importing import import_offers
from api.offering import check_offers
from api.parity import GROUPS, GroupRate, Parity, Seen, compare, parity
from api.sample_shop import BRAND
from api.settings import Settings
from tests.factories import NOW, a_case, a_customer, a_score

THIN = '[[offers]]\nid = "x"\nkind = "amount"\nvalue = 15\ncost = 15\nbudget = 1500\nmin_spend = 40\ncodes = false\n'
HELP = '[[strategies]]\nreason = "spends_less"\nsituation = "spending_less"\nhelp = ["x"]\n'


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    home = tmp_path / "home"
    home.mkdir()
    write_brand(home / "brand.toml", dict(BRAND))
    return Workshop(Home(home), Settings(home=home), FixedClock(NOW))


def test_our_own_offers_pass_their_own_check(workshop: Workshop) -> None:
    assert check_offers(workshop) == {"offers": 10, "strategies": 15, "tests": 8, "flaws": []}


def test_a_file_on_trial_is_checked_and_changes_nothing(workshop: Workshop, tmp_path: Path) -> None:
    (workshop.home.root / "strategies.toml").write_text(HELP, encoding="utf-8")
    file = tmp_path / "mine.toml"
    file.write_text(THIN, encoding="utf-8")
    (flaw,) = check_offers(workshop, file)["flaws"]
    assert (flaw["file"], flaw["line"], flaw["key"], flaw["remedy"]) == (
        "offers.toml",
        1,
        "min_spend",
        "min_spend = 50 or more",
    )
    assert not (workshop.home.root / "offers.toml").exists()
    assert workshop.store.ledger.budget("offer:x") is None
    assert [flaw["key"] for flaw in import_offers(workshop, file, dry_run=True)["flaws"]] == ["min_spend"]


def test_the_doctor_names_a_flaw_where_it_stands(workshop: Workshop) -> None:
    (workshop.home.root / "offers.toml").write_text(THIN + 'gender = "male"\n' + THIN.replace('"x"', '"y"'))
    (workshop.home.root / "strategies.toml").write_text(HELP.replace('"x"', '"y"'))
    wrong = [step for step in examine(workshop) if step.name == "offers"]
    assert [step.state for step in wrong] == ["wrong", "wrong"]
    assert "offers.toml:1 offer 'x', gender" in wrong[0].says
    assert "offers.toml:10 offer 'y', min_spend" in wrong[1].says


def test_campaigns_under_way_that_promise_too_much_together_are_named(workshop: Workshop) -> None:
    for name, status in (
        ("spring", CampaignStatus.RUNNING),
        ("summer", CampaignStatus.PAUSED),
        ("old", CampaignStatus.DONE),
    ):
        workshop.store.campaigns.put(name, status, {"id": name}, NOW)
        workshop.store.ledger.set_budget(f"campaign:{name}", Money(500_000, "CNY"))
    (flaw,) = check_offers(workshop)["flaws"]
    assert flaw["entry"] == "spring, summer"


# --- parity ---------------------------------------------------------------------------------------------------------


def people(count: int, seed: int, unfair: float = 0.0) -> list[Seen]:
    """Riskier customers get more offers; men are riskier, and by `unfair` likelier to get one at the same risk too."""
    dice, seen = random.Random(seed), []
    for number in range(count):
        gender = dice.choice(["female", "male"])
        risk = min(dice.random() * (1.0 if gender == "male" else 0.7), 0.99)
        chance = min(0.1 + 0.6 * risk + (unfair if gender == "male" else 0), 1.0)
        seen.append(
            Seen(risk, dice.random() < chance, a_customer(f"c{number}", gender=gender, age=dice.randint(18, 80)))
        )
    return seen


def of(rates: list[GroupRate], by: str, group: str) -> GroupRate:
    return next(rate for rate in rates if (rate.by, rate.group) == (by, group))


def test_riskier_groups_get_more_and_are_alike_at_equal_risk() -> None:
    rates = compare(people(6_000, seed=1))
    men, women = of(rates, "gender", "male"), of(rates, "gender", "female")
    assert men.low > women.high, "what a plain rate shows"
    assert (men.verdict, women.verdict) == (Parity.ALIKE, Parity.ALIKE)


def test_a_group_that_is_favoured_at_equal_risk_is_found_with_its_size() -> None:
    rates = compare(people(6_000, seed=2, unfair=0.1))
    men = of(rates, "gender", "male")
    assert men.verdict is Parity.MORE
    assert men.at_equal_risk is not None
    assert men.at_equal_risk.low < 0.1 < men.at_equal_risk.high
    assert of(rates, "gender", "female").verdict is Parity.LESS


def test_fair_decisions_seldom_raise_an_alarm() -> None:
    alarms = sum(
        any(rate.verdict in (Parity.MORE, Parity.LESS) for rate in compare(people(800, seed))) for seed in range(60)
    )
    assert alarms <= 6


def test_a_handful_of_customers_says_nothing() -> None:
    rates = compare(people(40, seed=3))
    assert of(rates, "gender", "male").verdict is Parity.CANNOT_TELL
    assert of(rates, "language", "zh").verdict is Parity.CANNOT_TELL, "there is nobody to compare with"


def test_one_customer_counts_once_and_the_held_out_not_at_all(workshop: Workshop) -> None:
    store = workshop.store
    store.people.put([a_customer("c1"), a_customer("c2"), a_customer("c3")], NOW)
    gone = {OfferStatus.OFFERED: "c1", OfferStatus.NO_OFFER: "c2", OfferStatus.HELD_OUT: "c3"}
    for number, (status, name) in enumerate([*gone.items(), (OfferStatus.NO_OFFER, "c1")]):
        case: Case = a_case(f"k{number}", name, score=a_score(name), purpose=Purpose.MARKETING)
        store.cases.open(replace(case, decision=OfferDecision(status, "long_silence", "so")))
    seen = [rate for rate in parity(workshop, days=1) if rate.by == "gender"]
    assert [(rate.customers, rate.offered) for rate in seen] == [(2, 1)]
    assert {rate.by for rate in parity(workshop, days=1)} == set(GROUPS)

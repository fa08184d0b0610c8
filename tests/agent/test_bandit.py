"""Sizes learnt within bounds: exact propensities, kept with each decision; off unless a plan asks for it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from agent import campaign, pipeline
from agent.arms import Arm
from agent.bandit import Odds, Seen, Sizes, odds
from agent.domain import CaseStatus, Money, Outcome
from agent.errors import InputError
from agent.plan import Plan, as_row, plan_of, read_plan
from tests.factories import NOW, a_customer, a_score, an_order
from tests.street import Street, a_street

SIZES = Sizes(("amount_15", "amount_30"))
PLAN = Plan("learn", auto_send=True, audit_share=0.0, bandit=SIZES)
COSTS = {"amount_15": 1500, "amount_30": 3000}
NAMES = [f"p{n}" for n in range(40)]


@pytest.fixture
def street(tmp_path: Path) -> Street:
    """Forty customers worth any size, and a second coupon of the same kind."""
    street = a_street(tmp_path)
    catalogue = street.house.catalogue
    small = catalogue.offers["amount_15"]
    large = replace(small, id="amount_30", value=Decimal(30), cost=Money(3000, "CNY"), min_spend=Decimal(300))
    street.house = replace(street.house, catalogue=replace(catalogue, offers={**catalogue.offers, "amount_30": large}))
    for offer in ("amount_15", "amount_30"):
        street.store.ledger.set_budget(f"offer:{offer}", Money(1_000_000, "CNY"))
        street.store.ledger.add_codes(offer, [f"{offer[-2:]}K{n:03}XQ" for n in range(100)])
    street.store.people.put([a_customer(name) for name in NAMES], NOW)
    street.history.events += [an_order(name) for name in NAMES]
    street.store.scores.put([a_score(name, value=1_000_000) for name in NAMES])
    return street


def drawn(street: Street) -> Counter[str]:
    cases = street.store.cases.find(campaign_id="learn")
    return Counter(case.decision.offer.id for case in cases if case.decision and case.decision.offer)


def became(street: Street, offer: str, stayed: float) -> None:
    """So many of those with this size stayed, the others left."""
    cases = [c for c in street.store.cases.find() if c.decision and c.decision.offer and c.decision.offer.id == offer]
    for number, case in enumerate(cases):
        kind = CaseStatus.STAYED if number < stayed * len(cases) else CaseStatus.LEFT
        street.store.results.record(Outcome(case.case_id, kind.value, NOW, "test"))


def test_before_anything_is_known_all_sizes_are_alike_and_each_decision_keeps_its_propensity(street: Street) -> None:
    campaign.run(PLAN, street.house)
    assert set(drawn(street)) == {"amount_15", "amount_30"}
    assert min(drawn(street).values()) > 8
    for case in street.store.cases.find():
        assert case.decision is not None
        assert case.decision.propensity == 0.5
        [line] = [step.data for step in street.store.cases.story(case.case_id) if step.step == "offer"]
        assert (line["propensity"], line["sizes"]) == (0.5, ["amount_15", "amount_30"])


def test_what_keeps_more_is_made_more_often_and_the_other_is_still_tried(street: Street) -> None:
    campaign.run(PLAN, street.house)
    became(street, "amount_15", 0.1)
    became(street, "amount_30", 0.9)
    seen = street.store.results.of_sizes(SIZES.offers, NOW)
    assert seen["amount_30"].stayed > seen["amount_15"].stayed
    few = replace(SIZES, enough=10)
    found = odds(few, "next", seen, COSTS, 100_000.0, seed=1)
    assert found.of["amount_30"] == pytest.approx(0.95, abs=0.01)
    assert found.of["amount_15"] == pytest.approx(0.05, abs=0.01)
    taken = {size: replace(known, redeemed=known.known) for size, known in seen.items()}
    assert odds(few, "next", taken, COSTS, 100.0, seed=1).of["amount_15"] > 0.9, "where little is kept, less is given"


def test_sizes_not_drawn_by_lot_teach_nothing(street: Street) -> None:
    campaign.run(replace(PLAN, bandit=None), street.house)
    became(street, "amount_15", 0.9)
    assert street.store.results.of_sizes(SIZES.offers, NOW) == {}


def test_off_by_default_the_cheapest_adequate_help_is_offered(street: Street) -> None:
    campaign.run(replace(PLAN, bandit=None), street.house)
    assert set(drawn(street)) == {"amount_15"}
    assert all(case.decision and case.decision.propensity is None for case in street.store.cases.find())


def test_who_might_not_get_every_size_is_no_part_of_it(street: Street) -> None:
    """Worth 15 and not 30: else the larger size would go to the more valuable customers."""
    street.store.scores.put([a_score(name, value=60_000) for name in NAMES])
    campaign.run(PLAN, street.house)
    assert set(drawn(street)) == {"amount_15"}
    assert all(case.decision and case.decision.propensity is None for case in street.store.cases.find())


def test_a_preview_draws_what_the_start_draws(street: Street) -> None:
    look = campaign.preview(PLAN, street.house)
    campaign.run(PLAN, street.house)
    assert look.offers == dict(drawn(street))


def test_a_lapsed_coupon_draws_no_second_lot(street: Street) -> None:
    campaign.run(replace(PLAN, auto_send=False), street.house)
    for case in street.store.cases.find()[:8]:
        assert case.decision is not None
        assert case.decision.offer is not None
        before = case.decision.offer.id
        street.store.ledger.release(str(case.decision.offer.reservation_id), NOW)
        again = pipeline.redraft(pipeline.set_aside(case, "look", street.house), street.house)
        assert again.case.decision is not None
        assert again.case.decision.offer is not None
        assert again.case.decision.offer.id == before


def test_the_draw_is_sticky_and_follows_the_odds() -> None:
    found = Odds("c", {"a": 0.1, "b": 0.2, "c": 0.7})
    sizes = Counter(found.draw(f"p{n}") for n in range(10_000))
    assert sizes == Counter(found.draw(f"p{n}") for n in range(10_000))
    assert 0.68 < sizes["c"] / 10_000 < 0.72
    assert 0.09 < sizes["a"] / 10_000 < 0.11


def test_propensities_add_up_and_none_falls_below_the_floor() -> None:
    sizes = Sizes(("a", "b", "c"), explore=0.1)
    seen = {"a": Seen(500, 50, 10), "b": Seen(500, 400, 300), "c": Seen(500, 100, 50)}
    found = odds(sizes, "x", seen, {"a": 5, "b": 10, "c": 20}, 1000.0, seed=3).of
    assert sum(found.values()) == pytest.approx(1)
    assert min(found.values()) == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"offers": ["amount_15"]}, "needs 2 to 6 different offers"),
        ({"offers": ["a", "b"], "explore": 0.6}, "explore is a share from 0.01 to 0.50"),
        ({"offers": ["a", "b"], "floor": 20, "ceiling": 10}, "floor 20 is above its ceiling 10"),
        ({"offers": ["a", "b"], "enough": 0}, "1 at least"),
        ({"offers": ["a", "b"], "flor": 1}, "'flor'"),
        ("a,b", "the bandit is a table"),
    ],
)
def test_a_bandit_that_cannot_be_is_refused_at_load(table: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_plan({"id": "x", "bandit": table}, "CNY")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"bandit": Sizes(("amount_15", "gold_bar"))}, "'gold_bar', which is no money offer"),
        (
            {"bandit": replace(SIZES, ceiling=Decimal(20))},
            "amount_30, which costs 30.00: outside its floor",
        ),
        ({"bandit": replace(SIZES, floor=Decimal(20))}, "amount_15, which costs 15.00: outside its floor"),
        ({"bandit": Sizes(("amount_15", "none"))}, "cannot draw 'none'"),
        ({"arms": (Arm("a", 0.5), Arm("b", 0.5, offer="none"))}, "a bandit chooses the offer, and so do the arms"),
    ],
)
def test_sizes_outside_the_bounds_are_said_before_anything_is_reserved(
    street: Street, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        campaign.run(replace(PLAN, **changes), street.house)
    assert street.store.cases.find() == []


def test_a_plan_with_a_bandit_survives_being_stored() -> None:
    plan = replace(PLAN, bandit=replace(SIZES, floor=Decimal("9.90"), explore=0.2))
    assert plan_of(as_row(plan)) == plan

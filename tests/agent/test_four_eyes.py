"""Above an amount a campaign needs a second, different person; who did what is kept; day and rank are heeded."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from agent import campaign, worker
from agent.campaign.moves import needs_second, plan_hash
from agent.domain import CampaignStatus, Money
from agent.errors import InputError, TransitionNotAllowed
from agent.house import House
from agent.plan import Plan, read_plan
from tests.factories import NOW, a_customer, a_score, an_order
from tests.street import Street, a_street

PLAN = Plan("spring", auto_send=True, audit_share=0.0, budget=Money(200_000, "CNY"))
C = CampaignStatus


def odd(plan: Plan, house: House) -> list[str]:
    return [str(one) for one in campaign.warnings(plan, house)]


@pytest.fixture
def street(tmp_path: Path) -> Street:
    street = a_street(tmp_path)
    street.store.people.put([a_customer("c3")], NOW)
    street.history.events.append(an_order("c3"))
    street.store.scores.put([a_score(name, value=1_000_000 - n) for n, name in enumerate(("c1", "c2", "c3"))])
    return street


@pytest.fixture
def house(street: Street) -> House:
    return replace(street.house, four_eyes_above=Money(100_000, "CNY"))


def test_above_the_amount_nothing_happens_before_somebody_else_has_signed(street: Street, house: House) -> None:
    assert campaign.run(PLAN, house, by="mei") == []
    assert street.store.campaigns.status("spring") is C.REVIEW
    assert worker.draft_turn(house) == []
    assert street.store.cases.find() == []
    assert street.store.ledger.budget("campaign:spring") is None
    assert campaign.sign_off("spring", "jun", house) is C.RUNNING
    assert len(worker.draft_turn(house)) == 3
    told = [(step.step, step.by) for step in street.store.campaigns.steps("spring")]
    assert told == [("proposed", "mei"), ("signed", "jun")]


def test_what_a_plan_changes_is_told_and_stands_in_the_history(street: Street) -> None:
    house = street.house
    assert campaign.changes(PLAN, house) == ()
    campaign.begin(PLAN, "mei", house)
    assert campaign.changes(PLAN, house) == ()
    dearer = replace(PLAN, budget=Money(350_000, "CNY"), top=2)
    assert campaign.changes(dearer, house) == ("top: none → 2", "budget: 2000.00 CNY → 3500.00 CNY")
    campaign.begin(dearer, "jun", house)
    first, second = street.store.campaigns.steps("spring")
    assert (first.note, second.note) == ("", "top: none → 2; budget: 2000.00 CNY → 3500.00 CNY")


@pytest.mark.parametrize("name", ["mei", "MEI", " Mei ", "ｍｅｉ"])
def test_the_same_person_is_refused_however_the_name_is_written(house: House, name: str) -> None:
    campaign.begin(PLAN, "mei", house)
    with pytest.raises(TransitionNotAllowed, match=r"proposed campaign spring and cannot sign it .* 2000\.00 CNY"):
        campaign.sign_off("spring", name, house)


def test_whoever_changed_the_plan_cannot_sign_the_change(street: Street, house: House) -> None:
    """Mei proposes, Jun doubles it and would sign his own doubling; Mei may: it is Jun's proposal now."""
    campaign.begin(PLAN, "mei", house)
    campaign.begin(replace(PLAN, budget=Money(400_000, "CNY")), "jun", house)
    with pytest.raises(TransitionNotAllowed, match="jun proposed"):
        campaign.sign_off("spring", "jun", house)
    assert campaign.sign_off("spring", "mei", house) is C.RUNNING


def test_a_signature_is_for_one_plan_and_a_larger_budget_needs_another(street: Street, house: House) -> None:
    campaign.begin(PLAN, "mei", house)
    campaign.sign_off("spring", "jun", house)
    assert campaign.begin(PLAN, "mei", house) is C.RUNNING
    assert campaign.begin(replace(PLAN, budget=Money(300_000, "CNY")), "mei", house) is C.REVIEW
    assert campaign.go_through(PLAN, house) == []


def test_nobody_starts_a_large_campaign_without_a_name(house: House) -> None:
    with pytest.raises(InputError, match="nobody said who starts it"):
        campaign.begin(PLAN, "  ", house)
    campaign.begin(PLAN, "mei", house)
    with pytest.raises(InputError, match="nobody's name"):
        campaign.sign_off("spring", "", house)


def test_below_the_amount_one_person_is_enough_and_without_a_budget_that_amount_is_the_cap(
    street: Street, house: House
) -> None:
    assert not needs_second(replace(PLAN, budget=Money(100_000, "CNY")), house)
    assert needs_second(replace(PLAN, budget=None), house), "all that the offers hold is at stake"
    for name in street.house.catalogue.offers.values():
        if name.is_money:
            street.store.ledger.set_budget(f"offer:{name.id}", Money(10_000, "CNY"))
    few = replace(PLAN, budget=None, id="few")
    assert campaign.begin(few, "mei", house) is C.RUNNING
    pot = street.store.ledger.budget("campaign:few")
    assert pot is not None
    assert pot.amount == Money(100_000, "CNY")


def test_what_waits_for_a_signature_can_be_cancelled_and_is_then_never_signed(street: Street, house: House) -> None:
    campaign.begin(PLAN, "mei", house)
    campaign.cancel("spring", "jun", house)
    with pytest.raises(TransitionNotAllowed, match="waits for no signature"):
        campaign.sign_off("spring", "jun", house)


def test_a_scheduled_campaign_begins_on_its_day(street: Street) -> None:
    plan = replace(PLAN, starts_at=NOW + timedelta(days=2))
    assert campaign.begin(plan, "mei", street.house) is C.SCHEDULED
    assert worker.draft_turn(street.house) == []
    street.clock.at = NOW + timedelta(days=2)
    assert len(worker.draft_turn(street.house)) == 3
    assert [step.step for step in street.store.campaigns.steps("spring")] == ["scheduled", "started"]


def test_every_turn_of_a_campaign_is_kept_with_who_made_it(street: Street) -> None:
    campaign.begin(replace(PLAN, auto_send=False), "mei", street.house)
    campaign.pause("spring", street.house, "jun", "wrong season")
    campaign.resume("spring", street.house, "mei")
    campaign.cancel("spring", "jun", street.house)
    told = [(step.step, step.by, step.note) for step in street.store.campaigns.steps("spring")]
    assert told == [("started", "mei", ""), ("paused", "jun", "wrong season"), ("resumed", "mei", ""),
                    ("cancelled", "jun", "")]  # fmt: skip


# --- priority, exclusion, overlap -------------------------------------------------------------------------------------


def test_of_two_campaigns_the_higher_priority_gets_the_customer_and_goes_first(street: Street) -> None:
    low, high = replace(PLAN, id="low"), replace(PLAN, id="high", priority=5, top=1)
    campaign.begin(low, "mei", street.house)
    campaign.begin(high, "mei", street.house)
    assert [row.id for row in campaign.due(street.house)] == ["high", "low"]
    campaign.go_through(low, street.house)
    assert {case.customer_id for case in street.store.cases.find(campaign_id="low")} == {"c2", "c3"}
    campaign.go_through(high, street.house)
    assert {case.customer_id for case in street.store.cases.find(campaign_id="high")} == {"c1"}
    assert len(street.store.cases.find()) == 3, "one customer, one campaign"


def test_customers_of_a_campaign_named_in_not_with_are_left_alone_for_good(street: Street) -> None:
    campaign.run(replace(PLAN, id="summer", top=1), street.house)
    street.clock.at = NOW + timedelta(days=60)
    look = campaign.preview(replace(PLAN, not_with=("summer",)), street.house)
    assert look.excluded == {"was in campaign summer, which the plan does not go with": 1}
    with pytest.raises(InputError, match="cannot exclude itself"):
        campaign.preview(replace(PLAN, not_with=("spring",)), street.house)


def test_an_overlap_is_said_before_anything_is_reserved(street: Street) -> None:
    campaign.begin(replace(PLAN, id="summer", top=2, priority=1), "mei", street.house)
    told = [str(one) for one in campaign.preview(PLAN, street.house).warnings]
    assert "up to 2 of 3 customers are also wanted by campaign summer, which comes first" in told
    assert street.reserved() == (0, 0)
    equal = odd(replace(PLAN, priority=1), street.house)
    assert any("whoever reaches a customer first keeps them for a week" in sentence for sentence in equal)


def test_budgets_that_cannot_all_be_kept_are_said(street: Street) -> None:
    for line in street.house.catalogue.offers.values():
        if line.is_money:
            street.store.ledger.set_budget(f"offer:{line.id}", Money(5_000, "CNY"))
    campaign.begin(replace(PLAN, id="summer"), "mei", street.house)
    told = odd(PLAN, street.house)
    assert any("may together still spend 4000.00 CNY" in sentence for sentence in told)


# --- what cannot be meant ---------------------------------------------------------------------------------------------


def test_a_segment_of_nobody_and_a_hold_out_of_all_or_none_are_said(street: Street) -> None:
    nobody = replace(street.house, holdout_share=1.0)
    street.store.scores.put([])
    assert any("everybody is held out" in s for s in odd(PLAN, nobody))
    assert any("nobody is held out" in s for s in odd(PLAN, street.house))
    street.store.scores.put(
        [replace(a_score(name), band=a_score().band.LOW, as_of=NOW + timedelta(hours=1)) for name in ("c1", "c2", "c3")]
    )
    assert any("nobody of 3 scored customers is in this segment" in s for s in odd(PLAN, street.house))


def test_an_offer_that_ends_before_a_scheduled_campaign_begins_is_said(street: Street) -> None:
    line = street.house.catalogue.offers["amount_15"]
    offers = {**street.house.catalogue.offers, "amount_15": replace(line, ends_on=NOW.date())}
    house = replace(street.house, catalogue=replace(street.house.catalogue, offers=offers))
    assert not any("amount_15 ends" in s for s in odd(PLAN, house))
    tomorrow = replace(PLAN, starts_at=NOW + timedelta(days=1))
    assert any("amount_15 ends on 2026-03-02, before the campaign begins" in s for s in odd(tomorrow, house))


def test_a_negative_margin_is_said_before_anything_is_reserved(street: Street) -> None:
    thin = replace(street.house, brand=replace(street.house.brand, margin_pct=street.house.brand.margin_pct * 0))
    assert any("would cost more than the smallest order earns" in s for s in odd(PLAN, thin))


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"starts_at": "2026-03-01T10:00:00"}, "needs its offset"),
        ({"starts_at": "soon"}, "soon"),
        ({"not_with": "summer"}, "a list of campaigns"),
        ({"priority": "first"}, "first"),
        ({"budget": "much"}, "cannot be read"),
    ],
)
def test_keys_that_cannot_be_are_named(keys: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_plan({"id": "x", **keys}, "CNY")


def test_nobody_signs_a_plan_that_was_changed_after_they_looked(house: House) -> None:
    campaign.begin(PLAN, "mei", house)
    campaign.begin(replace(PLAN, budget=Money(400_000, "CNY")), "mei", house)
    with pytest.raises(TransitionNotAllowed, match="was changed"):
        campaign.sign_off("spring", "jun", house, seen=plan_hash(PLAN))

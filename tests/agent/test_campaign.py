"""Many cases: who is reached, who is not and why, and that nobody is reached twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from agent import campaign, feedback, pipeline
from agent.campaign.standing import Doorman
from agent.cells.preview import SAMPLE_CODE, MessagePreview
from agent.domain import CampaignStatus, CaseStatus, Channel, Consent, Decision, Money
from agent.errors import InputError, TransitionNotAllowed
from agent.plan import Plan, read_plan
from scoring.records import RiskBand
from tests.factories import NOW, a_customer, a_score, a_ticket, an_order
from tests.fakes import SetClock
from tests.street import Street, a_street

PLAN = Plan("spring", auto_send=True, audit_share=0.0)


@pytest.fixture
def street(tmp_path: Path) -> Street:
    street = a_street(tmp_path)
    people = {
        "c1": {},
        "c2": {},
        "no": {"consents": {channel: Consent(False) for channel in Channel}},
        "out": {"suppressed": True},
        "kid": {"age": 12},
        "pushy": {"consents": {Channel.PUSH: Consent(True, NOW, "app", "marketing")}},
    }
    street.store.people.put([a_customer(name, **changes) for name, changes in people.items()], NOW)
    street.history.events += [an_order(name) for name in people if name not in ("c1", "c2")]
    street.store.scores.put(
        [a_score(name, value=1_000_000 - 1_000 * n) for n, name in enumerate(people)]
        + [replace(a_score("calm"), band=RiskBand.LOW, probability=0.1)]
    )
    return street


def test_a_preview_gives_every_exclusion_its_reason_and_stores_nothing(street: Street) -> None:
    look = campaign.preview(PLAN, street.house)
    assert (look.scored, look.flagged, look.recipients) == (7, 6, 3)
    assert look.excluded == {"no consent and address on any channel of the plan": 1, "SUPPRESSED": 1, "MINOR": 1}
    assert look.offers == {"amount_15": 3}
    assert look.cost == Money(4500, "CNY")
    assert street.store.cases.find() == []
    assert street.reserved() == (0, 0)


def test_whoever_wants_no_program_to_choose_is_passed_over(street: Street) -> None:
    feedback.end_profiling("c1", NOW, "chat", street.house)
    look = campaign.preview(PLAN, street.house)
    assert (look.recipients, look.excluded["PROFILE_OFF"]) == (2, 1)
    campaign.run(PLAN, street.house)
    assert "c1" not in {case.customer_id for case in street.store.cases.find([CaseStatus.QUEUED])}


def test_a_preview_shows_what_a_start_then_does(street: Street) -> None:
    look = campaign.preview(PLAN, street.house)
    campaign.run(PLAN, street.house)
    queued = street.store.cases.find([CaseStatus.QUEUED])
    assert len(queued) == look.recipients
    assert street.reserved()[0] == look.cost.minor


def test_starting_twice_reaches_nobody_twice(street: Street) -> None:
    campaign.run(PLAN, street.house)
    pipeline.send_due(street.house)
    sent = len(street.channel.sent)
    assert sent == 3
    assert campaign.run(PLAN, street.house) == []
    pipeline.send_due(street.house)
    assert len(street.channel.sent) == sent


def test_a_campaign_that_was_killed_goes_on_where_it_was(street: Street) -> None:
    class Killed(Exception):
        pass

    def die_after_one(done: int, _total: int) -> None:
        if done == 1:
            raise Killed

    with pytest.raises(Killed):
        campaign.run(PLAN, street.house, die_after_one)
    assert len(street.store.cases.find()) == 1
    campaign.run(PLAN, street.house)
    assert len(street.store.cases.find([CaseStatus.QUEUED])) == 3


def test_one_customer_one_campaign_at_a_time(street: Street) -> None:
    campaign.run(PLAN, street.house)
    assert campaign.run(replace(PLAN, id="summer"), street.house) == []
    look = campaign.preview(replace(PLAN, id="summer"), street.house)
    assert look.excluded["in another campaign these days"] == 3


def test_a_small_budget_ends_the_offers_and_not_the_care(street: Street) -> None:
    done = campaign.run(replace(PLAN, budget=Money(3000, "CNY")), street.house)
    with_offer = [prepared for prepared in done if prepared.case.decision and prepared.case.decision.offer]
    assert len(with_offer) == 2
    assert len([prepared for prepared in done if prepared.draft is not None]) >= 3


def test_the_held_out_are_counted_and_left_alone(street: Street) -> None:
    house = replace(street.house, holdout_share=1.0)
    assert campaign.preview(PLAN, house).held_out == 3
    campaign.run(PLAN, house)
    assert {case.status for case in street.store.cases.find()} == {CaseStatus.HELD_OUT}


def test_somebody_who_complained_is_served_not_sold_to(street: Street) -> None:
    street.history.events.append(a_ticket("c1"))
    campaign.run(PLAN, street.house)
    [case] = street.store.cases.find(customer_id="c1")
    assert case.purpose == "service"
    assert case.decision is not None
    assert case.decision.offer is None


def test_the_first_consented_channel_of_the_plan_is_used(street: Street) -> None:
    campaign.run(PLAN, street.house)
    [case] = street.store.cases.find(customer_id="pushy")
    assert case.channel is Channel.PUSH


def test_an_audit_sample_is_shown_to_a_person(street: Street) -> None:
    campaign.run(replace(PLAN, audit_share=1.0), street.house)
    assert street.store.cases.find([CaseStatus.QUEUED]) == []
    assert len(street.store.cases.find([CaseStatus.NEEDS_PERSON])) == 3


def test_a_campaign_of_which_nothing_waits_is_over(street: Street) -> None:
    campaign.run(PLAN, street.house)
    campaign.pause("spring", street.house)
    campaign.resume("spring", street.house)
    campaign.run(PLAN, street.house)
    assert len(pipeline.send_due(street.house)) == 3
    for move in (campaign.pause, lambda name, house: campaign.cancel(name, "mei", house)):
        with pytest.raises(TransitionNotAllowed, match="nothing of it waits"):
            move("spring", street.house)
    assert street.store.campaigns.row("spring").status is CampaignStatus.DONE


def test_most_at_stake_come_first_and_top_bounds_them(street: Street) -> None:
    flagged, scored = campaign.candidates(replace(PLAN, top=2), street.house)
    assert ([score.customer_id for score in flagged], scored) == (["c1", "c2"], 7)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "no id"),
        ({"id": "x", "bnad": "high"}, "bnad"),
        ({"id": "x", "band": "extreme"}, "extreme"),
        ({"id": "x", "channels": ["fax"]}, "fax"),
    ],
)
def test_a_plan_that_cannot_be_meant_names_the_key(data: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_plan(data, "CNY")


def test_a_week_later_the_customer_is_free_again(street: Street) -> None:
    campaign.run(PLAN, street.house)
    street.clock.at = NOW + timedelta(days=8)
    look = campaign.preview(replace(PLAN, id="summer"), street.house)
    assert "in another campaign these days" not in look.excluded


def test_a_preview_after_the_start_reaches_nobody_again(street: Street) -> None:
    campaign.run(PLAN, street.house)
    look = campaign.preview(PLAN, street.house)
    assert (look.recipients, look.excluded["already in this campaign"]) == (0, 3)


@pytest.mark.parametrize("step", ["write", "check"])
def test_a_case_that_died_at_a_step_is_taken_up_there(
    street: Street, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from agent import steps

    whole = getattr(steps, step)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(steps, step, die)
    with pytest.raises(KeyboardInterrupt):
        campaign.run(PLAN, street.house)
    assert street.reserved() == (1500, 0), "the first customer's coupon is held"
    monkeypatch.setattr(steps, step, whole)
    campaign.run(PLAN, street.house)
    assert len(street.store.cases.find([CaseStatus.QUEUED])) == 3
    assert street.reserved() == (4500, 0)


def test_what_the_gate_passed_can_be_approved_together(street: Street) -> None:
    by_hand = replace(PLAN, auto_send=False)
    campaign.run(by_hand, street.house)
    assert street.store.cases.find([CaseStatus.QUEUED]) == []
    assert campaign.approve_all("spring", "mei", street.house) == (3, [])
    assert len(street.store.cases.find([CaseStatus.QUEUED])) == 3


def test_a_campaign_in_cells_drafts_once_for_many_and_by_itself_for_the_most_valuable(street: Street) -> None:
    plan = Plan("cells", channels=(Channel.EMAIL,), cells=True, individual=1)
    done = campaign.run(plan, street.house)
    drafted = [prepared.draft for prepared in done if prepared.draft is not None]
    marks = [draft.writer.detail.get("drafted_for", "") for draft in drafted]
    assert marks[0] == ""
    assert set(marks[1:]) == {"cell"}
    assert all(prepared.verdict is not None for prepared in done if prepared.draft is not None)


def test_a_preview_shows_what_would_be_said_and_how_it_would_be_judged_and_keeps_nothing(street: Street) -> None:
    shown = MessagePreview(street.house)
    look = campaign.preview(PLAN, street.house, shown)
    assert sum(shown.verdicts.values()) + shown.alone == look.recipients
    assert shown.verdicts[Decision.PASS] == look.recipients
    for sample in shown.samples():
        assert SAMPLE_CODE in sample.words.body
        assert "{" not in sample.words.body
    assert street.store.cases.find() == []
    assert street.reserved() == (0, 0)


def test_a_preview_counts_the_most_valuable_as_written_to_for_themselves(street: Street) -> None:
    shown = MessagePreview(street.house)
    look = campaign.preview(replace(PLAN, cells=True, individual=2), street.house, shown)
    assert shown.alone == 2
    assert sum(shown.verdicts.values()) == look.recipients - 2


def test_in_a_preview_of_a_flow_nobody_is_written_to_for_themselves(street: Street) -> None:
    flow = {"id": "silent", "enter": {"orders": 1}, "goal": ["order"], "steps": [{"send": "long_silence"}]}
    plan = read_plan({**flow, "cells": True, "individual": 50, "channels": ["email"]}, "CNY")
    shown = MessagePreview(street.house)
    look = campaign.preview(plan, street.house, shown)
    assert look.recipients > 0
    assert sum(shown.verdicts.values()) == look.recipients


@pytest.mark.parametrize("cells", [True, False])
def test_in_a_preview_at_night_a_message_waits_and_is_not_blocked(street: Street, cells: bool) -> None:
    night = replace(street.house, clock=SetClock(NOW + timedelta(hours=13)))
    shown = MessagePreview(night)
    look = campaign.preview(replace(PLAN, channels=(Channel.PUSH,), cells=cells, individual=0), night, shown)
    assert look.recipients > 0
    assert shown.waits > 0
    assert shown.verdicts[Decision.BLOCK] == 0
    assert sum(shown.verdicts.values()) + shown.waits + shown.alone == look.recipients


@pytest.mark.parametrize("minor", [1, 199])
def test_a_budget_below_one_coupon_is_said_before_anything_is_reserved(street: Street, minor: int) -> None:
    plan = replace(PLAN, budget=Money(minor, "CNY"))
    for ask in (campaign.preview, campaign.run):
        with pytest.raises(InputError, match=r"the cheapest costs 2\.00"):
            ask(plan, street.house)
    assert street.store.ledger.budget("campaign:spring") is None
    assert campaign.preview(replace(PLAN, budget=Money(0, "CNY")), street.house).offers == {}


def test_who_asked_for_fewer_messages_is_left_alone_and_served_while_a_ticket_is_open(street: Street) -> None:
    street.history.events += [
        a_ticket("c1", topic="too_many_messages", status="closed"),
        a_ticket("c2", topic="too_many_messages", status="open"),
    ]
    look = campaign.preview(PLAN, street.house)
    assert look.excluded["better left alone: asked lately for fewer messages"] == 1
    assert (look.recipients, look.served) == (1, 1)


def test_what_people_did_with_the_audit_sample_is_counted_and_an_ended_campaign_is_no_mistake(street: Street) -> None:
    from agent.domain import Words

    campaign.run(replace(PLAN, audit_share=1.0), street.house)
    first, second, _ = street.store.cases.find([CaseStatus.NEEDS_PERSON])
    assert street.store.results.audited("spring") == ([None, None, None], 0)
    draft = street.store.cases.latest_draft(first.case_id)
    assert draft is not None
    pipeline.approve(first, "mei", street.house, Words(draft.subject, draft.body.replace("。", "！", 1)))
    pipeline.approve(second, "mei", street.house)
    campaign.cancel("spring", "mei", street.house)
    decided, alone = street.store.results.audited("spring")
    assert (sorted(map(str, decided)), alone) == (["None", "approve", "edit"], 0)


def test_what_went_by_itself_is_counted_apart_from_the_sample(street: Street) -> None:
    campaign.run(PLAN, street.house)
    assert street.store.results.audited("spring") == ([], 3)


def test_what_speaks_against_a_customer_is_what_the_whole_gate_would_say(street: Street) -> None:
    """The quick way asks the rules of the context alone; in 288 states both say the same."""
    from itertools import product

    from agent.context import Live, gate_context
    from agent.domain import Purpose, Words
    from agent.guardrails import check, context_from_json
    from agent.guardrails.live import standing

    events = ((), (a_ticket("c1"),), (a_ticket("c1", 40, status="closed"), an_order("c1")))
    consents = (Consent(True, NOW, "form", "marketing"), Consent(True, None, None, None), Consent(False))
    hours = (NOW, NOW + timedelta(hours=13))
    people = ({}, {"suppressed": True}, {"age": 12}, {"account_status": "closed", "timezone": None})
    for consent, timeline, now, person, channel in product(consents, events, hours, people, Channel):
        customer = a_customer(consents=dict.fromkeys(Channel, consent), **person)
        live = Live(customer, street.house.brand, Purpose.MARKETING, now, timeline, (), sent_last_7_days=3)
        context = context_from_json(gate_context(live, {}, channel))
        verdict = check(Words("-", "-"), context)
        waits = {"QUIET_HOURS"} if verdict.deferred_until is not None else set()
        found = [f.rule for f in verdict.findings if f.field == "context" and f.rule not in waits]
        assert list(standing(context).objections) == found
        # the doorman asks for a kind of customer what this asks for one
        house = replace(street.house, clock=SetClock(now))
        told = Doorman(house).standing(customer, timeline, channel, 3)
        assert (list(told.objections), told.opens_at) == (found, verdict.deferred_until)


def test_a_fault_in_a_group_keeps_nobody_else_from_being_stored(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    from agent.campaign import together

    done: list[int] = []

    def work(number: int) -> int:
        with street.store.write():
            street.store.ledger.set_budget(f"campaign:{number}", Money(number, "CNY"))
            if number == 5 and 5 not in done:
                done.append(5)
                raise TransitionNotAllowed("somebody else moved it")
        return number

    assert list(together.Together(street.house).over(work, range(1, 12))) == list(range(1, 12))
    assert all(street.store.ledger.budget(f"campaign:{number}") is not None for number in range(1, 12))


def test_a_campaign_asks_the_policies_once_and_each_customers_history_every_time() -> None:
    from agent.campaign.remembered import RememberedPolicies
    from tests.factories import a_clause
    from tests.fakes import ListedPolicies

    class Counting(ListedPolicies):
        asked = 0

        def licensed(self, acts, language, on):  # type: ignore[no-untyped-def]
            self.asked += 1
            return super().licensed(acts, language, on)

    counting = Counting([a_clause("service-zh#人工", ("human_reply",))])
    policies = RememberedPolicies(counting)
    found = [policies.licensed(["human_reply"], "zh", NOW.date()) for _ in range(5)]
    assert (counting.asked, len(found[0])) == (1, 1)
    assert all(clauses == found[0] for clauses in found)
    policies.licensed(["human_reply"], "en", NOW.date())
    assert counting.asked == 2

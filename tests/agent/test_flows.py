"""Campaigns of several steps: who enters, when a step is taken, what ends it, and that a crash repeats nothing."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from agent import campaign, pipeline, worker
from agent.campaign import flows
from agent.domain import CampaignStatus, CaseStatus, Channel, Delivery, Event, FlowStatus, Language, Message
from agent.errors import InputError
from agent.flow import Condition, holds
from agent.plan import Plan, as_row, plan_of, read_plan
from api.flowing import shipped_texts
from scoring.records import RiskBand
from tests.factories import NOW, a_customer, a_score, a_ticket, an_order
from tests.fakes import RememberingChannel, SetClock
from tests.street import Street, a_street

F = FlowStatus
TWO_MESSAGES: dict[str, Any] = {
    "id": "cart",
    "auto_send": True,
    "audit_share": 0.0,
    "goal": ["order"],
    "enter": {"event": "cart", "older_than": "4h", "newer_than": "3d", "without": ["order"]},
    "steps": [
        {"send": "cart_left", "offer": "none", "channels": ["email"]},
        {"wait": "3d"},
        {"name": "looked", "if": {"event": "visit", "since_entry": True}, "otherwise": "end"},
        {"send": "cart_left", "channels": ["push"]},
    ],
}
PLAN = read_plan(TWO_MESSAGES, "CNY")


def an_event(name: str, kind: str, at: Any = NOW, **values: Any) -> Event:
    return Event(f"{name}-{kind}-{at.isoformat()}", name, at, kind, **values)


class TimelyChannel(RememberingChannel):
    """Delivers at the house's own time: the days between two messages count here."""

    def __init__(self, clock: SetClock) -> None:
        super().__init__()
        self._clock = clock

    def deliver(self, message: Message) -> Delivery:
        return replace(super().deliver(message), at=self._clock.now())


@pytest.fixture
def street(tmp_path: Path) -> Street:
    """c1 (Chinese) and c2 (English) left a cart six hours ago; c3 bought after it, c4 has none."""
    street = a_street(tmp_path)
    street.channel = TimelyChannel(street.clock)
    street.house = replace(street.house, channels=dict.fromkeys(Channel, street.channel))
    street.store.people.put([a_customer("c3"), a_customer("c4")], NOW)
    six_hours_ago = NOW - timedelta(hours=6)
    street.history.events += [an_event(name, "cart", six_hours_ago) for name in ("c1", "c2", "c3")]
    street.history.events += [an_order("c3", 0, at=NOW - timedelta(hours=5)), an_order("c4")]
    people = ("c1", "c2", "c3", "c4")
    street.store.scores.put([replace(a_score(name), band=RiskBand.LOW, probability=0.1) for name in people])
    return street


def turn(street: Street, **hours: float) -> int:
    """Some time later, one turn of the worker; how many messages left."""
    street.clock.at += timedelta(**hours)
    before = len(street.channel.sent)
    worker.draft_turn(street.house)
    pipeline.send_due(street.house)
    return len(street.channel.sent) - before


def started(street: Street, plan: Plan = PLAN) -> Street:
    assert campaign.begin(plan, "mei", street.house) is CampaignStatus.RUNNING
    return street


def where(street: Street) -> dict[tuple[str, int], int]:
    return {(status.value, step): n for (status, step), n in street.store.flows.counts("cart").items()}


def test_only_who_meets_the_condition_enters_and_gets_the_first_message(street: Street) -> None:
    assert turn(started(street)) == 2
    assert {case.customer_id for case in street.store.cases.find()} == {"c1", "c2"}
    assert where(street) == {("active", 2): 2}
    for case in street.store.cases.find():
        assert (case.situation, case.step, case.channel) == ("cart_left", 0, Channel.EMAIL)
        assert case.decision is not None
        assert case.decision.offer is None


def test_the_next_step_waits_its_time_and_asks_its_condition(street: Street) -> None:
    turn(started(street))
    street.history.events.append(an_event("c1", "visit", NOW + timedelta(hours=1)))
    assert turn(street, hours=71) == 0
    assert turn(street, hours=2) == 1, "c1 looked again, c2 did not"
    assert street.channel.sent[-1].customer_id == "c1"
    assert street.channel.sent[-1].channel is Channel.PUSH
    assert where(street) == {("done", 4): 2}


def test_the_goal_ends_it_and_takes_back_what_has_not_left(street: Street) -> None:
    started(street, replace(PLAN, auto_send=False))
    worker.draft_turn(street.house)
    assert len(street.store.cases.find([CaseStatus.CHECKED])) == 2
    street.history.events.append(an_order("c1", 0, at=NOW + timedelta(minutes=5)))
    turn(street, minutes=20)
    assert where(street) == {("active", 0): 1, ("goal", 0): 1}, "a step waits until its draft is decided"
    [case] = street.store.cases.find(customer_id="c1")
    assert case.status is CaseStatus.REJECTED
    assert turn(street, days=4) == 0


def test_nothing_follows_a_message_that_nobody_has_approved(street: Street) -> None:
    """The second message speaks of a first one: it is not even drafted before that one was sent or rejected."""
    started(street, replace(PLAN, auto_send=False))
    worker.draft_turn(street.house)
    street.history.events += [an_event(name, "visit", NOW + timedelta(hours=1)) for name in ("c1", "c2")]
    turn(street, days=4)
    assert [case.step for case in street.store.cases.find()] == [0, 0]
    pipeline.reject(street.store.cases.find(customer_id="c1")[0], "lin", street.house)
    turn(street, hours=2)
    assert where(street) == {("active", 2): 1, ("active", 0): 1}


def test_many_turns_in_a_row_write_nothing_twice(street: Street) -> None:
    assert turn(started(street)) == 2
    assert [turn(street, minutes=20) for _ in range(5)] == [0] * 5
    assert len(street.store.cases.find()) == 2


@pytest.mark.parametrize("dies_at", ["reach", "row"])
def test_a_flow_that_was_killed_goes_on_where_it_was(
    street: Street, dies_at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the message and its row, and in the middle of the message."""

    class Killed(BaseException):
        pass

    def die(*_: object, **__: object) -> None:
        raise Killed

    whole: Callable[..., Any]
    if dies_at == "reach":
        from agent import steps

        whole = steps.check
        monkeypatch.setattr(steps, "check", die)
    else:
        whole = flows._after
        monkeypatch.setattr(flows, "_after", die)
    started(street)
    with pytest.raises(Killed):
        worker.draft_turn(street.house)
    if dies_at == "reach":
        monkeypatch.setattr("agent.steps.check", whole)
    else:
        monkeypatch.setattr(flows, "_after", whole)
    assert turn(street) == 2
    assert where(street) == {("active", 2): 2}
    assert len(street.store.cases.find()) == 2


def test_who_is_held_out_walks_to_the_first_message_and_no_further(street: Street) -> None:
    house = replace(street.house, holdout_share=1.0)
    campaign.begin(PLAN, "mei", house)
    worker.draft_turn(house)
    assert where(street) == {("held_out", 0): 2}
    assert {case.status for case in street.store.cases.find()} == {CaseStatus.HELD_OUT}
    assert street.channel.sent == []


def test_an_open_ticket_comes_first_and_the_flow_waits(street: Street) -> None:
    street.history.events.append(a_ticket("c1", 1))
    assert turn(started(street)) == 1
    assert where(street) == {("active", 0): 1, ("active", 2): 1}
    street.history.events.append(replace(a_ticket("c1", 1, status="closed"), at=NOW + timedelta(hours=1)))
    assert turn(street, hours=24) == 1


def test_who_unsubscribes_leaves_the_flow(street: Street) -> None:
    turn(started(street))
    street.store.people.suppress("c1", NOW, "link")
    street.history.events += [an_event(n, "visit", NOW + timedelta(hours=1)) for n in ("c1", "c2")]
    assert turn(street, days=3, hours=8) == 1
    assert where(street) == {("done", 4): 1, ("left", 3): 1}


def test_a_customer_may_enter_again_after_the_stated_time(street: Street) -> None:
    started(street, replace(PLAN, flow=replace(PLAN.flow, again_after=timedelta(days=10))))  # type: ignore[arg-type]
    turn(street)
    turn(street, days=4)
    street.history.events.append(an_event("c1", "cart", NOW + timedelta(days=4)))
    assert turn(street, hours=6) == 0, "too soon"
    street.history.events.append(an_event("c1", "cart", NOW + timedelta(days=11)))
    assert turn(street, days=8) == 1
    assert len(street.store.cases.find(customer_id="c1")) == 2


def test_pause_stops_a_flow_and_resume_goes_on(street: Street) -> None:
    turn(started(street))
    campaign.pause("cart", street.house)
    street.history.events.append(an_event("c1", "visit", NOW + timedelta(hours=1)))
    assert turn(street, days=4) == 0
    campaign.resume("cart", street.house)
    assert turn(street) == 1


def test_a_customer_of_several_messages_is_measured_once(street: Street) -> None:
    turn(started(street))
    street.history.events.append(an_event("c1", "visit", NOW + timedelta(hours=1)))
    turn(street, hours=73)
    assert len(street.store.cases.find(customer_id="c1")) == 2
    followed = street.store.results.followed("cart")
    assert sorted(person.customer_id for person in followed) == ["c1", "c2"]
    assert {person.opened_at for person in followed} == {NOW}, "from the first message on"
    assert street.store.results.arms("cart") == (2, 0)


def test_a_preview_says_who_would_enter_and_stores_nothing(street: Street) -> None:
    look = campaign.preview(PLAN, street.house)
    assert (look.recipients, look.excluded) == (2, {"does not enter the flow now": 2})
    assert street.store.cases.find() == []
    assert where(street) == {}


def test_a_flow_survives_being_stored() -> None:
    assert plan_of(as_row(PLAN)) == PLAN


# --- what cannot be meant ---------------------------------------------------------------------------------------------

WAIT, SEND = {"wait": "3d"}, {"send": "cart_left"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"steps": []}, "steps are tables"),
        ({"steps": [WAIT]}, "nothing is sent"),
        ({"enter": {}}, "a flow needs \\[enter\\]"),
        ({"goal": []}, "needs a goal"),
        ({"goal": ["purchase"]}, "nobody counts events of the kind 'purchase'"),
        ({"steps": [SEND, SEND]}, "step 2 would send 0m after step 1"),
        ({"steps": [SEND, {"wait": "1d"}, SEND]}, "step 3 would send 1d after step 1"),
        ({"steps": [SEND, {"if": {"event": "visit"}, "otherwise": "late"}, WAIT, {**SEND, "name": "late"}]},
         "step 4 would send 0m after step 1"),
        ({"steps": [SEND, {"wait": "soon"}]}, "step 2: 'soon' is no length of time"),
        ({"steps": [{"send": "cart_left", "wait": "1d"}]}, "exactly one of wait, if, send, and has wait and send"),
        ({"steps": [{"name": "x"}]}, "and has none"),
        ({"steps": [{"send": "buy_now"}]}, "'buy_now', which nobody knows"),
        ({"steps": [{"send": "late_delivery"}]}, "which is service"),
        ({"steps": [{**SEND, "channels": ["fax"]}]}, "fax"),
        ({"steps": [{**WAIT, "offer": "none"}, SEND]}, "'offer' does not go with 'wait'"),
        ({"steps": [{**SEND, "sned": 1}]}, "unknown key 'sned'"),
        ({"steps": [{**SEND, "name": "a"}, {"if": {"orders": 1}, "otherwise": "a"}]}, "'a' is not a later step"),
        ({"steps": [{"if": {"orders": 1}, "otherwise": "b"}, SEND]}, "'b' is no step"),
        ({"steps": [{**SEND, "name": "a"}, {**WAIT, "name": "a"}]}, "two steps are called 'a'"),
        ({"enter": {"older_than": "1d"}}, "'older_than' needs an event"),
        ({"enter": {"event": "cart", "older_than": "3d", "newer_than": "1d"}}, "nothing is older than 3d"),
        ({"enter": {"evnt": "cart"}}, "a condition has no 'evnt'"),
        ({"enter": {"silent_days": 0}}, "whole number above 0"),
        ({"again_after": "never"}, "again_after: 'never'"),
        ({"title": "Cart"}, "table by language"),
    ],
)  # fmt: skip
def test_a_flow_that_cannot_be_meant_says_which_step(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_plan({**TWO_MESSAGES, **changes}, "CNY")


def test_keys_of_a_flow_without_steps_and_an_unknown_offer_are_refused(street: Street) -> None:
    with pytest.raises(InputError, match=r"goal belongs to a flow, and there are no \[\[steps\]\]"):
        read_plan({"id": "x", "goal": ["order"]}, "CNY")
    bad = read_plan({**TWO_MESSAGES, "steps": [{**SEND, "offer": "gold_bar"}]}, "CNY")
    with pytest.raises(InputError, match="the step 'step 1' offers 'gold_bar', which is no money offer"):
        campaign.begin(bad, "mei", street.house)


# --- conditions, and the samples that come along ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "met"),
    [
        (Condition(event="cart"), True),
        (Condition(event="cart", older_than=timedelta(hours=7)), False),
        (Condition(event="cart", newer_than=timedelta(hours=5)), False),
        (Condition(event="cart", absent=True), False),
        (Condition(event="wishlist", absent=True), True),
        (Condition(event="cart", without=("visit",)), False),
        (Condition(event="cart", since_entry=True), False),
        (Condition(silent_days=67), True),
        (Condition(silent_days=68), False),
        (Condition(orders=1), True),
        (Condition(orders=2), False),
        (Condition(band=RiskBand.MEDIUM), True),
    ],
)
def test_a_condition_asks_what_it_says(condition: Condition, met: bool) -> None:
    visit = an_event("c1", "visit", NOW - timedelta(hours=1))
    events = [an_order(), an_event("c1", "cart", NOW - timedelta(hours=6)), visit]
    assert holds(condition, events, a_score(), NOW, entered=NOW - timedelta(hours=2)) is met


@pytest.mark.parametrize("name", ["cart.toml", "win_back.toml", "renewal.toml"])
@pytest.mark.parametrize("language", list(Language))
def test_each_shipped_flow_writes_its_first_message_in_both_languages(
    tmp_path: Path, name: str, language: Language
) -> None:
    plan = read_plan(tomllib.loads(shipped_texts()[name]), "CNY")
    assert plan.flow is not None
    assert set(plan.flow.title) == {"zh", "en"}
    days = {"cart": 20, "win-back": 120, "renewal": 350}[plan.id]
    street = a_street(tmp_path)
    who = "c1" if language is Language.ZH else "c2"
    street.history.events = [an_order(who, days), an_order(who, days + 40)]
    street.history.events.sort(key=lambda event: event.at)
    if plan.id == "cart":
        street.history.events.append(an_event(who, "cart", NOW - timedelta(hours=5)))
    street.store.scores.put([a_score(who)])
    campaign.begin(plan, "mei", street.house)
    [prepared] = worker.draft_turn(street.house)
    assert prepared.draft is not None
    assert prepared.draft.language is language
    assert prepared.case.status is CaseStatus.CHECKED

"""Many customers in one transaction: the same decisions, words of the same kind, the same money as one by one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from agent import campaign, feedback, gatekeeper, pipeline
from agent.adapters.store.outbox import Outbox
from agent.arms import Arm
from agent.campaign import together
from agent.campaign.quick import QuickPath
from agent.domain import (
    Case,
    CaseStatus,
    Channel,
    Consent,
    Decision,
    Language,
    Message,
    Money,
    OfferDecision,
    Purpose,
    Words,
)
from agent.errors import StoreUnavailable
from agent.outbox import message_key
from agent.pipeline import Prepared
from agent.plan import Plan
from agent.review import AUDIT_SAMPLE, stops
from agent.unsubscribe import Unsubscriber
from scoring.records import RiskBand, RiskScore
from tests.factories import NOW, a_brand, a_customer, a_reason, a_score, a_ticket, an_order
from tests.fakes import SetClock
from tests.street import Street, a_street

PLAN = Plan(
    "spring", RiskBand.MEDIUM, None, (Channel.EMAIL, Channel.PUSH), auto_send=True, audit_share=0.0, cells=True,
    individual=0,
)  # fmt: skip
S = CaseStatus
NAMES = ("王芳", "李伟", "欧阳雪", "陈静", "阿依古丽·买买提", "50% off", "FREE GIFT", "点击领取", "null", "赵敏")
REASONS = ("no_recent_purchase", "buys_less_often", "low_activity", "spends_less", "views_less", "one_order_only")


def shop(folder: Path, people: int = 60, codes: int = 100, url: str = "") -> Street:
    """Customers of every kind: two languages, odd names, open tickets, no consent, suppressed, coupons had lately."""
    street = a_street(folder, url)
    everybody, scores = [], []
    for number in range(people):
        name, language = f"q{number:03}", Language.EN if number % 3 == 0 else Language.ZH
        changes: dict[str, object] = {}
        if language is Language.ZH:
            changes |= {"name": NAMES[number % len(NAMES)], "given_name": None}
        if number % 11 == 5:
            changes |= {"consents": {Channel.PUSH: Consent(True, NOW, "app", "marketing")}}
        if number % 13 == 7:
            changes |= {"suppressed": True}
        if number % 17 == 9:
            changes |= {"age": 12}
        everybody.append(a_customer(name, language, **changes))
        reason = a_reason(REASONS[number % len(REASONS)])
        scores.append(a_score(name, reason, value=2_000_000 - 9_000 * number))
        street.history.events.append(an_order(name, 40 + number))
        if number % 19 == 3:
            street.history.events.append(a_ticket(name))
    street.store.people.put(everybody, NOW)
    street.store.scores.put(scores)
    for offer in street.house.catalogue.offers.values():
        if offer.is_money:
            street.store.ledger.add_codes(offer.id, [f"{offer.id[:2].upper()}W{n:04}KX" for n in range(codes)])
            street.store.ledger.set_budget(f"offer:{offer.id}", Money(10_000_000, "CNY"))
    return street


def one_by_one(self: QuickPath, scores: Sequence[RiskScore]) -> Iterator[Prepared | None]:
    """The long way for everybody."""
    for row in self._rows(scores):
        yield from self._rest([self._alone(row)])


def told(street: Street) -> dict[str, tuple[object, ...]]:
    cases = street.store.cases.find()
    return {
        case.customer_id: (case.case_id, case.status, case.channel, case.situation, case.arm, offer_of(case))
        for case in cases
    }


def offer_of(case: Case) -> OfferDecision | None:
    """The decision, but for which of the equal codes it took."""
    decision = case.decision
    if decision is None:
        return None
    offer = decision.offer and replace(decision.offer, code=None, reservation_id=None)
    return replace(decision, offer=offer)


def test_the_quick_path_decides_as_the_long_way_does(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = replace(PLAN, arms=(Arm("a", 0.5), Arm("b", 0.5, offer="none")))
    quick, slow = shop(tmp_path, url=url), shop(tmp_path)
    houses = [replace(street.house, holdout_share=0.2) for street in (quick, slow)]
    campaign.run(plan, houses[0])
    with monkeypatch.context() as patch:
        patch.setattr(QuickPath, "through", one_by_one)
        campaign.run(plan, houses[1])
    assert told(quick) == told(slow)
    cases = quick.store.cases.find()
    assert {case.status for case in cases} >= {S.QUEUED, S.HELD_OUT}
    assert {case.purpose for case in cases} == {Purpose.MARKETING, Purpose.SERVICE}
    assert {case.arm for case in cases} == {"a", "b", None}
    budgets = [
        {budget.id: budget.reserved_minor for budget in street.store.ledger.budgets()} for street in (quick, slow)
    ]
    assert budgets[0] == budgets[1]
    assert sum(budgets[0].values()) > 0


def test_each_message_passes_the_whole_gate_and_cites_what_it_says(tmp_path: Path) -> None:
    street = shop(tmp_path)
    campaign.run(PLAN, street.house)
    queued = street.store.cases.find([S.QUEUED])
    assert len(queued) > 30
    for case in queued:
        draft = street.store.cases.latest_draft(case.case_id)
        assert draft is not None
        words = Words(draft.subject, draft.body)
        key = message_key(case.case_id)
        verdict = gatekeeper.ask("send", case, draft, words, street.house, besides=key).verdict
        row = street.store.outbox.get(key)
        assert row is not None
        assert not stops(verdict), verdict.findings
        assert row.not_before == verdict.deferred_until
        texts = {"subject": draft.subject or "", "body": draft.body}
        spans = {span.slot: texts[span.field][span.start : span.end] for span in draft.spans}
        if case.decision is not None and case.decision.offer is not None and case.decision.offer.code:
            assert spans["offer_code"] == case.decision.offer.code
            assert street.store.ledger.holder(spans["offer_code"]) is not None
        sources = {span.source.id for span in draft.spans if span.source.type == "customer"}
        assert sources <= {case.customer_id}


def test_what_is_queued_leaves(tmp_path: Path) -> None:
    street = shop(tmp_path)
    campaign.run(PLAN, street.house)
    waiting = len(street.store.cases.find([S.QUEUED]))
    for moment in (NOW, NOW + timedelta(hours=7)):  # in London it is night at first
        pipeline.send_due(replace(street.house, clock=SetClock(moment)))
    assert len(street.channel.sent) == waiting
    assert len({message.recipient for message in street.channel.sent}) == waiting
    reserved = [budget.reserved_minor for budget in street.store.ledger.budgets()]
    assert not any(reserved), "whatever was reserved was paid with its message"


def test_a_name_that_is_no_name_is_not_let_through_by_its_cell(tmp_path: Path) -> None:
    street = shop(tmp_path)
    campaign.run(PLAN, street.house)
    bodies = [message.body for message in _under_way(street)]
    assert bodies
    assert not [body for body in bodies for odd in ("50% off", "FREE GIFT", "点击领取", "null") if odd in body]


def test_a_budget_for_three_coupons_gives_three(tmp_path: Path) -> None:
    street = shop(tmp_path)
    offer = street.house.catalogue.offers["amount_15"]
    campaign.run(replace(PLAN, budget=Money(3 * offer.cost.minor + 1, "CNY")), street.house)
    budget = street.store.ledger.budget(f"campaign:{PLAN.id}")
    assert budget is not None
    assert budget.reserved_minor <= budget.amount.minor
    held = Counter(r.status for r in street.store.ledger.reservations(500))
    assert held["reserved"] >= 3
    codes = [r.code for r in street.store.ledger.reservations(500) if r.code]
    assert len(codes) == len(set(codes))


def test_codes_that_run_out_leave_the_next_help(tmp_path: Path) -> None:
    street = shop(tmp_path, codes=0)  # five of each, from the street
    campaign.run(PLAN, street.house)
    given = Counter(r.offer_id for r in street.store.ledger.reservations(500) if r.code)
    assert given["amount_15"] == 5
    assert given["percent_12"] > 0
    assert max(given.values()) <= 5


def test_a_group_that_cannot_be_kept_goes_the_long_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    street, failed = shop(tmp_path), []

    def full(*_given: object) -> None:
        failed.append(street.store.ledger.budget("offer:amount_15"))
        raise StoreUnavailable("the disk is full", "make room")

    monkeypatch.setattr(Outbox, "enqueue_new", full)
    campaign.run(PLAN, street.house)
    assert failed
    queued = street.store.cases.find([S.QUEUED])
    assert len(queued) > 30
    drafts = [street.store.cases.latest_draft(case.case_id) for case in queued]
    assert all(draft is not None for draft in drafts)
    committed = sum(budget.reserved_minor for budget in street.store.ledger.budgets() if budget.id.startswith("offer:"))
    held = sum(r.amount.minor for r in street.store.ledger.reservations(500) if r.status == "reserved")
    assert committed == held, "what a failed group had reserved was given back with it"


def test_who_withdraws_while_the_scores_are_read_is_not_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    street = shop(tmp_path)
    rows = QuickPath._rows

    def and_then_withdraw(self: QuickPath, scores: Sequence[RiskScore]) -> Iterator[object]:
        for row in list(rows(self, scores)):
            if row.number == 10:
                street.store.people.suppress("q020", NOW, "unsubscribed")
            yield row

    monkeypatch.setattr(QuickPath, "_rows", and_then_withdraw)
    campaign.run(PLAN, street.house)
    assert "q020" not in told(street)
    assert "q021" in told(street)


def test_a_second_campaign_says_nothing_twice_and_keeps_its_distance(tmp_path: Path) -> None:
    street = shop(tmp_path)
    street.channel.clock = street.clock
    campaign.run(PLAN, street.house)
    before = len(_under_way(street))
    campaign.run(replace(PLAN, id="summer"), street.house)
    assert len(_under_way(street)) == before
    while pipeline.send_due(street.house):
        pass
    said = {(message.customer_id, message.body) for message in street.channel.sent}
    later = SetClock(NOW + timedelta(days=9))
    campaign.run(replace(PLAN, id="autumn"), replace(street.house, clock=later))
    again = street.store.cases.find([S.QUEUED])
    assert len(again) > 10
    for case in again:
        draft = street.store.cases.latest_draft(case.case_id)
        assert draft is not None
        assert (case.customer_id, draft.body) not in said


def test_at_night_messages_wait_for_the_morning(tmp_path: Path) -> None:
    street = shop(tmp_path)
    night = SetClock(NOW + timedelta(hours=13))
    campaign.run(replace(PLAN, channels=(Channel.PUSH,)), replace(street.house, clock=night))
    rows = street.store.outbox.under_way()
    chinese = [
        row
        for row in rows
        if row.message.purpose is Purpose.MARKETING
        and street.store.people.get(row.message.customer_id).language is Language.ZH
    ]
    assert chinese
    assert all(row.not_before is not None and row.not_before > night.now() for row in chinese)


def test_an_audit_sample_waits_for_a_person(tmp_path: Path) -> None:
    street = shop(tmp_path)
    campaign.run(replace(PLAN, audit_share=1.0), street.house)
    waiting = street.store.cases.find([S.NEEDS_PERSON])
    assert not street.store.cases.find([S.QUEUED])
    lines = [line.data for case in waiting for line in street.store.cases.story(case.case_id) if line.step == "waits"]
    assert [line for line in lines if line["because"] == AUDIT_SAMPLE]
    prepared = pipeline.approve(waiting[-1], "lin", street.house)
    assert prepared.status is S.QUEUED


def test_the_story_of_a_case_leads_to_its_cell(tmp_path: Path) -> None:
    street = shop(tmp_path)
    campaign.run(PLAN, street.house)
    case = street.store.cases.find([S.QUEUED])[0]
    story = {line.step: line.data for line in street.store.cases.story(case.case_id)}
    assert list(story) == ["score", "offer", "draft", "check", "review", "status"]
    [cell] = street.store.cases.story(story["draft"]["cell"])
    draft = street.store.cases.latest_draft(case.case_id)
    assert draft is not None
    assert cell.data["template"]["body"] == draft.body_template
    verdict = street.store.cases.latest_verdict(draft.draft_id)
    assert verdict is not None
    assert (verdict.decision, verdict.text_hash) == (Decision.PASS, story["check"]["text_hash"])


def test_each_message_carries_a_way_out_of_its_own_that_acts(tmp_path: Path) -> None:
    street = shop(tmp_path)
    way_out = Unsubscriber("a secret of this installation, long enough")
    brand = a_brand(unsubscribe_url="https://linden-lane.example/u/{token}")
    house = replace(street.house, brand=brand, unsubscriber=way_out)
    campaign.run(PLAN, house)
    while pipeline.send_due(house):
        pass
    mails = [m for m in street.channel.sent if m.channel is Channel.EMAIL and m.purpose is Purpose.MARKETING]
    assert len(mails) > 20
    links = [re.findall(r"linden-lane\.example/u/([a-z]+)", mail.body) for mail in mails]
    assert [way_out.case_of(link) for [link] in links] == [mail.case_id for mail in mails]
    assert feedback.unsubscribe_case(mails[0].case_id, "link", house) is True


def test_groups_grow_until_they_hold_the_store_for_long_enough() -> None:
    assert together.next_size(1, 0.0001) == 2
    assert together.next_size(64, 0.01) == 128
    assert together.next_size(512, 0.01) == together.MOST
    assert together.next_size(400, 1.0) == 80
    assert together.next_size(2, 9.0) == 2


def _under_way(street: Street) -> list[Message]:
    return [row.message for row in street.store.outbox.under_way()]

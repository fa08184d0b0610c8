"""One case from score to outcome, with the real store, gate, composer and ledger; only the world is a stand-in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from agent import feedback, pipeline
from agent.domain import (
    CaseStatus,
    Channel,
    Consent,
    DeliveryStatus,
    Money,
    Purpose,
    Words,
)
from agent.errors import GateRefused, HoldfastError, TransitionNotAllowed
from agent.hashes import words_hash
from agent.outcomes import OutcomeRow
from agent.send import deliver
from agent.voice import voice_of
from agent.writers.composer import Composer
from tests.factories import NOW, a_customer, a_reason, a_score, a_ticket
from tests.fakes import SayingWriter
from tests.street import Street, a_street


@pytest.fixture
def street(tmp_path: Path) -> Street:
    return a_street(tmp_path)


@pytest.mark.parametrize(("customer_id", "greeting"), [("c1", "欧阳女士"), ("c2", "Nora")])
def test_a_case_goes_from_score_to_sent_and_tells_its_story(street: Street, customer_id: str, greeting: str) -> None:
    case = street.approved(customer_id=customer_id)
    [delivery] = pipeline.send_due(street.house)
    assert delivery.status is DeliveryStatus.SENT
    [message] = street.channel.sent
    assert greeting in message.body
    assert message.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert street.store.cases.get(case.case_id).status is CaseStatus.SENT
    steps = [step.step for step in street.store.cases.story(case.case_id) if step.step != "status"]
    assert steps == ["score", "offer", "facts", "draft", "check", "check", "review", "check", "send"]
    assert street.reserved() == (0, 1500)


def test_every_filled_word_says_where_it_came_from(street: Street) -> None:
    draft = pipeline.prepare(street.open(), street.house).draft
    assert draft is not None
    quoted = {
        span.slot: (draft.body[span.start : span.end], span.source.type) for span in draft.spans if span.field == "body"
    }
    assert quoted["offer_code"] == ("AMQ7K0XM", "ledger")
    assert quoted["postal_address"][1] == "brand"


def test_sending_twice_sends_once(street: Street) -> None:
    street.approved()
    pipeline.send_due(street.house)
    assert pipeline.send_due(street.house) == []
    assert len(street.channel.sent) == 1


def test_the_held_out_end_before_a_word_is_written(street: Street) -> None:
    house = replace(street.house, holdout_share=1.0)
    prepared = pipeline.prepare(street.open(), house)
    assert prepared.case.status is CaseStatus.HELD_OUT
    assert prepared.draft is None


def test_no_consent_keeps_the_message_in(street: Street) -> None:
    street.store.people.put([a_customer(consents={Channel.EMAIL: Consent(False)})], NOW)
    prepared = pipeline.prepare(street.open(), street.house)
    assert prepared.case.status is CaseStatus.BLOCKED
    with pytest.raises(GateRefused, match="CONSENT_CHANNEL"):
        pipeline.approve(prepared.case, "lin", street.house)
    assert pipeline.send_due(street.house) == []


def test_unknown_consent_is_for_a_person(street: Street) -> None:
    street.store.people.put([a_customer(consents={Channel.EMAIL: Consent(None)})], NOW)
    assert pipeline.prepare(street.open(), street.house).case.status is CaseStatus.NEEDS_PERSON


def withdraw(street: Street) -> None:
    street.store.people.put([a_customer(consents={Channel.EMAIL: Consent(False)})], NOW)


def unsubscribe(street: Street) -> None:
    street.store.people.suppress("c1", NOW, "one-click")


def complain(street: Street) -> None:
    street.history.events.append(a_ticket("c1", days_ago=1))


def outlive_the_offer(street: Street) -> None:
    street.clock.at = NOW + timedelta(days=60)


@pytest.mark.parametrize("flip", [withdraw, unsubscribe, complain, outlive_the_offer])
def test_what_changes_between_approval_and_sending_stops_the_message(street: Street, flip: object) -> None:
    case = street.approved()
    flip(street)  # type: ignore[operator]
    [delivery] = pipeline.send_due(street.house)
    assert delivery.status is DeliveryStatus.STOPPED
    assert street.channel.sent == []
    assert street.store.cases.get(case.case_id).status is CaseStatus.BLOCKED
    assert street.reserved() == (0, 0), "the money goes back"


def test_a_push_at_night_waits_for_the_morning_and_is_not_dropped(street: Street) -> None:
    street.clock.at = NOW + timedelta(hours=12)  # half past ten in the evening in Shanghai
    case = street.approved(channel=Channel.PUSH)
    assert pipeline.send_due(street.house) == []
    street.clock.at = NOW + timedelta(hours=22)
    [delivery] = pipeline.send_due(street.house)
    assert delivery.status is DeliveryStatus.SENT
    assert street.store.cases.get(case.case_id).status is CaseStatus.SENT


def test_a_reps_words_pass_the_same_gate(street: Street) -> None:
    prepared = pipeline.prepare(street.open(), street.house)
    assert prepared.draft is not None
    promising = Words(prepared.draft.subject, prepared.draft.body.replace("立减15元", "立减50元"))
    assert promising.body != prepared.draft.body
    with pytest.raises(GateRefused, match="OFFER_AMOUNT"):
        pipeline.approve(prepared.case, "lin", street.house, promising)
    kind = Words(prepared.draft.subject, prepared.draft.body.replace("您好", "您好呀", 1))
    done = pipeline.approve(prepared.case, "lin", street.house, kind, note="a little lighter")
    assert done.status is CaseStatus.QUEUED
    pipeline.send_due(street.house)
    assert "您好呀" in street.channel.sent[0].body


def test_a_rejected_draft_gives_the_coupon_back(street: Street) -> None:
    prepared = pipeline.prepare(street.open(), street.house)
    assert street.reserved() == (1500, 0)
    assert pipeline.reject(prepared.case, "lin", street.house).status is CaseStatus.REJECTED
    assert street.reserved() == (0, 0)


def test_a_channel_that_refuses_keeps_the_message_queued(street: Street) -> None:
    case = street.approved()
    street.channel.refuses = True
    [delivery] = pipeline.send_due(street.house)
    assert delivery.status is DeliveryStatus.QUEUED
    street.channel.refuses = False
    assert pipeline.send_due(street.house) == [], "it is not tried again at once"
    street.clock.at = NOW + timedelta(minutes=3)
    [delivery] = pipeline.send_due(street.house)
    assert delivery.status is DeliveryStatus.SENT
    assert street.store.cases.get(case.case_id).status is CaseStatus.SENT


def test_an_unknown_outcome_is_said_and_never_resent(street: Street) -> None:
    case = street.approved()
    street.channel.dies = True
    [delivery] = pipeline.send_due(street.house)
    assert delivery.status is DeliveryStatus.UNKNOWN
    assert pipeline.send_due(street.house) == []
    assert street.store.cases.get(case.case_id).status is CaseStatus.UNKNOWN
    assert street.reserved() == (0, 1500), "it may have arrived, so the coupon counts as spent"


def test_a_dead_model_is_not_a_decision(street: Street) -> None:
    house = replace(street.house, writers=(SayingWriter(broken=True), Composer()))
    prepared = pipeline.prepare(street.open(), house)
    assert prepared.draft is not None
    assert prepared.draft.writer.name == "composer"
    assert prepared.draft.writer.fell_back_from == ("saying",)


def test_with_no_writer_left_the_case_waits_for_a_person(street: Street) -> None:
    house = replace(street.house, writers=(SayingWriter(broken=True),))
    prepared = pipeline.prepare(street.open(), house)
    assert (prepared.case.status, prepared.draft) == (CaseStatus.NEEDS_PERSON, None)


def test_a_writer_that_invents_an_offer_does_not_get_through(street: Street) -> None:
    liar = SayingWriter("主题：给您五折\n\n{salutation}：\n全场五折，再送您500元，永久有效。")
    house = replace(street.house, writers=(liar, Composer()))
    draft = pipeline.prepare(street.open(), house).draft
    assert draft is not None
    assert "五折" not in draft.body
    assert "500" not in draft.body
    assert draft.writer.fell_back_from == ("saying",)
    assert liar.asked <= 2, "one bounded repair, then the next rung"


def test_other_words_for_a_case_keep_offer_and_code(street: Street) -> None:
    prepared = pipeline.prepare(street.open(), street.house)
    again = pipeline.redraft(prepared.case, street.house, "更正式一点")
    assert prepared.draft is not None
    assert again.draft is not None
    assert "AMQ7K0XM" in prepared.draft.body
    assert "AMQ7K0XM" in again.draft.body
    assert street.reserved() == (1500, 0)


def test_an_open_ticket_turns_selling_into_serving(street: Street) -> None:
    street.history.events.append(a_ticket("c1"))
    prepared = pipeline.prepare(street.open(purpose=Purpose.SERVICE), street.house)
    assert prepared.case.situation == "late_delivery"
    assert prepared.case.decision is not None
    assert prepared.case.decision.offer is None


def test_a_redemption_and_an_unsubscribe_come_home(street: Street) -> None:
    case = street.approved()
    pipeline.send_due(street.house)
    at = NOW + timedelta(days=2)
    redeemed = feedback.record(
        OutcomeRow("redeemed", at, code="AMQ7K0XM", amount=Money(9900, "CNY")), street.house, "till"
    )
    assert redeemed is not None
    assert redeemed.case_id == case.case_id
    assert feedback.record(OutcomeRow("redeemed", at, code="AMQ7K0XM"), street.house, "till") is None
    feedback.record(OutcomeRow("unsubscribed", at, case_id=case.case_id), street.house, "link")
    assert street.store.people.get("c1").suppressed


def test_the_sender_refuses_words_that_were_not_judged(street: Street) -> None:
    case = street.approved()
    row = street.store.outbox.due(NOW)[0]
    draft = street.store.cases.latest_draft(case.case_id)
    assert draft is not None
    verdict = street.store.cases.latest_verdict(draft.draft_id)
    assert verdict is not None
    assert verdict.text_hash == words_hash(row.message.subject, row.message.body)
    tampered = replace(row.message, body=row.message.body + "!")
    with pytest.raises(TransitionNotAllowed):
        deliver(tampered, verdict, street.channel, street.clock)
    redirected = replace(row.message, recipient="somebody@else.example")
    with pytest.raises(TransitionNotAllowed):
        deliver(redirected, verdict, street.channel, street.clock)
    assert street.channel.sent == []


def test_a_complaint_without_a_ticket_is_for_a_person_to_call(street: Street) -> None:
    score = a_score("c1", a_reason("no_recent_purchase", 2.0), a_reason("open_complaint", 0.4))
    prepared = pipeline.prepare(street.open(score=score), street.house)
    assert prepared.case.status is CaseStatus.NEEDS_PERSON
    assert prepared.draft is not None
    assert prepared.case.decision is not None
    assert prepared.case.decision.offer is None, "what went wrong is put right before anything is sold"


@pytest.mark.parametrize("known_as", ["stayed", "left", "redeemed"])
def test_an_unsubscribe_acts_whatever_happened_before(street: Street, known_as: str) -> None:
    case = street.approved()
    pipeline.send_due(street.house)
    feedback.record(OutcomeRow(known_as, NOW + timedelta(days=1), case_id=case.case_id), street.house, "file")
    feedback.record(OutcomeRow("unsubscribed", NOW + timedelta(days=2), case_id=case.case_id), street.house, "file")
    assert street.store.people.get("c1").suppressed


def test_an_unsubscribe_acts_before_anything_was_sent(street: Street) -> None:
    case = street.approved()
    feedback.record(OutcomeRow("unsubscribed", NOW, case_id=case.case_id), street.house, "file")
    assert street.store.people.get("c1").suppressed
    pipeline.send_due(street.house)
    assert street.channel.sent == []


def test_a_late_redemption_is_kept(street: Street) -> None:
    case = street.approved()
    pipeline.send_due(street.house)
    feedback.record(OutcomeRow("left", NOW + timedelta(days=90), case_id=case.case_id), street.house, "label")
    kept = feedback.record(OutcomeRow("redeemed", NOW + timedelta(days=20), code="AMQ7K0XM"), street.house, "till")
    assert kept is not None
    assert {outcome.kind for outcome in street.store.results.of_case(case.case_id)} == {"left", "redeemed"}


def test_a_sender_that_died_leaves_an_unknown_outcome_and_spent_money(street: Street) -> None:
    case = street.approved()
    row = street.store.outbox.due(NOW)[0]
    with street.store.write():
        street.store.outbox.claim(row.message.key, NOW)
        street.store.cases.advance(case, CaseStatus.SENDING, NOW)
    pipeline.send_due(street.house)
    assert street.store.cases.get(case.case_id).status is CaseStatus.SENDING, "another sender may still be at it"
    street.clock.at = NOW + timedelta(minutes=11)
    pipeline.send_due(street.house)
    assert street.store.cases.get(case.case_id).status is CaseStatus.UNKNOWN
    assert street.reserved() == (0, 1500)
    assert street.channel.sent == []


def test_a_channel_with_a_fault_holds_up_nobody_else(street: Street) -> None:
    first, second = street.approved(), street.approved(case_id="case_2", customer_id="c2")
    street.channel.faulty_for = {"c1"}
    pipeline.send_due(street.house)
    assert street.store.cases.get(first.case_id).status is CaseStatus.UNKNOWN
    assert street.store.cases.get(second.case_id).status is CaseStatus.SENT


def test_a_line_break_in_a_subject_never_reaches_a_header(street: Street) -> None:
    prepared = pipeline.prepare(street.open(), street.house)
    assert prepared.draft is not None
    split = Words("好久不见\nBcc: all@linden-lane.example", prepared.draft.body)
    with pytest.raises(HoldfastError):
        pipeline.approve(prepared.case, "lin", street.house, split)


def test_a_stopped_message_can_be_written_again_with_a_fresh_offer(street: Street) -> None:
    case = street.approved()
    withdraw(street)
    pipeline.send_due(street.house)
    street.store.people.put([a_customer()], NOW)
    stopped = street.store.cases.get(case.case_id)
    again = pipeline.redraft(stopped, street.house)
    assert again.case.status is CaseStatus.CHECKED, again.verdict
    pipeline.approve(again.case, "lin", street.house)
    [delivery] = pipeline.send_due(street.house)
    assert delivery.status is DeliveryStatus.SENT
    assert street.reserved() == (0, 1500)


def test_approving_an_older_draft_does_not_send_the_newer_one(street: Street) -> None:
    prepared = pipeline.prepare(street.open(), street.house)
    again = pipeline.redraft(prepared.case, street.house, "更正式一点")
    assert prepared.draft is not None
    with pytest.raises(TransitionNotAllowed, match="replaced"):
        pipeline.approve(again.case, "lin", street.house, draft_id=prepared.draft.draft_id)


def test_a_coupon_nobody_decides_about_goes_back_after_three_days(street: Street) -> None:
    prepared = pipeline.prepare(street.open(), street.house)
    street.clock.at = NOW + timedelta(days=2)
    pipeline.send_due(street.house)
    assert street.reserved() == (1500, 0)
    street.clock.at = NOW + timedelta(days=4)
    pipeline.send_due(street.house)
    assert street.reserved() == (0, 0)
    with pytest.raises(GateRefused, match="OFFER_LEDGER"):
        pipeline.approve(prepared.case, "lin", street.house)


def test_a_case_without_a_draft_can_be_rejected_or_tried_again(street: Street) -> None:
    out_of_order = replace(street.house, writers=(SayingWriter(broken=True),))
    waiting = pipeline.prepare(street.open(), out_of_order).case
    assert pipeline.redraft(waiting, street.house).case.status is CaseStatus.CHECKED
    second = pipeline.prepare(street.open(case_id="case_2", customer_id="c2"), out_of_order).case
    assert pipeline.reject(second, "lin", street.house).status is CaseStatus.REJECTED


def test_a_message_does_not_go_to_an_address_of_the_past(street: Street) -> None:
    street.approved()
    street.store.people.put([a_customer(email="new@mail.example")], NOW)
    [delivery] = pipeline.send_due(street.house)
    assert delivery.status is DeliveryStatus.STOPPED
    assert street.channel.sent == []


def test_a_service_message_with_nothing_behind_it_is_for_a_person(street: Street) -> None:
    prepared = pipeline.prepare(street.open(purpose=Purpose.SERVICE), street.house)
    assert prepared.case.situation == "general_care"
    assert prepared.case.status is CaseStatus.NEEDS_PERSON


def test_nobody_gets_two_marketing_messages_in_two_days(street: Street) -> None:
    street.approved()
    second = pipeline.prepare(street.open(case_id="case_2"), street.house)
    with pytest.raises(GateRefused, match="queued or sent"):
        pipeline.approve(second.case, "lin", street.house)
    street.clock.at = NOW + timedelta(days=3)
    assert pipeline.approve(second.case, "lin", street.house).status is CaseStatus.QUEUED


def test_a_rep_need_not_type_the_footer(street: Street) -> None:
    prepared = pipeline.prepare(street.open(), street.house)
    assert prepared.draft is not None
    bare = Words("好久不见", prepared.draft.body.split("——")[0].strip())
    pipeline.approve(prepared.case, "lin", street.house, bare)
    pipeline.send_due(street.house)
    assert "退订" in street.channel.sent[0].body
    assert "12 Linden Lane" in street.channel.sent[0].body


def test_what_a_person_tried_does_not_change_what_is_known_of_the_draft(street: Street) -> None:
    prepared = pipeline.prepare(street.open(), street.house)
    assert prepared.draft is not None
    with pytest.raises(GateRefused):
        pipeline.approve(prepared.case, "lin", street.house, Words("全场五折", "全场五折，立减500元。"))
    verdict = street.store.cases.latest_verdict(prepared.draft.draft_id)
    assert verdict is not None
    assert verdict.findings == ()


def test_approving_twice_says_that_it_was_approved(street: Street) -> None:
    case = street.approved()
    with pytest.raises(TransitionNotAllowed, match="approved already"):
        pipeline.approve(case, "lin", street.house)


def test_an_unsubscribe_by_code_does_not_use_the_coupon_up(street: Street) -> None:
    street.approved()
    pipeline.send_due(street.house)
    feedback.record(OutcomeRow("unsubscribed", NOW + timedelta(days=1), code="AMQ7K0XM"), street.house, "file")
    assert street.store.people.get("c1").suppressed
    assert feedback.record(OutcomeRow("redeemed", NOW + timedelta(days=2), code="AMQ7K0XM"), street.house, "till")


def test_a_channel_that_never_answers_is_given_up_and_the_money_goes_back(street: Street) -> None:
    case = street.approved()
    street.channel.refuses = True
    tries = []
    for minute in range(0, 48 * 60, 5):
        street.clock.at = NOW + timedelta(minutes=minute)
        tries += [delivery.at for delivery in pipeline.send_due(street.house) if delivery.fault]
    assert len(tries) == pipeline.MAX_ATTEMPTS
    assert tries[-1] - tries[0] > timedelta(hours=18), "an outage of a night is outlived"
    assert street.store.cases.get(case.case_id).status is CaseStatus.FAILED
    assert street.reserved() == (0, 0)


def test_variants_have_other_words_and_the_same_facts_and_offer(street: Street) -> None:
    prepared = pipeline.prepare(street.open(), street.house)
    before = prepared.draft
    assert before is not None
    written = pipeline.variants(prepared.case, street.house)
    assert len({draft.body for draft, _ in written}) >= 2
    for draft, _ in written:
        offered = {span.slot: draft.body[span.start : span.end] for span in draft.spans if span.kind == "offer"}
        assert offered["offer_code"] == "AMQ7K0XM"
        assert (draft.channel, draft.purpose, draft.situation) == (before.channel, before.purpose, before.situation)
    assert street.store.cases.latest_draft(prepared.case.case_id) == before


def test_the_chosen_variant_is_the_draft_and_is_judged_again(street: Street) -> None:
    prepared = pipeline.prepare(street.open(), street.house)
    (variant, _), *_ = pipeline.variants(prepared.case, street.house)
    chosen = pipeline.choose(prepared.case, variant.draft_id, "lin", street.house)
    newest = street.store.cases.latest_draft(prepared.case.case_id)
    assert newest is not None
    assert newest.body == variant.body
    assert newest.writer.detail["chosen_by"] == "lin"
    assert chosen.case.status is CaseStatus.CHECKED
    assert chosen.verdict is not None
    with pytest.raises(TransitionNotAllowed, match="none of the variants"):
        pipeline.choose(chosen.case, "d-unknown", "lin", street.house)


def test_the_same_change_in_two_cases_is_a_rule_until_somebody_takes_it_back(street: Street) -> None:
    street.store.people.put([a_customer(name) for name in ("c1", "c7")], NOW)
    for name in ("c1", "c7"):
        prepared = pipeline.prepare(street.open(case_id=f"case_{name}", customer_id=name), street.house)
        assert prepared.draft is not None
        words = Words(prepared.draft.subject, prepared.draft.body.replace("您收到这封邮件", "您看到这封邮件"))
        pipeline.revise(prepared.case, words, "lin", street.house)
    [rule] = street.store.style.rules()
    assert (rule.lesson.words, rule.lesson.instead) == ("您收", "您看")
    assert (rule.cases, rule.by, rule.holds) == (2, ("lin",), True)
    sheet = pipeline.sheet_of(prepared.case, street.house)
    assert sheet is not None
    assert voice_of(sheet.brand, sheet.language).prefer == {"您收": "您看"}
    assert sheet.examples
    assert "{offer_code}" in sheet.examples[0]
    street.store.style.turn(rule.id, True, "may", NOW)
    assert [rule.revoked_by for rule in street.store.style.rules()] == ["may"]
    sheet = pipeline.sheet_of(prepared.case, street.house)
    assert sheet is not None
    assert voice_of(sheet.brand, sheet.language).prefer == {}

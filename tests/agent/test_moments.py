"""What may change between two looks at the same message: words, campaigns, people, approvals."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from agent import feedback, pipeline
from agent.domain import DeliveryStatus, Words
from agent.errors import GateRefused
from agent.outbox import message_key
from agent.plan import Plan, as_row
from agent.worker import draft_turn
from tests.factories import NOW
from tests.street import Street, a_street


@pytest.fixture
def street(tmp_path: Path) -> Street:
    return a_street(tmp_path)


def test_words_that_were_taken_back_are_not_sent_in_the_place_of_new_ones(street: Street) -> None:
    case = street.approved()
    [stale] = street.store.outbox.due(NOW)
    case = pipeline.take_back(case, "lin", street.house)
    draft = pipeline.draft_of(case, street.house)
    words = Words(draft.subject, draft.body.replace("您好", "您好呀", 1))
    pipeline.approve(case, "lin", street.house, words, hold=timedelta(minutes=1))
    assert pipeline.send(stale, street.house).status is not DeliveryStatus.SENT
    assert street.channel.sent == []


def test_what_was_approved_for_a_campaign_that_was_cancelled_does_not_leave(street: Street) -> None:
    street.store.campaigns.put("spring", "running", {}, NOW)
    street.approved(campaign_id="spring")
    street.store.campaigns.put("spring", "cancelled", {}, NOW)
    [delivery] = pipeline.send_due(street.house)
    assert delivery.status is DeliveryStatus.STOPPED
    assert "cancelled" in delivery.detail


def test_two_cases_of_one_customer_are_not_both_approved(street: Street) -> None:
    street.approved()
    second = pipeline.prepare(street.open(case_id="case_2"), street.house).case
    with pytest.raises(GateRefused, match="last 2 days"):
        pipeline.approve(second, "may", street.house)


def test_a_campaign_that_cannot_go_on_does_not_hold_up_the_next(street: Street) -> None:
    street.store.campaigns.put("broken", "running", as_row(Plan("broken")), NOW)
    street.store.campaigns.put("sound", "running", as_row(Plan("sound")), NOW)
    real = street.store.campaigns.claim
    street.store.campaigns.claim = lambda name: name != "broken" and real(name)  # type: ignore[method-assign]
    draft_turn(street.house)
    assert street.store.campaigns.status("sound") == "done"


def test_a_way_out_stands_when_somebody_else_moved_the_case(street: Street) -> None:
    case = street.approved()
    pipeline.send_due(street.house)
    assert feedback.unsubscribe_case(case.case_id, "link", street.house)
    assert street.store.people.get("c1").suppressed
    assert not feedback.unsubscribe_case(case.case_id, "link", street.house)
    row = street.store.outbox.get(message_key(case.case_id))
    assert row is not None
    assert row.status is DeliveryStatus.SENT


def test_a_process_that_ends_begins_no_other_message(street: Street) -> None:
    street.approved()
    assert pipeline.send_due(street.house, stopped=lambda: True) == []
    assert street.channel.sent == []

"""What a receipt does: once, and no more than it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from agent import feedback, pipeline
from agent.domain import CaseStatus, Channel, Consent, DeliveryStatus, Receipt, ReceiptKind, Taken
from agent.errors import GateRefused
from agent.outbox import message_key
from tests.factories import NOW, a_customer
from tests.street import Street, a_street

K = ReceiptKind


@pytest.fixture
def street(tmp_path: Path) -> Street:
    street = a_street(tmp_path)
    street.channel.clock = street.clock
    return street


def sent(street: Street, case_id: str = "case_1", **changes: object) -> str:
    street.approved(case_id=case_id, **changes)
    pipeline.send_due(street.house)
    return message_key(case_id)


def tell(street: Street, key: str, kind: ReceiptKind, receipt_id: str = "", at: object = None) -> Taken:
    moment = street.clock.now() if at is None else at
    receipt = Receipt(receipt_id or f"{key}-{kind}", kind, moment, "delivery report", key)  # type: ignore[arg-type]
    return feedback.take_receipt(receipt, street.house)


def test_an_address_that_is_nobodys_gets_no_more_and_the_customer_is_reached_elsewhere(street: Street) -> None:
    key = sent(street)
    assert tell(street, key, K.HARD_BOUNCE) is Taken.TAKEN
    assert not street.store.people.get("c1").suppressed, "the person said nothing: the address is dead"
    street.clock.at = NOW + timedelta(days=3)
    prepared = pipeline.prepare(street.open(case_id="case_2"), street.house)
    assert prepared.case.channel is Channel.PUSH
    [line] = [dict(step.data) for step in street.store.cases.story("case_2") if step.step == "reroute"]
    assert "came back on 2026-03-02" in str(line["because"])


def test_what_was_approved_before_the_bounce_is_stopped_at_the_door(street: Street) -> None:
    key = sent(street)
    street.clock.at = NOW + timedelta(days=3)
    street.approved(case_id="case_2")
    tell(street, key, K.HARD_BOUNCE)
    [delivery] = pipeline.send_due(street.house)
    assert delivery.status is DeliveryStatus.STOPPED
    assert "this address is closed" in delivery.detail
    assert len(street.channel.sent) == 1


def test_nobody_approves_a_message_to_a_closed_address(street: Street) -> None:
    key = sent(street)
    street.clock.at = NOW + timedelta(days=3)
    prepared = pipeline.prepare(street.open(case_id="case_2"), street.house)
    tell(street, key, K.HARD_BOUNCE)
    with pytest.raises(GateRefused, match="closed"):
        pipeline.approve(prepared.case, "lin", street.house)


def test_a_new_address_is_a_new_chance(street: Street) -> None:
    tell(street, sent(street), K.HARD_BOUNCE)
    street.store.people.put([replace(street.store.people.get("c1"), email="snow@mail.example")], NOW)
    street.clock.at = NOW + timedelta(days=3)
    prepared = pipeline.prepare(street.open(case_id="case_2"), street.house)
    assert prepared.case.channel is Channel.EMAIL


def test_a_complaint_ends_marketing_for_good_and_is_recorded_once(street: Street) -> None:
    key = sent(street)
    assert tell(street, key, K.COMPLAINT) is Taken.TAKEN
    assert tell(street, key, K.COMPLAINT) is Taken.KNOWN
    assert street.store.people.get("c1").suppressed
    assert street.store.cases.get("case_1").status is CaseStatus.UNSUBSCRIBED
    assert [outcome.kind for outcome in street.store.results.of_case("case_1")] == ["unsubscribed"]


def test_soft_bounces_close_an_address_only_when_they_repeat(street: Street) -> None:
    keys = []
    for number in range(3):
        keys.append(sent(street, f"case_{number}"))
        street.clock.at += timedelta(days=4)
    for key in keys[:2]:
        tell(street, key, K.SOFT_BOUNCE)
        tell(street, key, K.SOFT_BOUNCE, receipt_id=f"{key}-again")  # a second report about the same message
    assert pipeline.prepare(street.open(case_id="case_8"), street.house).case.channel is Channel.EMAIL
    tell(street, keys[2], K.SOFT_BOUNCE)
    assert pipeline.prepare(street.open(case_id="case_9"), street.house).case.channel is Channel.PUSH
    street.clock.at += timedelta(days=40)
    assert pipeline.prepare(street.open(case_id="case_10"), street.house).case.channel is Channel.EMAIL


def test_a_message_that_arrives_in_between_begins_the_count_anew(street: Street) -> None:
    keys = []
    for number in range(3):
        keys.append(sent(street, f"case_{number}"))
        street.clock.at += timedelta(days=4)
    first, second, third = keys
    tell(street, first, K.SOFT_BOUNCE, at=NOW)
    tell(street, second, K.DELIVERED, at=NOW + timedelta(days=5))
    tell(street, third, K.SOFT_BOUNCE)
    tell(street, first, K.SOFT_BOUNCE, receipt_id="late")
    assert pipeline.prepare(street.open(case_id="case_9"), street.house).case.channel is Channel.EMAIL


def test_a_receipt_settles_what_nobody_knew(street: Street) -> None:
    street.channel.dies = True
    key = sent(street)
    assert street.store.cases.get("case_1").status is CaseStatus.UNKNOWN
    assert tell(street, key, K.DELIVERED) is Taken.TAKEN
    row = street.store.outbox.get(key)
    assert row is not None
    assert row.status is DeliveryStatus.SENT
    assert street.store.cases.get("case_1").status is CaseStatus.DELIVERED


def test_a_receipt_is_found_by_the_providers_own_id(street: Street) -> None:
    sent(street)
    row = street.store.outbox.get(message_key("case_1"))
    assert row is not None
    assert row.where is not None
    receipt = Receipt("r1", K.DELIVERED, NOW, "twilio", provider_id=row.where)
    assert feedback.take_receipt(receipt, street.house) is Taken.TAKEN
    assert feedback.take_receipt(replace(receipt, id="r2", provider_id="SM-unknown"), street.house) is Taken.NOBODYS


@pytest.mark.parametrize(
    ("changes", "taken"),
    [
        ({}, Taken.TAKEN),
        ({"flags": ("personalisation_off",)}, Taken.IGNORED),
        ({"consents": {Channel.EMAIL: Consent(None)}}, Taken.IGNORED),
        ({"suppressed": True}, Taken.IGNORED),
    ],
)
def test_openings_are_kept_of_those_alone_who_agreed(street: Street, changes: dict[str, object], taken: Taken) -> None:
    key = sent(street)
    street.store.people.put([a_customer(**changes)], NOW)
    assert tell(street, key, K.OPENED) is taken
    lines = [step for step in street.store.cases.story("case_1") if step.step == "receipt"]
    assert len(lines) == (taken is Taken.TAKEN)


def test_a_receipt_never_undoes_an_opt_out_nor_counts_twice(street: Street) -> None:
    key = sent(street)
    feedback.unsubscribe_case("case_1", "one-click", street.house)
    assert tell(street, key, K.DELIVERED) is Taken.TAKEN
    assert street.store.people.get("c1").suppressed
    assert tell(street, key, K.DELIVERED) is Taken.KNOWN

"""What the outbox tells of what left, and what came back of it, on a real SQLite file and a real PostgreSQL server."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from agent.adapters.store import SqlStore
from agent.adapters.store.engine import open_engine, upgrade
from agent.domain import (
    CaseStatus,
    Channel,
    Delivery,
    DeliveryStatus,
    Draft,
    Language,
    Message,
    Purpose,
    Receipt,
    ReceiptKind,
    WriterStamp,
)
from tests.factories import NOW, a_case, a_customer, a_message

S, K = DeliveryStatus, ReceiptKind


@pytest.fixture
def store(url: str) -> SqlStore:
    engine = open_engine(url)
    upgrade(engine)
    store = SqlStore(engine, "linjian")
    store.people.put([a_customer()], NOW)
    return store


def left(store: SqlStore, number: int, minutes: int, status: DeliveryStatus = S.SENT, **changes: object) -> Message:
    """A message that was handed over so many minutes after NOW."""
    case_id, at = f"case_{number}", NOW + timedelta(minutes=minutes)
    store.cases.open(a_case(case_id))
    stamp = WriterStamp("w", "1", "", 0, 0, 0, 1)
    draft = Draft(
        f"d-{number}", case_id, Language.EN, Channel.EMAIL, Purpose.MARKETING, "general_care", None, "", None, "Hi", (),
        stamp,
    )  # fmt: skip
    store.cases.put_draft(draft, NOW)
    known = {"case_id": case_id, "draft_id": draft.draft_id, "recipient": "nora@mail.example"}
    message = replace(a_message(f"msg_{number}"), **{**known, **changes})
    assert store.outbox.enqueue(message, NOW)
    assert store.outbox.claim(message.key, at)
    store.outbox.finish(Delivery(message.key, status, at, where=f"id-{number}"), since=S.SENDING)
    return message


def test_the_nth_last_message_is_found_by_channel_recipient_and_purpose(store: SqlStore) -> None:
    for number, (minutes, purpose) in enumerate([(1, "marketing"), (2, "service"), (3, "marketing")], start=1):
        left(store, number, minutes, purpose=Purpose(purpose))
    left(store, 4, 4, recipient="other@mail.example")
    left(store, 5, 5, S.QUEUED)
    assert store.outbox.nth_last(Channel.EMAIL, 1) == NOW + timedelta(minutes=4)
    assert store.outbox.nth_last(Channel.EMAIL, 4) == NOW + timedelta(minutes=1)
    assert store.outbox.nth_last(Channel.EMAIL, 5) is None, "what came back has not left"
    assert store.outbox.nth_last(Channel.SMS, 1) is None
    assert store.outbox.nth_last(Channel.EMAIL, 1, "nora@mail.example") == NOW + timedelta(minutes=3)
    ads = frozenset({Purpose.MARKETING})
    assert store.outbox.nth_last(Channel.EMAIL, 2, "nora@mail.example", ads) == NOW + timedelta(minutes=1)


def test_the_last_tries_are_told_newest_first(store: SqlStore) -> None:
    left(store, 1, 1)
    left(store, 2, 2, S.QUEUED)
    assert [status for status, _ in store.outbox.tries(Channel.EMAIL, 5)] == [S.QUEUED, S.SENT]
    assert len(store.outbox.tries(Channel.EMAIL, 1)) == 1
    assert store.outbox.tries(Channel.PUSH, 5) == []


def test_a_message_is_found_by_the_providers_id_unless_two_have_it(store: SqlStore) -> None:
    left(store, 1, 1)
    found = store.outbox.by_provider_id("id-1")
    assert found is not None
    assert found.message.key == "msg_1"
    assert store.outbox.by_provider_id("id-2") is None


def told(kind: ReceiptKind, identity: str, minutes: int) -> Receipt:
    return Receipt(identity, kind, NOW + timedelta(minutes=minutes), "delivery report")


def test_what_is_told_twice_is_kept_once_and_belongs_to_one_address_of_one_brand(store: SqlStore, url: str) -> None:
    message = left(store, 1, 1)
    assert store.receipts.add(told(K.SOFT_BOUNCE, "r1", 2), message)
    assert store.receipts.add(told(K.HARD_BOUNCE, "r2", 3), message)
    assert store.receipts.add(told(K.OPENED, "r3", 4), message)
    assert not store.receipts.add(told(K.HARD_BOUNCE, "r2", 9), message)
    assert store.receipts.of_address(Channel.EMAIL, "nora@mail.example") == [
        (K.HARD_BOUNCE, NOW + timedelta(minutes=3), "msg_1"),
        (K.SOFT_BOUNCE, NOW + timedelta(minutes=2), "msg_1"),
    ]
    assert store.receipts.of_address(Channel.SMS, "nora@mail.example") == []
    assert store.receipts.of_address(Channel.EMAIL, "other@mail.example") == []
    assert SqlStore(open_engine(url), "another").receipts.of_address(Channel.EMAIL, "nora@mail.example") == []


def test_what_waits_is_told_of_until_it_was(store: SqlStore) -> None:
    case = a_case("case_9")
    store.cases.open(case)
    case = store.cases.advance(case, CaseStatus.NO_OFFER, NOW)
    assert store.cases.untold(10) == []
    store.cases.advance(case, CaseStatus.NEEDS_PERSON, NOW)
    assert [found.case_id for found in store.cases.untold(10)] == ["case_9"]
    store.cases.note("case_9", "told", NOW, {})
    assert store.cases.untold(10) == []

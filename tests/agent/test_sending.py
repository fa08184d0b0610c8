"""What keeps an approved message in: the switch, the allow-list, a channel in trouble, a second thought."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from agent import pipeline
from agent.backoff import LONGEST, next_try
from agent.breaker import MAX_FAULTS
from agent.domain import CaseStatus, Channel, Delivery, DeliveryStatus, Message
from agent.errors import ChannelUnavailable, InputError, TransitionNotAllowed
from agent.outbox import message_key
from agent.reach import NOBODY, AllowList, Reach, read_allow_list
from tests.factories import NOW, a_customer, a_message, an_order
from tests.street import Street, a_street


@pytest.fixture
def street(tmp_path: Path) -> Street:
    return a_street(tmp_path)


def live(street: Street, allow: str) -> Street:
    street.house = replace(street.house, reach=Reach(frozenset({Channel.EMAIL}), read_allow_list(allow)))
    return street


def a_crowd(street: Street, count: int, channel: Channel = Channel.EMAIL) -> list[str]:
    """That many approved messages, each to somebody else."""
    names = [f"{channel}{n}" for n in range(count)]
    street.store.people.put([a_customer(name) for name in names], NOW)
    street.history.events += [an_order(name) for name in names]
    return [street.approved(case_id=f"case_{name}", customer_id=name, channel=channel).case_id for name in names]


# --- the switch -------------------------------------------------------------------------------------------------------


def test_while_sending_is_stopped_messages_stay_queued_and_leave_afterwards(street: Street) -> None:
    case = street.approved()
    street.store.sending.set(True, "lin", NOW, "wrong price list")
    assert pipeline.send_due(street.house) == []
    assert street.channel.sent == []
    assert street.store.cases.get(case.case_id).status is CaseStatus.QUEUED
    assert street.reserved() == (1500, 0), "nothing is lost by waiting"
    street.store.sending.set(False, "mei", NOW + timedelta(hours=1))
    [delivery] = pipeline.send_due(street.house)
    assert delivery.status is DeliveryStatus.SENT


@dataclass
class StoppingChannel:
    """Somebody turns the switch while the first message is being handed over."""

    street: Street
    sent: list[Message] = field(default_factory=list)
    name: str = "stopping"

    def deliver(self, message: Message) -> Delivery:
        self.sent.append(message)
        self.street.store.sending.set(True, "lin", NOW)
        return Delivery(message.key, DeliveryStatus.SENT, NOW)


def test_the_switch_acts_within_one_message_even_in_the_middle_of_a_run(street: Street) -> None:
    a_crowd(street, 5)
    channel = StoppingChannel(street)
    house = replace(street.house, channels=dict.fromkeys(Channel, channel))
    assert len(pipeline.send_due(house)) == 1
    assert len(channel.sent) == 1
    assert street.store.outbox.counts()[DeliveryStatus.QUEUED] == 4


def test_a_message_is_not_claimed_when_the_switch_was_turned_after_it_was_fetched(street: Street) -> None:
    street.approved()
    [row] = street.store.outbox.due(NOW)
    street.store.sending.set(True, "lin", NOW)
    assert pipeline.send(row, street.house).status is DeliveryStatus.QUEUED
    assert street.channel.sent == []
    [row] = street.store.outbox.due(NOW)
    assert row.attempts == 0


# --- who may be reached -----------------------------------------------------------------------------------------------


def test_a_recipient_off_the_list_is_stopped_before_anything_is_claimed(street: Street) -> None:
    street.store.people.put([a_customer(made_up=False)], NOW)
    case = live(street, "nora@firm.example").approved()
    [delivery] = pipeline.send_due(street.house)
    assert delivery.status is DeliveryStatus.STOPPED
    assert "allow-list" in delivery.detail
    assert street.channel.sent == []
    assert street.store.cases.get(case.case_id).status is CaseStatus.BLOCKED, "a person sees it"
    assert street.reserved() == (0, 0), "the money goes back"
    row = street.store.outbox.get(message_key(case.case_id))
    assert row is not None
    assert row.attempts == 0


@pytest.mark.parametrize("allow", ["c1@mail.example", "@mail.example", "c1", "*"])
def test_who_is_on_the_list_is_reached(street: Street, allow: str) -> None:
    street.store.people.put([a_customer(made_up=False)], NOW)
    live(street, allow).approved()
    [delivery] = pipeline.send_due(street.house)
    assert delivery.status is DeliveryStatus.SENT


def test_a_made_up_customer_is_never_reached_whoever_is_allowed(street: Street) -> None:
    live(street, "*").approved()
    [delivery] = pipeline.send_due(street.house)
    assert delivery.status is DeliveryStatus.STOPPED
    assert "made up" in delivery.detail
    assert street.channel.sent == []


@pytest.mark.parametrize(
    ("allow", "recipient", "reached"),
    [
        ("Nora@Mail.example", "nora@mail.EXAMPLE", True),
        ("nora@mail.example", "eleanora@mail.example", False),
        ("@mail.example", "nora@mail.example.evil.example", False),
        ("@mail.example", "nora@sub.mail.example", False),
        ("@mail.example", "nora@evilmail.example", False),
        ("+44 20-7946 0958", "00442079460958", True),
        ("+44 20-7946 0958", "+442079460959", False),
        ("13000000000", "+8613000000000", False),
        ("c1", "app:c1", True),
        ("C1", "app:c1", False),
        ("", "nora@mail.example", False),
        (" , ,", "nora@mail.example", False),
        ("*", "nora@mail.example", True),
    ],
)
def test_the_list_means_what_it_says(allow: str, recipient: str, reached: bool) -> None:
    reach = Reach(frozenset(Channel), read_allow_list(allow))
    assert (reach.against(a_message(recipient=recipient)) == "") is reached


@pytest.mark.parametrize("text", ["nora@", "@", "a@b@c", "nora@firm.example mei@firm.example", "*@firm.example"])
def test_an_entry_that_can_match_nobody_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        read_allow_list(text)
    assert caught.value.remedy


def test_by_default_no_channel_is_real() -> None:
    assert NOBODY.real == frozenset()
    assert AllowList().has("nora@mail.example", "c1") is False


# --- a channel in trouble ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("attempts", range(1, 60))
def test_each_try_waits_longer_and_never_for_ever(attempts: int) -> None:
    waits = next_try("msg_1", attempts, NOW) - NOW
    assert timedelta(minutes=1) < waits <= LONGEST * 1.25
    if attempts <= 5:
        assert waits < next_try("msg_1", attempts + 1, NOW) - NOW


def test_messages_that_failed_together_do_not_come_back_together() -> None:
    assert len({next_try(f"msg_{n}", 1, NOW) for n in range(100)}) > 90


def test_asked_for_patience_is_honoured_up_to_a_day() -> None:
    assert next_try("msg_1", 1, NOW, NOW + timedelta(hours=3)) == NOW + timedelta(hours=3)
    assert next_try("msg_1", 1, NOW, NOW + timedelta(days=900)) == NOW + timedelta(days=1)
    assert next_try("msg_1", 1, NOW, NOW) > NOW + timedelta(minutes=1)


def test_a_busy_loop_does_not_burn_the_tries(street: Street) -> None:
    street.approved()
    street.channel.refuses = True
    for second in range(60):
        street.clock.at = NOW + timedelta(seconds=second)
        pipeline.send_due(street.house)
    row = street.store.outbox.get(message_key("case_1"))
    assert row is not None
    assert (row.status, row.attempts) == (DeliveryStatus.QUEUED, 1)


@dataclass
class BusyChannel:
    """Asks for patience. The clock of the house is still."""

    patience: timedelta
    name: str = "busy"

    def deliver(self, message: Message) -> Delivery:
        raise ChannelUnavailable("too many", retry_after=self.patience)


def test_a_message_is_not_tried_before_the_channel_wants_it(street: Street) -> None:
    street.approved()
    busy = replace(street.house, channels=dict.fromkeys(Channel, BusyChannel(timedelta(hours=5))))
    [delivery] = pipeline.send_due(busy)
    assert delivery.not_before == NOW + timedelta(hours=5)
    assert street.store.outbox.due(NOW + timedelta(hours=4, minutes=59)) == []
    assert len(street.store.outbox.due(NOW + timedelta(hours=5))) == 1


def test_ten_errors_in_a_row_pause_that_channel_and_no_other(street: Street) -> None:
    a_crowd(street, 14)
    a_crowd(street, 3, Channel.PUSH)
    asked: list[datetime] = []

    class DeadChannel:
        name = "dead"

        def deliver(self, message: Message) -> Delivery:
            asked.append(NOW)
            raise ChannelUnavailable("connection refused")

    house = replace(street.house, channels={**street.house.channels, Channel.EMAIL: DeadChannel()})
    done = pipeline.send_due(house)
    assert len(asked) == MAX_FAULTS
    assert sum("paused for this run" in delivery.detail for delivery in done) == 4
    assert len(street.channel.sent) == 3, "push goes on"
    counts = street.store.outbox.counts()
    assert (counts[DeliveryStatus.QUEUED], counts[DeliveryStatus.SENT]) == (14, 3), "none is lost"


# --- second thoughts --------------------------------------------------------------------------------------------------


def test_an_approval_can_be_taken_back_while_it_is_held(street: Street) -> None:
    prepared = pipeline.prepare(street.open(), street.house)
    case = pipeline.approve(prepared.case, "lin", street.house, hold=timedelta(seconds=30))
    assert pipeline.send_due(street.house) == [], "the undo window is open"
    back = pipeline.take_back(case, "lin", street.house, "wrong tone")
    assert back.status is CaseStatus.NEEDS_PERSON
    assert street.reserved() == (1500, 0), "the coupon stays reserved"
    street.clock.at = NOW + timedelta(minutes=1)
    assert pipeline.send_due(street.house) == []
    assert pipeline.approve(back, "lin", street.house).status is CaseStatus.QUEUED
    [delivery] = pipeline.send_due(street.house)
    assert delivery.status is DeliveryStatus.SENT
    decisions = [step.data["decision"] for step in street.store.cases.story(case.case_id) if step.step == "review"]
    assert decisions == ["approve", "take_back", "approve"]


def test_what_is_held_leaves_when_the_window_closes(street: Street) -> None:
    prepared = pipeline.prepare(street.open(), street.house)
    pipeline.approve(prepared.case, "lin", street.house, hold=timedelta(seconds=30))
    street.clock.at = NOW + timedelta(seconds=30)
    [delivery] = pipeline.send_due(street.house)
    assert delivery.status is DeliveryStatus.SENT


def test_a_hold_does_not_shorten_the_night(street: Street) -> None:
    street.clock.at = NOW + timedelta(hours=12)  # half past ten in the evening in Shanghai
    prepared = pipeline.prepare(street.open(channel=Channel.PUSH), street.house)
    pipeline.approve(prepared.case, "lin", street.house, hold=timedelta(seconds=30))
    assert street.store.outbox.due(NOW + timedelta(hours=13)) == []


@pytest.mark.parametrize("dies", [False, True])
def test_what_has_left_or_may_have_cannot_be_taken_back(street: Street, dies: bool) -> None:
    case = street.approved()
    street.channel.dies = dies
    pipeline.send_due(street.house)
    with pytest.raises(TransitionNotAllowed, match="no message waiting"):
        pipeline.take_back(case, "lin", street.house)
    assert street.reserved() == (0, 1500)


def test_what_a_sender_has_in_hand_cannot_be_taken_back(street: Street) -> None:
    case = street.approved()
    with street.store.write():
        street.store.outbox.claim(message_key(case.case_id), NOW)
        street.store.cases.advance(case, CaseStatus.SENDING, NOW)
    with pytest.raises(TransitionNotAllowed):
        pipeline.take_back(case, "lin", street.house)
    assert street.store.cases.get(case.case_id).status is CaseStatus.SENDING


def test_a_draft_that_was_never_approved_cannot_be_taken_back(street: Street) -> None:
    prepared = pipeline.prepare(street.open(), street.house)
    with pytest.raises(TransitionNotAllowed):
        pipeline.take_back(prepared.case, "lin", street.house)


def test_a_message_that_no_channel_can_carry_fails_at_once_and_the_money_goes_back(street: Street) -> None:
    case = street.approved()

    class StrictChannel:
        name = "strict"

        def deliver(self, message: Message) -> Delivery:
            raise InputError("the address has letters that mail servers do not know")

    [delivery] = pipeline.send_due(replace(street.house, channels=dict.fromkeys(Channel, StrictChannel())))
    assert delivery.status is DeliveryStatus.FAILED
    assert street.store.cases.get(case.case_id).status is CaseStatus.FAILED
    assert street.reserved() == (0, 0)

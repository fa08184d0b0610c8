"""The sink on a real folder: mails that any program reads, and a manifest that agrees with them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest

from agent.adapters.channels.sink import SinkChannel
from agent.domain import Channel, DeliveryStatus, Message, Purpose
from agent.errors import InputError
from tests.fakes import SetClock

NOW = datetime(2026, 3, 2, 2, 30, tzinfo=UTC)


def a_message(key: str = "msg_1", **changes: Any) -> Message:
    message = Message(
        key, "case_1", "draft_1", "linjian", "c1", Channel.EMAIL, Purpose.MARKETING, "nora@mail.example",
        "The teapot", "Hi Nora", {"From": "Linden Lane <care@linden-lane.example>"}, "hash", False,
    )  # fmt: skip
    return replace(message, **changes)


def sent(folder: Path, message: Message) -> EmailMessage:
    SinkChannel(folder, SetClock(NOW)).deliver(message)
    mail = message_from_bytes((folder / f"{message.key}.eml").read_bytes(), policy=SMTP)
    assert isinstance(mail, EmailMessage)
    return mail


def listed(folder: Path) -> list[str]:
    lines = (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    return [line if line[-1] != "}" else str(json.loads(line)["key"]) for line in lines]


def test_a_message_handed_over_twice_is_there_once(tmp_path: Path) -> None:
    sink = SinkChannel(tmp_path, SetClock(NOW))
    for _ in range(2):
        assert sink.deliver(a_message()).status is DeliveryStatus.SENT
    assert SinkChannel(tmp_path, SetClock(NOW)).deliver(a_message()).status is DeliveryStatus.SENT
    assert listed(tmp_path) == ["msg_1"]


def test_the_manifest_is_read_once_however_many_messages_leave(tmp_path: Path) -> None:
    sink = SinkChannel(tmp_path, SetClock(NOW))
    sink.deliver(a_message("msg_1"))
    (tmp_path / "manifest.jsonl").unlink()
    sink.deliver(a_message("msg_1"))
    sink.deliver(a_message("msg_2"))
    assert listed(tmp_path) == ["msg_2"], "msg_1 was remembered, not read"


@pytest.mark.parametrize("cut", [1, 5, 30])
def test_a_line_cut_off_by_a_kill_is_not_glued_to_the_next(tmp_path: Path, cut: int) -> None:
    SinkChannel(tmp_path, SetClock(NOW)).deliver(a_message("msg_1"))
    manifest = tmp_path / "manifest.jsonl"
    whole = manifest.read_bytes()
    manifest.write_bytes(whole + whole.replace(b"msg_1", b"msg_2")[:-cut])
    sink = SinkChannel(tmp_path, SetClock(NOW))
    sink.deliver(a_message("msg_2"))
    sink.deliver(a_message("msg_3"))
    keys = [key for key in listed(tmp_path) if key.startswith("msg_")]
    assert keys == ["msg_1", "msg_2", "msg_3"]


@pytest.mark.parametrize("name", ["Acme, Inc.", "林间小铺", 'The "Best" Shop', "A <B> Shop", "Tom@Home", ""])
def test_a_brand_of_any_name_is_one_sender(tmp_path: Path, name: str) -> None:
    mail = sent(tmp_path, a_message(headers={"From": f"{name} <care@acme.example>"}))
    senders = mail["From"].addresses
    assert [(sender.display_name, sender.addr_spec) for sender in senders] == [(name, "care@acme.example")]


@pytest.mark.parametrize("gap", ["\n", "\r\n", "\r", "\u2028", "\n "])
@pytest.mark.parametrize("where", ["subject", "recipient", "From", "List-Unsubscribe"])
def test_a_line_break_in_a_header_is_refused_in_a_plain_sentence(tmp_path: Path, where: str, gap: str) -> None:
    bad = f"Linden{gap}Bcc: all@mail.example <care@linden-lane.example>"
    message = a_message()
    message = (
        replace(message, **{where: bad})
        if where in ("subject", "recipient")
        else replace(message, headers={**message.headers, where: bad})
    )
    with pytest.raises(InputError, match="line break") as caught:
        SinkChannel(tmp_path, SetClock(NOW)).deliver(message)
    assert caught.value.remedy
    assert list(tmp_path.glob("*.eml")) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"headers": {"From": "Acme <>"}},
        {"headers": {"From": "Acme <no address at all>"}},
        {"body": "half a character: \ud83d"},
        {"subject": "half a character: \ud83d"},
    ],
)
def test_what_no_mail_can_hold_is_refused_and_nothing_is_written(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        SinkChannel(tmp_path, SetClock(NOW)).deliver(a_message(**changes))
    assert list(tmp_path.iterdir()) == []

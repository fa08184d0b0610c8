"""WeCom's customer service on a real socket: token and message, one ending each, what is kept there, the seal."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from agent.adapters.channels.chat.wecom import WeComService
from agent.adapters.channels.chat.wecom_api import WeComApi
from agent.adapters.channels.chat.wecom_inbox import WeComInbox
from agent.chat_url import ChatAccount, read_chat_url
from agent.domain import Channel, DeliveryStatus, Message, Purpose, ReceiptKind
from agent.errors import ChannelUnavailable, DeliveryUnknown, InputError
from agent.receipts import read_wecom
from agent.wecom_seal import signature, tags, unsealed
from tests.factories import NOW, a_message
from tests.fakes import SetClock
from tests.gateways import CLOSES, Gateway, a_gateway, reply

KEY = base64.b64encode(bytes(range(32))).decode().rstrip("=")
GET_TOKEN, SEND, SYNC = "/cgi-bin/gettoken", "/cgi-bin/kf/send_msg", "/cgi-bin/kf/sync_msg"


def says(**told: Any) -> bytes:
    return reply(200, json.dumps(told))


def token(word: str = "t1") -> bytes:
    return says(errcode=0, access_token=word, expires_in=7200)


TAKEN = says(errcode=0, errmsg="ok", msgid="msg_1")


def account(port: int = 1) -> ChatAccount:
    return read_chat_url(f"wecom://ww12:s%2Fcret@127.0.0.1:{port}?kf=wkA_1&token=t0ken&aes_key={KEY}&timeout=5")


@contextmanager
def wecom(*sends: bytes, tokens: tuple[bytes, ...] = (token(),)) -> Iterator[Gateway]:
    with a_gateway() as gateway:
        gateway.by_path = {GET_TOKEN: list(tokens), SEND: list(sends) or [TAKEN]}
        yield gateway


def channel(port: int, clock: SetClock | None = None) -> WeComService:
    clock = clock or SetClock(NOW)
    return WeComService(account(port), WeComApi(account(port), clock), clock)


def answer(**changes: object) -> Message:
    known = {
        "channel": Channel.CHAT, "recipient": "wmBCD_1", "subject": None, "body": "明天给您寄新的。", "headers": {},
        "purpose": Purpose.REPLY,
    }  # fmt: skip
    return a_message(**{**known, **changes})


def test_an_answer_goes_with_a_fresh_token_that_is_kept() -> None:
    with wecom() as gateway:
        carrier = channel(gateway.port)
        done = carrier.deliver(answer())
        assert carrier.deliver(answer()).status is DeliveryStatus.SENT
    assert (done.status, done.where) == (DeliveryStatus.SENT, "msg_1")
    first, second, third = gateway.lines
    assert parse_qs(urlsplit(first.split(" ")[1]).query) == {"corpid": ["ww12"], "corpsecret": ["s/cret"]}
    assert second.startswith(f"POST {SEND}?access_token=t1 ")
    assert third.startswith(f"POST {SEND}?access_token=t1 ")
    told = json.loads(gateway.bodies[1])
    assert told == {
        "touser": "wmBCD_1", "open_kfid": "wkA_1", "msgid": "msg_1", "msgtype": "text",
        "text": {"content": "明天给您寄新的。"},
    }  # fmt: skip


def test_a_token_that_is_stale_is_fetched_anew_once_and_one_that_ends_too() -> None:
    clock = SetClock(NOW)
    with wecom(says(errcode=42001), TAKEN, tokens=(token("old"), token("new"), token("next"))) as gateway:
        carrier = channel(gateway.port, clock)
        assert carrier.deliver(answer()).status is DeliveryStatus.SENT
        clock.at = NOW + timedelta(hours=2)
        assert carrier.deliver(answer()).status is DeliveryStatus.SENT
    asked = [line.split(" ")[1].rpartition("=")[2] for line in gateway.lines if SEND in line]
    assert asked == ["old", "new", "next"]


@pytest.mark.parametrize(
    ("answered", "ending"),
    [
        (says(errcode=95001, errmsg="count"), DeliveryStatus.FAILED),
        (says(errcode=95002, errmsg="48h"), DeliveryStatus.FAILED),
        (says(errcode=40003, errmsg="touser"), DeliveryStatus.FAILED),
        (says(errcode=45009, errmsg="freq"), ChannelUnavailable),
        (says(errcode=42001, errmsg="token"), ChannelUnavailable),
        (reply(503), ChannelUnavailable),
        (says(errcode=-1, errmsg="busy"), DeliveryUnknown),
        (reply(200, "<html>"), DeliveryUnknown),
        (reply(502, "bad"), DeliveryUnknown),
        (CLOSES, DeliveryUnknown),
    ],
)
def test_each_answer_is_one_ending(answered: bytes, ending: object) -> None:
    with wecom(answered) as gateway:
        if isinstance(ending, DeliveryStatus):
            done = channel(gateway.port).deliver(answer())
            assert done.status is ending
            assert "127.0.0.1" in done.detail
        else:
            with pytest.raises(ending) as caught:  # type: ignore[call-overload]
                channel(gateway.port).deliver(answer())
            assert "cret" not in str(caught.value)


@pytest.mark.parametrize("tokens", [says(errcode=40001, errmsg="secret"), reply(500), CLOSES])
def test_without_a_token_nothing_was_sent(tokens: bytes) -> None:
    with wecom(tokens=(tokens,)) as gateway, pytest.raises(ChannelUnavailable):
        channel(gateway.port).deliver(answer())
    assert not any(SEND in line for line in gateway.lines)


@pytest.mark.parametrize(
    "changes",
    [
        {"recipient": "chat:c1"}, {"recipient": "a b"}, {"purpose": Purpose.MARKETING}, {"body": "茶" * 700},
        {"body": "\ud800"},
    ],
)  # fmt: skip
def test_what_cannot_go_is_said_before_anybody_is_asked(changes: dict[str, object]) -> None:
    with wecom() as gateway, pytest.raises(InputError):
        channel(gateway.port).deliver(answer(**changes))
    assert not any(SEND in line for line in gateway.lines)


@pytest.mark.parametrize(
    "text",
    [
        "wecom://ww12:s@", "wecom://ww12@?kf=wkA_1", "wecom://ww12:s@?kf=", "wecom://ww12:s@?kf=wkA_1&token=t",
        "wecom://ww12:s3cret@?kf=wkA_1&token=t&aes_key=short", "wecom://ww12:s3cret@?kf=wkA_1&token=t&aes_key=é", "wecom://ww12:s3cret@?kf=wkA_1&colour=red",
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_is_refused_without_its_secret(text: str) -> None:
    with pytest.raises(InputError) as caught:
        read_chat_url(text)
    assert "s3cret" not in f"{caught.value.message} {caught.value.remedy}"


def test_a_key_with_a_plus_is_read_however_it_was_written() -> None:
    key = base64.b64encode(b"\xfb" * 32).decode().rstrip("=")
    assert "+" in key
    for written in (key, key.replace("+", "%2B")):
        assert read_chat_url(f"wecom://ww12:s@?kf=wkA_1&token=t&aes_key={written}").aes_key == b"\xfb" * 32


# --- what is kept there -----------------------------------------------------------------------------------------------


def wrote(text: str, number: int = 1) -> dict[str, Any]:
    return {
        "msgid": f"m{number}", "open_kfid": "wkA_1", "external_userid": "wmBCD_1", "send_time": 1_767_000_000,
        "origin": 3, "msgtype": "text", "text": {"content": text},
    }  # fmt: skip


def test_pages_are_read_to_the_end_from_where_we_read_last() -> None:
    first = says(errcode=0, has_more=1, next_cursor="c2", msg_list=[wrote("一")])
    last = says(errcode=0, has_more=0, next_cursor="c3", msg_list=[wrote("二", 2)])
    with wecom() as gateway:
        gateway.by_path[SYNC] = [first, last]
        inbox = WeComInbox(WeComApi(account(gateway.port), SetClock(NOW)), "wkA_1")
        found = list(inbox.pages("c1", "knock"))
    assert [cursor for _, cursor in found] == ["c2", "c3"]
    asked = [json.loads(body) for body in gateway.bodies if body]
    assert [one["cursor"] for one in asked] == ["c1", "c2"]
    assert asked[0]["token"] == "knock"


def test_words_failures_and_refusals_are_told_apart() -> None:
    failed = {"event_type": "msg_send_fail", "fail_msgid": "msg_1", "fail_type": 4}
    rows = [
        wrote("什么时候发货"),
        {**wrote(""), "msgid": "m2", "msgtype": "image", "text": None},
        {**wrote("同事写的"), "origin": 5},
        {"msgid": "m3", "msgtype": "event", "send_time": 1, "event": failed},
        {"msgid": "m4", "msgtype": "event", "send_time": 1, "event": {**failed, "fail_type": "10"}},
        {"msgid": "m6", "msgtype": ["odd"], "origin": 3, "external_userid": "wmBCD_1"},
        {"msgid": "m5", "msgtype": "event", "event": {"event_type": "enter_session"}},
    ]
    receipts, answers = read_wecom(rows, NOW)
    assert [(one.address, one.text) for one in answers] == [("wmBCD_1", "什么时候发货"), ("wmBCD_1", "")]
    assert [(one.kind, one.key) for one in receipts] == [
        (ReceiptKind.SOFT_BOUNCE, "msg_1"), (ReceiptKind.UNSUBSCRIBED, "msg_1"),
    ]  # fmt: skip


# --- the seal ---------------------------------------------------------------------------------------------------------


def sealed(words: str, firm: str = "ww12", key: bytes = bytes(range(32))) -> str:
    """As WeCom seals: written here from its description, not with the code that opens it."""
    body = os.urandom(16) + len(words.encode()).to_bytes(4, "big") + words.encode() + firm.encode()
    pad = 32 - len(body) % 32
    sealer = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(sealer.update(body + bytes([pad]) * pad) + sealer.finalize()).decode()


def test_what_is_sealed_for_us_is_opened_and_nothing_else() -> None:
    box, ours = sealed("<xml><Event><![CDATA[kf_msg_or_event]]></Event><Token>T</Token></xml>"), account()
    shown = signature("t0ken", "1", "n", box)
    assert tags(unsealed(ours, shown, "1", "n", box)) == {"Event": "kf_msg_or_event", "Token": "T"}
    for wrong in ("", "0" * 40, signature("other", "1", "n", box)):
        with pytest.raises(InputError, match="signature"):
            unsealed(ours, wrong, "1", "n", box)
    for other in (sealed("x", firm="ww99"), sealed("x", key=b"k" * 32), "AAAA", "not base64!"):
        with pytest.raises(InputError):
            unsealed(ours, signature("t0ken", "1", "n", other), "1", "n", other)

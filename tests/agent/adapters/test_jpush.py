"""JPush on a real socket: signed in, news and notices told apart, and one ending for every answer."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest

from agent.adapters.channels.push.jpush import JPush
from agent.domain import Channel, DeliveryStatus, Message, Purpose
from agent.errors import ChannelUnavailable, DeliveryUnknown, InputError
from agent.push_url import read_push_url
from tests.factories import NOW, a_message
from tests.fakes import SetClock
from tests.gateways import CLOSES, HALF_A_REPLY, HANGS, SAYS_NOTHING_WHOLE, a_gateway, reply
from tests.smtp_servers import free_port

TAKEN = reply(200, json.dumps({"sendno": "0", "msg_id": "18100287008"}))


def channel(port: int, timeout: float = 10) -> JPush:
    return JPush(read_push_url(f"jpush://a1b2:s3%2Fcret@127.0.0.1:{port}?timeout={timeout}"), SetClock(NOW))


def push(**changes: object) -> Message:
    known = {
        "channel": Channel.PUSH, "recipient": "1a0018970a8d", "subject": "春茶到了", "body": "新茶已上架", "headers": {}
    }  # fmt: skip
    return a_message(**{**known, **changes})


def refusal(status: int, code: int, **headers: str) -> bytes:
    return reply(status, json.dumps({"error": {"code": code, "message": "no"}}), **headers)


def test_one_device_gets_title_and_words_from_whoever_signed_in() -> None:
    with a_gateway(TAKEN) as gateway:
        done = channel(gateway.port).deliver(push())
        channel(gateway.port).deliver(push(purpose=Purpose.SERVICE))
    assert (done.status, done.where) == (DeliveryStatus.SENT, "18100287008")
    assert gateway.lines[0].startswith("POST /v3/push ")
    assert base64.b64decode(gateway.headers[0]["authorization"].removeprefix("Basic ")) == b"a1b2:s3/cret"
    news, notice = (json.loads(body) for body in gateway.bodies)
    assert news["audience"] == {"registration_id": ["1a0018970a8d"]}
    assert news["notification"]["android"]["title"] == "春茶到了"
    assert news["notification"]["ios"]["alert"] == {"title": "春茶到了", "body": "新茶已上架"}
    assert (news["options"]["classification"], notice["options"]["classification"]) == (0, 1)


@pytest.mark.parametrize(("code", "gone"), [(1011, True), (1003, False), (1005, False)])
def test_a_definite_no_is_final_and_a_device_that_is_nobodys_is_told(code: int, gone: bool) -> None:
    with a_gateway(refusal(400, code)) as gateway:
        done = channel(gateway.port).deliver(push())
    assert (done.status, done.gone) == (DeliveryStatus.FAILED, gone)


@pytest.mark.parametrize(
    ("answer", "wait"),
    [(refusal(429, 2002, Retry_After="9"), timedelta(seconds=9)), (refusal(401, 1004), None), (reply(503), None)],
)
def test_a_limit_our_key_and_an_overload_are_no_fault_of_the_message(answer: bytes, wait: timedelta | None) -> None:
    with a_gateway(answer) as gateway, pytest.raises(ChannelUnavailable) as caught:
        channel(gateway.port).deliver(push())
    assert caught.value.retry_after == wait


@pytest.mark.parametrize("answer", [CLOSES, HANGS, SAYS_NOTHING_WHOLE, refusal(500, 1000), reply(504), reply(302)])
def test_silence_and_inner_faults_are_unknown_and_never_a_second_try(answer: bytes) -> None:
    with a_gateway(answer) as gateway, pytest.raises(DeliveryUnknown):
        channel(gateway.port, timeout=0.5).deliver(push())
    assert len(gateway.bodies) == 1


def test_a_yes_that_breaks_off_is_a_yes_and_a_server_that_is_not_there_is_not_reached() -> None:
    with a_gateway(HALF_A_REPLY) as gateway:
        assert channel(gateway.port).deliver(push()).status is DeliveryStatus.SENT
    with pytest.raises(ChannelUnavailable, match="cannot be reached"):
        channel(free_port()).deliver(push())


@pytest.mark.parametrize("changes", [{"recipient": "app:c1"}, {"body": "长" * 2_000}, {"body": "half \ud83d"}])
def test_what_cannot_be_sent_never_leaves(changes: dict[str, str]) -> None:
    with a_gateway(TAKEN) as gateway, pytest.raises(InputError):
        channel(gateway.port).deliver(push(**changes))
    assert gateway.bodies == []


@pytest.mark.parametrize("text", ["jpush://", "jpush://S3CRET@", "jpush://a:S3CRET@?key=x", "jpush://a:S3CRET@h/x"])
def test_an_address_that_cannot_be_meant_is_refused_without_its_secret(text: str) -> None:
    with pytest.raises(InputError) as caught:
        read_push_url(text)
    assert "S3CRET" not in caught.value.message + caught.value.remedy
    assert "s3/cret" not in repr(read_push_url("jpush://a1b2:s3%2Fcret@"))

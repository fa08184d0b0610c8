"""The firm's gateway on real sockets: signed as others check it, and each answer, or none, has its one ending."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from agent.adapters.channels.webhook import WebhookChannel
from agent.domain import Channel, DeliveryStatus
from agent.errors import ChannelUnavailable, DeliveryUnknown, InputError
from agent.webhooks import read_secrets
from tests.factories import NOW, a_message
from tests.fakes import SetClock
from tests.gateways import CLOSES, HALF_A_REPLY, HANGS, SAYS_NOTHING_WHOLE, a_gateway, reply
from tests.smtp_servers import free_port

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OLDER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


def channel(url: str, secrets: str = SECRET, at: datetime = NOW, timeout_s: float = 10) -> WebhookChannel:
    return WebhookChannel(url, read_secrets(secrets), SetClock(at), timeout_s)


def test_the_official_verifier_accepts_the_signature_and_refuses_a_changed_body() -> None:
    with a_gateway() as gateway:
        channel(gateway.url, at=datetime.now(UTC)).deliver(a_message(body="您好 😀 </script>"))
    told = Webhook(SECRET).verify(gateway.bodies[0], gateway.headers[0])
    assert told["data"]["text"] == "您好 😀 </script>"
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(gateway.bodies[0].replace(b"c1", b"c2"), gateway.headers[0])
    with pytest.raises(WebhookVerificationError):
        Webhook(OLDER).verify(gateway.bodies[0], gateway.headers[0])


def test_while_the_secret_is_changed_both_are_accepted() -> None:
    with a_gateway() as gateway:
        channel(gateway.url, f"{SECRET} {OLDER}", at=datetime.now(UTC)).deliver(a_message())
    for secret in (SECRET, OLDER):
        assert Webhook(secret).verify(gateway.bodies[0], gateway.headers[0])


def test_the_body_is_the_documented_one() -> None:
    with a_gateway() as gateway:
        channel(gateway.url).deliver(a_message(channel=Channel.SMS, recipient="13000000000", subject=None, headers={}))
    assert gateway.headers[0]["webhook-id"] == "msg_1"
    assert gateway.headers[0]["content-type"] == "application/json"
    assert json.loads(gateway.bodies[0]) == {
        "type": "message.send",
        "timestamp": NOW.isoformat(),
        "data": {
            "key": "msg_1",
            "channel": "sms",
            "purpose": "marketing",
            "recipient": "13000000000",
            "subject": None,
            "text": "Hi Nora",
            "html": None,
            "headers": {},
            "brand_id": "linjian",
            "customer_id": "c1",
            "case_id": "case_1",
        },
    }


@pytest.mark.parametrize("answer", [reply(200), reply(202, '{"id": "gw-7"}'), reply(204), HALF_A_REPLY])
def test_a_yes_is_a_yes_even_when_its_body_breaks_off(answer: bytes) -> None:
    with a_gateway(answer) as gateway:
        done = channel(gateway.url).deliver(a_message())
    assert done.status is DeliveryStatus.SENT
    assert done.where == ("gw-7" if b"gw-7" in answer else None)


@pytest.mark.parametrize("status", [401, 408, 429, 503, 308])
def test_not_now_keeps_the_message_in(status: int) -> None:
    with (
        a_gateway(reply(status, "come back")) as gateway,
        pytest.raises(ChannelUnavailable, match="come back") as caught,
    ):
        channel(gateway.url).deliver(a_message())
    assert caught.value.retry_after is None
    assert len(gateway.bodies) == 1, "a redirect is not followed"


@pytest.mark.parametrize(
    ("asked", "waits"),
    [
        ("120", timedelta(seconds=120)),
        ("Mon, 02 Mar 2026 02:40:00 GMT", timedelta(minutes=10)),
        ("Mon, 02 Mar 2026 02:00:00 GMT", timedelta(0)),
        ("soon", None),
        ("-5", None),
        ("9" * 400, timedelta(seconds=10**8)),
    ],
)
def test_the_patience_that_is_asked_for_is_read(asked: str, waits: timedelta | None) -> None:
    with a_gateway(reply(429, Retry_After=asked)) as gateway, pytest.raises(ChannelUnavailable) as caught:
        channel(gateway.url).deliver(a_message())
    assert caught.value.retry_after == waits


def test_nobody_there_keeps_the_message_in() -> None:
    with pytest.raises(ChannelUnavailable, match="cannot be reached"):
        channel(f"http://127.0.0.1:{free_port()}/").deliver(a_message())


@pytest.mark.parametrize("status", [400, 403, 404, 410, 422])
def test_another_no_is_final_and_kept_in_the_gateways_words(status: int) -> None:
    with a_gateway(reply(status, "number blocked")) as gateway:
        done = channel(gateway.url).deliver(a_message())
    assert done.status is DeliveryStatus.FAILED
    assert f"{status}: number blocked" in done.detail
    assert not done.fault


@pytest.mark.parametrize("answer", [reply(500), reply(502), reply(504), reply(409), CLOSES, HANGS, SAYS_NOTHING_WHOLE])
def test_a_fault_or_silence_after_the_request_is_an_unknown_outcome(answer: bytes) -> None:
    with a_gateway(answer) as gateway, pytest.raises(DeliveryUnknown) as caught:
        channel(gateway.url, timeout_s=1 if answer == HANGS else 10).deliver(a_message())
    assert caught.value.remedy
    assert len(gateway.bodies) == 1, "never sent again by itself"


def test_half_a_character_is_said_before_anything_leaves() -> None:
    with a_gateway() as gateway, pytest.raises(InputError):
        channel(gateway.url).deliver(a_message(body="half: \ud83d"))
    assert gateway.bodies == []

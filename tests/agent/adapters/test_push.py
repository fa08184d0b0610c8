"""Push on real sockets: a signed assertion for a token, the token for a message, and one ending for every answer."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from agent import pipeline, ways
from agent.adapters.channels.push.fcm import FcmPush
from agent.channels import provider_rules
from agent.domain import CaseStatus, Channel, DeliveryStatus, Message
from agent.errors import ChannelUnavailable, DeliveryUnknown, InputError
from agent.push_url import PushAccount, read_push_url
from agent.reach import Reach, read_allow_list
from tests.factories import NOW, a_customer, a_message
from tests.fakes import SetClock
from tests.gateways import CLOSES, HALF_A_REPLY, HANGS, SAYS_NOTHING_WHOLE, Gateway, a_gateway, reply
from tests.smtp_servers import free_port
from tests.street import Street, a_street

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
TOKEN = reply(200, json.dumps({"access_token": "ya29.one", "expires_in": 3599, "token_type": "Bearer"}))
TAKEN = reply(200, json.dumps({"name": "projects/linden/messages/m7"}))
FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
DEVICE = "dEviCe:APA91b-token_1"


def refusal(status: int, code: str = "", **headers: str) -> bytes:
    details = [{"@type": "type.googleapis.com/google.rpc.BadRequest"}, {"@type": FCM_ERROR, "errorCode": code}]
    error = {"code": status, "message": "no", "status": "X", "details": details if code else []}
    return reply(status, json.dumps({"error": error}), **headers)


@dataclass
class Firebase:
    push: FcmPush
    google: Gateway
    fcm: Gateway
    clock: SetClock


def account(folder: Path, token_port: int, port: int, timeout: float = 10, **changes: Any) -> PushAccount:
    key = {
        "type": "service_account", "project_id": "linden", "private_key_id": "k1", "private_key": PEM,
        "client_email": "push@linden.iam.example", "token_uri": f"http://127.0.0.1:{token_port}/token", **changes,
    }  # fmt: skip
    (folder / "key.json").write_text(json.dumps(key))
    return read_push_url(f"fcm://127.0.0.1:{port}?key={folder / 'key.json'}&timeout={timeout}")


@contextmanager
def firebase(folder: Path, answer: bytes = TAKEN, token: bytes = TOKEN, timeout: float = 10) -> Iterator[Firebase]:
    with a_gateway(token) as google, a_gateway(answer) as fcm:
        clock = SetClock(NOW)
        yield Firebase(FcmPush(account(folder, google.port, fcm.port, timeout), clock), google, fcm, clock)


def push(**changes: object) -> Message:
    known = {
        "channel": Channel.PUSH,
        "recipient": DEVICE,
        "subject": "春茶到了",
        "body": "“新茶” & 更多",
        "headers": {},
    }
    return a_message(**{**known, **changes})


def claims_of(assertion: str) -> dict[str, Any]:
    """Checked as Google does, from the other end: the signature first, then what it says."""
    head, body, mark = (base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in assertion.split("."))
    assert json.loads(head) == {"alg": "RS256", "typ": "JWT", "kid": "k1"}
    signed = assertion.rpartition(".")[0].encode()
    KEY.public_key().verify(mark, signed, padding.PKCS1v15(), hashes.SHA256())
    return dict(json.loads(body))


def test_a_signed_assertion_buys_the_token_that_the_message_is_sent_with(tmp_path: Path) -> None:
    with firebase(tmp_path) as at:
        done = at.push.deliver(push())
    assert (done.status, done.where) == (DeliveryStatus.SENT, "projects/linden/messages/m7")
    form = parse_qs(at.google.bodies[0].decode())
    assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    claims = claims_of(form["assertion"][0])
    assert (claims["iss"], claims["aud"]) == ("push@linden.iam.example", f"http://127.0.0.1:{at.google.port}/token")
    assert (claims["exp"] - claims["iat"], claims["iat"]) == (3600, int(NOW.timestamp()))
    assert claims["scope"].endswith("/auth/firebase.messaging")
    assert at.fcm.headers[0]["authorization"] == "Bearer ya29.one"
    assert at.fcm.lines[0].startswith("POST /v1/projects/linden/messages:send ")
    told = json.loads(at.fcm.bodies[0])["message"]
    assert told["token"] == DEVICE
    assert told["notification"] == {"title": "春茶到了", "body": "“新茶” & 更多"}
    assert told["android"]["notification"]["tag"] == told["apns"]["headers"]["apns-collapse-id"] == "msg_1"


def test_a_wrongly_signed_assertion_would_be_seen(tmp_path: Path) -> None:
    with firebase(tmp_path) as at:
        at.push.deliver(push())
    head, body, mark = parse_qs(at.google.bodies[0].decode())["assertion"][0].split(".")
    with pytest.raises(InvalidSignature):
        claims_of(f"{head}.{body[:-2]}AA.{mark}")


def test_a_token_is_kept_until_shortly_before_it_ends(tmp_path: Path) -> None:
    with firebase(tmp_path) as at:
        for minutes in (0, 50, 54):
            at.clock.at = NOW + timedelta(minutes=minutes)
            at.push.deliver(push())
        assert len(at.google.bodies) == 1
        at.clock.at = NOW + timedelta(minutes=56)
        at.push.deliver(push())
        assert (len(at.google.bodies), len(at.fcm.bodies)) == (2, 4)


def test_a_token_that_was_revoked_is_fetched_anew_once(tmp_path: Path) -> None:
    with firebase(tmp_path, refusal(401, "THIRD_PARTY_AUTH_ERROR")) as at:
        with pytest.raises(ChannelUnavailable):
            at.push.deliver(push())
        assert (len(at.google.bodies), len(at.fcm.bodies)) == (2, 2)


@pytest.mark.parametrize(
    ("answer", "gone"),
    [
        (refusal(404, "UNREGISTERED"), True),
        (refusal(400, "UNREGISTERED"), True),
        (refusal(400, "INVALID_ARGUMENT"), False),
        (refusal(400), False),
        (reply(413, "too large"), False),
    ],
)
def test_a_definite_no_is_final_and_a_device_that_is_gone_is_told(tmp_path: Path, answer: bytes, gone: bool) -> None:
    with firebase(tmp_path, answer) as at:
        done = at.push.deliver(push())
    assert (done.status, done.gone) == (DeliveryStatus.FAILED, gone)


@pytest.mark.parametrize(
    ("answer", "wait"),
    [
        (refusal(429, "QUOTA_EXCEEDED", Retry_After="60"), timedelta(seconds=60)),
        (refusal(503, "UNAVAILABLE", Retry_After="7"), timedelta(seconds=7)),
        (refusal(403, "SENDER_ID_MISMATCH"), None),
        (refusal(403), None),
        (refusal(404), None),
    ],
)
def test_a_quota_an_overload_and_our_own_key_are_no_fault_of_the_message(
    tmp_path: Path, answer: bytes, wait: timedelta | None
) -> None:
    with firebase(tmp_path, answer) as at, pytest.raises(ChannelUnavailable) as caught:
        at.push.deliver(push())
    assert caught.value.retry_after == wait


@pytest.mark.parametrize(
    "answer", [CLOSES, HANGS, SAYS_NOTHING_WHOLE, refusal(500, "INTERNAL"), reply(502), reply(302)]
)
def test_silence_after_the_request_was_sent_is_unknown_and_never_a_second_try(tmp_path: Path, answer: bytes) -> None:
    with firebase(tmp_path, answer, timeout=0.5) as at, pytest.raises(DeliveryUnknown):
        at.push.deliver(push())
    assert len(at.fcm.bodies) == 1


def test_a_yes_whose_body_breaks_off_is_a_yes(tmp_path: Path) -> None:
    with firebase(tmp_path, HALF_A_REPLY) as at:
        done = at.push.deliver(push())
    assert (done.status, done.where) == (DeliveryStatus.SENT, None)


@pytest.mark.parametrize(
    "token", [CLOSES, HANGS, reply(400, '{"error":"invalid_grant"}'), reply(200, "{}"), reply(200, "x")]
)
def test_without_a_token_nothing_has_left(tmp_path: Path, token: bytes) -> None:
    with firebase(tmp_path, token=token, timeout=0.5) as at, pytest.raises(ChannelUnavailable):
        at.push.deliver(push())
    assert at.fcm.bodies == []


def test_a_server_that_is_not_there_is_not_reached(tmp_path: Path) -> None:
    with a_gateway(TOKEN) as google, pytest.raises(ChannelUnavailable, match="cannot be reached"):
        FcmPush(account(tmp_path, google.port, free_port()), SetClock(NOW)).deliver(push())


@pytest.mark.parametrize(
    "changes",
    [{"recipient": "app:c1"}, {"body": "长" * 2_000}, {"body": "half \ud83d"}],
    ids=["no device", "long", "half"],
)
def test_what_cannot_be_sent_never_leaves(tmp_path: Path, changes: dict[str, str]) -> None:
    with firebase(tmp_path) as at, pytest.raises(InputError):
        at.push.deliver(push(**changes))
    assert (at.google.bodies, at.fcm.bodies) == ([], [])


def test_no_secret_is_in_a_repr_or_an_error(tmp_path: Path) -> None:
    found = account(tmp_path, 1, 2)
    assert "PRIVATE" not in repr(found)
    for changes in ({"private_key": "s3cret"}, {"private_key": ""}, {"token_uri": "http://evil.example/t"}):
        with pytest.raises(InputError) as caught:
            FcmPush(account(tmp_path, 1, 2, **changes), SetClock(NOW))
        assert "s3cret" not in caught.value.message + caught.value.remedy


@pytest.mark.parametrize(
    "text", ["fcm://", "fcm://?key=/nowhere.json", "apns://?key=x", "fcm://?key=x&colour=red", "fcm://h:x?key=y", ""]
)
def test_an_address_that_cannot_be_meant_is_refused_at_start(text: str) -> None:
    with pytest.raises(InputError):
        read_push_url(text)


# --- the whole way ----------------------------------------------------------------------------------------------------


def a_street_with_push(folder: Path, at: Firebase) -> Street:
    """One real customer who may be reached, by push alone."""
    street = a_street(folder)
    street.store.people.put([a_customer(push_token=DEVICE, made_up=False)], NOW)
    reach = Reach(frozenset({Channel.PUSH}), read_allow_list("*"))
    channels = {**street.house.channels, Channel.PUSH: at.push}
    providers = {"push": provider_rules("fcm")}
    street.house = replace(street.house, channels=channels, reach=reach, providers=providers)
    return street


def test_a_message_leaves_to_the_device_and_once(tmp_path: Path) -> None:
    with firebase(tmp_path) as at:
        street = a_street_with_push(tmp_path, at)
        case = street.approved(channel=Channel.PUSH)
        pipeline.send_due(street.house)
        pipeline.send_due(street.house)
    assert street.store.cases.get(case.case_id).status is CaseStatus.SENT
    assert [json.loads(body)["message"]["token"] for body in at.fcm.bodies] == [DEVICE]


def test_a_device_that_is_gone_is_closed_and_another_one_opens_the_way_again(tmp_path: Path) -> None:
    with firebase(tmp_path, refusal(404, "UNREGISTERED")) as at:
        street = a_street_with_push(tmp_path, at)
        case = street.approved(channel=Channel.PUSH)
        pipeline.send_due(street.house)
    assert street.store.cases.get(case.case_id).status is CaseStatus.FAILED
    assert street.reserved() == (0, 0)
    customer = street.store.people.get("c1")
    assert "closed" in ways.closed_for(Channel.PUSH, customer, street.house)
    assert not ways.reached_on(Channel.PUSH, customer, street.house)
    assert ways.reached_on(Channel.PUSH, replace(customer, push_token="another"), street.house)


def test_an_unknown_outcome_is_never_sent_again_by_itself(tmp_path: Path) -> None:
    with firebase(tmp_path, CLOSES) as at:
        street = a_street_with_push(tmp_path, at)
        case = street.approved(channel=Channel.PUSH)
        pipeline.send_due(street.house)
        at.fcm.answer = TAKEN
        street.clock.at = NOW + timedelta(hours=5)
        pipeline.send_due(street.house)
    assert street.store.cases.get(case.case_id).status is CaseStatus.UNKNOWN
    assert len(at.fcm.bodies) == 1


def test_who_has_no_device_is_reached_another_way(tmp_path: Path) -> None:
    with firebase(tmp_path) as at:
        street = a_street_with_push(tmp_path, at)
        customer = replace(street.store.people.get("c1"), push_token=None)
    assert not ways.reached_on(Channel.PUSH, customer, street.house)
    assert ways.reached_on(Channel.PUSH, customer, replace(street.house, providers={})), "the firm's gateway may know"

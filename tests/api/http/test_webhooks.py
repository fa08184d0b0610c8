"""What comes back over HTTP: who may say it, that it is acted on once, and that an answer reaches a person."""

from __future__ import annotations

import base64
import hmac
import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from agent import pipeline
from agent.access import Role, Scope
from agent.domain import CaseStatus
from agent.outbox import message_key
from api.callbacks import twilio_signature
from api.main import create_app
from tests.agent.receipts.bounces import answer, complaint, delivery_report
from tests.api.http.conftest import Client
from tests.factories import NOW
from tests.small_shop import SmallShop, a_small_shop

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
HOOK = {"webhook_url": "https://gateway.example/send", "webhook_secret": SECRET}


@pytest.fixture
def shop(tmp_path: Path) -> SmallShop:
    return a_small_shop(tmp_path / "home", **HOOK)


def sent(door: Client, shop: SmallShop, customer: str = "c2") -> tuple[str, str]:
    """A message that left: its case and its Message-ID."""
    rep = door(Role.REP)
    asked = rep.post("/v1/drafts", json={"customer_id": customer, "channel": "email"}).json()
    assert rep.post(f"/v1/drafts/{asked['draft_id']}/approve", json={"hold_s": 0}).status_code == 200
    pipeline.send_due(shop.workshop.house)
    case_id = str(asked["case_id"])
    row = shop.workshop.store.outbox.get(message_key(case_id))
    assert row is not None
    return case_id, row.message.headers["Message-ID"]


def post_mail(client: TestClient, raw: bytes) -> dict[str, Any]:
    told = client.post("/v1/webhooks/mail", content=raw, headers={"content-type": "message/rfc822"})
    assert told.status_code == 200, told.text
    return dict(told.json())


def counts(**changes: int) -> dict[str, int]:
    return {"taken": 0, "known": 0, "nobodys": 0, "ignored": 0, **changes}


def test_a_bounce_closes_the_address_once(door: Client, shop: SmallShop) -> None:
    _, message_id = sent(door, shop)
    machine = door(Role.INTEGRATOR)
    raw = delivery_report(message_id=message_id)
    assert post_mail(machine, raw) == counts(taken=1)
    assert post_mail(machine, raw) == counts(known=1)
    assert not shop.workshop.store.people.get("c2").suppressed


def test_a_complaint_ends_marketing(door: Client, shop: SmallShop) -> None:
    case_id, message_id = sent(door, shop)
    assert post_mail(door(Role.INTEGRATOR), complaint(message_id=message_id)) == counts(taken=1)
    assert shop.workshop.store.people.get("c2").suppressed
    assert shop.workshop.store.cases.get(case_id).status is CaseStatus.UNSUBSCRIBED


@pytest.mark.parametrize("word", ["UNSUBSCRIBE", "退订", "Please stop sending me these emails."])
def test_whoever_answers_with_the_word_we_offered_is_out(door: Client, shop: SmallShop, word: str) -> None:
    _, message_id = sent(door, shop)
    assert post_mail(door(Role.INTEGRATOR), answer(word, message_id=message_id)) == counts(taken=1)
    assert shop.workshop.store.people.get("c2").suppressed


def test_any_other_answer_becomes_a_ticket_and_holds_marketing(door: Client, shop: SmallShop) -> None:
    _, message_id = sent(door, shop)
    raw = answer("My lid is broken, what now?", message_id=message_id)
    assert post_mail(door(Role.INTEGRATOR), raw) == counts(taken=1)
    assert post_mail(door(Role.INTEGRATOR), raw) == counts(known=1)
    events = shop.workshop.house.history.timeline("c2", NOW.replace(year=2027))
    [ticket] = [event for event in events if event.kind == "ticket"]
    assert (ticket.text, ticket.status) == ("My lid is broken, what now?", "open")
    assert not shop.workshop.store.people.get("c2").suppressed


def test_an_answer_whose_ticket_was_lost_in_a_crash_gets_it_when_told_again(
    door: Client, shop: SmallShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, message_id = sent(door, shop)
    raw = answer("My lid is broken, what now?", message_id=message_id)
    with monkeypatch.context() as crash:
        crash.setattr("api.receiving._open_ticket", lambda receipt, workshop: None)
        assert post_mail(door(Role.INTEGRATOR), raw) == counts(taken=1)
    assert post_mail(door(Role.INTEGRATOR), raw) == counts(known=1)
    events = shop.workshop.house.history.timeline("c2", NOW.replace(year=2027))
    assert [event.kind for event in events].count("ticket") == 1


def test_a_mail_about_nothing_of_ours_is_nobodys(door: Client) -> None:
    assert post_mail(door(Role.INTEGRATOR), b"From: a@b.example\r\n\r\nHello") == counts(nobodys=1)


def test_mail_is_taken_from_programs_with_a_key_for_events_alone(door: Client) -> None:
    assert door().post("/v1/webhooks/mail", content=b"x").status_code == 401
    assert door(Role.REP).post("/v1/webhooks/mail", content=b"x").status_code == 403
    assert door(Role.INTEGRATOR, Scope.CHECK).post("/v1/webhooks/mail", content=b"x").status_code == 403


# --- the firm's own gateway -------------------------------------------------------------------------------------------


def told(key: str, kind: str = "delivered") -> bytes:
    return json.dumps({"type": "message.receipt", "data": {"key": key, "kind": kind}}).encode()


def signature(body: bytes, at: int = int(NOW.timestamp()), secret: str = SECRET) -> dict[str, str]:
    """Signed here by hand, as the standard says."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mark = base64.b64encode(hmac.digest(key, f"id1.{at}.".encode() + body, "sha256")).decode()
    return {
        "webhook-id": "id1",
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{'A' * 44} v1,{mark}",
        "content-type": "application/json",
    }


@pytest.fixture
def stranger(door: Client) -> TestClient:
    return door()


def test_a_signed_receipt_is_taken_and_a_doubled_one_is_harmless(
    door: Client, shop: SmallShop, stranger: TestClient
) -> None:
    case_id, _ = sent(door, shop)
    body = told(message_key(case_id))
    for expected in (counts(taken=1), counts(known=1)):
        answered = stranger.post("/v1/webhooks/receipts", content=body, headers=signature(body))
        assert (answered.status_code, answered.json()) == (200, expected)
    assert shop.workshop.store.cases.get(case_id).status is CaseStatus.DELIVERED


@pytest.mark.parametrize(
    "wrong",
    [
        lambda body: {"content-type": "application/json"},
        lambda body: signature(body + b" "),
        lambda body: signature(body, int(NOW.timestamp()) - 301),
        lambda body: signature(body, int(NOW.timestamp()) + 301),
        lambda body: signature(body, secret="whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"),
        lambda body: {**signature(body), "webhook-timestamp": "soon"},
        lambda body: {**signature(body), "webhook-signature": "v1,x"},
    ],
)
def test_what_is_not_rightly_signed_changes_nothing(
    door: Client, shop: SmallShop, stranger: TestClient, wrong: Any
) -> None:
    case_id, _ = sent(door, shop)
    body = told(message_key(case_id), "complaint")
    answered = stranger.post("/v1/webhooks/receipts", content=body, headers=wrong(body))
    assert answered.status_code == 401
    assert answered.json()["remedy"]
    assert not shop.workshop.store.people.get("c2").suppressed


def test_a_key_will_do_as_well_and_a_slip_is_named(door: Client) -> None:
    machine = door(Role.INTEGRATOR)
    assert machine.post("/v1/webhooks/receipts", content=told("msg_x")).json() == counts(nobodys=1)
    for body in (b"", b"{", b"[]", told("msg_x", "lost")):
        answered = machine.post("/v1/webhooks/receipts", content=body)
        assert answered.status_code == 422
        assert answered.json()["remedy"]


def test_without_a_gateway_nobody_can_sign_for_one(tmp_path: Path) -> None:
    shop = a_small_shop(tmp_path / "other")
    with TestClient(create_app(shop.workshop), raise_server_exceptions=False) as client:
        body = told("msg_x")
        assert client.post("/v1/webhooks/receipts", content=body, headers=signature(body)).status_code == 401


# --- providers --------------------------------------------------------------------------------------------------------

CALLBACK = "https://care.linden-lane.example/v1/webhooks/receipts/twilio"


def test_twilios_own_example_has_the_signature_that_its_document_shows() -> None:
    form = {
        "CallSid": "CA1234567890ABCDE", "Caller": "+14158675309", "Digits": "1234", "From": "+14158675309",
        "To": "+18005551212",
    }  # fmt: skip
    found = twilio_signature("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", form)
    assert found == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def test_a_status_callback_is_taken_when_twilio_signed_it(tmp_path: Path) -> None:
    shop = a_small_shop(tmp_path / "sms", sms_url=f"twilio://AC1:t0ken@?from=%2B15005550006&callback={CALLBACK}")
    form = {"MessageSid": "SM1", "MessageStatus": "delivered", "To": "+442079460000"}
    told = CALLBACK + "".join(name + form[name] for name in sorted(form))
    mark = base64.b64encode(hmac.digest(b"t0ken", told.encode(), "sha1")).decode()
    with TestClient(create_app(shop.workshop), raise_server_exceptions=False) as client:

        def post(mark: str, **changes: str) -> int:
            headers = {"x-twilio-signature": mark}
            return client.post("/v1/webhooks/receipts/twilio", data={**form, **changes}, headers=headers).status_code

        assert post(mark) == 200
        assert post(mark, MessageStatus="failed") == 401
        assert post("") == 401


def test_pushed_receipts_of_the_chinese_providers_are_answered_in_their_words(door: Client, shop: SmallShop) -> None:
    case_id, _ = sent(door, shop)
    machine = door(Role.INTEGRATOR)
    pushed = [{"out_id": message_key(case_id), "biz_id": "B1", "success": True, "err_code": "DELIVERED"}]
    told = machine.post("/v1/webhooks/receipts/aliyun", json=pushed).json()
    assert (told["taken"], told["code"]) == (1, 0)
    assert shop.workshop.store.cases.get(case_id).status is CaseStatus.DELIVERED
    told = machine.post("/v1/webhooks/receipts/tencent", json=[{"sid": "S9", "report_status": "SUCCESS"}]).json()
    assert (told["nobodys"], told["result"], told["errmsg"]) == (1, 0, "OK")
    assert door().post("/v1/webhooks/receipts/aliyun", json=pushed).status_code == 401

"""WhatsApp's webhook: the handshake, the signature, receipts and answers through one address, each acted on once."""

from __future__ import annotations

import hmac
import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from agent import pipeline
from agent.access import Role
from agent.domain import CaseStatus
from agent.outbox import message_key
from tests.api.http.conftest import Client
from tests.factories import NOW, a_customer
from tests.small_shop import SmallShop, a_small_shop

APP, AT = "app-s3cret", "/v1/webhooks/receipts/whatsapp"
WHATSAPP = f"whatsapp://1065:EAAG@?app_secret={APP}&verify=w0rd"
NUMBER = "447700900123"


@pytest.fixture
def shop(tmp_path: Path) -> SmallShop:
    shop = a_small_shop(tmp_path / "home", chat_url=WHATSAPP)
    shop.workshop.store.people.put([a_customer("c2", chat_id=NUMBER), a_customer("c3", phone=f"+{NUMBER}9")], NOW)
    return shop


def post(client: TestClient, secret: str = APP, **value: Any) -> Any:
    body = {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"field": "messages", "value": {"messaging_product": "whatsapp", **value}}]}],
    }
    raw = json.dumps(body, ensure_ascii=False).encode()
    mark = "sha256=" + hmac.new(secret.encode(), raw, "sha256").hexdigest()
    return client.post(AT, content=raw, headers={"x-hub-signature-256": mark, "content-type": "application/json"})


def wrote(text: str, sender: str = NUMBER, wamid: str = "wamid.1") -> list[dict[str, Any]]:
    return [{"from": sender, "id": wamid, "timestamp": "1772417533", "type": "text", "text": {"body": text}}]


def test_the_handshake_gets_its_challenge_back_for_the_word_alone(door: Client) -> None:
    asked = {"hub.mode": "subscribe", "hub.verify_token": "w0rd", "hub.challenge": "1158201444"}
    told = door().get(AT, params=asked)
    assert (told.status_code, told.text) == (200, "1158201444")
    assert told.headers["content-type"].startswith("text/plain")
    for wrong in ({"hub.verify_token": "word"}, {"hub.mode": "x"}, {"hub.verify_token": ""}):
        assert door().get(AT, params={**asked, **wrong}).status_code == 401
    assert door().get(AT, params={**asked, "hub.challenge": "<b>"}).status_code == 422


def test_what_is_not_signed_by_the_app_changes_nothing(door: Client, shop: SmallShop) -> None:
    assert post(door(), secret="other", messages=wrote("STOP")).status_code == 401
    assert door().post(AT, content=b"{}").status_code == 401
    assert not shop.workshop.store.people.get("c2").suppressed


def test_a_status_settles_its_message_once(door: Client, shop: SmallShop) -> None:
    rep = door(Role.REP)
    asked = rep.post("/v1/drafts", json={"customer_id": "c4", "channel": "email"}).json()
    assert rep.post(f"/v1/drafts/{asked['draft_id']}/approve", json={"hold_s": 0}).status_code == 200
    pipeline.send_due(shop.workshop.house)
    key = message_key(asked["case_id"])
    status = {"id": "wamid.9", "status": "delivered", "timestamp": "1772417533", "biz_opaque_callback_data": key}
    assert post(door(), statuses=[{**status, "status": "sent"}]).json()["receipts"]["taken"] == 0
    assert post(door(), statuses=[status]).json()["receipts"]["taken"] == 1
    assert post(door(), statuses=[status]).json()["receipts"]["known"] == 1
    assert shop.workshop.store.cases.get(asked["case_id"]).status is CaseStatus.DELIVERED
    no = {**status, "status": "failed", "errors": [{"code": 131050, "title": "User has stopped"}]}
    assert post(door(), statuses=[no]).json()["receipts"]["taken"] == 1
    assert shop.workshop.store.people.get("c4").suppressed


@pytest.mark.parametrize(
    "value",
    [
        {"messages": wrote("STOP")},
        {"messages": wrote("退订")},
        {"messages": [{"from": NUMBER, "id": "w", "type": "button", "button": {"text": "Stop", "payload": "x"}}]},
        {"user_preferences": [{"wa_id": NUMBER, "category": "marketing_messages", "value": "stop", "timestamp": 1}]},
    ],
)
def test_who_wants_nothing_more_gets_nothing_more(door: Client, shop: SmallShop, value: dict[str, Any]) -> None:
    told = post(door(), **value).json()["answers"]
    assert told == {"stopped": 1, "tickets": 0, "known": 0, "nobodys": 0}
    assert shop.workshop.store.people.get("c2").suppressed


def test_anything_else_is_a_ticket_of_whoever_has_the_number(door: Client, shop: SmallShop) -> None:
    assert post(door(), messages=wrote("Where is my teapot?")).json()["answers"]["tickets"] == 1
    assert post(door(), messages=wrote("Where is my teapot?")).json()["answers"]["known"] == 1
    assert post(door(), messages=wrote("Hello", f"{NUMBER}9", "wamid.2")).json()["answers"]["tickets"] == 1
    image = [{"from": NUMBER, "id": "wamid.3", "type": "image", "image": {"id": "1"}}]
    assert post(door(), messages=image).json()["answers"]["tickets"] == 1
    history = shop.workshop.house.history
    texts = {
        name: [event.text for event in history.timeline(name, NOW.replace(year=2027)) if event.kind == "ticket"]
        for name in ("c2", "c3")
    }
    assert texts == {"c2": ["Where is my teapot?", "[…]"], "c3": ["Hello"]}


def test_a_stranger_is_kept_and_what_we_do_not_know_is_passed_over(door: Client, shop: SmallShop) -> None:
    assert post(door(), messages=wrote("Hi", "15550001111")).json()["answers"]["nobodys"] == 1
    [kept] = shop.workshop.store.answers.of_nobody()
    assert (kept.address, kept.text) == ("+15550001111", "Hi")
    odd = {"statuses": [{"id": "x", "status": "dancing"}, "x"], "messages": [{"type": "reaction"}, {}], "calls": [1]}
    told = post(door(), **odd).json()
    assert sum(told["receipts"].values()) + sum(told["answers"].values()) == 0
    machine = door(Role.INTEGRATOR)
    for body in (b"{", b"[]", b'{"object": "page", "entry": []}'):
        assert machine.post(AT, content=body).status_code == 422

"""What people write back by SMS: a stop is carried out at once, the rest is a ticket, and nothing is done twice."""

from __future__ import annotations

import base64
import hmac
import re
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from agent import pipeline
from agent.access import Role, Scope
from agent.domain import CaseStatus, Language
from api.main import create_app
from api.sign_in import add_user, set_password
from tests.api.http.conftest import Client
from tests.console_shop import PASSWORD
from tests.factories import NOW, a_customer
from tests.small_shop import SmallShop, a_small_shop

NUMBER, NEXT = "13711112222", "+8613711112222"
YEAR_ON = NOW.replace(year=2027)


@pytest.fixture
def shop(tmp_path: Path) -> SmallShop:
    shop = a_small_shop(tmp_path / "home")
    shop.workshop.store.people.put([a_customer("c1", phone=NUMBER), a_customer("c2", phone="+44 20 7946 0000")], NOW)
    shop.workshop.store.people.put([a_customer("c3", phone="+442079460000")], NOW)
    return shop


def counts(**changes: int) -> dict[str, int]:
    return {"stopped": 0, "tickets": 0, "known": 0, "nobodys": 0, **changes}


def push(client: TestClient, text: str, mobile: str = NUMBER, time: int = 1772417533) -> dict[str, int]:
    body = {"mobile": mobile, "nationcode": "86", "text": text, "time": time, "sign": "x", "extend": ""}
    told = client.post("/v1/webhooks/answers/tencent", json=body)
    assert told.status_code == 200, told.text
    assert (told.json()["result"], told.json()["errmsg"]) == (0, "OK")
    return {name: told.json()[name] for name in counts()}


def tickets(shop: SmallShop, customer: str) -> list[str | None]:
    events = shop.workshop.house.history.timeline(customer, YEAR_ON)
    return [event.text for event in events if event.kind == "ticket"]


@pytest.mark.parametrize(
    "word", ["TD", "td。", "Ｔ", "R", "退订", "拒收", "回T", "QX", "别再给我发短信了", "怎么退订", "n"]
)
def test_a_chinese_stop_ends_marketing_at_once(door: Client, shop: SmallShop, word: str) -> None:
    assert push(door(Role.INTEGRATOR), word) == counts(stopped=1)
    assert shop.workshop.store.people.get("c1").suppressed
    assert tickets(shop, "c1") == []


@pytest.mark.parametrize("text", ["什么时候到货？", "收到", "退货怎么办", "R码的衣服有吗", "取消订单", ""])
def test_anything_else_is_a_ticket(door: Client, shop: SmallShop, text: str) -> None:
    assert push(door(Role.INTEGRATOR), text) == counts(tickets=1)
    assert not shop.workshop.store.people.get("c1").suppressed
    assert tickets(shop, "c1") == [text or "[…]"]


def test_each_is_acted_on_once(door: Client, shop: SmallShop) -> None:
    machine = door(Role.INTEGRATOR)
    assert push(machine, "什么时候到货？") == counts(tickets=1)
    assert push(machine, "什么时候到货？") == counts(known=1)
    assert push(machine, "什么时候到货？", time=1772417999) == counts(tickets=1)
    assert len(tickets(shop, "c1")) == 2


def test_a_ticket_that_was_lost_in_a_crash_comes_when_told_again(
    door: Client, shop: SmallShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as crash:
        crash.setattr("api.answering.open_ticket", lambda *_: None)
        assert push(door(Role.INTEGRATOR), "在吗") == counts(tickets=1)
    assert push(door(Role.INTEGRATOR), "在吗") == counts(known=1)
    assert tickets(shop, "c1") == ["在吗"]


def test_a_stop_holds_back_what_is_queued_and_is_an_outcome_of_the_message(door: Client, shop: SmallShop) -> None:
    rep = door(Role.REP)
    asked = rep.post("/v1/drafts", json={"customer_id": "c1", "channel": "email"}).json()
    assert rep.post(f"/v1/drafts/{asked['draft_id']}/approve", json={"hold_s": 0}).status_code == 200
    push(door(Role.INTEGRATOR), "TD")
    [delivery] = pipeline.send_due(shop.workshop.house)
    assert delivery.status == "stopped"


def test_everybody_of_a_shared_number_is_left_alone(door: Client, shop: SmallShop) -> None:
    """c2 and c3 have one phone: the first record is written with blanks, as somebody typed it, and is not found."""
    shop.workshop.store.people.put([a_customer("c4", phone="00442079460000")], NOW)
    form = {"MessageSid": "SM1", "From": "+442079460000", "Body": "Stop"}
    told = door(Role.INTEGRATOR).post("/v1/webhooks/answers/twilio", data=form)
    assert (told.status_code, told.headers["content-type"]) == (200, "application/xml")
    assert told.text.endswith("<Response/>")
    people = shop.workshop.store.people
    assert [people.get(name).suppressed for name in ("c3", "c4", "c1")] == [True, True, False]


def test_of_a_shared_number_whoever_was_written_to_last_is_meant(door: Client, shop: SmallShop) -> None:
    people, number = shop.workshop.store.people, "+442079461111"
    fields = {"phone": number, "timezone": "Asia/Singapore"}
    people.put([a_customer(name, Language.EN, **fields) for name in ("c2", "c4")], NOW)
    rep, machine = door(Role.REP), door(Role.INTEGRATOR)
    asked = rep.post("/v1/drafts", json={"customer_id": "c4", "channel": "sms"}).json()
    assert rep.post(f"/v1/drafts/{asked['draft_id']}/approve", json={"hold_s": 0}).status_code == 200, asked
    assert len(pipeline.send_due(shop.workshop.house)) == 1

    def wrote(sid: str, text: str) -> None:
        form = {"MessageSid": sid, "From": number, "Body": text}
        assert machine.post("/v1/webhooks/answers/twilio", data=form).status_code == 200

    wrote("SM1", "Is it in stock?")
    assert (tickets(shop, "c2"), tickets(shop, "c4")) == ([], ["Is it in stock?"])
    wrote("SM2", "STOP")
    assert people.get("c2").suppressed
    assert people.get("c4").suppressed
    assert shop.workshop.store.cases.get(asked["case_id"]).status is CaseStatus.UNSUBSCRIBED


def test_a_number_that_nobody_has_is_kept_and_shown_by_every_door(door: Client, shop: SmallShop) -> None:
    assert push(door(Role.INTEGRATOR), "你是谁？", "13799998888") == counts(nobodys=1)
    assert push(door(Role.INTEGRATOR), "你是谁？", "13799998888") == counts(known=1)
    [kept] = door(Role.REP).get("/v1/webhooks/answers").json()["data"]
    assert (kept["address"], kept["text"], kept["stopped"]) == ("+8613799998888", "你是谁？", False)
    set_password(shop.workshop, add_user(shop.workshop, "may", Role.REP), PASSWORD)
    client = door()
    client.post("/sign-in", data={"name": "may", "password": PASSWORD})
    page = client.get("/customers?lang=en", follow_redirects=True).text
    assert re.search(r"\+8613799998888.*你是谁？", page, re.DOTALL)


def test_a_stop_of_a_number_that_nobody_had_holds_for_whoever_has_it_later(door: Client, shop: SmallShop) -> None:
    assert push(door(Role.INTEGRATOR), "TD", "13799998888") == counts(nobodys=1)
    people = shop.workshop.store.people
    people.put([a_customer("n1", phone="+86 137 9999 8888"), a_customer("n2", phone="13799997777")], NOW)
    people.put([a_customer("n3", phone="13799998888")], NOW)
    assert [people.get(name).suppressed for name in ("n1", "n2", "n3")] == [True, False, True]


def test_huawei_and_aliyun_push_theirs(door: Client, shop: SmallShop) -> None:
    machine = door(Role.INTEGRATOR)
    form = {"smsMsgId": "u1", "from": NEXT, "to": "1069", "body": "T"}
    assert machine.post("/v1/webhooks/answers/huawei", data=form).json()["stopped"] == 1
    row = {"phone_number": NUMBER, "content": "还有货吗", "sequence_id": 7, "send_time": "2026-03-01 10:00:00"}
    told = machine.post("/v1/webhooks/answers/aliyun", json=[row]).json()
    assert (told["tickets"], told["code"], told["msg"]) == (1, 0, "ok")


def test_a_number_without_a_country_is_no_strangers_abroad(door: Client, shop: SmallShop) -> None:
    """13105551234 on record is a phone in Anhui here; +1 310 555 1234 in Los Angeles is somebody else."""
    shop.workshop.store.people.put([a_customer("c5", phone="13105551234")], NOW)
    form = {"MessageSid": "SM2", "From": "+13105551234", "Body": "STOP"}
    door(Role.INTEGRATOR).post("/v1/webhooks/answers/twilio", data=form)
    assert len(shop.workshop.store.answers.of_nobody()) == 1
    assert not shop.workshop.store.people.get("c5").suppressed


def test_who_may_push_and_who_may_read(door: Client) -> None:
    for path in ("twilio", "aliyun", "tencent", "huawei"):
        url = f"/v1/webhooks/answers/{path}"
        assert door().post(url, content=b"x").status_code == 401
        assert door(Role.REP).post(url, content=b"x").status_code == 403
        assert door(Role.INTEGRATOR, Scope.CHECK).post(url, content=b"x").status_code == 403
        assert door(Role.INTEGRATOR).post(url, content=b"{").status_code == 422
    assert door(Role.INTEGRATOR).get("/v1/webhooks/answers").status_code == 403


CALLED = "https://care.linden-lane.example/v1/webhooks/answers/twilio"


def test_what_twilio_signed_for_this_url_is_taken_without_a_key(tmp_path: Path) -> None:
    shop = a_small_shop(tmp_path / "sms", sms_url=f"twilio://AC1:t0ken@?from=%2B15005550006&answers={CALLED}")
    shop.workshop.store.people.put([a_customer("c2", phone="+442079460000")], NOW)
    form = {"MessageSid": "SM1", "From": "+442079460000", "To": "+15005550006", "Body": "STOP", "OptOutType": "STOP"}
    told = CALLED + "".join(name + form[name] for name in sorted(form))
    mark = base64.b64encode(hmac.digest(b"t0ken", told.encode(), "sha1")).decode()
    with TestClient(create_app(shop.workshop), raise_server_exceptions=False) as client:

        def post(mark: str, **changes: Any) -> int:
            headers = {"x-twilio-signature": mark}
            return client.post("/v1/webhooks/answers/twilio", data={**form, **changes}, headers=headers).status_code

        assert post("") == 401
        assert post(mark, From="+442079460001") == 401
        assert not shop.workshop.store.people.get("c2").suppressed
        assert post(mark) == 200
        assert shop.workshop.store.people.get("c2").suppressed
        receipts = client.post("/v1/webhooks/receipts/twilio", data=form, headers={"x-twilio-signature": mark})
        assert receipts.status_code == 401

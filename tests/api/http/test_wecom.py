"""WeCom's callback: the handshake, the knock, what is then fetched and acted on once, and from where it goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from agent.wecom_seal import signature
from tests.agent.adapters.test_wecom import GET_TOKEN, KEY, SYNC, says, sealed, token, wrote
from tests.api.http.conftest import Client
from tests.factories import NOW, a_customer
from tests.gateways import Gateway, a_gateway
from tests.small_shop import SmallShop, a_small_shop

AT = "/v1/webhooks/receipts/wecom"


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with a_gateway() as gateway:
        gateway.by_path = {GET_TOKEN: [token()], SYNC: [says(errcode=0, has_more=0, next_cursor="c1", msg_list=[])]}
        yield gateway


@pytest.fixture
def shop(tmp_path: Path, gateway: Gateway) -> SmallShop:
    url = f"wecom://ww12:s@127.0.0.1:{gateway.port}?kf=wkA_1&token=t0ken&aes_key={KEY}"
    shop = a_small_shop(tmp_path / "home", chat_url=url)
    shop.workshop.store.people.put([a_customer("c2", chat_id="wmBCD_1")], NOW)
    return shop


def signed(box: str, word: str = "t0ken") -> dict[str, str]:
    return {"msg_signature": signature(word, "1", "n", box), "timestamp": "1", "nonce": "n"}


def knock(client: TestClient, word: str = "t0ken") -> Any:
    box = sealed("<xml><Event><![CDATA[kf_msg_or_event]]></Event><Token><![CDATA[TOK]]></Token></xml>")
    body = f"<xml><ToUserName>ww12</ToUserName><Encrypt><![CDATA[{box}]]></Encrypt></xml>"
    return client.post(AT, params=signed(box, word), content=body, headers={"content-type": "text/xml"})


def test_the_handshake_gets_back_what_was_sealed(door: Client) -> None:
    box = sealed("5927782489442352469")
    told = door().get(AT, params={**signed(box), "echostr": box})
    assert (told.status_code, told.text) == (200, "5927782489442352469")
    assert door().get(AT, params={**signed(box, "other"), "echostr": box}).status_code == 401


def test_a_knock_fetches_what_was_written_and_acts_once(door: Client, shop: SmallShop, gateway: Gateway) -> None:
    rows = [wrote("杯子碎了怎么办"), wrote("别再给我发广告了", 2)]
    gateway.by_path[SYNC] = [says(errcode=0, has_more=0, next_cursor="c1", msg_list=rows)]
    for _ in range(2):
        told = knock(door())
        assert (told.status_code, told.text) == (200, "success")
    assert shop.workshop.store.people.get("c2").suppressed
    asked = [json.loads(body) for body in gateway.bodies if body]
    assert [one.get("cursor") for one in asked] == [None, "c1"]
    assert asked[0]["token"] == "TOK"
    assert json.loads(shop.workshop.home.wecom_cursors.read_text()) == {"wkA_1": "c1"}


def test_what_is_not_signed_by_wecom_fetches_nothing(door: Client, gateway: Gateway) -> None:
    assert knock(door(), word="other").status_code == 401
    assert door().post(AT, content=b"<xml/>").status_code == 401
    assert gateway.lines == []


def test_a_body_that_would_take_long_to_read_is_not_read(door: Client) -> None:
    assert door().post(AT, content=b"<a><![CDATA[" * 12_000).status_code == 401


def test_two_knocks_at_once_read_one_after_the_other(door: Client, shop: SmallShop, gateway: Gateway) -> None:
    gateway.by_path[SYNC] = [says(errcode=0, has_more=0, next_cursor="c1", msg_list=[wrote("退订")])]
    shop.workshop.home.wecom_cursors.write_text(json.dumps({"wkOther": "c7"}))
    with ThreadPoolExecutor(4) as pool:
        assert [told.status_code for told in pool.map(lambda _: knock(door()), range(8))] == [200] * 8
    assert json.loads(shop.workshop.home.wecom_cursors.read_text()) == {"wkOther": "c7", "wkA_1": "c1"}


def test_when_wecom_does_not_answer_the_next_knock_goes_on_there(
    door: Client, shop: SmallShop, gateway: Gateway
) -> None:
    fetched = says(errcode=0, msg_list=[wrote("退订")], next_cursor="c9")
    gateway.by_path[SYNC] = [says(errcode=-1, errmsg="busy"), fetched]
    assert knock(door()).status_code == 503
    assert not shop.workshop.store.people.get("c2").suppressed
    assert knock(door()).status_code == 200
    assert shop.workshop.store.people.get("c2").suppressed

"""Group robots on real sockets: signed as each wants it, a no inside a 200 is a no, and no customer in the text."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from agent.adapters.robots import Robot
from agent.domain import Case, CaseStatus, Language, OfferDecision, OfferKind, OfferStatus
from agent.errors import ChannelUnavailable, DeliveryUnknown, InputError
from agent.robot_url import read_robot_url
from agent.staff import digest
from tests.factories import NOW, a_brand, a_case
from tests.fakes import SetClock
from tests.gateways import CLOSES, Gateway, a_gateway, reply

SECRET = "SEC5a3e=+/x"
QUOTED = "SEC5a3e%3D%2B%2Fx"
ADDRESS = {
    "wecom": "wecom://k%2Fey@127.0.0.1:{port}",
    "dingtalk": "dingtalk://t0ken:" + QUOTED + "@127.0.0.1:{port}",
    "feishu": "feishu://h00k:" + QUOTED + "@127.0.0.1:{port}?console=https://care.example/",
}
YES = {
    "wecom": '{"errcode": 0, "errmsg": "ok"}',
    "dingtalk": '{"errcode": 0}',
    "feishu": '{"code": 0, "msg": "success"}',
}
NO = {
    "wecom": '{"errcode": 93000, "errmsg": "invalid webhook url"}',
    "dingtalk": '{"errcode": 310000, "errmsg": "sign not match"}',
    "feishu": '{"code": 19021, "msg": "sign match fail"}',
}
KINDS = sorted(ADDRESS)


def robot(kind: str, port: int) -> Robot:
    return Robot(read_robot_url(ADDRESS[kind].format(port=port)), SetClock(NOW))


def asked(gateway: Gateway) -> dict[str, str]:
    query = urlsplit(gateway.lines[0].split(" ")[1]).query
    return {name: values[0] for name, values in parse_qs(query).items()}


def told(kind: str, text: str) -> tuple[Gateway, dict[str, object]]:
    with a_gateway(reply(200, YES[kind])) as gateway:
        robot(kind, gateway.port).tell(text)
    return gateway, json.loads(gateway.bodies[0])


def test_dingtalk_finds_its_signature_in_the_address() -> None:
    gateway, body = told("dingtalk", "有1件事等人处理")
    query = asked(gateway)
    assert gateway.lines[0].startswith("POST /robot/send?")
    assert (query["access_token"], query["timestamp"]) == ("t0ken", str(int(NOW.timestamp()) * 1000))
    mark = hmac.new(SECRET.encode(), f"{query['timestamp']}\n{SECRET}".encode(), hashlib.sha256).digest()
    assert query["sign"] == base64.b64encode(mark).decode()
    assert body == {"msgtype": "text", "text": {"content": "有1件事等人处理"}}


def test_feishu_finds_its_signature_in_the_body() -> None:
    gateway, body = told("feishu", "有1件事等人处理")
    assert gateway.lines[0].startswith("POST /open-apis/bot/v2/hook/h00k ")
    mark = hmac.new(f"{body['timestamp']}\n{SECRET}".encode(), msg=b"", digestmod=hashlib.sha256).digest()
    assert body["sign"] == base64.b64encode(mark).decode()
    assert (body["msg_type"], body["content"]) == ("text", {"text": "有1件事等人处理"})


def test_wecom_wants_its_key_alone() -> None:
    gateway, body = told("wecom", "有1件事等人处理")
    assert gateway.lines[0].startswith("POST /cgi-bin/webhook/send?")
    assert asked(gateway) == {"key": "k/ey"}
    assert body == {"msgtype": "text", "text": {"content": "有1件事等人处理"}}


@pytest.mark.parametrize("kind", KINDS)
def test_a_no_inside_a_200_is_a_no_and_silence_is_unknown(kind: str) -> None:
    for answer in (reply(200, NO[kind]), reply(200, "no json"), reply(404), reply(429)):
        with a_gateway(answer) as gateway, pytest.raises(ChannelUnavailable):
            robot(kind, gateway.port).tell("text")
    with a_gateway(CLOSES) as gateway, pytest.raises(DeliveryUnknown):
        robot(kind, gateway.port).tell("text")


@pytest.mark.parametrize(
    "text",
    [
        "slack://S3CRET@", "wecom://S3CRET:x@", "dingtalk://S3CRET@", "feishu://S3CRET@", "wecom://@",
        "dingtalk://a:S3CRET@?console=ftp://x", "feishu://a:S3CRET@?at=all", "feishu://a:S3CRET@host:9x",
    ],
)  # fmt: skip
def test_a_slip_in_the_setting_is_told_without_the_secret(text: str) -> None:
    with pytest.raises(InputError) as caught:
        read_robot_url(text)
    assert "S3CRET" not in f"{caught.value.message}{caught.value.remedy}"


def test_nothing_of_it_is_in_a_repr() -> None:
    assert SECRET not in repr(read_robot_url(ADDRESS["feishu"].format(port=1)))
    assert read_robot_url(ADDRESS["feishu"].format(port=1)).console == "https://care.example"


def decided(kind: OfferKind | None, number: int, status: CaseStatus = CaseStatus.NEEDS_PERSON) -> Case:
    decision = OfferDecision(OfferStatus.NO_OFFER, "late_delivery", "because", help=kind)
    return a_case(f"case_{number}", decision=decision, situation="late_delivery", status=status)


CASES = [
    decided(OfferKind.HUMAN_CALL, 1),
    decided(None, 2, CaseStatus.BLOCKED),
    decided(None, 3),
]


def test_the_text_says_what_is_to_be_done_and_where_in_the_brands_language() -> None:
    zh = digest(CASES, a_brand(), "https://care.example", 2048).splitlines()
    assert zh[0] == "【林间小铺】有3件事等人处理："
    assert zh[1].startswith("· 打电话：")
    assert zh[1].endswith(" https://care.example/cases/case_1")
    assert "草稿没过审核" in zh[2]
    assert "看草稿" in zh[3]
    en = digest(CASES, replace(a_brand(), languages=(Language.EN,)), "", 2048).splitlines()
    assert en[0] == "Linden Lane: 3 waiting for a person"
    assert [line.split(":")[0] for line in en[1:]] == ["· Call", "· Stopped by the gate", "· Look at a draft"]


def test_what_does_not_fit_is_counted() -> None:
    text = digest([decided(None, n) for n in range(100)], a_brand(), "https://care.example", 600)
    assert len(text.encode()) <= 600
    shown = text.count("· ")
    assert f"还有{100 - shown}件" in text


def test_no_customer_is_named_in_a_group() -> None:
    text = digest(CASES, a_brand(), "https://care.example", 2048)
    assert not any(word in text for word in ("c1", "欧阳", "mail.example", "1300"))

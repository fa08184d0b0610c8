"""WhatsApp on a real socket: template and values found in the words, the request proved, each answer one ending."""

from __future__ import annotations

import hmac
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest

from agent import pipeline
from agent.adapters.channels.chat.whatsapp import WhatsApp
from agent.channels import ApprovedTemplate, Variable, provider_rules, read_templates
from agent.channels.templates import faults_of
from agent.chat_url import ChatAccount, read_chat_url
from agent.domain import CaseStatus, Channel, DeliveryStatus, Language, Message, Purpose
from agent.errors import ChannelUnavailable, DeliveryUnknown, InputError
from agent.reach import Reach, read_allow_list
from tests.factories import NOW, a_customer, a_message
from tests.fakes import SetClock
from tests.gateways import CLOSES, HALF_A_REPLY, HANGS, SAYS_NOTHING_WHOLE, Gateway, a_gateway, reply
from tests.smtp_servers import free_port
from tests.street import Street, a_street

TOKEN, APP = "EAAG/+=tok", "app&s3cret"
TAKEN = reply(200, json.dumps({"messaging_product": "whatsapp", "messages": [{"id": "wamid.HBgL7"}]}))
WORDS = "Hi Nora, your parcel with Cast Iron Teapot is late. We trace it today."
NEWS = "Spring teas are here. Reply STOP."


def templates() -> Sequence[ApprovedTemplate]:
    named = (Variable("first_name", slot="first_name"), Variable("item", slot="last_item", longest=40))
    placed = (Variable("p2", slot="first_name"), Variable("p1", slot="last_item", longest=40))
    return (
        ApprovedTemplate(
            "late", "whatsapp", "parcel_late/en_GB", Language.EN, Purpose.SERVICE,
            "Hi {first_name}, your parcel with {item} is late. We trace it today.", named,
        ),
        ApprovedTemplate(
            "late2", "whatsapp", "late_zh", Language.ZH, Purpose.SERVICE, "{p2}您好，您的{p1}正在查询。", placed
        ),
        ApprovedTemplate("news", "whatsapp", "news", Language.EN, Purpose.MARKETING, NEWS),
        ApprovedTemplate("sms", "aliyun", "SMS_1", Language.EN, Purpose.SERVICE, "other"),
    )  # fmt: skip


def account(port: int, timeout: float = 10) -> ChatAccount:
    address = f"whatsapp://1065:EAAG%2F%2B%3Dtok@127.0.0.1:{port}?app_secret=app%26s3cret&verify=w0rd&timeout={timeout}"
    return read_chat_url(address)


def channel(port: int, timeout: float = 10) -> WhatsApp:
    return WhatsApp(account(port, timeout), templates(), ZoneInfo("Asia/Shanghai"), SetClock(NOW))


def chat(**changes: object) -> Message:
    known = {
        "channel": Channel.CHAT, "recipient": "+44 7700 900123", "subject": None, "body": WORDS, "headers": {},
        "purpose": Purpose.SERVICE,
    }  # fmt: skip
    return a_message(**{**known, **changes})


def is_proved(gateway: Gateway, token: str, app_secret: str) -> bool:
    """As the Graph API checks it: the proof is the HMAC of the very token that is shown."""
    shown = gateway.headers[-1]["authorization"].removeprefix("Bearer ")
    query = parse_qs(urlsplit(gateway.lines[-1].split(" ")[1]).query)
    wanted = hmac.new(app_secret.encode(), shown.encode(), "sha256").hexdigest()
    return shown == token and hmac.compare_digest(query["appsecret_proof"][0], wanted)


def refusal(status: int, code: int, **headers: str) -> bytes:
    return reply(status, json.dumps({"error": {"message": f"(#{code}) no", "code": code}}), **headers)


def test_an_approved_text_goes_as_template_and_values_and_the_request_is_proved() -> None:
    with a_gateway(TAKEN) as gateway:
        done = channel(gateway.port).deliver(chat())
    assert (done.status, done.where) == (DeliveryStatus.SENT, "wamid.HBgL7")
    assert gateway.lines[0].startswith("POST /v23.0/1065/messages?")
    assert is_proved(gateway, TOKEN, APP)
    assert not is_proved(gateway, TOKEN, APP + "x")
    told = json.loads(gateway.bodies[0])
    assert (told["to"], told["type"], told["biz_opaque_callback_data"]) == ("447700900123", "template", "msg_1")
    assert told["template"]["name"] == "parcel_late"
    assert told["template"]["language"] == {"code": "en_GB"}
    [body] = told["template"]["components"]
    assert body["parameters"] == [
        {"type": "text", "parameter_name": "first_name", "text": "Nora"},
        {"type": "text", "parameter_name": "item", "text": "Cast Iron Teapot"},
    ]


def test_values_by_place_go_in_whatsapps_own_order() -> None:
    with a_gateway(TAKEN) as gateway:
        channel(gateway.port).deliver(chat(body="雪您好，您的紫砂茶具正在查询。"))
    told = json.loads(gateway.bodies[0])["template"]
    assert told["language"] == {"code": "zh_CN"}
    assert told["components"][0]["parameters"] == [
        {"type": "text", "text": "紫砂茶具"}, {"type": "text", "text": "雪"}
    ]  # fmt: skip


def test_a_constant_text_goes_without_values_and_an_answer_in_free_words() -> None:
    with a_gateway(TAKEN) as gateway:
        news = chat(body=NEWS, purpose=Purpose.MARKETING)
        channel(gateway.port).deliver(news)
        channel(gateway.port).deliver(chat(body="Yes, we do.", purpose=Purpose.REPLY))
    first, second = (json.loads(body) for body in gateway.bodies)
    assert "components" not in first["template"]
    assert second["text"] == {"preview_url": False, "body": "Yes, we do."}


@pytest.mark.parametrize(
    "changes",
    [
        {"body": WORDS.replace("today", "tomorrow")},
        {"body": NEWS},
        {"purpose": Purpose.MARKETING},
        {"recipient": "chat:c1"},
        {"recipient": "wmAJ2GCAAAXtWy"},
        {"body": "x" * 1_025, "purpose": Purpose.REPLY},
    ],
)
def test_what_was_not_approved_for_this_or_cannot_be_reached_never_leaves(changes: dict[str, object]) -> None:
    with a_gateway(TAKEN) as gateway, pytest.raises(InputError):
        channel(gateway.port).deliver(chat(**changes))
    assert gateway.bodies == []


@pytest.mark.parametrize("code", [100, 131008, 131026, 131030, 131047, 131049, 131050, 132000, 132012])
def test_a_no_to_this_message_is_final(code: int) -> None:
    with a_gateway(refusal(400, code)) as gateway:
        assert channel(gateway.port).deliver(chat()).status is DeliveryStatus.FAILED


@pytest.mark.parametrize(
    ("answer", "wait"),
    [
        (refusal(401, 190), None),
        (refusal(403, 200), None),
        (refusal(400, 131056, Retry_After="6"), timedelta(seconds=6)),
        (refusal(429, 130429), None),
        (refusal(400, 80007), None),
        (refusal(404, 132001), None),
        (refusal(400, 131042), None),
        (refusal(503, 131016), None),
        (refusal(503, 2), None),
        (reply(429), None),
    ],
)
def test_a_limit_our_account_or_a_template_that_is_unknown_is_not_the_messages_fault(
    answer: bytes, wait: timedelta | None
) -> None:
    with a_gateway(answer) as gateway, pytest.raises(ChannelUnavailable) as caught:
        channel(gateway.port).deliver(chat())
    assert caught.value.retry_after == wait


@pytest.mark.parametrize(
    "answer", [CLOSES, HANGS, SAYS_NOTHING_WHOLE, refusal(500, 131000), refusal(500, 1), reply(502), reply(302)]
)
def test_silence_and_inner_faults_are_unknown_and_never_a_second_try(answer: bytes) -> None:
    with a_gateway(answer) as gateway, pytest.raises(DeliveryUnknown):
        channel(gateway.port, timeout=0.5).deliver(chat())
    assert len(gateway.bodies) == 1


def test_a_yes_that_breaks_off_is_a_yes_and_a_server_that_is_not_there_is_not_reached() -> None:
    with a_gateway(HALF_A_REPLY) as gateway:
        done = channel(gateway.port).deliver(chat())
    assert (done.status, done.where) == (DeliveryStatus.SENT, None)
    with pytest.raises(ChannelUnavailable, match="cannot be reached"):
        channel(free_port()).deliver(chat())


def test_templates_keep_to_the_providers_own_rules() -> None:
    rules = provider_rules("whatsapp")
    assert [faults_of(template, rules) for template in templates()[:3]] == [[], [], []]


@pytest.mark.parametrize(
    "text",
    [
        "", "telegram://a:b@?app_secret=c", "whatsapp://a@?app_secret=S3CRET", "whatsapp://a:S3CRET@",
        "whatsapp://a:S3CRET@?app_secret=c&colour=red", "whatsapp://a:S3CRET@?app_secret=c&version=last",
        "whatsapp://a:S3CRET@h:9x?app_secret=c", "whatsapp://a:S3CRET@?app_secret=c&timeout=0",
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_meant_is_refused_without_its_secret(text: str) -> None:
    with pytest.raises(InputError) as caught:
        read_chat_url(text)
    assert "S3CRET" not in caught.value.message + caught.value.remedy


def test_no_secret_is_in_a_repr() -> None:
    shown = repr(account(1))
    assert not any(secret in shown for secret in (TOKEN, APP, "w0rd"))


# --- the whole way ----------------------------------------------------------------------------------------------------

SHELF = """
[[template]]
id = "spring"
provider = "whatsapp"
provider_id = "spring_care/zh_CN"
language = "zh"
purpose = "marketing"
text = "{first_name}您好，林间小铺的春茶已上架，欢迎来店里看看。不想再收到请回复“退订”。"
[template.variables]
first_name = { slot = "salutation", max = 20 }
"""


def a_street_on_whatsapp(folder: Path, port: int, **changes: object) -> Street:
    street = a_street(folder)
    (folder / "templates.toml").write_text(SHELF, encoding="utf-8")
    shelf = read_templates(folder / "templates.toml")
    street.store.people.put([a_customer(**{"chat_id": "8613700001111", "made_up": False, **changes})], NOW)
    real = WhatsApp(account(port), shelf.all, ZoneInfo("Asia/Shanghai"), street.clock)
    street.house = replace(
        street.house, channels={**street.house.channels, Channel.CHAT: real}, templates=shelf,
        reach=Reach(frozenset({Channel.CHAT}), read_allow_list("*")), providers={"chat": provider_rules("whatsapp")},
    )  # fmt: skip
    return street


def test_a_case_becomes_an_approved_text_and_its_status_finds_it_again(tmp_path: Path) -> None:
    with a_gateway(TAKEN) as gateway:
        street = a_street_on_whatsapp(tmp_path, gateway.port)
        case = street.approved(channel=Channel.CHAT)
        pipeline.send_due(street.house)
        pipeline.send_due(street.house)
    [told] = [json.loads(body) for body in gateway.bodies]
    assert told["template"]["name"] == "spring_care"
    assert told["to"] == "8613700001111"
    assert street.store.cases.get(case.case_id).status is CaseStatus.SENT
    found = street.store.outbox.by_provider_id("wamid.HBgL7")
    assert found is not None
    assert found.message.case_id == case.case_id


def test_a_silent_server_leaves_it_unknown_and_nobody_sends_it_again(tmp_path: Path) -> None:
    with a_gateway(CLOSES) as gateway:
        street = a_street_on_whatsapp(tmp_path, gateway.port)
        case = street.approved(channel=Channel.CHAT)
        for hours in (0, 1, 5):
            street.clock.at = NOW + timedelta(hours=hours)
            pipeline.send_due(street.house)
    assert street.store.cases.get(case.case_id).status is CaseStatus.UNKNOWN
    assert len(gateway.bodies) == 1

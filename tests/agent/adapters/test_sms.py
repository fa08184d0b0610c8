"""SMS providers on real sockets: signed as each wants it, the template found in the words, every answer one ending."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from agent.adapters.channels.sms.aliyun import AliyunSms, signed_request
from agent.adapters.channels.sms.carrier import Provider, SmsCarrier
from agent.adapters.channels.sms.huawei import HuaweiSms
from agent.adapters.channels.sms.tencent import TencentSms
from agent.adapters.channels.sms.twilio import TwilioSms
from agent.channels import ApprovedTemplate, Variable, VariableType
from agent.domain import Channel, Delivery, DeliveryStatus, Language, Message, Purpose
from agent.errors import ChannelUnavailable, DeliveryUnknown, InputError
from agent.phones import e164, is_mainland
from agent.sms_url import SmsAccount, read_sms_urls
from tests.agent.adapters.sms_signatures import (
    is_signed_for_aliyun,
    is_signed_for_huawei,
    is_signed_for_tencent,
    is_signed_for_twilio,
)
from tests.factories import NOW, a_message
from tests.fakes import SetClock
from tests.gateways import CLOSES, HANGS, SAYS_NOTHING_WHOLE, Gateway, a_gateway, reply
from tests.smtp_servers import free_port

SECRET = "s3cret/+=& key"
QUOTED = "s3cret%2F%2B%3D%26%20key"
NOTICE = "【林间小铺】您的订单紫砂茶具 100% 正在查询，单号L-7。"


def templates(provider: str) -> Sequence[ApprovedTemplate]:
    variables = (Variable("item", slot="last_item"), Variable("order", VariableType.CODE, slot="offer_code"))
    return (
        ApprovedTemplate("news", provider, "T1", Language.ZH, Purpose.MARKETING, "春茶已上架。拒收请回复R"),
        ApprovedTemplate(
            "late", provider, "T2", Language.ZH, Purpose.SERVICE, "您的订单{item}正在查询，单号{order}。", variables
        ),
    )


ADDRESS = {
    "aliyun": "aliyun://AKID:{secret}@127.0.0.1:{port}?sign=林间小铺&timeout={timeout}",
    "tencent": "tencent://AKID:{secret}@127.0.0.1:{port}?sign=林间小铺&app=1400006666&timeout={timeout}",
    "huawei": "huawei://AKID:{secret}@127.0.0.1:{port}?sign=林间小铺&from=8824&timeout={timeout}",
    "twilio": "twilio://AC1:{secret}@127.0.0.1:{port}?from=%2B15005550006&timeout={timeout}",
}
GOOD = {
    "aliyun": reply(200, json.dumps({"Code": "OK", "Message": "OK", "BizId": "B7", "RequestId": "R"})),
    "tencent": reply(200, json.dumps({"Response": {"SendStatusSet": [{"SerialNo": "B7", "Code": "Ok"}]}})),
    "huawei": reply(200, json.dumps({"code": "000000", "result": [{"smsMsgId": "B7", "status": "000000"}]})),
    "twilio": reply(201, json.dumps({"sid": "B7", "status": "queued"})),
}
WORDS = {
    "aliyun": NOTICE,
    "tencent": NOTICE,
    "huawei": NOTICE,
    "twilio": "Hi Nora & co, 100% yours: 50+ teas. Reply STOP to opt out.",
}
NUMBER = {"aliyun": "13000000000", "tencent": "13000000000", "huawei": "13000000000", "twilio": "+44 20 7946 0000"}
PROVIDERS = sorted(GOOD)


def account(provider: str, port: int, timeout: float = 10) -> SmsAccount:
    [found] = read_sms_urls(ADDRESS[provider].format(secret=QUOTED, port=port, timeout=timeout))
    return found


def provider_at(name: str, port: int, timeout: float = 10) -> Provider:
    clock = SetClock(NOW)
    if name == "aliyun":
        return AliyunSms(account(name, port, timeout), templates(name), clock)
    if name == "tencent":
        return TencentSms(account(name, port, timeout), templates(name), clock)
    if name == "huawei":
        return HuaweiSms(account(name, port, timeout), templates(name), clock)
    return TwilioSms(account(name, port, timeout), clock)


def carrier(name: str, port: int, timeout: float = 10) -> SmsCarrier:
    market = "sms_intl" if name == "twilio" else "sms_cn"
    return SmsCarrier({market: provider_at(name, port, timeout)}, chinese_shop=True)


def sms(name: str, **changes: object) -> Message:
    known = {
        "channel": Channel.SMS, "recipient": NUMBER[name], "subject": None, "body": WORDS[name], "headers": {},
        "purpose": Purpose.SERVICE,
    }  # fmt: skip
    return a_message(**{**known, **changes})


def is_signed(name: str, gateway: Gateway, secret: str) -> bool:
    if name == "aliyun":
        return is_signed_for_aliyun(gateway, secret)
    if name == "tencent":
        return is_signed_for_tencent(gateway, secret)
    if name == "huawei":
        return is_signed_for_huawei(gateway, secret)
    return is_signed_for_twilio(gateway, "AC1", secret)


@pytest.mark.parametrize("name", PROVIDERS)
def test_what_is_sent_is_signed_as_the_provider_wants_it(name: str) -> None:
    with a_gateway(GOOD[name]) as gateway:
        done = carrier(name, gateway.port).deliver(sms(name))
    assert (done.status, done.where) == (DeliveryStatus.SENT, "B7")
    assert is_signed(name, gateway, SECRET)
    assert not is_signed(name, gateway, SECRET + "x")
    assert SECRET not in repr(account(name, 1))


def test_aliyuns_own_example_is_signed_as_its_document_shows() -> None:
    example = SmsAccount("aliyun", "YourAccessKeyId", "YourAccessKeySecret", "https://ecs.cn-shanghai.aliyuncs.com")
    query = {
        "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
        "RegionId": "cn-shanghai",
    }
    at = datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC)
    nonce = "3156853299f313e23d1673dc12e1703d"
    _, headers = signed_request(example, query, at, nonce, "RunInstances", "2014-05-26")
    assert headers["authorization"].endswith("06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0")


def test_the_chinese_providers_get_template_and_values_that_give_these_very_words() -> None:
    with a_gateway(GOOD["aliyun"]) as gateway:
        carrier("aliyun", gateway.port).deliver(sms("aliyun"))
    asked = {name: values[0] for name, values in parse_qs(urlsplit(gateway.lines[0].split(" ")[1]).query).items()}
    assert (asked["TemplateCode"], asked["SignName"], asked["PhoneNumbers"]) == ("T2", "林间小铺", "13000000000")
    assert json.loads(asked["TemplateParam"]) == {"item": "紫砂茶具 100% ", "order": "L-7"}
    assert asked["OutId"] == "msg_1"
    with a_gateway(GOOD["tencent"]) as gateway:
        carrier("tencent", gateway.port).deliver(sms("tencent"))
    told = json.loads(gateway.bodies[0])
    assert (told["TemplateId"], told["TemplateParamSet"]) == ("T2", ["紫砂茶具 100% ", "L-7"])
    assert told["PhoneNumberSet"] == ["+8613000000000"]
    assert told["SmsSdkAppId"] == "1400006666"


def test_huawei_gets_template_values_and_our_key() -> None:
    with a_gateway(GOOD["huawei"]) as gateway:
        carrier("huawei", gateway.port).deliver(sms("huawei"))
    form = {name: values[0] for name, values in parse_qs(gateway.bodies[0].decode()).items()}
    assert gateway.lines[0].startswith("POST /sms/batchSendSms/v1 ")
    assert (form["templateId"], form["signature"], form["to"]) == ("T2", "林间小铺", "+8613000000000")
    assert json.loads(form["templateParas"]) == ["紫砂茶具 100% ", "L-7"]
    assert (form["from"], form["extend"]) == ("8824", "msg_1")


def test_a_constant_text_goes_without_values() -> None:
    message = sms("aliyun", body="【林间小铺】春茶已上架。拒收请回复R", purpose=Purpose.MARKETING)
    with a_gateway(GOOD["aliyun"]) as gateway:
        carrier("aliyun", gateway.port).deliver(message)
    assert "TemplateCode=T1" in gateway.lines[0]
    assert "TemplateParam=" not in gateway.lines[0]


@pytest.mark.parametrize(
    ("changes", "now"),
    [({"purpose": Purpose.SERVICE}, NOW), ({"purpose": Purpose.MARKETING}, NOW.replace(year=NOW.year + 9))],
    ids=["news sent as a notice", "after its last day"],
)
def test_a_text_is_sent_for_what_and_while_it_was_approved(changes: dict[str, Purpose], now: datetime) -> None:
    message = sms("aliyun", body="【林间小铺】春茶已上架。拒收请回复R", **changes)
    dated = replace(templates("aliyun")[0], valid_to=NOW.date())
    with a_gateway(GOOD["aliyun"]) as gateway:
        provider = AliyunSms(account("aliyun", gateway.port, 10), [dated], SetClock(now))
        with pytest.raises(InputError, match="no template that aliyun approved for"):
            provider.hand_over(message, "+8613000000000")
    assert gateway.lines == []


def test_twilio_gets_the_words_as_they_were_approved() -> None:
    with a_gateway(GOOD["twilio"]) as gateway:
        carrier("twilio", gateway.port).deliver(sms("twilio"))
    form = parse_qs(gateway.bodies[0].decode())
    assert form == {"To": ["+442079460000"], "Body": [WORDS["twilio"]], "From": ["+15005550006"]}
    assert gateway.lines[0].startswith("POST /2010-04-01/Accounts/AC1/Messages.json ")


@pytest.mark.parametrize("name", ["aliyun", "tencent", "huawei"])
@pytest.mark.parametrize(
    "body",
    [
        NOTICE.replace("。", "！"),
        NOTICE.replace("林间小铺", "别家小铺"),
        NOTICE.replace("【林间小铺】", ""),
        NOTICE.replace("L-7", "单号"),
    ],
)
def test_words_that_no_approved_template_gives_never_leave(name: str, body: str) -> None:
    with a_gateway(GOOD[name]) as gateway, pytest.raises(InputError):
        carrier(name, gateway.port).deliver(sms(name, body=body))
    assert gateway.bodies == []


def deliver(name: str, answer: bytes, timeout: float = 10) -> tuple[Delivery | Exception, Gateway]:
    with a_gateway(answer) as gateway:
        try:
            return carrier(name, gateway.port, timeout).deliver(sms(name)), gateway
        except (ChannelUnavailable, DeliveryUnknown) as error:
            return error, gateway


def tencent(code: str) -> str:
    return json.dumps({"Response": {"SendStatusSet": [{"SerialNo": "", "Code": code, "Message": "no"}]}})


def tencent_error(code: str) -> str:
    return json.dumps({"Response": {"Error": {"Code": code, "Message": "no"}, "RequestId": "R"}})


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("aliyun", reply(200, '{"Code": "isv.MOBILE_NUMBER_ILLEGAL", "Message": "no"}')),
        ("aliyun", reply(400, '{"Code": "isv.TEMPLATE_PARAMS_ILLEGAL", "Message": "no"}')),
        ("tencent", reply(200, tencent("FailedOperation.PhoneNumberInBlacklist"))),
        ("tencent", reply(200, tencent_error("InvalidParameterValue.IncorrectPhoneNumber"))),
        ("huawei", reply(200, '{"code": "E000510", "result": [{"status": "E200028"}]}')),
        ("twilio", reply(400, '{"code": 21211, "message": "invalid To"}')),
        ("twilio", reply(400, '{"code": 21610, "message": "unsubscribed"}')),
    ],
)
def test_a_no_to_this_message_is_final_in_the_providers_words(name: str, answer: bytes) -> None:
    done, _ = deliver(name, answer)
    assert isinstance(done, Delivery)
    assert done.status is DeliveryStatus.FAILED
    assert "answered" in done.detail


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("aliyun", reply(200, '{"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": "limit"}')),
        ("aliyun", reply(400, '{"Code": "isv.AMOUNT_NOT_ENOUGH", "Message": "money"}')),
        ("aliyun", reply(403, '{"Code": "SignatureDoesNotMatch", "Message": "key"}')),
        ("aliyun", reply(503, "busy")),
        ("tencent", reply(200, tencent("LimitExceeded.PhoneNumberThirtySecondLimit"))),
        ("tencent", reply(200, tencent_error("AuthFailure.SignatureFailure"))),
        ("tencent", reply(200, tencent("FailedOperation.TemplateIncorrectOrUnapproved"))),
        ("huawei", reply(401, '{"code": "E000102", "description": "The app_key is invalid"}')),
        ("huawei", reply(200, '{"code": "E000510", "result": [{"status": "E200030"}]}')),
        ("twilio", reply(401, '{"code": 20003, "message": "authenticate"}')),
        ("twilio", reply(429, '{"code": 20429}', Retry_After="30")),
        ("twilio", reply(400, '{"code": 21611, "message": "queue is full"}')),
        ("twilio", reply(400, '{"code": 21606, "message": "From is not yours"}')),
    ],
)
def test_a_limit_or_a_no_to_us_keeps_the_message_in(name: str, answer: bytes) -> None:
    done, _ = deliver(name, answer)
    assert isinstance(done, ChannelUnavailable)
    assert done.retry_after == (timedelta(seconds=30) if b"20429" in answer else None)


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize("answer", [reply(500), reply(502, "<html>"), CLOSES, HANGS, SAYS_NOTHING_WHOLE])
def test_silence_or_a_fault_after_the_request_is_an_unknown_outcome_and_never_sent_again(
    name: str, answer: bytes
) -> None:
    done, gateway = deliver(name, answer, timeout=1 if answer == HANGS else 10)
    assert isinstance(done, DeliveryUnknown)
    assert len(gateway.lines) == 1


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("aliyun", reply(200, "not json")),
        ("aliyun", reply(200, '{"Code": "isp.SYSTEM_ERROR"}')),
        ("aliyun", reply(500, '{"Code": "InternalError"}')),
        ("tencent", reply(200, tencent_error("InternalError.Timeout"))),
        ("tencent", reply(200, '{"Response": {"SendStatusSet": []}}')),
        ("tencent", reply(200, "[]")),
        ("huawei", reply(200, "[]")),
        ("huawei", reply(200, '{"code": "000000", "result": []}')),
    ],
)
def test_an_answer_that_says_nothing_plain_is_unknown(name: str, answer: bytes) -> None:
    done, _ = deliver(name, answer)
    assert isinstance(done, DeliveryUnknown)


@pytest.mark.parametrize("name", PROVIDERS)
def test_nobody_there_keeps_the_message_in(name: str) -> None:
    with pytest.raises(ChannelUnavailable, match="cannot be reached"):
        carrier(name, free_port()).deliver(sms(name))


def test_the_number_decides_who_carries_and_a_market_without_a_provider_is_a_plain_no() -> None:
    with a_gateway(GOOD["twilio"]) as gateway, pytest.raises(InputError, match="in mainland China"):
        carrier("twilio", gateway.port).deliver(sms("twilio", recipient="13000000000"))
    with a_gateway(GOOD["aliyun"]) as gateway, pytest.raises(InputError, match="outside mainland China"):
        carrier("aliyun", gateway.port).deliver(sms("aliyun", recipient="+442079460000"))


@pytest.mark.parametrize(
    ("text", "chinese", "number"),
    [
        ("13000000000", True, "+8613000000000"),
        ("130 0000 0000", True, "+8613000000000"),
        ("86 13000000000", True, "+8613000000000"),
        ("+86-130-0000-0000", False, "+8613000000000"),
        ("0044 20 7946 0000", True, "+442079460000"),
        ("+1 (310) 555-1234", False, "+13105551234"),
    ],
)
def test_a_number_is_dialled_as_it_is_meant(text: str, chinese: bool, number: str) -> None:
    assert e164(text, chinese) == number
    assert is_mainland(number) is number.startswith("+86")


@pytest.mark.parametrize("text", ["1 310 555 1234", "020 7946 0000", "", "hello", "+12", "１３０００００００００"])
def test_a_number_that_could_be_two_is_none(text: str) -> None:
    with pytest.raises(InputError):
        e164(text, chinese_shop=False)


@pytest.mark.parametrize(
    "text",
    [
        "nexmo://a:b@", "aliyun://a:S3CRET@?from=1", "aliyun://a:S3CRET@", "aliyun://S3CRET@?sign=x",
        "tencent://a:S3CRET@?sign=x", "twilio://a:S3CRET@", "twilio://a:S3CRET@?from=1&service=2",
        "twilio://a:S3CRET@?from=1&callback=http://x", "aliyun://a:S3CRET@?sign=x&timeout=0",
        "aliyun://a:S3CRET@host:9x9?sign=x", "huawei://a:S3CRET@?sign=x", "aliyun://a:S3CRET#x@host?sign=x",
        "aliyun://a:S3CRET@?sign=x aliyun://b:S3CRET@?sign=y",
    ],
)  # fmt: skip
def test_a_slip_in_the_setting_is_told_without_the_secret(text: str) -> None:
    with pytest.raises(InputError) as caught:
        read_sms_urls(text)
    assert "S3CRET" not in f"{caught.value.message}{caught.value.remedy}"
    assert caught.value.remedy


def test_several_accounts_are_read_one_a_provider() -> None:
    found = read_sms_urls("aliyun://a:b@?sign=【林间小铺】 twilio://c:d@?service=MG1")
    assert [(one.provider, one.sign, one.service) for one in found] == [
        ("aliyun", "林间小铺", ""),
        ("twilio", "", "MG1"),
    ]
    assert found[0].base_url == "https://dysmsapi.aliyuncs.com"

"""Each shape in which the world tells what became of a message is read for what it says, and no more."""

from __future__ import annotations

import random

import pytest

from agent.domain import ReceiptKind
from agent.errors import InputError
from agent.receipts import read_aliyun, read_gateway, read_huawei, read_mail, read_tencent, read_twilio
from tests.agent.receipts.bounces import KEY, STAMP, answer, complaint, delivery_report
from tests.factories import NOW

K = ReceiptKind


@pytest.mark.parametrize(
    ("status", "action", "diagnosis", "kind"),
    [
        ("5.1.1", "failed", "smtp; 550 5.1.1 User unknown", K.HARD_BOUNCE),
        ("5.1.2", "failed", "", K.HARD_BOUNCE),
        ("5.1.10", "failed", "smtp; 550 RESOLVER.ADR.RecipientNotFound", K.HARD_BOUNCE),
        ("5.2.1", "failed", "smtp; 550 mailbox disabled", K.HARD_BOUNCE),
        ("5.0.0", "failed", "smtp; 550 No such user here", K.HARD_BOUNCE),
        ("5.0.0", "failed", "smtp; 550 用户不存在", K.HARD_BOUNCE),
        ("5.0.0", "failed", "smtp; 554 Message refused", K.SOFT_BOUNCE),
        ("5.2.2", "failed", "smtp; 552 5.2.2 Mailbox full", K.SOFT_BOUNCE),
        ("5.7.1", "failed", "smtp; 550 5.7.1 blocked, see spamhaus; user unknown to us", K.SOFT_BOUNCE),
        ("5.1.8", "failed", "smtp; 501 5.1.8 bad sender", K.SOFT_BOUNCE),
        ("4.4.7", "failed", "smtp; delivery time expired", K.SOFT_BOUNCE),
        ("", "failed", "smtp; 550-5.1.1 The email account that you tried to reach does not exist", K.HARD_BOUNCE),
        ("4.4.1", "delayed", "smtp; connection timed out", None),
        ("2.0.0", "delivered", "", K.DELIVERED),
        ("2.0.0", "relayed", "", None),
    ],
)
@pytest.mark.parametrize("whole", [True, False])
def test_a_delivery_report_says_whether_the_address_is_nobodys(
    status: str, action: str, diagnosis: str, kind: ReceiptKind | None, whole: bool
) -> None:
    found = read_mail(delivery_report(status, action, diagnosis, whole=whole), NOW, STAMP.is_ours)
    assert [receipt.kind for receipt in found] == ([kind] if kind else [])
    assert all(receipt.key == KEY for receipt in found)


def test_the_same_report_has_the_same_id_and_another_one_another() -> None:
    [one], [again] = read_mail(delivery_report(), NOW, STAMP.is_ours), read_mail(delivery_report(), NOW, STAMP.is_ours)
    [other] = read_mail(delivery_report("5.2.2"), NOW, STAMP.is_ours)
    assert one.id == again.id != other.id


@pytest.mark.parametrize(("kind", "told"), [("abuse", 1), ("fraud", 1), ("not-spam", 0), ("dkim", 0)])
def test_a_complaint_is_one_only_where_somebody_complains(kind: str, told: int) -> None:
    assert [receipt.kind for receipt in read_mail(complaint(kind), NOW, STAMP.is_ours)] == [K.COMPLAINT] * told


def test_a_report_about_somebody_elses_mail_says_nothing() -> None:
    assert read_mail(delivery_report(message_id="<123@other.example>"), NOW, STAMP.is_ours) == []
    assert read_mail(complaint(message_id="<123@other.example>"), NOW, STAMP.is_ours) == []
    assert read_mail(answer("Hello", message_id="<123@other.example>"), NOW, STAMP.is_ours) == []


def test_an_answer_is_what_was_written_above_the_quoted_mail() -> None:
    [receipt] = read_mail(answer("谢谢，请问什么时候到？"), NOW, STAMP.is_ours)
    assert (receipt.kind, receipt.text) == (K.REPLIED, "谢谢，请问什么时候到？")


@pytest.mark.parametrize("headers", ["Auto-Submitted: auto-replied\n", "Precedence: bulk\n", "X-Autoreply: yes\n"])
def test_an_answer_that_nobody_wrote_is_none(headers: str) -> None:
    assert read_mail(answer("I am out of office", headers), NOW, STAMP.is_ours) == []


def test_whatever_a_stranger_sends_is_read_without_a_crash() -> None:
    dice = random.Random(7)
    for good in (delivery_report(), complaint(), answer("Hello")):
        for _ in range(300):
            bad = bytearray(good)
            for _ in range(dice.randint(1, 30)):
                at = dice.randrange(len(bad))
                bad[at : at + dice.randint(0, 9)] = dice.randbytes(dice.randint(0, 9))
            assert isinstance(read_mail(bytes(bad), NOW, STAMP.is_ours), list)
    for raw in (b"", b"\x00\xff", b"Content-Type: multipart/report\r\n\r\n", "你好".encode("gb18030")):
        assert read_mail(raw, NOW, STAMP.is_ours) == []


def test_the_three_sms_shapes_are_read() -> None:
    aliyun = [
        {"biz_id": "B1", "out_id": KEY, "success": True, "err_code": "DELIVERED", "phone_number": "13000000000"},
        {"biz_id": "B2", "success": False, "err_code": "MOBILE_NOT_EXIST", "err_msg": "空号"},
        {"biz_id": "B3", "success": False, "err_code": "MOBILE_NOT_ON_SERVICE", "err_msg": "停机"},
    ]
    tencent = [
        {"sid": "S1", "report_status": "SUCCESS", "errmsg": "DELIVRD", "description": "用户短信送达成功"},
        {"sid": "S2", "report_status": "FAIL", "errmsg": "MK:0001", "description": "空号"},
    ]
    assert [r.kind for r in read_aliyun(aliyun, NOW)] == [K.DELIVERED, K.HARD_BOUNCE, K.SOFT_BOUNCE]
    assert [(r.key, r.provider_id) for r in read_aliyun(aliyun[:1], NOW)] == [(KEY, "B1")]
    assert [(r.kind, r.provider_id) for r in read_tencent(tencent, NOW)] == [(K.DELIVERED, "S1"), (K.HARD_BOUNCE, "S2")]


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        ("delivered", "", K.DELIVERED),
        ("sent", "", None),
        ("undelivered", "30003", K.SOFT_BOUNCE),
        ("undelivered", "30005", K.HARD_BOUNCE),
        ("failed", "21610", K.UNSUBSCRIBED),
    ],
)
def test_twilios_form_is_read(status: str, code: str, kind: ReceiptKind | None) -> None:
    found = read_twilio({"MessageSid": "SM1", "MessageStatus": status, "ErrorCode": code}, NOW)
    assert [(r.kind, r.provider_id) for r in found] == ([(kind, "SM1")] if kind else [])


@pytest.mark.parametrize(
    "body",
    [
        None, [], {"type": "message.receipt"}, {"type": "message.receipt", "data": {"kind": "delivered"}},
        {"type": "message.receipt", "data": {"key": KEY, "kind": "lost"}},
        {"type": "message.receipt", "data": {"key": KEY, "kind": "delivered", "at": "yesterday"}},
        {"type": "message.receipt", "data": {"key": ["x"], "kind": "delivered"}},
        {"type": "message.receipt", "data": [3]},
    ],
)  # fmt: skip
def test_a_gateway_that_says_something_else_is_told_what_is_wrong(body: object) -> None:
    with pytest.raises(InputError) as caught:
        read_gateway(body, NOW)
    assert caught.value.remedy


def test_huaweis_form_is_read() -> None:
    [receipt] = read_huawei({"smsMsgId": "H1", "status": "DELIVRD", "extend": KEY}, NOW)
    assert (receipt.kind, receipt.provider_id, receipt.key) == (K.DELIVERED, "H1", KEY)
    [receipt] = read_huawei({"smsMsgId": "H1", "status": "REJECTD"}, NOW)
    assert receipt.kind is K.SOFT_BOUNCE, "a rejection may be anybody's doing: the number is not given up for it"


@pytest.mark.parametrize("body", [None, {}, [1], [{}] * 1001])
def test_a_list_that_is_none_is_refused(body: object) -> None:
    for read in (read_aliyun, read_tencent):
        with pytest.raises(InputError):
            read(body, NOW)
    with pytest.raises(InputError):
        read_twilio({}, NOW)
    with pytest.raises(InputError):
        read_huawei({"smsMsgId": "H1"}, NOW)


def test_an_id_without_our_stamp_is_nobodys() -> None:
    """Whoever knows a case's id knows its key: a report that is made up from it closes nobody's address."""
    for forged in (f"<{KEY}@linden-lane.example>", f"<{KEY}.{'0' * 24}@linden-lane.example>"):
        assert read_mail(delivery_report(message_id=forged), NOW, STAMP.is_ours) == []
        assert read_mail(answer("Hello", message_id=forged), NOW, STAMP.is_ours) == []


def test_an_answer_in_html_alone_is_read_as_it_is_seen() -> None:
    said = b"<p>unsub<b>scribe</b></p><blockquote>Reply UNSUBSCRIBE and we will stop.</blockquote>"
    raw = answer("SAID").replace(b"text/plain", b"text/html").replace(b"SAID", said)
    [receipt] = read_mail(raw, NOW, STAMP.is_ours)
    assert receipt.text == "unsubscribe"

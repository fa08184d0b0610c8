"""What people write back, as each carrier pushes it: number, words, moment, and an id that stays the same."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from agent.domain import Channel
from agent.errors import InputError
from agent.receipts import read_aliyun_answers, read_huawei_answer, read_tencent_answer, read_twilio_answer
from tests.factories import NOW

ALIYUN = {
    "phone_number": "13900001234", "send_time": "2026-03-02 10:12:13", "content": "收到", "sign_name": "林间小铺",
    "dest_code": "1234", "sequence_id": 1234567890,
}  # fmt: skip
TENCENT = {
    "extend": "0", "mobile": "13900001234", "nationcode": "86", "sign": "林间小铺", "text": "TD", "time": 1772417533
}  # fmt: skip
HUAWEI = {
    "smsMsgId": "9692b5be", "from": "+8613900001234", "to": "10691", "body": "R", "createTime": "2026-03-02T02:12:13Z",
}  # fmt: skip
TWILIO = {"MessageSid": "SM1", "From": "+442079460000", "To": "+15005550006", "Body": "Where is it?\n"}


def test_each_carriers_own_shape_is_read() -> None:
    at = datetime(2026, 3, 2, 2, 12, 13, tzinfo=UTC)
    [ali], [tencent] = read_aliyun_answers([ALIYUN], NOW), read_tencent_answer(TENCENT, NOW)
    [huawei], [twilio] = read_huawei_answer(HUAWEI, NOW), read_twilio_answer(TWILIO, NOW)
    assert {one.address for one in (ali, tencent, huawei)} == {"+8613900001234"}
    assert {one.at for one in (ali, tencent, huawei)} == {at}
    assert (ali.text, tencent.text, huawei.text, twilio.text) == ("收到", "TD", "R", "Where is it?")
    assert (twilio.address, twilio.channel, twilio.stop) == ("+442079460000", Channel.SMS, False)
    assert len({one.id for one in (ali, tencent, huawei, twilio)}) == 4


def test_the_same_answer_has_the_same_id_and_another_one_another() -> None:
    assert read_tencent_answer(TENCENT, NOW)[0].id == read_tencent_answer({**TENCENT, "sign": "x"}, NOW)[0].id
    assert read_tencent_answer(TENCENT, NOW)[0].id != read_tencent_answer({**TENCENT, "time": 1772417534}, NOW)[0].id
    twice = read_aliyun_answers([ALIYUN, {**ALIYUN, "sequence_id": 2}], NOW)
    assert twice[0].id != twice[1].id


def test_a_stop_that_twilio_keeps_itself_is_told_apart() -> None:
    assert read_twilio_answer({**TWILIO, "OptOutType": "STOP"}, NOW)[0].stop
    assert not read_twilio_answer({**TWILIO, "OptOutType": "HELP"}, NOW)[0].stop


def test_a_moment_that_cannot_be_or_is_still_to_come_is_now() -> None:
    for time in (10**18, "soon", None, True, "2027-01-01 00:00:00"):
        assert read_tencent_answer({**TENCENT, "time": time}, NOW)[0].at <= NOW


def test_who_writes_from_no_number_is_kept_as_it_came() -> None:
    assert read_twilio_answer({**TWILIO, "From": "INFO\x00"}, NOW)[0].address == "INFO"
    assert read_tencent_answer({**TENCENT, "mobile": "2025550123", "nationcode": "1"}, NOW)[0].address == "+12025550123"


@pytest.mark.parametrize("body", [[{}], ["x"], [{"phone_number": ""}], 7, None, [ALIYUN] * 1001])
def test_what_is_no_answer_is_said(body: Any) -> None:
    for read in (read_aliyun_answers, read_tencent_answer):
        with pytest.raises(InputError):
            read(body, NOW)
    for form in ({}, {"MessageSid": "SM1"}, {"smsMsgId": "1"}):
        for reader in (read_twilio_answer, read_huawei_answer):
            with pytest.raises(InputError):
                reader(form, NOW)

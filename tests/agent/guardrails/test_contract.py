from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.guardrails import judge_line


def line(**changes: Any) -> dict[str, Any]:
    """A marketing push that passes, unless changed."""
    base: dict[str, Any] = {
        "id": "x1",
        "channel": "push",
        "context": {
            "purpose": "marketing",
            "customer": {
                "name": "陈雨桐",
                "first_name": "雨桐",
                "language": "zh",
                "timezone": "Asia/Shanghai",
                "consent": {"email": True, "sms": False, "push": True, "chat": True},
                "suppressed": False,
                "facts": {},
            },
            "offer": {
                "kind": "percent",
                "value": 20,
                "currency": "CNY",
                "code": "QH20",
                "min_spend": 0,
                "expires_on": "2026-09-30",
                "exclusions": "",
            },
            "policy": [],
            "brand": {
                "name": "青禾茶铺",
                "domains": ["qinghe-tea.example"],
                "phones": ["400-810-0000"],
                "postal_address": "杭州市示例路1号",
            },
            "now": "2026-09-15T10:30:00+08:00",
            "history": {"sent_last_7_days": 1, "open_ticket": None},
        },
        "draft": {"subject": "八折券", "body": "雨桐您好，八折券QH20，9月30日前有效。"},
    }
    for path, value in changes.items():
        *way, last = path.split("__")
        spot = base
        for key in way:
            spot = spot[key]
        if value is ...:
            del spot[last]
        else:
            spot[last] = value
    return base


def judged(**changes: Any) -> dict[str, Any]:
    return judge_line(json.dumps(line(**changes), ensure_ascii=False))


def rules(answer: dict[str, Any]) -> list[str]:
    return [violation["rule"] for violation in answer["violations"]]


def test_a_good_draft_passes_with_an_empty_list() -> None:
    answer = judged()
    assert (answer["id"], answer["verdict"], answer["violations"], answer["fixed"]) == ("x1", "pass", [], None)


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("channel", "channel"),
        ("context", "context"),
        ("context__purpose", "context.purpose"),
        ("context__customer", "context.customer"),
        ("context__customer__language", "context.customer.language"),
        ("context__brand", "context.brand"),
        ("context__now", "context.now"),
        ("context__offer__kind", "context.offer.kind"),
        ("context__offer__value", "context.offer.value"),
        ("draft", "draft"),
        ("draft__body", "draft.body"),
    ],
)
def test_a_needed_key_that_is_missing_is_named_in_a_block(path: str, key: str) -> None:
    answer = judged(**{path: ...})
    assert answer["verdict"] == "block"
    assert rules(answer) == ["INPUT_MISSING"]
    assert key in answer["violations"][0]["message"]


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        ("channel", "fax", "channel"),
        ("context__purpose", "fun", "context.purpose"),
        ("context__now", "yesterday", "context.now"),
        ("context__now", "2026-09-15T10:30:00", "context.now"),
        ("context__customer__language", "fr", "context.customer.language"),
        ("context__offer__value", "many", "context.offer.value"),
        ("context__offer__expires_on", "soon", "context.offer.expires_on"),
        ("context__customer__consent", {"push": "maybe"}, "context.customer.consent.push"),
        ("context__history", {"sent_last_7_days": "four"}, "context.history.sent_last_7_days"),
        ("draft__body", 7, "draft.body"),
    ],
)
def test_a_value_that_cannot_be_is_named_in_a_block(path: str, value: Any, key: str) -> None:
    answer = judged(**{path: value})
    assert (answer["verdict"], rules(answer)) == ("block", ["INPUT_INVALID"])
    assert key in answer["violations"][0]["message"]


@pytest.mark.parametrize("text", ["", "no json", "[1, 2]", "null", '{"id": NaN}', '{"id": 1', "\ufeff", "[" * 100_000])
def test_what_is_no_json_object_is_blocked(text: str) -> None:
    answer = judge_line(text)
    assert answer["verdict"] == "block"
    assert rules(answer)[0].startswith("INPUT_")


@pytest.mark.parametrize(
    "path",
    [
        "context__customer__timezone",
        "context__customer__suppressed",
        "context__customer__consent",
        "context__history",
    ],
)
def test_marketing_with_an_unknown_input_waits_for_a_person(path: str) -> None:
    assert judged(**{path: ...})["verdict"] == "review"


def test_a_zone_that_does_not_exist_is_unknown() -> None:
    assert rules(judged(context__customer__timezone="Mars/Base")) == ["QUIET_HOURS"]


def test_a_service_message_asks_for_no_permission_until_it_sells() -> None:
    closed = {"push": False}
    quiet = judged(
        context__purpose="service",
        context__customer__consent=closed,
        context__offer=None,
        draft__subject="订单",
        draft__body="您的订单已发出。",
    )
    assert quiet["verdict"] == "pass"
    assert "CONSENT_CHANNEL" in rules(judged(context__purpose="service", context__customer__consent=closed))


def test_without_consent_the_channels_that_have_it_are_named() -> None:
    answer = judged(context__customer__consent={"email": True, "push": False, "chat": {"granted": True}, "sms": False})
    assert answer["alternatives"] == ["email", "chat"]


def test_a_message_at_night_names_the_next_morning_in_the_customers_zone() -> None:
    answer = judged(context__now="2026-09-15T22:40:00+08:00")
    assert (answer["verdict"], rules(answer)) == ("block", ["QUIET_HOURS"])
    assert answer["deferred_until"] == "2026-09-16T08:00:00+08:00"


def test_a_message_that_would_be_stale_in_the_morning_is_not_put_off() -> None:
    answer = judged(context__now="2026-09-30T22:40:00+08:00")
    assert rules(answer) == ["QUIET_HOURS"]
    assert answer["deferred_until"] is None


def test_what_a_machine_can_mend_is_mended_and_passes_again() -> None:
    body = "雨桐\u200b您好，**八折券**QH20，9月30日前有效。"
    answer = judged(channel="email", draft__body=body)
    assert answer["verdict"] == "block"
    assert answer["fixed"] is not None
    again = judged(channel="email", draft__body=answer["fixed"]["body"], draft__subject=answer["fixed"]["subject"])
    assert (again["verdict"], again["violations"]) == ("pass", [])


def test_what_hides_a_wrong_promise_is_not_mended() -> None:
    answer = judged(draft__body="雨桐您好，五\u200b折券QH20，9月30日前有效。")
    assert {"OFFER_AMOUNT", "INVISIBLE_CHARS"} <= set(rules(answer))
    assert answer["fixed"] is None


def test_an_sms_without_a_way_out_gets_the_carriers_line() -> None:
    consent = {"sms": True}
    answer = judged(
        channel="sms",
        context__customer__consent=consent,
        draft__subject=None,
        draft__body="八折券QH20，9月30日前有效。",
    )
    assert answer["fixed"]["body"] == "【青禾茶铺】八折券QH20，9月30日前有效。 拒收请回复R"


def test_the_gravest_finding_comes_first() -> None:
    answer = judged(context__customer__suppressed=True, draft__body="雨桐您好，**五折**券QH20。")
    assert rules(answer)[0] == "SUPPRESSED"
    assert rules(answer).index("OFFER_AMOUNT") < rules(answer).index("MARKUP_LEAK")


def test_amounts_are_read_as_decimals() -> None:
    offer = {"kind": "amount", "value": 0.1, "currency": "CNY", "code": "QH20", "min_spend": 0.3}
    assert judged(context__offer=offer, draft__subject=None, draft__body="满0.3元减0.1元，QH20。")["verdict"] == "pass"


def test_a_lone_surrogate_is_found_rather_than_crashed_on() -> None:
    answer = judge_line(json.dumps(line(draft__body="您好\ud800。")))
    assert "MOJIBAKE" in rules(answer)


def test_the_same_words_have_the_same_hash_and_others_another() -> None:
    assert judged()["text_hash"] == judged()["text_hash"]
    assert judged()["text_hash"] != judged(draft__subject=None)["text_hash"]


@settings(max_examples=150, deadline=None)
@given(body=st.text(min_size=1, max_size=120), subject=st.none() | st.text(max_size=40))
def test_whatever_the_words_no_rule_crashes_and_quotes_are_exact(body: str, subject: str | None) -> None:
    answer = judge_line(json.dumps(line(draft__body=body, draft__subject=subject)))
    assert "RULE_ERROR" not in rules(answer)
    for violation in answer["violations"]:
        text = {"subject": subject, "body": body}.get(violation["field"])
        if text is not None and violation["start"] is not None:
            assert text[violation["start"] : violation["end"]] == violation["quote"]


_PIECES = st.sampled_from(
    "8折 五折 满199减30 QH20 QH2O 9月30日前 tomorrow over$75 {name} **hi** 退订回T https://qinghe-tea.example/a "
    "evil.com 13800138000 四零零八一零 F.R.E.E 第① ½ ﬁ \u202e ü 👨‍👩‍👧".split()
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_PIECES | st.text(max_size=6), min_size=1, max_size=12))
def test_offsets_survive_any_mixture_of_what_the_rules_look_for(pieces: list[str]) -> None:
    body = "".join(pieces) or "x"
    answer = judge_line(json.dumps(line(draft__body=body)))
    assert "RULE_ERROR" not in rules(answer)
    for violation in answer["violations"]:
        if violation["field"] == "body":
            assert body[violation["start"] : violation["end"]] == violation["quote"]

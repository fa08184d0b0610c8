"""Who wants no program to choose for them: it ends at once, and nothing else does."""

from __future__ import annotations

import pytest

from agent import pipeline
from agent.chat import Conversation, Intent, Turn, reply_to
from agent.chat.profiling import asks_how_no_profile, wants_no_profile
from agent.chat.words import template
from agent.domain import Decision, Language, Purpose
from tests.street import Street

WISHES = (
    "Stop profiling me", "don't make automated decisions about me", "opt me out of profiling", "no profiling",
    "I object to automated decision-making", "turn off personalised ads", "I don't want a computer choosing what I get",
    "关闭个性化", "请关闭个性化推荐", "我不想被系统挑选", "别再分析我的购买记录", "拒绝自动化决策",
    "撤回对用户画像的同意", "我不同意你们拿我做用户画像",
)  # fmt: skip
OTHERS = (
    "不要个性化刻字", "no personalisation on the ring please", "don't change my profile", "stop tracking my order",
    "为什么给我做用户画像", "do you use automated decisions?", "my profile picture is wrong", "推荐一款杯子",
)  # fmt: skip


@pytest.mark.parametrize("text", WISHES)
def test_a_wish_is_understood(text: str) -> None:
    assert wants_no_profile(text)


@pytest.mark.parametrize("text", OTHERS)
def test_what_only_sounds_like_it_is_none(text: str) -> None:
    assert not wants_no_profile(text)
    assert not asks_how_no_profile(text)


def said(street: Street, text: str, customer_id: str | None) -> tuple[str, Intent, bool]:
    answer = reply_to(Conversation((Turn("user", text),), customer_id), street.house)
    return answer.text, answer.intent, answer.hand_off


@pytest.mark.parametrize(
    ("text", "customer_id", "language"),
    [("关闭个性化", "c1", Language.ZH), ("Please stop profiling me", "c2", Language.EN)],
)
def test_from_then_on_the_gate_lets_no_chosen_marketing_go(
    street: Street, text: str, customer_id: str, language: Language
) -> None:
    assert said(street, text, customer_id) == (template("no_profile", language), Intent.NO_PROFILE, False)
    assert said(street, text, customer_id)[0] == template("no_profile", language)
    customer = street.store.people.get(customer_id)
    assert (customer.flags, customer.suppressed) == (("no_profiling",), False)
    prepared = pipeline.prepare(street.open(customer_id=customer_id, situation="long_silence"), street.house)
    assert prepared.verdict is not None
    assert prepared.verdict.decision is Decision.BLOCK
    assert "PROFILE_OFF" in [finding.rule for finding in prepared.verdict.findings]
    service = street.open(case_id="case_2", customer_id=customer_id, purpose=Purpose.SERVICE, situation="late_delivery")
    served = pipeline.prepare(service, street.house).verdict
    assert served is not None
    assert "PROFILE_OFF" not in [finding.rule for finding in served.findings]


def test_both_wishes_in_one_breath_are_both_kept(street: Street) -> None:
    text, intent, _ = said(street, "退订，并关闭个性化推荐", "c1")
    customer = street.store.people.get("c1")
    assert (text, intent) == (template("unsubscribed", Language.ZH), Intent.UNSUBSCRIBE)
    assert (customer.suppressed, customer.flags) == (True, ("no_profiling",))


@pytest.mark.parametrize("text", ["怎么关闭个性化推荐", "how do I turn off personalised ads?"])
def test_who_asks_how_is_told_and_nothing_is_done(street: Street, text: str) -> None:
    told, _, _ = said(street, text, "c1")
    assert told in (template("how_no_profile", Language.ZH), template("how_no_profile", Language.EN))
    assert street.store.people.get("c1").flags == ()


def test_of_somebody_unknown_a_person_takes_care(street: Street) -> None:
    assert said(street, "Stop profiling me", None) == (
        template("close_account", Language.EN), Intent.NO_PROFILE, True
    )  # fmt: skip

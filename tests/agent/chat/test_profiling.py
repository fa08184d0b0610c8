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
    "Are you profiling me? Stop profiling me.", "stop targeted ads. And where is my order?",
    "I don't consent to profiling",
    "stop sending me personalised emails", "I want to turn profiling off", "turn off all marketing and profiling",
    "Why do you profile me? Opt me out of profiling.", "x " * 900 + "stop profiling me",
    "关闭个性化", "请关闭个性化推荐", "我不想被系统挑选", "别再分析我的购买记录", "拒绝自动化决策",
    "撤回对用户画像的同意", "我不同意你们拿我做用户画像", "为什么给我做用户画像？请关闭个性化推荐",
    "怎么还在给我推荐？关闭个性化推荐", "别再给我发个性化推荐短信",
)  # fmt: skip
OTHERS = (
    # denied, supposed, over
    "不要关闭个性化推荐", "别取消我的个性化推荐", "我没有要关闭个性化推荐", "关闭个性化推荐后还有优惠吗",
    "关闭个性化会影响积分吗", "之前拒绝自动化决策，现在同意了", "don't turn off personalised ads",
    "please don't stop the personalised offers", "I did not turn off personalised ads",
    "if I turn off personalised ads will I still get coupons",
    # another matter
    "不要个性化刻字", "no personalisation on the ring please", "don't change my profile", "stop tracking my order",
    "为什么给我做用户画像", "do you use automated decisions?", "my profile picture is wrong", "推荐一款杯子",
    "no profile found when I log in", "I have no profile with you", "I received no personalized recommendations",
    "no personalised message on the card", "don't let the system pick the delivery slot",
    "I don't want a program to choose the gift wrap",
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


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("怎么关闭个性化推荐", Language.ZH),
        ("how do I turn off personalised ads?", Language.EN),
        ("is it possible to opt out of profiling", Language.EN),
        ("do you let me opt out of profiling?", Language.EN),
    ],
)
def test_who_asks_how_is_told_and_nothing_is_done(street: Street, text: str, language: Language) -> None:
    assert said(street, text, "c1")[0] == template("how_no_profile", language)
    customer = street.store.people.get("c1")
    assert (customer.flags, customer.suppressed) == ((), False)


@pytest.mark.parametrize("text", ["关闭个性化推荐，转人工", "Stop profiling me and get me a person"])
def test_a_wish_for_a_person_in_the_same_breath_is_kept_as_well(street: Street, text: str) -> None:
    _, intent, hand_off = said(street, text, "c1")
    assert (intent, hand_off) == (Intent.HUMAN, True)
    assert street.store.people.get("c1").flags == ("no_profiling",)


def test_of_somebody_unknown_a_person_takes_care(street: Street) -> None:
    assert said(street, "Stop profiling me", None) == (
        template("close_account", Language.EN), Intent.NO_PROFILE, True
    )  # fmt: skip

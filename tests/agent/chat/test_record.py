"""What somebody asks about their own record is answered from it, and from nobody else's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.chat import Answer, Conversation, Turn, reply_to
from agent.chat.account import Asked, asked_of_record
from agent.chat.order_numbers import asks_by_number
from agent.chat.words import template
from agent.domain import Decision, Language
from tests.factories import NOW, a_customer, an_order
from tests.fakes import ListedHistory
from tests.street import Street

POINTS = (
    "我有多少积分", "我还有多少积分", "查一下我的积分", "我的积分是多少", "积分余额", "我的积分", "我账户里有多少积分",
    "现在有几个积分", "积分还剩多少", "我积分还有多少", "帮我看下积分", "我名下有多少积分", "还剩多少积分",
    "我一共有多少积分", "查询积分", "我的积分呢", "how many points do I have", "How many points have I got?",
    "what's my points balance", "my points", "check my points", "points balance please",
    "how many loyalty points do I have", "do I have any points", "how many points are on my account",
    "tell me my points", "can you see how many points I have", "what are my points", "show my points balance",
)  # fmt: skip
NOT_POINTS = (
    "积分有什么用", "积分怎么算", "多少积分能抵1元", "积分会过期吗", "我的积分怎么没到账", "消费多少有积分",
    "积分能换什么", "我的积分怎么用", "退货积分怎么办", "how do points work", "how many points do I need for a coupon",
    "do my points expire", "how many points do I get per yuan", "my points are missing", "what are points worth",
    "how do I use my points", "how many points for gold",
)  # fmt: skip
LAST = (
    "我上次买的是什么", "我上次买了什么", "上一次我买的啥", "我最近一次买的是什么", "我上一单是什么",
    "我最近的一单买的什么", "我上次下单是什么时候", "我最后一次下单是哪天", "上回买的什么来着", "我什么时候买的",
    "查一下我的上一单", "我都买过什么", "我的订单记录", "我上次在你们家买了啥", "我上次订的是什么",
    "what did I order last", "what did I last buy", "what was my last order", "what did I buy last time",
    "my last order?", "when did I last order", "when was my last order", "what have I bought recently",
    "show me my last order", "remind me what my last order was", "what did I get last time", "my order history",
    "what was in my last order", "what did I order most recently", "what did I recently purchase",
)  # fmt: skip
NOT_LAST = (
    "我上次买的杯子坏了", "上次买的什么时候到", "我的上一单取消了吗", "上次买的可以退吗", "最近有什么活动",
    "我最近的订单到哪了", "上次的退款还没到", "my last order has not arrived", "can I return my last order",
    "cancel my last order", "where is my last order", "what can I order", "the mug from my last order is broken",
    "what should I buy",
)  # fmt: skip
TIER = (
    "我是什么会员", "我现在是什么等级", "我的会员等级是什么", "我是金卡吗", "我的等级", "查一下我的会员等级",
    "我属于哪个等级", "我是不是银卡会员", "what tier am I", "what's my tier", "am I a gold member",
    "what is my membership level", "which tier do I have", "what's my membership status",
)  # fmt: skip
NOT_TIER = (
    "怎么成为金卡",
    "会员等级怎么分",
    "金卡有什么好处",
    "how do I become a gold member",
    "what are the tiers",
    "what do gold members get",
)
ANOTHERS = (
    "张三的积分有多少", "我妈的积分还有多少", "How many points do my parents have?", "他的积分还有多少",
    "我老公是什么会员", "how many points do you give for signing up", "Did I get points for my last order",
    "am i a member of your loyalty programme if i buy once?", "Show me my last order of another customer",
    "how many points does John have", "my wife's points balance", "帮我查一下李小明的积分余额",
)  # fmt: skip
OWN = ("我的会员积分有多少", "目前的积分还有多少", "我账号的积分是多少", "how many points have I")


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        *((text, Asked.POINTS) for text in POINTS),
        *((text, Asked.LAST_ORDER) for text in LAST),
        *((text, Asked.TIER) for text in TIER),
        *((text, None) for text in (*NOT_POINTS, *NOT_LAST, *NOT_TIER, *ANOTHERS)),
        *((text, Asked.POINTS) for text in OWN),
    ],
)
def test_the_record_is_asked_for_in_many_words_and_the_rule_in_others(text: str, asked: Asked | None) -> None:
    assert asked_of_record(text) is asked


@pytest.mark.parametrize(
    ("text", "customer_id", "said"),
    [
        ("我有多少积分", "c1", "1234积分"),
        ("how many points do I have", "c2", "56 points"),
        ("我是什么会员", "c1", "金卡"),
        ("what tier am I", "c2", "silver"),
        ("我上次买的是什么", "c1", "紫砂茶具套装"),
        ("what did I order last", "c2", "Cast Iron Teapot"),
    ],
)
def test_the_answer_is_their_own_entry(street: Street, text: str, customer_id: str, said: str) -> None:
    _with_points(street)
    answer = ask(street, text, customer_id=customer_id)
    assert said in answer.text
    assert (answer.covered, answer.hand_off, answer.verdict.decision) == (True, False, Decision.PASS)


@pytest.mark.parametrize("text", ["我有多少积分", "what tier am I", "我上次买的是什么", "what did I order last"])
def test_somebody_unknown_is_told_nothing_of_anybody(street: Street, text: str) -> None:
    _with_points(street)
    answer = ask(street, text)
    assert answer.text == template("account_unknown", answer.language)


def test_no_points_and_no_orders_are_said_as_they_are(street: Street) -> None:
    street.store.people.put([a_customer("c9", points=0), a_customer("c8")], NOW)
    assert ask(street, "我有多少积分", customer_id="c9").text == template("no_points", Language.ZH)
    assert ask(street, "我有多少积分", customer_id="c8").text == template("account_unknown", Language.ZH)
    assert ask(street, "我上次买的是什么", customer_id="c9").text == template("no_order", Language.ZH)


# --- an order by its number -------------------------------------------------------------------------------------------

NUMBERS_ZH = (
    "L00067",
    "l00067",
    "订单号是L00067",
    "L00067，帮我查一下",
    "我的订单号：L00067",
    "好的，L00067",
    "单号 L00067 谢谢",
    "是L00067这个",
)
NUMBERS_EN = (
    "L00067",
    "it's L00067",
    "Order number L00067",
    "#L00067",
    "The number is L00067, thanks",
    "here: L00067",
    "order L00067 please",
)


NO_NUMBERS = (
    "Where is my order from 2024-05-01?", "when will my order of 2025-11-20 arrive",
    "Is my 1000 piece puzzle shipped?", "where is my parcel, my phone is 13800138000", "我13800138000的快递到哪了",
    "5000毫升的壶发货了吗", "where is my order from 2024?", "where is my parcel, I paid $2000",
)  # fmt: skip


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_with_a_date_a_count_or_a_phone_number_the_last_order_is_told(street: Street, text: str) -> None:
    street.house = replace(street.house, history=ListedHistory([an_order("c1", days_ago=3)]))
    answer = ask(street, text, customer_id="c1")
    assert answer.because == "asks where an order is: look it up with the carrier"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("where is order 20240501?", "20240501"),
        ("订单13800138000到哪了", "13800138000"),
        ("my order L00067 from 2024-05-01, where is it", "l00067"),
        ("订单号是2024的到哪了", "2024"),
    ],
)
def test_what_is_called_the_number_of_an_order_is_one(text: str, number: str) -> None:
    assert asks_by_number(Conversation((Turn("user", text),))) == number


@pytest.mark.parametrize("number", NUMBERS_ZH)
def test_an_order_number_in_the_next_turn_is_understood(street: Street, number: str) -> None:
    answer = ask(street, "我的订单到哪了", template("order_unknown", Language.ZH), number, customer_id="c1")
    assert "紫砂茶具套装" in answer.text
    assert answer.hand_off


@pytest.mark.parametrize("number", NUMBERS_EN)
def test_an_english_one_too(street: Street, number: str) -> None:
    answer = ask(street, "where is my order", template("order_unknown", Language.EN), number, customer_id="c2")
    assert answer.hand_off
    assert "Cast Iron Teapot" in answer.text


@pytest.mark.parametrize(
    "text",
    [
        "where is order L00067?",
        "订单L00067到哪了",
        "L00067 到了吗",
        "my order number is L00067 where is it",
        "查一下订单 L00067",
        "订单号L00067",
    ],
)
def test_a_number_in_the_first_turn_is_understood_as_well(street: Street, text: str) -> None:
    assert ask(street, text, customer_id="c1").text.find("2025") >= 0


@pytest.mark.parametrize(
    ("before", "asked", "language"),
    [
        ("我想取消订单", "麻烦您把订单号发过来", Language.ZH),
        ("这个杯子我要退货", "请发一下订单号", Language.ZH),
        ("I want to cancel my order", "Could you send me the order number?", Language.EN),
        ("can you change the address?", "Sure, what is the order number?", Language.EN),
    ],
)
def test_a_number_for_something_else_is_not_answered_with_where_the_parcel_is(
    street: Street, before: str, asked: str, language: Language
) -> None:
    answer = ask(street, before, asked, "L00067", customer_id="c1" if language is Language.ZH else "c2")
    assert answer.text == template("number_noted", language)
    assert answer.hand_off


@pytest.mark.parametrize(
    ("before", "asked", "said"),
    [
        ("can I return this within 30 days?", "OK. Where is my order L00067?", "placed on"),
        ("退货要运费吗", "好的。那我的订单L00067到哪了", "下的"),
    ],
)
def test_who_then_asks_where_it_is_hears_where_it_is(street: Street, before: str, asked: str, said: str) -> None:
    assert said in ask(street, before, "…", asked, customer_id="c2" if before.isascii() else "c1").text


@pytest.mark.parametrize("customer_id", ["c2", None])
def test_nobody_hears_of_another_ones_order(street: Street, customer_id: str | None) -> None:
    """Whether somebody else has it or nobody, the words are the same."""
    street.house = replace(street.house, history=ListedHistory([an_order(), an_order("c2", days_ago=5, item="Teapot")]))
    said = {
        ask(street, "我的订单到哪了", "请把订单号发过来", number, customer_id=customer_id).text
        for number in ("L00067", "L99999")
    }
    assert len(said) == 1
    assert "紫砂" not in said.pop()


@pytest.mark.parametrize(
    "text",
    [
        "13800138000",
        "我2025年买的杯子坏了",
        "满1000元是金卡吗",
        "cancel order L00067",
        "I want to return order L00067",
        "I paid 2000 yuan for this",
        *NO_NUMBERS,
    ],
)
def test_not_every_number_is_an_order(text: str) -> None:
    assert asks_by_number(Conversation((Turn("user", text),))) == ""


@pytest.mark.parametrize(("customer_id", "question"), [("c1", "我的订单到哪了"), ("c2", "where is my order?")])
@pytest.mark.parametrize(("days", "old"), [(3, False), (67, True)])
def test_an_order_of_months_ago_is_not_told_as_if_it_were_on_its_way(
    street: Street, customer_id: str, question: str, days: int, old: bool
) -> None:
    street.house = replace(street.house, history=ListedHistory([an_order(customer_id, days_ago=days, item="杯 Cup")]))
    answer = ask(street, question, customer_id=customer_id)
    assert answer.hand_off
    assert ("一阵子" in answer.text or "a while ago" in answer.text) is old


def ask(street: Street, *turns: str, customer_id: str | None = None) -> Answer:
    roles = ["user" if (len(turns) - at) % 2 else "assistant" for at in range(len(turns))]
    said = tuple(Turn(role, text) for role, text in zip(roles, turns, strict=True))
    return reply_to(Conversation(said, customer_id), street.house)


def _with_points(street: Street) -> None:
    people = [a_customer(points=1234, tier="gold"), a_customer("c2", Language.EN, points=56, tier="silver")]
    street.store.people.put(people, NOW)

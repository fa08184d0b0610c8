"""Who leaves, in whatever words, is neither argued with nor offered anything; who only asks how is told how."""

from __future__ import annotations

import pytest

from agent.chat import Answer, Conversation, Turn, reply_to
from agent.chat.words import template
from agent.domain import Decision
from agent.threats import threatens
from tests.street import Street

LEAVING = (
    "以后去别家买了", "再也不来了", "再也不买了", "我再也不会来你们家了", "以后不来了", "下次去别家",
    "别家比你们便宜，我走了", "我要换别家了", "我转去别家了", "还是去别的平台买吧", "你们失去了我这个客户",
    "这是最后一次在你们这买了", "没有下次了", "不会再买你们的东西了", "以后都不买了", "把你们拉黑了",
    "我卸载了你们的app", "人家比你们便宜多了，我去他家了", "我不想在你们这里买了", "我决定离开你们了", "跟你们到此为止",
    "今后再也不光顾", "不做你们的会员了", "换到竞争对手那边了", "我去淘宝买了", "算了，去京东下单",
    "不想再跟你们打交道了", "永不再来", "太失望了，走了", "再也不见", "我要退会", "I've found a cheaper shop",
    "I want to leave", "I'm gonna shop at your rival from now on", "I won't shop here anymore",
    "your competitor is cheaper, I'm moving on", "I'm done with you", "I am so done with your shop",
    "I'm never coming back", "I'll never buy from you again", "never shopping here again", "I won't be back",
    "you've lost a customer", "You just lost me", "I'm switching to another shop", "I'm going to a competitor",
    "I'll buy it somewhere else", "I'll shop elsewhere from now on", "this was my last order with you",
    "I'm finished with this company", "I won't order again", "goodbye for good", "I've had enough of you",
    "I'm not coming back", "I'd rather buy from someone else", "deleting your app", "I quit",
    "I no longer want to be your customer", "I'm leaving you", "Amazon is cheaper, I'm switching", "time to move on",
    "we're done here", "I'm taking my business elsewhere",
)  # fmt: skip
NOT_LEAVING = (
    "能寄到别的地址吗", "包裹去别家驿站取可以吗", "下次什么时候有货", "以后还能退吗", "再也不用担心尺码了",
    "我走了几家店才找到", "这个和别家的有什么区别", "最后一次发货是几点", "到货了吗", "别家有的你们有吗", "以后怎么买",
    "不来货了吗", "我不买保险", "退货", "取消订单", "客服不来了吗", "I'm done with the return form, what next",
    "I moved, change my address", "can I send it somewhere else", "I never ordered this", "I won't be home tomorrow",
    "is it cheaper elsewhere", "when was my last order", "I never received my order", "are you moving",
    "I'm finished with the first step", "can I switch to another colour", "I'm out of filters",
    "I don't want to return it", "where else do you deliver", "can I go to another pick-up point",
    "I'll order again tomorrow", "I don't want to buy the wrong size",
    "The last time I ordered, the size was fine. Is it the same cut?", "Can I go to the store and return it there?",
    "I'm going to the shop tomorrow, is it open?", "I'll be moving on Friday, can you change the address?",
    "Change to a different shop for pick-up please", "How do I remove the app notifications?",
    "我去其他平台看看评价了", "上淘宝买的能在这里保修吗", "我是最后一次在你们家买了茶壶，保修多久",
    "包裹发出了，走了。",
    "my last order with you arrived broken", "I'm not a member, can I return it?", "I won't be back until six",
    "can I look at another colour", "I'll leave you a good review", "I found a better size", "能换别的店自提吗",
    "我想换别家快递", "谢谢，我先走了", "I never ordered.", "is the blue one not coming back?",
)  # fmt: skip


@pytest.mark.parametrize("text", LEAVING)
def test_who_leaves_in_other_words_is_heard_and_not_held(street: Street, text: str) -> None:
    answer = ask(street, text, "c1")
    assert answer.text == template("leaving", answer.language)
    assert (answer.hand_off, answer.covered, answer.citations, answer.offers) == (True, False, (), ())
    assert answer.verdict.decision is Decision.PASS
    assert street.reserved() == (0, 0)


@pytest.mark.parametrize("text", NOT_LEAVING)
def test_what_only_sounds_like_it_is_not_leaving(text: str) -> None:
    assert not threatens(text)


@pytest.mark.parametrize("text", ["怎么退订短信", "如何退订", "how do I unsubscribe?", "how can I stop the emails"])
@pytest.mark.parametrize("customer_id", ["c1", None])
def test_who_asks_how_to_unsubscribe_is_told_how_and_stays(street: Street, text: str, customer_id: str | None) -> None:
    answer = ask(street, text, customer_id)
    assert answer.text == template("how_out", answer.language)
    assert not answer.hand_off
    assert not street.store.people.get("c1").suppressed


@pytest.mark.parametrize(("text", "word"), [("怎么退订短信", "退订"), ("how do I unsubscribe?", "unsubscribe")])
def test_the_word_that_they_are_told_carries_it_out(street: Street, text: str, word: str) -> None:
    assert f"“{word}”" in ask(street, text, "c1").text
    ask(street, word, "c1")
    assert street.store.people.get("c1").suppressed


@pytest.mark.parametrize(
    ("text", "clause", "word"),
    [
        ("怎么注销账号", "membership-zh#注销账号", "注销账号"),
        ("how do I close my account", "membership-en#closing-an-account", "close my account"),
    ],
)
def test_who_asks_how_to_close_an_account_hears_the_rule_and_the_word_for_it(
    street: Street, text: str, clause: str, word: str
) -> None:
    answer = ask(street, text, "c1")
    assert not answer.hand_off
    assert [cited.clause.id for cited in answer.citations] == [clause]
    assert f"“{word}”" in answer.text
    assert ask(street, word, "c1").because.startswith("wants the account closed")


def ask(street: Street, text: str, customer_id: str | None) -> Answer:
    return reply_to(Conversation((Turn("user", text),), customer_id), street.house)

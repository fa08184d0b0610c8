"""Leaving by one channel: that one is silent from then on, the others stay as they were."""

from __future__ import annotations

import pytest

from agent.chat import Conversation, Intent, Turn, reply_to
from agent.chat.one_channel import channels_to_end
from agent.chat.words import template
from agent.domain import Channel, Language
from tests.street import Street


@pytest.mark.parametrize(
    ("text", "ended"),
    [
        ("only stop sms", ["sms"]),
        ("Please stop texting me, e-mails are fine", ["sms"]),
        ("just unsubscribe me from the newsletter", ["email"]),
        ("keep texting me but stop the emails", ["email"]),
        ("no sms please, email only", ["sms"]),
        ("stop the emails and texts, push is ok", ["email", "sms"]),
        ("退订邮件但短信继续发", ["email"]),
        ("短信别发了，邮件可以继续", ["sms"]),
        ("只退订短信", ["sms"]),
        ("不要短信，只要邮件", ["sms"]),
        ("推送关掉，短信邮件都留着", ["push"]),
        # all of it is to end: nothing is said that should stay
        ("别再给我发短信", []),
        ("unsubscribe", []),
        ("no more emails please", []),
        # asked how, or about something else altogether
        ("how do I stop only the texts?", []),
        ("怎么只退订短信", []),
        ("没收到邮件，只有短信", []),
        ("only got a text message, no e-mail", []),
        ("don't cancel my order, just e-mail me the invoice", []),
        ("发票不要发短信，发邮件可以吗", []),
        ("please email me, don't call", []),
        ("only stop sms " * 40, []),
    ],
)
def test_which_channels_are_to_end(text: str, ended: list[str]) -> None:
    assert [channel.value for channel in channels_to_end(text)] == ended


@pytest.mark.parametrize(
    ("text", "customer_id", "channel"),
    [("只退订短信，邮件照发", "c1", Channel.SMS), ("stop the e-mails, texts are fine", "c2", Channel.EMAIL)],
)
def test_one_channel_is_silent_and_the_others_stay(
    street: Street, text: str, customer_id: str, channel: Channel
) -> None:
    before = street.store.people.get(customer_id)
    answer = reply_to(Conversation((Turn("user", text),), customer_id), street.house)
    after = street.store.people.get(customer_id)
    assert answer.intent is Intent.UNSUBSCRIBE
    assert answer.text == template(f"ended_{channel}", answer.language)
    assert after.consents[channel].granted is False
    assert after.consents[channel].proof == "chat"
    assert not after.suppressed
    others = {one for one in before.consents if one is not channel}
    assert {one: after.consents[one] for one in others} == {one: before.consents[one] for one in others}


@pytest.mark.parametrize(
    ("text", "language"),
    [("只退订短信，然后把账号注销", Language.ZH), ("stop the texts only, and close my account", Language.EN)],
)
def test_who_also_closes_the_account_leaves_altogether(street: Street, text: str, language: Language) -> None:
    answer = reply_to(Conversation((Turn("user", text),), "c1"), street.house)
    assert street.store.people.get("c1").suppressed
    assert answer.text == template("unsubscribed_and_close", language)

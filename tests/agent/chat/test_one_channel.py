"""Leaving by one channel: that one is silent from then on, the others stay as they were."""

from __future__ import annotations

import pytest

from agent.chat import Conversation, Intent, Turn, reply_to
from agent.chat.one_channel import channels_to_end
from agent.chat.words import template
from agent.domain import Channel, Language
from tests.street import Street

ENDED = {
    "sms": (
        "only stop sms", "stop sms but keep emails", "Please stop texting me, e-mails are fine", "sms no, email yes",
        "I only want emails, no texts", "no sms please, email only", "No SMS please\nkeep the emails",
        "opt me out of texts but not emails", "stop just the texts", "don't send me texts, email me instead",
        "please turn off text messages but leave the newsletter on", "短信别发了，邮件可以继续", "只退订短信",
        "不要短信，只要邮件", "短信可以不发了，邮件照发", "短信退订，邮件不退订",
    ),
    "email": (
        "退订邮件但短信继续发", "短信别停，邮件停掉", "keep texting me but stop the emails",
        "unsubscribe from email only",
    ),
    "push": ("推送关掉，短信邮件都留着",),
    "email sms": ("stop the emails and texts, push is ok",),
}  # fmt: skip
NONE = (
    # all of it is to end: nothing is said that should stay, or that it should be everything
    "别再给我发短信", "unsubscribe", "no more emails please", "just unsubscribe me from the newsletter",
    "please just stop emailing me, leave me alone", "Just stop with the emails, all your spam",
    "unsubscribe me from everything, not just texts", "I don't just want texts stopped, I want everything stopped",
    "别只退订短信，全部退订", "不只是短信，邮件也别发了", "stop the texts only, and close my account",
    # denied: the other one is meant, and a person reads which
    "I don't want to stop texts, only emails", "please don't cancel my newsletter, only stop the texts",
    "不要把短信停了，只停邮件", "别把短信和邮件都停了，只停短信",
    # asked how, or about something else altogether
    "how do I stop only the texts?", "怎么只退订短信", "没收到邮件，只有短信", "only got a text message, no e-mail",
    "don't cancel my order, just e-mail me the invoice", "can you cancel the mug and just email me",
    "if you cancel it just text me", "I was charged twice, no email confirmation, only a text",
    "I do not have whatsapp, text is fine", "I don't have email, only text", "不要短信验证，可以用邮箱登录吗",
    "发票不要发短信，发邮件可以吗", "please email me, don't call", "only stop sms " * 40,
)  # fmt: skip


@pytest.mark.parametrize(("ended", "text"), [(ended, text) for ended, texts in ENDED.items() for text in texts])
def test_which_channels_are_to_end(ended: str, text: str) -> None:
    assert " ".join(channels_to_end(text)) == ended


@pytest.mark.parametrize("text", NONE)
def test_anything_else_is_no_such_wish(text: str) -> None:
    assert channels_to_end(text) == ()


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

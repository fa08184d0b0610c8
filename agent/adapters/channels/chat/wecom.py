"""WeCom's customer service (微信客服): an answer, or news of their own order, to whoever wrote in the last 48 hours.

Takes a message whose recipient is an external_userid, gives a Delivery. Our key goes along as the message's id, so that
what WeCom tells later names it. https://developer.work.weixin.qq.com/document/path/94677
"""

from __future__ import annotations

import re

from agent.adapters.channels.chat.wecom_api import STALE, WeComApi, as_body, code_of
from agent.adapters.channels.posting import LOOK, Reply
from agent.channels import objections, provider_rules
from agent.chat_url import ChatAccount
from agent.domain import Delivery, DeliveryStatus, Message, Words
from agent.errors import ChannelUnavailable, DeliveryUnknown, InputError
from agent.ports import Clock
from agent.send import is_own_name

DONE, BUSY = 0, -1
NOT_NOW = STALE | {45009, 45033, 48002, 50001, 60020, 95011, 95012, 95017}
"""Our secret, address, permission or account, or a limit on calls: to put right by us or by time; nothing was done."""
WHY = {
    95001: "five messages went out since the customer wrote last; more may go when they write again",
    95002: "the customer wrote longer than 48 hours ago; WeCom lets no message go first",
    95018: "a colleague, or nobody, holds this conversation in WeCom now",
}
USER = re.compile(r"[\w@.-]{4,64}", re.ASCII)


class WeComService:
    """Fits the DeliveryChannel port."""

    def __init__(self, account: ChatAccount, api: WeComApi, clock: Clock) -> None:
        self._account = account
        self._api = api
        self._clock = clock

    @property
    def name(self) -> str:
        return "wecom_kf"

    def deliver(self, message: Message) -> Delivery:
        if is_own_name(message.recipient) or not USER.fullmatch(message.recipient):
            raise InputError("no WeChat customer of this name is on record", "import chat_id: their external_userid")
        rules = provider_rules(self.name)
        if against := objections(rules, Words(message.subject, message.body), message.purpose, "zh"):
            raise InputError(against[0], "choose other words, or another channel")
        if rules.wants_template(message.purpose):
            raise InputError("WeCom lets no marketing go to customers here", "choose another channel")
        told = {
            "touser": message.recipient,
            "open_kfid": self._account.sender,
            "msgid": message.key[:32],
            "msgtype": "text",
            "text": {"content": message.body},
        }
        try:
            body = as_body(told)
        except UnicodeEncodeError as error:
            raise InputError(f"message {message.key} holds half a character", "correct the text") from error
        return self._outcome(message, self._api.post("kf/send_msg", body))

    def _outcome(self, message: Message, reply: Reply) -> Delivery:
        code, now = code_of(reply), self._clock.now()
        if reply.status == 200 and code == DONE:
            told = reply.json()
            return Delivery(
                message.key, DeliveryStatus.SENT, now, where=str(told.get("msgid") or "") or None, detail=reply.said
            )
        if code in NOT_NOW or reply.status in (401, 429, 503):
            raise ChannelUnavailable(reply.said, "see what WeCom says", reply.retry_after)
        if code is not None and code != BUSY:
            why = f"{WHY[code]}; " if code in WHY else ""
            return Delivery(message.key, DeliveryStatus.FAILED, now, detail=f"{why}{reply.said}")
        raise DeliveryUnknown(reply.said, LOOK)  # "system busy", or no word of WeCom's: it may have gone

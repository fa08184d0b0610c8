"""By which channels alone somebody wants no more marketing: "texts no, e-mails yes". Takes text, gives channels.

Whoever names one channel and says nothing of the others leaves altogether: that errs on the side of silence.
"""

from __future__ import annotations

import re

from agent.domain import Channel
from agent.language.spoken import fold

_CALLED = {
    Channel.SMS: re.compile(r"短信|短消息|\bsms\b|\btext(?:s|ing)?\b(?: messages?\b)?"),
    Channel.EMAIL: re.compile(r"邮件|邮箱|\be-?mail(?:s|ing)?\b|\bnewsletters?\b"),
    Channel.PUSH: re.compile(r"推送|弹窗|\bpush(?:es)?\b"),
    Channel.CHAT: re.compile(r"微信|\bwe-?chat\b|\bwhatsapp\b"),
}
_PART = re.compile(
    r"[,，.。;；!！?？\n]|但是?|不过|可是|然后|\b(?:but|though|however|and (?=keep|still|leave|continue))\b"
)
_STOP = re.compile(
    r"退[订訂]|别|不要|不想|不用|停|取消|拒收|关掉|关闭|屏蔽"
    r"|\b(?:stop|no|not|don'?t|never|unsubscribe|without|opt out|cancel|turn off|end)\b"
)
_KEEP = re.compile(
    r"继续|保留|照常|照旧|照发|还(?:是)?(?:要|想|可以|行|收|能)|可以|留着|没关系|没问题|无所谓|不变|不取消|别取消"
    r"|\b(?:keep|still|fine|ok|okay|happy|continue|leave|welcome|don'?t mind|not (?:stop|unsubscribe)|instead|rather)\b"
)
_ONLY = re.compile(r"只|仅|光|单(?!号)|\b(?:only|just)\b")
_ELSE = re.compile(
    r"怎么|怎样|如何|哪|收到|收不到|没(?!关系|问题)|发票|验证码|订单|物流|收据|凭证"
    r"|\b(?:how|where|what|got|received|(?:did|have|has)(?:n't| not)|arrived|came|invoices?|receipts?|codes?|orders?"
    r"|tracking)\b"
)
"""Asked how, or about a message that came or did not, or about papers: no wish to be left alone."""
READ = 300
"""Characters: such a wish is short, and a long letter that speaks of mail and texts is read by a person."""


def channels_to_end(text: str) -> tuple[Channel, ...]:
    """The channels to be silent on; none where nothing is to end, all of it is, or it is only asked how."""
    words = fold(text) if len(text) <= READ else ""
    if _ELSE.search(words):
        return ()
    ended, kept, only = set[Channel](), set[Channel](), False
    for part in _PART.split(words):
        named = {channel for channel, called in _CALLED.items() if called.search(part)}
        stops = _STOP.search(part)
        if _KEEP.search(part) or (_ONLY.search(part) and not stops):
            kept |= named
        elif stops:
            ended |= named
            only |= bool(named and _ONLY.search(part))
    return tuple(sorted(ended - kept)) if kept or only else ()

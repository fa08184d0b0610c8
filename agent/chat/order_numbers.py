"""By which number somebody asks about an order, in a chat: said by itself, or after an order was spoken of.

Takes a conversation, gives the number as it was written, or "". Dates, measures, prices and phones are no such numbers.
"""

from __future__ import annotations

import re

from agent.chat.orders import RULE, asks_where
from agent.chat.records import Conversation
from agent.language.spoken import fold

_NUMBER = re.compile(r"(?<![a-z0-9])[a-z]{0,6}[-_]?\d{4,24}(?:[-_]\d{1,12})*(?![a-z0-9%])")
_DATE = re.compile(r"(?:19|20)\d\d(?:[-_]?(?:0?[1-9]|1[0-2])(?:[-_]?(?:0?[1-9]|[12]\d|3[01]))?)?")
_PHONE = re.compile(r"(?:86)?1[3-9]\d{9}")
_PHONE_SAID = re.compile(r"电话|手机|\b(?:phone|mobile|cell|tel|telephone|whatsapp|call me)\b")
_MEASURE = re.compile(
    r" ?(?:毫升|升(?!级)|克|公斤|千克|斤|毫米|厘米|米|瓦|毫安|元|块|年|月|日|件|个|片|张|套|盒|袋|瓶|粒|次|积分|人"
    r"|(?:ml|l|g|kg|mg|mm|cm|m|km|w|v|mah|watts?|volts?|pieces?|pcs?|pc|yuan|rmb|usd|dollars?|euros?|pounds?|points?"
    r"|grams?|lit(?:re|er)s?|inch(?:es)?|times|people|days|years?)\b)"
)
_NUMBERED = re.compile(r"(?:号码?|编号|单号|\b(?:number|no|nr|ref|reference)\.?|#) ?(?:is|是|为)? ?[:#]? ?$")
_ORDERED = re.compile(r"(?:订单|單|单|\border) ?[:#]? ?$")
_BESIDE = re.compile(
    r"订单|单|编号|号码?|是|我的?|这个|那个|查|帮|一下|看|请|谢谢|您好|你好|好的?|喏|呢|的|吧|了"
    r"|\b(?:it'?s|it is|is|this|that|here|order|number|no|nr|ref|reference|my|the|one|check|please|thanks|thank you"
    r"|sure"
    r"|ok|okay|yes|hi|hello|for|and|to|track)\b"
)
_ASKED_FOR_NUMBER = re.compile(r"订单号|order number", re.IGNORECASE)
_WAITED_FOR = re.compile(
    r"到[了哪没吗]|在哪|去哪|发货|发出|物流|送到|签收|没收到|什么时候|\b(?:where|arriv\w*|ship\w*|track\w*|status"
    r"|deliver\w*|coming|update)\b"
)
LONGEST_BESIDE = 25
"""Characters around an order number with which a turn is still that number, after a turn that was about an order."""


def asks_by_number(conversation: Conversation) -> str:
    """The number of the order that somebody asks about, by itself or after we spoke of an order; else ""."""
    words = fold(conversation.question[:200])
    found = next((match for match in _NUMBER.finditer(words) if not _is_another_number(match, words)), None)
    if found is None:
        return ""
    beside = words[: found.start()] + words[found.end() :]
    named = not re.sub(r"\W", "", _BESIDE.sub("", beside))
    spoken = _spoke_of_an_order(conversation) and len(beside) <= LONGEST_BESIDE
    if named and re.fullmatch(r"1\d{10}", found[0]) and not spoken and "单" not in beside and "order" not in beside:
        return ""  # a bare phone number
    waited_for = bool(_WAITED_FOR.search(beside)) and not RULE.search(beside)
    return found[0] if named or spoken or waited_for else ""


def wants_it_for_more(conversation: Conversation) -> bool:
    """Whether what was spoken of before is not where the order is: to cancel it, to send it back, to change it."""
    if asks_where(conversation.question) or _WAITED_FOR.search(fold(conversation.question[:200])):
        return False
    before = [turn.content for turn in conversation.turns[:-1][-3:] if turn.role == "user"]
    asked = fold(" ".join(before))
    return bool(RULE.search(asked)) and not any(map(asks_where, before)) and not _WAITED_FOR.search(asked)


def _is_another_number(found: re.Match[str], words: str) -> bool:
    """A date, a measure, a price, a count or a phone number, unless it is called the number of an order."""
    before, after = words[: found.start()], words[found.end() :]
    if _PHONE.fullmatch(found[0]) and _PHONE_SAID.search(before + after) and not _ORDERED.search(before):
        return True
    if _NUMBERED.search(before) or not re.fullmatch(r"[\d_-]+", found[0]):
        return False
    if _MEASURE.match(after) or before.rstrip().endswith(("¥", "$", "€", "£")):
        return True
    if _ORDERED.search(before):
        return False
    beside = re.sub(r"\W", "", _BESIDE.sub("", before + after))
    return bool(beside) and bool(_DATE.fullmatch(found[0]) or _PHONE.fullmatch(found[0]))


def _spoke_of_an_order(conversation: Conversation) -> bool:
    before = conversation.turns[:-1][-3:]
    asked = any(turn.role == "user" and asks_where(turn.content) for turn in before)
    return asked or any(turn.role == "assistant" and _ASKED_FOR_NUMBER.search(turn.content) for turn in before)

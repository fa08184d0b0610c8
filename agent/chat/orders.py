"""Where somebody's own parcel is: read off their words, answered from their own record as far as it goes.

Takes words, gives whether they ask it and by which number; takes a customer, gives the facts of one of their orders.
What the carrier knows is not on record here, so nothing is said of it; of another's order nothing is said at all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from agent.chat.intent import fold
from agent.chat.records import Conversation
from agent.domain import Customer, Event, Fact, Language
from agent.facts.sheet import names_of, order_facts
from agent.house import House

_SAYABLE = ("last_item", "last_order_date", "days_since_order")
_PARCEL_ZH = r"(?:订单|訂單|包裹|快递|快遞|物流|东西|東西|货|[这那一]单|下的单|买的[^，。？?]{1,12}?)"
_WHERE_ZH = (
    r"(?:到哪|在哪|去哪|走到|送到哪|(?:什么时候|几时|哪天|几号|多久)(?:能|会|可以|才)?(?:到|送|收到|发)"
    r"|[到发寄]了?(?:货了?)?[吗嘛没么]|到没到|发没发|"
    r"签收了[吗嘛没么]|不动|没更新|没动静|还没|还不到|查一?下)"
)
_THING = r"(?:order|parcel|package|delivery|shipment)"
_WHERE = re.compile(
    rf"(?:我|咱|查|这|那|上次|昨天|前天|上周|刚|号).{{0,16}}?{_PARCEL_ZH}.{{0,10}}?{_WHERE_ZH}"
    rf"|昨天下的单.{{0,6}}?{_WHERE_ZH}|^{_PARCEL_ZH}.{{0,6}}?{_WHERE_ZH}|查(?:一?下)?(?:我的?)?(?:物流|快递|包裹)"
    r"|^(?:请)?(?:帮我|我想|我要)?(?:查询?|看)?(?:一?下)?我?的?(?:订单|包裹|快递|物流)(?:状态|进度|情况|信息"
    r"|号)?[。？?]?$"
    rf"|^(?:(?:check|the|my|an?|please|your) )*{_THING}(?: status| update| tracking)?(?: please)?[.?]?$"
    r"|\bwhere(?: is|'s|s| are| did| has)? (?:order (?:no |number )?#?\w*\d"
    rf"|(?:my|the|our|that)\b.{{0,30}}\b(?:{_THING}|items?|stuff|things?)\b)"
    r"|\b(?:track|locate|trace|check|find|status of|update on|news (?:of|on|about)) (?:on )?(?:my|the|our)\b"
    rf".{{0,20}}\b{_THING}\b"
    rf"|\b(?:did|has|have|is|will|was) (?:my|our)\b.{{0,20}}\b{_THING} (?:been )?"
    r"(?:ship\w*|sent|left|leave|dispatched|on its way)\b"
    rf"|\b(?:my|our)\b.{{0,20}}\b{_THING}\b.{{0,20}}\b(?:status|arrive|arriving|shipped|sent out|on its way|"
    r"get here|got here|turn(?:ed)? up|show(?:ed)? up|due|coming|dispatched|delivered)\b"
    r"|^(?:has|have|is|was|are) (?:my|our) .{1,30}\b(?:shipped|dispatched|on its way|been sent)"
    r"(?: yet| already| out)?[?.!]*$"
    r"|^[^，。？?]{1,12}的[^，。？?]{1,8}(?:发货|发出|寄出)了(?:吗|嘛|没有?|么)[？?。]?$"
)
_RULE = re.compile(
    r"怎么办|规定|赔|运费|退|换|取消|改地址|一般|通常|几点"
    r"|\b(?:what (?:if|happens|do i do)|usually|generally|refund|return|cancel|change|address|cost|fee|policy"
    r"|compensat\w+)\b"
)


def asks_where(question: str) -> bool:
    """Whether this is about one's own parcel on its way, and not about the rule for parcels."""
    words = fold(question[:1_000])
    return bool(_WHERE.search(words)) and not _RULE.search(words)


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
LONG_AGO = timedelta(days=30)
"""An order older than this is hardly the parcel that somebody waits for, so it is not told as if it were on its way."""


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
    waited_for = bool(_WAITED_FOR.search(beside)) and not _RULE.search(beside)
    return found[0] if named or spoken or waited_for else ""


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


def last_order(customer: Customer, language: Language, house: House) -> tuple[Fact, ...]:
    """What may be said of the last order that was not cancelled; nothing where there is none."""
    return _told(house.history.timeline(customer.id, house.clock.now()), customer, language, house)


def order_numbered(number: str, customer: Customer, language: Language, house: House) -> tuple[Fact, ...]:
    """What may be said of this customer's own order with this number; nothing where they have none."""
    events = house.history.timeline(customer.id, house.clock.now())
    theirs = [event for event in events if event.order_id and _plain(event.order_id) == _plain(number)]
    return _told(theirs, customer, language, house)


def was_cancelled(number: str, customer: Customer, house: House) -> bool:
    """Whether this customer's own order with this number is on record as cancelled."""
    events = house.history.timeline(customer.id, house.clock.now())
    return any(e.kind == "cancel" and e.order_id and _plain(e.order_id) == _plain(number) for e in events)


def is_long_ago(order: Sequence[Fact]) -> bool:
    days = next((fact.value for fact in order if fact.slot == "days_since_order"), 0)
    return isinstance(days, int) and timedelta(days=days) > LONG_AGO


def _plain(number: str) -> str:
    return re.sub(r"[\W_]", "", fold(number))


def _told(events: Sequence[Event], customer: Customer, language: Language, house: House) -> tuple[Fact, ...]:
    now, zone = house.clock.now(), ZoneInfo(house.brand.timezone)
    facts = order_facts(events, language, now.astimezone(zone).date(), zone, names_of(customer))
    return tuple(fact for fact in facts if fact.slot in _SAYABLE and fact.value is not None)

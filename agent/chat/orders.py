"""Where somebody's own parcel is: read off their words, answered from their own record as far as it goes.

Takes words, gives whether they ask it and by which number; takes a customer, gives the facts of one of their orders.
What the carrier knows is not on record here, so nothing is said of it; of another's order nothing is said at all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from agent.domain import Customer, Event, Fact, Language
from agent.facts.sheet import names_of, order_facts
from agent.house import House
from agent.language.spoken import fold

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
RULE = re.compile(
    r"怎么办|规定|赔|运费|退|换|取消|改地址|一般|通常|几点"
    r"|\b(?:what (?:if|happens|do i do)|usually|generally|refund|return|cancel|change|address|cost|fee|policy"
    r"|compensat\w+)\b"
)


def asks_where(question: str) -> bool:
    """Whether this is about one's own parcel on its way, and not about the rule for parcels."""
    words = fold(question[:1_000])
    return bool(_WHERE.search(words)) and not RULE.search(words)


LONG_AGO = timedelta(days=30)
"""An order older than this is hardly the parcel that somebody waits for, so it is not told as if it were on its way."""


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
    return tuple(fact for fact in facts if fact.slot in _SAYABLE and fact.value not in (None, ""))

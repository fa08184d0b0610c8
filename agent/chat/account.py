"""What somebody asks about their own record: points, tier, what they bought last.

Takes words, gives what is asked; takes a customer, gives facts. Only the record of whoever is
talking is ever read. The rule for points or tiers is another question, and a clause answers it.
"""

from __future__ import annotations

import re
from enum import StrEnum

from agent.domain import Customer, Fact, Source
from agent.facts.people import clean_tier
from agent.language.spoken import fold
from agent.slots import slot_table


class Asked(StrEnum):
    """Which entry of their own record is meant."""

    POINTS = "points"
    TIER = "tier"
    LAST_ORDER = "last_order"


_WHEN_ZH = r"(?:上次|上一次|上回|前一次|最近(?:的|一次|一回|这次)?|最后(?:一次|一回)?)"
_ASKED = {
    Asked.POINTS: re.compile(
        r"(?:我|俺|咱|本人|账户|账号|名下|现在|目前|还有|还剩|剩|里|共)[^，。？?]{0,8}(?:多少|几|啥)(?:个|点"
        r"|分)?(?:积分|分(?![期钟之]))"
        r"|积分(?:余额|还有[吗么没]|还?有(?:多少|几|没有)|还?剩(?:下|余)?(?:多少|几)|多少了?[？?]?$|(?:是|有)多少)"
        r"|(?:查|看|问|告诉我?)(?:询|一?下|下|看)?我?(?:的|有多少)?积分"
        r"|我的?积分(?:呢|是|有|还|剩|够|现在|多少|[？?]?$)"
        r"|\bhow many (?:\w+ )?points (?:do|have|are|did|can you see|i)\b|\b(?:my|our) (?:\w+ )?points?(?: balance"
        r"| total)?(?:[ ?.!]*$"
        r"| please)|\bpoints? (?:balance|total)\b|\bhow (?:much|many) (?:is|are) (?:in|on) my (?:points|account)"
        r"|\b(?:check|see|show|tell|view|look up|what(?:'s| is| are)) (?:me )?my (?:\w+ )?points\b"
        r"|\b(?:do|have) i (?:have|got|still have) (?:any )?points\b"
    ),
    Asked.TIER: re.compile(
        r"我(?:现在|目前|的|账号|账户|会员)*(?:是|到|属于|算)(?:了)?(?:什么|哪个|哪一|啥|几)(?:样的)?(?:会员|等级"
        r"|级别|卡|级)|我(?:的|现在)?(?:会员)?"
        r"(?:等级|级别)(?:呢|是|到|多少|[？?]?$)"
        r"|我(?:现在)?(?:是不是|算不算|是)(?:个)?(?:金卡|银卡|会员)(?:会员)?(?:[吗么嘛？?]|$)"
        r"|查(?:一?下)?我的?(?:会员)?等级"
        r"|\b(?:what|which) (?:membership )?(?:tier|level|status) (?:am i|do i have|is my|have i)\b"
        r"|\b(?:what(?:'s| is)|check|show|tell me) my (?:membership |member |current )*(?:tier|level|status"
        r"|membership)\b"
        r"|\bam i (?:a |an )?(?:silver|gold|member|platinum|vip)\b"
    ),
    Asked.LAST_ORDER: re.compile(
        rf"我?{_WHEN_ZH}我?(?:在你们(?:家|这里?|那里?|店)?)?(?:买|购买|下单|订购?|拍)(?:了|过|的)*(?:东西)?(?:是"
        r"|的是)?(?:什么|啥|哪|几|多少)"
        rf"|我?(?:是)?(?:什么时候|哪天|几号|何时){_WHEN_ZH}?(?:买|下单)(?:的|过)?[？?]?$"
        rf"|{_WHEN_ZH}(?:什么时候|哪天|几号|何时|是什么时候|是哪天)?(?:买|下单)(?:的|过)?(?:时间)?(?:是)?(?:什么时候"
        r"|哪天|几号|何时)"
        rf"|{_WHEN_ZH}(?:什么时候|哪天|几号)(?:买|下单)"
        r"|我的?(?:上|最近|最后|前)(?:的)?一?[单笔个](?:订单)?(?:买的?)?(?:是|的?是)?(?:什么|啥|哪|多少|何时)|我(?:都"
        r"|以前|之前|曾经)*(?:买过|订过)(?:些|了)?(?:什么|啥|哪些)"
        r"|(?:查|看|告诉我?)(?:询|一?下|下)?我?的?(?:上一?单|上次的?订单|最近的?(?:一单|订单)|购买记录|订单记录"
        r"|历史订单)"
        r"|我的?(?:购买记录|订单记录|历史订单)"
        r"|\bwhat (?:did|have|was|were|had) (?:it )?i\b[^?.!]{0,12}\b(?:order|buy|bought|purchas"
        r"|get)\w*[^?.!]{0,20}\b(?:last|recent\w*"
        r"|previous\w*|before|lately|so far)\b|\bwhat did i (?:last|recently) (?:order|buy|purchase|get)\b"
        r"|\bwhat(?:'s| is| was| were) (?:in )?my (?:last|latest|most recent|previous|recent) (?:order|purchase)s?\b"
        r"|\bwhat (?:have|did) i (?:order|buy|bought|purchase)(?:ed)?(?: from you)?[ ?.!]*$"
        r"|\bwhen (?:did i last|was my last|was the last time i|did i (?:place|make) my last) ?(?:order|buy|purchase"
        r"|shop)?"
        r"|\b(?:show|tell|remind|look up|see)(?: me)?(?: of| about)?(?: what)?(?: was)? my (?:last|latest|most recent"
        r"|previous|recent) (?:order"
        r"|purchase)s?(?! (?:not|ha|is|to))|\bmy (?:order|purchase) history\b|\bmy (?:last|latest"
        r"|most recent) (?:order|purchase)[ ?.!]*$"
    ),
}
_RULE = re.compile(
    r"抵|换|值|怎么(?!没)|如何|规则|过期|到账|没到|没有到|没给|少了|有什么用|退|能(?:用|买|得|拿)|可以(?:用|买|得)|攒"
    r"|多久|消费|才能|要花|每|取消|发货|到哪|(?:能|会)?到[吗没了？?]?$|坏|碎|破|裂"
    r"|\b(?:worth|expir\w*|earn\w*|missing|not (?:added|credited)|use|spend|redeem\w*|need\w*|per|for (?:a|an|each"
    r"|every)|become"
    r"|refund\w*|return\w*|cancel\w*|arriv\w*|where|ship\w*|deliver\w*|get for|do i get|would i get)\b"
)


_KIN_ZH = (
    r"(?:爸爸?|妈妈?|父亲|母亲|爸妈|父母|老公|老婆|丈夫|妻子|爱人|先生|太太|儿子|女儿|孩子|哥哥?|姐姐?|弟弟?|妹妹?"
    r"|爷爷|奶奶|外公|外婆|男朋友|女朋友|男友|女友|朋友|同事|同学|家人|邻居|室友|亲戚|老板)"
)
_KIN_EN = (
    r"(?:mum|mom|mother|dad|father|parents?|wife|husband|partner|spouse|son|daughter|kids?|child(?:ren)?|brother"
    r"|sister|siblings?|friends?|girlfriend|boyfriend|colleagues?|boss|neighbou?rs?|family|flatmates?|uncle|aunt"
    r"|grand(?:mother|father|ma|pa|parents))"
)
_ANOTHERS = re.compile(
    rf"(?:我的?)?{_KIN_ZH}(?:的|有|还|现在|是|上次|账|会员|积分)|(?:他|她|它|别人|人家|其他人|其他客户|其他顾客)们?的?"
    r"(?:积分|账|会员|等级|订单|还?有|是什么|上次|上一)"
    r"|^(?:请|麻烦)?+(?:帮我)?+(?:查|看|问)?+(?:询|一?下)?+(?!我|俺|咱|本人|账|名下|现在|目前|查|看|上|最|会员|积分|这|那|总|一共|全部"
    r"|剩|当前|自己|可用|你|您|请|好|今|去年|本)(?:(?!我)[\u4e00-\u9fff]){2,4}的(?:会员)?(?:积分|等级|上一单|订单记录|购买记录)"
    rf"|\b(?:my|our|the|a) (?:\w+ )?{_KIN_EN}(?:'s?)?\b|\b(?:his|hers?|their|she|he|they|somebody|someone)(?:'s)?\b"
    r"|\b(?:other|another) (?:customer|person|user|client|member|people)s?\b"
    r"|\bpoints (?:do|does|has|have) (?!i\b|we\b|you see\b)\w+|\bpoints do you give\b"
)
"""Words about somebody else: whose record it is stands in no sentence of a chat, so nothing is told."""
_RULE_AFTER_ALL = re.compile(
    r"\b(?:did|do|will|would|should) (?:i|we) (?:get|receive|collect) (?:any |the |my )?points\b|\bsign(?:ing)? up\b"
    r"|\bif (?:i|we|you)\b|\bpoints for\b"
)


def asked_of_record(question: str) -> Asked | None:
    """Which entry of their own record somebody asks for; None for anything else, the rule for it included."""
    words = fold(question[:500])
    if _RULE.search(words) or _RULE_AFTER_ALL.search(words) or _ANOTHERS.search(words):
        return None
    return next((name for name, pattern in _ASKED.items() if pattern.search(words)), None)


def account_facts(customer: Customer) -> tuple[Fact, ...]:
    """Points and tier as they are on record; what is not on record is left out."""
    tier = clean_tier(customer.tier) if customer.tier else None
    source = Source("customer", customer.id)
    found = {"points_balance": customer.points or None, "tier": tier}
    return tuple(Fact(slot, slot_table()[slot].type, value, source) for slot, value in found.items() if value)

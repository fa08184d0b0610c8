"""How a sentence stands to a clause: same matter or not, more than it grants, less than it asks, or against it.

Works on folded text. What somebody says in other words is still the clause; what leaves out its condition is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from agent.guardrails.licence import content
from agent.language.sieve import sieve

# --- the same matter --------------------------------------------------------------------------------------------------


def backs(clause: str, sentence: str) -> bool:
    """Whether they speak of one thing: half of the clause, or three of its words and a good part of the sentence."""
    own, said = content(clause), content(sentence)
    common = len(own & said)
    return common >= 3 and (2 * common >= len(own) or 5 * common >= 2 * len(said))


def shared(clause: str, sentence: str) -> int:
    """How many words or pairs of characters they have in common."""
    return len(content(clause) & content(sentence))


# --- more than the clause says ----------------------------------------------------------------------------------------

_ALL = sieve(
    r"一律|所有|全部|任何|一切|随时(?!叫|找|联系|问|告诉|来|留言|回复|跟|说|喊|可以(?:找|联系|问)|都可以(?:找|联系"
    r"|问|来))|永远|(?<!来回运费)(?<!往返运费)(?<!来回邮费)都由|全额|多少赔多少|不管|无论|(?:几次|多久"
    r"|多少|哪天|多远)都|什么都|怎么都|照样"
    r"|(?<![a-z])(?:always|any (?:item|order(?! of)|reason|product|condition|country|time(?! (?:up to"
    r"|until|till|before|within|between))|amount|number)"
    r"|anything (?:at all|goes|can be)"
    r"|every(?:thing)? (?!as it)|whatever (?:the|your) (?:reason|condition)|no matter"
    r"|any ?time(?! (?:up to|until|till|before|within|between))|future ones"
    r"|the whole|all you (?:like|want)"
    r"|as (?:much|often|many times) as|whenever|no (?:limits?|questions|exceptions?)|at all times|for ?ever"
    r"|never too late"
    r"|all (?:items|products|orders|goods|returns|cases|customers|the time)|even (?:if|on|when|after"
    r"|without))(?![a-z])"
)


def says_of_all(sentence: str) -> bool:
    return bool(_ALL.search(sentence)) and not _OF_NOTHING.search(sentence)


_OF_NOTHING = sieve(
    r"没有|并未|不要|不亏|不吃亏|请勿|别[把给让在]|没(?:增|改|动)|不(?:会|能|是|承诺|保证)|退订|(?<![a-z])(?:not|(?:do"
    r"|does|did|is"
    r"|are|wo)n't|unsubscribe)(?![a-z])"
)


def widens(clause: str, sentence: str) -> bool:
    """Whether the sentence says of all what the clause says of some: 运费一律由我们承担."""
    return says_of_all(sentence) and not _ALL.search(clause)


# --- against the clause -----------------------------------------------------------------------------------------------

_MATTER = "(?:退|换|赔|保修|质保|修|改|补|送|取消|解约|理赔|承担|抵|关闭|注销|提供|支持|覆盖|免费|报销|办|申请)"
_DENIAL = sieve(
    r"(?:不能|不可以?|不给|不会(?!悄悄|偷偷|突然|随便|擅自|再|另外)|不予|不再|不支持|不提供|不允许|不接受"
    r"|不负责|无法|没法|概不|从不|没办法|拒绝)"
    rf"\w{{0,3}}?{_MATTER}|(?<!才)(?<!还是)(?<!是否)(?<!退)(?<!换)(?<!修)(?<!赔)(?<!补)不(?:退|换|赔|修|保修"
    rf"|补)(?![货本证息底值])"
    rf"|{_MATTER}\w{{0,2}}不(?:了|成)"
    r"|(?:没有?)(?:这|此)?(?:个|项|种)?(?:业务|服务|功能|政策|说法|待遇)|不在\w{0,6}(?:范围|之列"
    r"|[质包承]保里|里[面头]|其中|其内)|不保(?=$|[,，。;；的哦哈了])"
    r"|(?<![a-z])(?:(?:can't|cannot|can not|won't|will not|don't|do not|doesn't|does not|never|unable to|not able to"
    r"|aren't able to|isn't able to|not|isn't|aren't|is not|are not)(?: be| usually| ever| normally| currently)?"
    r" (?:return|refund|exchang|replac|repair|cover|cancel|paus|skip|restor|reimburs|compensat|match|withdraw"
    r"|swap|re-?sen[dt]|offer|eligible|possible|available|allow|accept|entitled)\w*"
    r"|non-?(?:refundable|returnable)|no (?:refunds?|returns?|exchanges?|repairs?|warranty|cover)"
    r"|(?:is|are) out of the question)"
)
_PROVISO = sieve(
    r"除[^,，。]{1,16}外|除外|除非|期满|即可|未(?!到检)|不影响|完好|人为|凭|须|需|仅限|只限|前提|之前|以前|前可|满\d"
    r"|(?<![a-z])(?:if|unless|except|excluding|excluded|only|unused|unworn|unopened|original|provided|within|until"
    r"|up to"
    r"|before|subject to|must|less than|at least|with (?:all|a|the|tags))(?![a-z])"
)
_EVEN = sieve(
    r"(?:也|都|照样)(?:是)?(?:不|没(?!有?[用拆穿洗动开])|概不)|(?<![a-z])(?:not even|even (?:if|when|with)"
    r"|either|under any)(?![a-z])"
)


def denies(sentence: str) -> bool:
    """Whether the sentence says that something is not granted; "no charge" and "if it doesn't fit" deny nothing."""
    return bool(_DENIAL.search(_SUPPOSED.sub(" ", sentence)))


_SUPPOSED = sieve(
    r"(?:如果|要是|若|万一)[^,，。;；!！?？]*|[^,，。;；!！?？]*的话|不(?:退|换|修|办|买|续)也(?:没关系|行"
    r"|可以|不要紧|无妨)|不(?:另)?(?:收|要|用|花)\w{0,2}[钱费]"
    r"|(?<![a-z])(?:if|when|unless|in case|as long as|once|because|since)(?![a-z])[^,.;!?]*"
    r"|(?<![a-z])(?:no|not any|without)(?: \w+)? (?:charge|cost|rush|hurry|problem|worries|fee)(?![a-z])"
)


def may_deny(clauses: Iterable[str], passage: str) -> bool:
    """Whether a denial rests on the clauses: one denies as well, or a proviso of theirs is what the passage names.

    "也不退" and "not even" deny what the proviso itself leaves open, and rest on nothing.
    """
    if _NO_SUCH.search(passage):
        clauses = [clause for clause in clauses if denies(clause)]
    for clause in clauses:
        if denies(clause) and shared(clause, passage) and not (_PROVISO.search(clause) and _EVEN.search(passage)):
            return True
        if _PROVISO.search(clause) and shared(clause, passage) and not _EVEN.search(passage):
            return True
    return False


_NO_SUCH = sieve(
    r"没有?(?:这|此)?(?:个|项|种)?(?:业务|服务|功能|政策|说法|待遇)|(?<![a-z])(?:no such (?:thing|service|option)"
    r"|(?:don't|do not) (?:offer|do|have) (?:that|this|it|such)|isn't a thing)"
)


def waives(text: str) -> bool:
    """Whether a fee, a penalty or a loss is taken off somebody."""
    return bool(_WAIVES.search(text))


_WAIVES = sieve(
    r"(?:违约金|手续费|滞纳金|服务费|年费|赎回费|罚金|补偿金|月费)\w{0,6}(?:免(?!收赎回费)|不收|不用交|抹掉"
    r"|取消|算了)"
    r"|(?<!不)免(?:掉|去|除)?\w{0,4}(?:违约金|手续费|滞纳金|服务费|年费|月费|罚金)"
    r"|(?<![a-z])(?:waiv(?:e|ed|ing)|dropp?ed|scrap(?:ped)?|wip(?:e|ed)|tak(?:e|en|ing)) (?:\w+ ){0,3}?(?:fees?"
    r"|charges?"
    r"|penalt\w+)(?: (?:off|down|away))?(?![a-z])"
)


def grants_what_is_denied(clause: str, sentence: str) -> bool:
    """Whether the clause, or the part of it that speaks of the same, flatly says no to what the sentence gives."""
    if _PROVISO.search(clause) or denies(sentence):
        return False
    return any(denies(part) and shared(part, sentence) >= 2 for part in _PART.split(clause))


_PART = sieve(r"[,，;；]")


def contradict(clauses: list[str]) -> bool:
    """Two clauses on one matter, one granting and one ruling out without a proviso."""
    flat = [clause for clause in clauses if _NEVER.search(clause) and not _PROVISO.search(clause)]
    return any(shared(one, other) >= 2 for one in flat for other in clauses if not _NEVER.search(other))


_NEVER = sieve(
    r"不予|概不|一律不|从不|不得|不支持|不提供|不延长|不可延|(?<![a-z])(?:never"
    r"|under no circumstances|in no case|no exceptions?|is not possible|not allowed)(?![a-z])"
)

# --- without its condition --------------------------------------------------------------------------------------------

_CONDITION = sieve(
    r"除外|除(?!了)|未(?:使用|拆|开封|激活|下水|洗|穿)|完好|不影响二次|人为"
    r"|(?:仅|只)(?:限|适用)|偏远|凭|须|需|前提|满\d|以内|现货|非质量|质量问题|合格|照片"
    r"|(?<![a-z])(?:unused|unworn|unopened|original|packaging|excluded?|excluding|except|unless|photo|proof|tags"
    r"|accessories|defects?|provided|subject to|with (?:a |the )?receipt|final[- ]sale|once|variable|remote"
    r"|authori[sz]ed|after we receive|reported)(?![a-z])"
)
_START = sieve(
    r"自?(?:签收|收货|付款|到账|购买|激活)(?:之?日)?(?:起|后)|(?<![a-z])(?:from|of|after) (?:delivery|purchase)"
)
_GIVES = sieve(
    r"可以?|能|支持|享|免费|包[退换]|给您|为您|退您|都[退换]|由我们承担|质保|保修"
    r"|(?<![a-z])(?:you(?:'ll| will| can|'re covered| get| have)|we(?:'ll| will| can)?|can be|is covered|are covered"
    r"|free|entitled|returnable|refundable|send it back|bring it back)(?![a-z])"
)
_GENERAL = content(
    "商品 产品 订单 可以 申请 提供 您的 我们 使用 之后 以后 签收 收货 天内 退货 换货 退款 保修 质保 维修 发货 配送"
    " 理赔 赔付 无理由 item items order orders product products days delivery purchase"
)


def drops_condition(clause: str, sentence: str, around: str) -> bool:
    """A clause that grants on a condition, told as a grant with none of its conditions in the words around."""
    if not _GIVES.search(sentence) or denies(sentence):
        return False
    conditions = {match.group() for match in _CONDITION.finditer(clause)}
    if not conditions or any(re.search(_OTHERWISE.get(one, re.escape(one)), around) for one in conditions):
        return False
    said = content(around) - _GENERAL
    return not any((content(part) - _GENERAL - _grant(clause)) & said for part in _conditional_parts(clause))


_OTHERWISE = {
    "unused": r"\bus(?:e|ed|ing)\b|unused",
    "unopened": r"open",
    "unworn": r"unworn|\bw(?:ear|ore|orn)",
    "original": r"original|packag|\bbox",
    "photo": r"photo|pic",
    "defects": r"defect|fault",
    "tags": r"tag",
    "once": r"once|one time|single",
    "未使用": r"没用|未用|使用",
    "未开封": r"开封|拆|打开",
    "未拆": r"拆|开封",
    "完好": r"完好|完整|没坏|没剪",
    "合格": r"合格|验收|没问题",
    "照片": r"照|拍|图",
    "人为": r"人为|摔|进水|自己弄",
}
"""How people say a condition; a condition that is not here is said in its own words."""


def _conditional_parts(clause: str) -> list[str]:
    return [part for part in re.split(r"[,，;；:：、]", clause) if _CONDITION.search(part) and not _START.search(part)]


def _grant(clause: str) -> frozenset[str]:
    """The words of the parts that grant: they are said by whoever speaks of the clause at all."""
    plain = [part for part in re.split(r"[,，;；:：]", clause) if not _CONDITION.search(part)]
    return frozenset(word for part in plain for word in content(part))

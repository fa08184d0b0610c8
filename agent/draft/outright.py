"""Whether a clause offers outright: made up of nothing but words with which an offer is handed over.

Takes text, the clause's literals that are known to be right, and a language. A list of what can limit an offer
(members, two items, weekends, Canada …) is never whole, so the list is the other way round: one word that is not on it,
and the literal stays unbound. That costs a repair; a limit that is read over would be cited as the offer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from agent.domain import Language
from agent.slots.grammar import TOKEN

ENGLISH = frozenset(
    "a an the this that it its is are be you your yours you'll you've we we've us our i me have has "
    "here here's there there's "
    "take get enjoy receive use using give giving given gift offer offers offered save saves kept "
    "keep set aside saved claim collect "
    "for to of on in off with from at by and or more so as also just simply next whole entire order "
    "orders basket purchase "
    "purchases cart checkout when whenever if spend spending over above least minimum value applies "
    "apply works work enter "
    "code coupon voucher discount until till through before valid good small little something treat "
    "thank thanks thank-you token "
    "appreciation would like love glad happy pleased please can may want waiting ready available "
    "welcome back come one own "
    "percent dollars dollar up qualifies qualify any whatever time now again bonus extra points point hi hello "
    "dear sending send adding put away no strings attached end ends day last deadline expire expires "
    "run runs date wish need single kind regards warmly".split()
)
CHINESE = re.compile(
    r"送给|赠送|送|给|为|留|您|你|备了?|准备|奉上|附上|一点|一份|心意|一张|这张|有张|手上|手边|优惠券|"
    r"优惠|折扣|代金|满减|券|打个?|可享受?|享受?|特别?|发放?|"
    r"立减|直减|减免|再?减(?=\s)|减|抵扣|能抵|抵|本单|这单|本次|这次|此次|全单|下一?单|下次|订单|单笔|"
    r"消费|使用|可以|可用|能用|能|就能|就可|即可|起用|用|"
    r"码|凭|填|输入|结算时?|时|的话|随时|都|前|之前|以前|内|有效期?|截止|到期|至|到|请|于|在|了|的|是|"
    r"还是|就|哦|呀|啦|吧|也|还|和|有|请查收|收好|记得|掉|作为|"
    r"老规矩|感谢|谢谢|算是|留着|慢慢|放心|领取?|得|积分|包邮|免邮|免?运费|我们|来|出|承担|这|里|一|"
    r"个|先|生|女|士|元|块钱?|门槛|满|达|订|全场|"
    r"[\s\d%￥¥.·~～“”\"'（）()：:/-]"
)


REACH = 400
"""Characters on either side in which the clause is looked for."""
GOODS = "\u25a0"
"""Stands in a masked text where an item's slot stands."""


def handed_over(text: str, start: int, end: int, known: Iterable[tuple[int, int]], language: Language) -> bool:
    """Whether the clause around text[start:end] holds, besides what is known, only words that hand an offer over."""
    begin, limit = max(0, start - REACH), min(len(text), end + REACH)
    blank = list(text[begin:limit])
    for left, right in (*known, (start, end)):
        if right > begin and left < limit:
            first, last = max(left, begin) - begin, min(right, limit) - begin
            blank[first:last] = " " * (last - first)
    clean = TOKEN.sub(lambda match: " " * len(match[0]), "".join(blank)).replace("\u25a1", " ")
    start, end = start - begin, end - begin
    clause = _clause(clean, start, end)
    if GOODS in clause:
        return False
    if language is Language.ZH:
        return not CHINESE.sub("", clause).strip()
    words = re.findall(r"[A-Za-z][A-Za-z'’-]*|\d+", clause.lower().replace("’", "'"))
    return all(word in ENGLISH for word in words)


LEADING = re.compile(
    r"(?:\A|[.!?\n])\s*((?:in|at|on|for|to|within|outside|after|during|when|with)\b[^,.!?\n]*),[^,.!?\n]*\Z", re.I
)
SHORT = re.compile(r"(?:\A|[.!?\n]\s*)((?:[\w'’-]+ ){0,2}[\w'’-]+),[^,.!?\n]*\Z")
"""In our store, 20% off; Buy one, take 20% off: what is put in front limits what follows."""


def _clause(text: str, start: int, end: int) -> str:
    left = re.split(r"[,.;:!?—–()\n，。；：！？、（）]", text[:start])[-1]
    for before in (LEADING, SHORT):
        if found := before.search(text[:start]):
            left = f"{found[1]} {left}"
    right = re.split(r"[,.;:!?—–()\n，。；：！？、（）]", text[end:], maxsplit=1)[0]
    return f"{left} {right}"

"""The words around a number that change what it means: given or spent, a bound, a denial, a supposition.

Works on folded text. Left and right mean the rest of the same clause.
"""

from __future__ import annotations

import re

from agent.language.sieve import sieve

_MARK = r"[。！？!?；;\n，,:：、]|(?<=[a-z0-9)%])\.(?=\s|$)"
_BREAK = re.compile(_MARK)
_LAST_BREAK = re.compile(rf"(?s:.*)(?:{_MARK})")
_HARD = sieve(r"[。！？!?；;\n]|(?<=[a-z0-9)%])\.(?=\s|$)")
_REACH = 40


def left_clause(text: str, at: int) -> str:
    """What stands before `at` in the same clause, at most forty characters."""
    window = text[max(0, at - _REACH) : at]
    mark = _LAST_BREAK.match(window)
    return window[mark.end() :] if mark else window


def right_clause(text: str, at: int) -> str:
    """What stands after `at` in the same clause."""
    mark = _BREAK.search(text, at, at + _REACH)
    return text[at : mark.start() if mark else at + _REACH]


_THRESHOLD_LEFT = sieve(
    r"(?:满|凑够|凑满|达到?|门槛|起用金额|超过|不低于|不少于)(?:金额|额|了|:)?\s?$"
    r"|(?:minimum|min\.?)(?: (?:spend|order|purchase|basket))?(?: value)?(?: of| is|:)?\s?$"
    r"|(?:orders?|purchases?|baskets?|carts?|anything)(?: \w+){0,2}? (?:of|over|above|from|worth"
    r"|totall?ing)(?: at least)?\s?$"
    r"|(?:spend|spending|you spend|you buy)(?: of)?(?: at least| over| more than| above)?\s?$|(?:over"
    r"|above|exceeding)\s?$"
)
_THRESHOLD_RIGHT = sieve(
    r"\s?(?:及?以上|起(?:用|可用)|就?可[以]?(?:使用|享|用|减|抵)|即[可减享]|使用门槛|的?门槛)"
    r"|\s?(?:or more|and up|and over|and above|or above|or over|\+|minimum|min\.?(?![a-z])|and more)"
)
_SPENT = sieve(r"(?:spent|you've spent|paid|累计|已消费|花了?|共|合计)\s?$")


def threshold_before(left: str, right: str) -> bool:
    return bool(_THRESHOLD_LEFT.search(left)) and not (re.search(r"累计|已|一共", left) and "可" not in right)


def threshold_after(right: str) -> bool:
    return bool(_THRESHOLD_RIGHT.match(right))


_BENEFIT_LEFT = sieve(
    r"(?:立减|直减|再减|减免|减|少付|少花|少交|抵扣|抵|立省|省下?|便宜|优惠|返现?|送|赠送|赠|补贴|奖励|补偿|红包"
    r"|降价?|领取?|得)(?:您|你|给您|了|到)?\s?$"
    r"|(?:save|saves|saving|take|takes|knock|knocks|get|gets|enjoy|gives?|gave|give you|gives you|put"
    r"|credit of|voucher (?:for|worth)"
    r"|discount of|coupon (?:for|worth)|bonus of|reward of|added|add|refunds? of|have|here(?:'s| is)"
    # a bill of 51 gives nothing
    r"|with|extra|another|worth|(?<!bill )(?<!fee )(?<!fees )(?<!charge )(?<!balance )(?<!price )"
    r"(?<!total )(?<!payment )(?<!cost )(?<!sum )(?<!order )(?<!rate )(?<!amount )(?<!deposit )"
    r"(?<!penalty )(?<!minimum )(?<!spend )(?<!half )of)"
    r"(?: you| up to| an extra| an additional| a)?\s?$"
)
_BENEFIT_RIGHT = sieve(
    r"\s?(?:的|无门槛)?(?:优惠|代金|现金|抵用|抵扣|满减|折扣|礼|体验|话费|储值)?(?:券|红包|津贴"
    r"|抵扣|立减|优惠|补贴|话费|礼金|的心意|心意|余额)"
    r"|\s?(?:off|discount|credit|back|voucher|coupon|gift|cash ?back|bonus|rebate|reward|in credit"
    r"|in your account|on your|towards?|less|reduction|savings?)(?![a-z])"
)


def benefit_before(left: str) -> bool:
    return bool(_BENEFIT_LEFT.search(left))


_POINTS_LEFT = sieve(r"(?:收下|备了|准备了|附上|奉上|给您|给你|存入|加上|敬上)(?:这|那)?\s?$")


def points_given(left: str) -> bool:
    """Points are also given in words that would say of money that it was paid: 请收下200积分."""
    return benefit_before(left) or bool(_POINTS_LEFT.search(left))


def benefit_after(right: str) -> bool:
    return bool(_BENEFIT_RIGHT.match(right))


_OFF_LEFT = sieve(
    r"(?:立减|直减|再减|减免|减|省下?|便宜|优惠|降价?|折扣|让利)(?:为|是|了)?\s?$|(?:save|saves"
    r"|saving|discount of|reduced by"
    r"|cut by|knock|take|takes|less)(?: \w+)?\s?$"
)
_OFF_RIGHT = sieve(
    r"\s?(?:的)?(?:优惠|折扣|减免|立减|优惠券|折扣券)"
    r"|[\s-]?(?:off(?![a-z])|(?:\w+ )?discount(?![a-z])|reduction|coupon|voucher|code|savings?"
    r"|less(?! than)|cheaper|lower|(?:welcome|thank[- ]you|loyalty) (?:offer|code))"
    r"|\s?(?:your|the|all|any|every) (?:next|whole|entire|order|purchase|basket|cart|item)"
)
_PAID = sieve(r"\s?(?:of|的) ?(?:the |our |its )?(?:regular |full |original |usual |normal |list )?(?:price|价格?)")
_BACK = sieve(r"\s?(?:back|cash ?back|返现|返还|返利|in credit|store credit)")


def percent_is_off(left: str, right: str) -> str | None:
    """How a percentage is meant: `off`, `back`, `paid` (what remains to pay), or None for any other percentage."""
    if _BACK.match(right) or re.search(r"(?:返现?|返还|返利)\s?$", left):
        return "back"
    if re.search(r"(?:原价|标价|售价|定价)的\s?$", left):
        return "paid"
    if _PAID.match(right) and re.search(r"(?:pay|for|at|only|just|按|付|仅需|只需|现在?)[\w ]{0,8}$", left):
        return "paid"
    if _OFF_RIGHT.match(right) or _OFF_LEFT.search(left):
        return "off"
    return None


_NEGATED = sieve(
    r"(?:不是|并不是|并非|没有|没法|无法|不能|不会|不打|不再|不含|而不是|而非|非)\w{0,4}$|不$"
    r"|(?:\bnot|n't|\bno|\bnever|\bwithout|\binstead of|\brather than|\bisn't|\bcannot)(?: \w+){0,3}\s?$"
)
_HYPOTHETICAL = sieve(
    r"如果|假如|要是|假设|倘若|万一能|若能|(?:^|[^a-z])(?:if|suppose|imagine|would|could have|might)(?![a-z])"
)
_COMPARED = sieve(
    r"(?:原价|原来|上次|去年|此前|之前|以前|往年|比)\w{0,6}$|(?:\bwas|\bused to be|\blast (?:year|month|time)(?:'s)?"
    r"|\bprevious(?:ly)?|\bearlier|\bformer)(?: \w+){0,2}\s?$"
)
_UP_TO_LEFT = sieve(
    r"(?:最高|至多|最多|高达|低至|最低|可达|多达|不超过|上限)\w{0,4}$|(?:\bup to|\bas (?:much|low"
    r"|many|little) as|\bat most"
    r"|\bmax(?:imum)?(?: of)?|\bno more than|\buntil)\s?(?:an? )?(?:extra )?$"
)
_UP_TO_RIGHT = sieve(r"\s?(?:以内|之内|封顶|以下|or less|or fewer|at most|max(?![a-z])|maximum)")
_AT_LEAST_LEFT = sieve(
    r"(?:至少|不少于|不低于|不止|超过|超|逾)\s?$|(?:\bat least|\bmore than|\bover|\babove|\bno less than|\bfrom"
    r"|\bstarting at)\s?(?:an? )?$"
)
_AT_LEAST_RIGHT = sieve(r"\s?(?:起(?!来|用)|以上|多(?![少久])|有余|\+|or more|and up|plus)")
_ABOUT_LEFT = sieve(
    r"(?:大约|约|大概|将近|接近|差不多|近)\s?$|(?:\babout|\baround|\bapproximately|\balmost|\bnearly|\broughly"
    r"|\bsome|\bapprox\.?|~)\s?$"
)
_ABOUT_RIGHT = sieve(r"\s?(?:左右|上下|or so|-ish)")


def qualifier_of(left: str, right: str) -> str | None:
    """The bound or doubt that the words put on a number, or None where it is simply said."""
    if _NEGATED.search(left):
        return "negated"
    if _HYPOTHETICAL.search(left):
        return "hypothetical"
    if _COMPARED.search(left):
        return "compared"
    if _UP_TO_LEFT.search(left) or _UP_TO_RIGHT.match(right):
        return "up_to"
    if _AT_LEAST_LEFT.search(left) or _AT_LEAST_RIGHT.match(right):
        return "at_least"
    if _ABOUT_LEFT.search(left) or _ABOUT_RIGHT.match(right):
        return "about"
    return None

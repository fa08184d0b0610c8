"""Does a text sell? Shared by the rules that ask what a message really is. Works on folded text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Protocol

from agent.guardrails.gifts import gifts
from agent.guardrails.licence import Licence
from agent.language.normalise import View
from agent.language.quantities import Quantity
from agent.language.sieve import sieve

BENEFIT_KINDS = frozenset({"percent_off", "percent_back", "free_shipping", "free_item"})

# A sentence that says there is nothing, or that it is over, offers nothing.
DENIED = sieve(
    r"(?:没有|没法|无法)\w{0,8}(?:优惠|折扣|活动|券|可用)|暂无(?:优惠|活动|折扣)|(?:已"
    r"|已经)(?:过期|失效|结束|到期|用完|下架)|(?:已经?|现在|目前|暂时|券|码|优惠)\w{0,2}不(?:能|可)(?:使用"
    r"|用)|不(?:能|可)再(?:使用|用)|无法(?:使用|提供)|不再提供"
    r"|(?:折|优惠|券|红包|赠品|礼品|积分|活动|补贴)(?:这边|现在|目前|暂时)?(?:是)?(?:没有|没了|做不(?:了|到)"
    r"|给不(?:了|到))"
    r"|(?:is|was|are|were)n't (?:right|true|correct|ours|a thing)|(?:is|was) (?:wrong|a mistake|not (?:right|true"
    r"|ours))"
    r"|(?:has|have) (?:already |now |since )?(?:expired|ended|lapsed)|(?:is|are|was) (?:no longer"
    r"|not) (?:valid|available|active)|expired (?:on|in|last|at)"
    r"|(?:can't|cannot|can not|unable to|not able to|won't) (?:offer|give|apply|extend|add"
    r"|promise)|(?:don't|do not|doesn't) (?:currently )?have (?:any |a |an )?(?:offer|discount"
    r"|coupon|code|promo)"
    r"|no (?:current |other |new )?(?:offers?|discounts?|coupons?|codes?|promotions?)(?: right now"
    r"| at the moment| available| today)?"
)
_VAGUE = sieve(
    r"(?:送(?!的是)|赠|赠送|领取?|专享|专属|尊享|准备了?|附上|奉上|给您|送您|获得|享受?|得"
    r"|有)\w{0,8}(?:优惠|券|折扣|福利|红包|特价|礼遇|礼物|好礼|立减|返利)"
    r"|(?:优惠|代金|折扣|满减|抵用|现金|免邮)券|(?:补偿|安抚|关怀|感谢|回馈|挽留)(?:券|红包)|算(?:我|我们)请"
    r"|(?:积分|流量|话费)(?:翻倍|加倍)|优惠码|兑换码|会员价|特价|限时折|秒杀|促销|福利价|折上折"
    r"|(?<![a-z])(?:(?!a (?:great|good) deal(?! on| for| at))"
    r"(?:your|a|an|our|this|special|exclusive|extra|little|limited|welcome|birthday"
    r"|secret)\s)+(?:\w+\s)?(?:discount|coupon|voucher|promo(?:tion)?|deal|treat|perk|gift card"
    r"|bonus)s?(?![a-z])"
    r"|(?<![a-z])(?:promo|discount|coupon|voucher) codes?|discounted|special (?:price|rate|offer)"
    r"|(?<![a-z])(?:double|triple|twice) (?:your|the|his|her) (?:points|miles|rewards?|data)"
    r"|money off|on sale(?![a-z])|limited[- ]time offer"
)
BEYOND = sieve(
    r"全[单场](?:免单|免费|都?免)|一分(?:钱)?(?:都|也)?不收|(?<!不)免单|(?:加|再|另|额外|附|白)送(?:您|你|"
    r"给您)?[一两二三几]|[送赠](?:您|你|给您|给你|送您)?"
    r"(?:[一两二三几]|\d+)(?:台|部|套|件|双|年|个月|只|瓶|箱|把|本|辆)|包邮(?:一|半|整|全|终身|永久|\d)"
    r"|(?<![a-z])(?:(?:whole|entire|next|your) order (?:is|will be|comes) (?:now |today )?free|(?:everything|it "
    r"all|all of it) is free"
    r"|free (?:\w+ )?(?:years?|months?|weeks?|phone|tablet|membership|order|meal)|get (?:one|two|another|\d+) free"
    r"|(?:take|get|save|knock) (?:ten|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|\d+) (?:more "
    r")?off"
    r"|free (?:shipping|delivery) for (?:a|the|one|your|life)(?: \w+){0,2})(?![a-z])"
)
"""More than any coupon of ours gives: a free order, goods, a year of anything. The row cannot license it."""
_UPSELL = sieve(
    r"(?:下一?单|下次|这次)(?:您)?(?:就)?(?:改走|换成?|升级|改用|改寄|加上)|再(?:给您)?配(?:上)?(?:一份|一个"
    r"|一套|一台|个|份)|一起买更|这就给您(?:下单?|加)|(?:不如|何不|(?<!以后)要不要|建议您?|推荐您?|顺便|顺手"
    r"|正好)\w{0,6}(?:升级|加购|再买|再来|下单|换购"
    r"|试试我们的?新|看看新)|加购|换购价|升级到?(?:更高|高端|尊享)|新品(?:上架|上新|热卖|推荐)"
    r"|限时(?:抢购|特惠)"
    r"|(?<![a-z])(?:have you (?:thought about|considered|tried|looked at|heard about) (?:our |the |going "
    r"|moving )?(?:premium|plus|pro|upgrad\w+"
    r"|adding|family plan|annual plan|new)|upgrade to|why not (?:add|try|upgrade|buy)|add (?:a|an"
    r"|our) \w+ (?:plan|add-on"
    r"|insurance|cover)|you might also (?:like|love)|shop (?:now|the new|our)|buy (?:now|one"
    r"|yours)|order (?:yours )?(?:now|today)"
    r"|check out our new|treat yourself|shall (?:i|we) (?:set|add|order|sign|put|book|send)(?: \w+){0,3} (?:one"
    r"|another|a second|it|you|them) (?:up|in|down|to)|(?:only|just) [£$€]\d[\d.]* (?:a|per) (?:month|year|week)"
    r"|a second (?:\w+ ){1,3}for your|new (?:arrivals?|collection|range)|best ?sellers?)(?![a-z])"
)


class ReadField(Protocol):
    """What a field offers here: its tight text, its quantities, and whether a place lies in a denial."""

    @property
    def tight(self) -> View: ...

    @property
    def quantities(self) -> list[Quantity]: ...

    @property
    def shares(self) -> frozenset[Decimal]: ...

    def points_near(self, at: int) -> list[Decimal]: ...

    def is_denied(self, at: int) -> bool: ...

    def sentence(self, at: int) -> str: ...

    def passage(self, at: int) -> str: ...


# somebody's coupon or gift that went wrong is spoken of, and nothing is given
_TROUBLE = sieve(
    r"用不(?:了|上)|没(?:能)?(?:用上|到账|收到|生效|给到)|无法(?:使用|核销)|失效|不灵|出(?:了|过)?问题|报错"
    r"|被拒|少了|漏(?:了|发)|缺了|没有?生效"
    r"|不(?:生效|见了|对)|(?<![a-z])(?:did ?n't work|does ?n't work|not working|would not|refused|rejected|missing"
    r"|trouble|problem)(?![a-z])"
)
_GIVES = sieve(
    r"送(?:您|你)|[赠送](?:一|两)|给您|领取|附上|备了|奉上|补(?:给|发)|为您|再送|另送|(?<![a-z])(?:here|get"
    r"|take|enjoy|have|send)(?![a-z])"
)


def speaks_of_trouble(field: ReadField, at: int) -> bool:
    sentence = field.sentence(at)
    return bool(_TROUBLE.search(sentence)) and not _GIVES.search(sentence)


def benefits(field: ReadField, licence: Licence) -> Iterator[Quantity]:
    """Benefits that a field presents and that no clause or fact carries."""
    for quantity in field.quantities:
        if quantity.qualifier == "negated":
            continue
        offered = quantity.kind in BENEFIT_KINDS or (quantity.benefit and quantity.kind in ("amount", "points"))
        if quantity.kind == "free_item" and speaks_of_trouble(field, quantity.start):
            continue
        if _is_of_the_record(quantity, field, licence):
            continue
        if offered and not field.is_denied(quantity.start) and not licence.has_benefit(quantity):
            yield quantity


_BACK = sieve(r"(?<![a-z])(?:back|refund\w*)(?![a-z])")


def _is_own_money_back(sentence: str, licence: Licence) -> bool:
    """What somebody paid, given back where a clause refunds."""
    return bool(_BACK.search(sentence)) and any(_BACK.search(clause) for clause in licence.clauses)


_RETURNS = sieve(r"退|(?<![a-z])(?:return\w*|refund\w*|back)(?![a-z])")


def _is_less_a_fee(quantity: Quantity, sentence: str, licence: Licence) -> bool:
    """Part of what somebody paid, told as coming back, where a clause takes things back; the sum itself is reckoned
    elsewhere."""
    return (
        bool(_BACK.search(sentence))
        and any(quantity.value < paid for paid in licence.money)
        and any(_RETURNS.search(clause) for clause in licence.clauses)
    )


_GIVEN_AWAY = sieve(
    r"减|省|优惠|券|红包|返|赠|补偿|补贴|抵|礼|(?<![a-z])(?:off|discount|save|saving|credit|voucher|coupon"
    r"|gift|bonus|back|refund"
    r"|reward|free|less)(?![a-z])"
)


def _is_of_the_record(quantity: Quantity, field: ReadField, licence: Licence) -> bool:
    """A sum of the customer's own bill or order, told without a word of giving; or what a free clause grants."""
    sentence = field.sentence(quantity.start)
    if quantity.kind == "amount" and licence.points_buy(quantity.value):
        return True
    if quantity.kind == "amount" and (points := field.points_near(quantity.start)):
        return licence.points_cover(quantity.value, points, field.shares)
    if quantity.kind == "amount" and _is_less_a_fee(quantity, sentence, licence):
        return True
    if quantity.kind == "amount" and quantity.value in licence.money:
        return not _GIVEN_AWAY.search(sentence) or _is_own_money_back(sentence, licence)
    if quantity.kind in ("free_item", "free_shipping"):
        return licence.gives_free(field.passage(quantity.start))
    return False


def vague_benefits(field: ReadField, licence: Licence) -> Iterator[re.Match[str]]:
    """Benefits promised without a number: a coupon, a special price, a treat."""
    text = field.tight.text
    for match in (*_VAGUE.finditer(text), *BEYOND.finditer(text), *gifts(text, licence)):
        before = text[max(0, match.start() - 16) : match.start()]
        if (
            field.is_denied(match.start())
            or speaks_of_trouble(field, match.start())
            or _NOT_A.search(before)
            or _WONT.search(text[max(0, match.start() - 60) : match.start()])
            or licence.has_phrase(match.group())
        ):
            continue
        yield match


_NOT_A = sieve(r"(?:不是|并非|没有|无需|不需要|不要)\w{0,3}$|(?:not|n't|no|never|without)(?: \w+){0,2} $")


_WONT = sieve(
    r"(?<![a-z])(?:won't|will not|wouldn't|don't want to|not going to|not trying to) (?:try to "
    r"|even )?(?:talk|tempt|bribe"
    r"|keep|hold|sway|buy|push|lure)(?: [\w']+){0,7} ?$"
)


def upsells(field: ReadField) -> bool:
    """Whether a field promotes something beyond what was bought."""
    return bool(_UPSELL.search(field.tight.text))

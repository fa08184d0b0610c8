"""Until when and for what the offer holds: expiry and terms, against the reserved coupon row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from agent.domain import Finding, Severity
from agent.guardrails.context import OfferTerms
from agent.guardrails.derived import last_days
from agent.guardrails.loose_terms import loose_terms
from agent.guardrails.message import Field, Message
from agent.guardrails.offer_value import PERCENT, code_positions, matches, presents_offer
from agent.guardrails.rule import Rule, broken, fine
from agent.language.dates import DateMention
from agent.language.normalise import fold
from agent.language.sieve import sieve

# --- expiry -----------------------------------------------------------------------------------------------------------

_DEADLINE_LEFT = sieve(
    r"(?:截止|截至|到期|有效期|有效|至|到|仅限|限|于|在|请于|用到|最后|止|过期)[至到于:是为日]?\s?$"
    r"|(?<![a-z])(?:until|till|til|by|through|thru|before|ends?|ending|expir(?:es|ing|y)|valid"
    r"|good|last day|closes|deadline|only|up to|use it|to)(?: (?:on|until|till|through|is|by|at"
    r"|the|end of|end|it|date|before|:))*\s?$"
)
_DEADLINE_RIGHT = sieve(
    r"\s?(?:之?前|以前|截止|到期|为止|止|内|有效|失效|过期|结束|最后|前后|就?(?:要|将)?(?:到期"
    r"|过期|结束))|\s?(?:is the last|only|at midnight|latest|at the latest|and then)"
)
_FOREVER = sieve(
    r"永久有效|长期有效|永不过期|不会过期|随时(?:都)?(?:可以?|能)(?:使|用)|什么时候用都"
    r"|没有(?:有效期|期限|时间限制)|不限时(?:间)?|无(?:有效期|期限)限?制?|无限期"
    r"|(?<![a-z])(?:never expires?|no expir(?:y|ation)(?: date)?|doesn't expire|does not expire"
    r"|won't expire|use (?:it )?(?:any ?time|whenever)|any ?time you like|forever|good for life"
    r"|no (?:deadline|end date|time limit))(?![a-z])"
)


def _expiry(message: Message) -> Iterator[Finding]:
    offer = message.context.offer
    if offer is None or not presents_offer(message):
        return
    today = message.context.local_now.date()
    if offer.expires_on is not None and offer.expires_on < today:
        field, start, end = _where(message, offer)
        reason = f"The offer ended on {offer.expires_on}; it may no longer be promised."
        yield field.raw_finding("OFFER_EXPIRY", Severity.BLOCK, reason, start, end)
    for field in message.fields:
        if offer.expires_on is not None:
            for match in field.find(_FOREVER, field.tight):
                reason = f"The offer ends on {offer.expires_on}."
                yield field.finding("OFFER_EXPIRY", Severity.BLOCK, reason, *match.span(), field.tight)
        for mention in field.dates:
            if is_wrong_deadline(mention, field, message, offer):
                ends = f"ends on {offer.expires_on}" if offer.expires_on else "has no last day"
                reason = f"The offer {ends}; the text says {mention.text}."
                yield field.finding("OFFER_EXPIRY", Severity.BLOCK, reason, mention.start, mention.end, field.tight)


def _where(message: Message, offer: OfferTerms) -> tuple[Field, int, int]:
    for field in reversed(message.fields):
        quantity = next(iter(message.benefits_of(field)), None)
        if quantity is not None:
            return field, *field.tight.raw_span(quantity.start, quantity.end)
        for at in code_positions(field, offer):
            return field, *field.tight.raw_span(at, at + len(offer.code or ""))
    field = message.fields[-1]
    return field, 0, len(field.raw)


def is_wrong_deadline(mention: DateMention, field: Field, message: Message, offer: OfferTerms) -> bool:
    """A day beside the offer that is neither its last day nor a day of the record."""
    text = field.tight.text
    cue = _is_deadline(mention, text)
    if mention.kind == "ago" or field.is_denied(mention.start) or _PAID_TIME.match(text, mention.end):
        return False
    if not cue and not _beside_offer(mention, field, message, offer):
        return False
    if fits_expiry(mention, offer.expires_on, text):
        return False
    if mention.kind == "month" or (not cue and message.licence.has_day(mention)):
        return False
    if not _beside_offer(mention, field, message, offer) and (
        message.licence.has_day(mention) or _ends_a_term(mention, field, message)
    ):
        return False
    if not cue:
        # today, this week or a weekday without a deadline word is small talk
        return mention.kind in ("full", "yearless", "ambiguous", "impossible") and not message.licence.has_day(mention)
    return not _belongs_elsewhere(mention, field, message, offer)


_PAID_TIME = sieve(r" ?(?:that |which )?(?:you(?:'ve| have|'d)? )?(?:already )?(?:paid|pay)(?: for)?(?![a-z])")
"""The end of the month you paid for is the end of what was bought, and not of an offer."""


def _ends_a_term(mention: DateMention, field: Field, message: Message) -> bool:
    return any(mention.first <= day <= mention.last for day in last_days(message, field.passage(mention.start)))


_ITS_WEEKDAY = sieve(
    r"(?:(?:本|下|这)?(?:个)?(?:周|星期)[一二三四五六日天]|(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|tue"
    r"|wed|thu|fri|sat|sun))"
    r"[,.]?\s?[(（]?(?:the )?$"
)


def _is_deadline(mention: DateMention, text: str) -> bool:
    if mention.kind in ("left", "span"):
        return True
    left, right = text[max(0, mention.start - 36) : mention.start], text[mention.end : mention.end + 12]
    left = _ITS_WEEKDAY.sub("", left)
    return bool(_DEADLINE_LEFT.search(left) or _DEADLINE_RIGHT.match(right))


def _beside_offer(mention: DateMention, field: Field, message: Message, offer: OfferTerms) -> bool:
    sentence = field.sentence(mention.start)
    if _OF_ITS_USE.search(sentence):
        return True
    return sentence in message.once(("tells the offer", field.name), lambda: _telling(field, message, offer))


def _telling(field: Field, message: Message, offer: OfferTerms) -> frozenset[str]:
    """The sentences that hold the code or the value of the offer."""
    told = [*code_positions(field, offer)]
    told += [quantity.start for quantity in message.benefits_of(field)]
    told += [quantity.start for quantity in field.quantities if matches(quantity, offer)]
    return frozenset(field.sentence(at) for at in told)


_OF_ITS_USE = sieve(
    r"(?:券|码|优惠|活动|红包|积分)\w{0,6}(?:到期|有效|截止|失效|过期|领取|兑换|使用)|(?:兑换|领取|核销"
    r"|使用)(?:期|截止)"
    r"|(?<![a-z])(?:redeem|(?:use|claim|add|enter|apply) (?:it|this|the code|your code)|offer (?:ends|runs|expires)"
    r"|(?:valid|good) (?:until|till|through))(?![a-z])"
)
_OTHER_MATTER = sieve(
    r"发货|发出|送达|配送|签收|下单|退货|退款|退回|联系您|回复您|答复|生效|合约|套餐|工作日|质保"
    r"|到货|上架|deliver|arriv|ship|return|refund|contract|renew|get back|reply within|call you"
    r"|business day|restock|open"
)


def _belongs_elsewhere(mention: DateMention, field: Field, message: Message, offer: OfferTerms) -> bool:
    """A deadline of something else (delivery, returns, a call), or of nothing that one could buy or use."""
    if _beside_offer(mention, field, message, offer):
        return False
    sentence = field.sentence(mention.start)
    return bool(_OTHER_MATTER.search(sentence)) or not _TO_BE_USED.search(sentence)


_TO_BE_USED = sieve(
    r"用|买|购|单|领|抢|兑|截|止|结束|过期|到期|失效|作废|活动|优惠|券|码|折|减|原价|抓紧|赶|最后|仅|只|限|没了|错过"
    r"|享|前|内"
    r"|(?<![a-z])(?:us(?:e|ed|ing)|buy|order\w*|shop|get|claim\w*|grab\w*|expir\w*|end(?:s|ing|ed)?|over|gone|last"
    r"|deal|sav\w+"
    r"|off|checkout|redeem\w*|valid|yours|it|this|that|offer|code|discount|only|left|hurry|act|now|until|till|through"
    r"|clos\w+|miss|run\w*|good)(?![a-z])"
)


def fits_expiry(mention: DateMention, expires_on: date | None, text: str) -> bool:
    """Whether the words can mean the last day. 前, until and by include the day; "before" may mean the day after "
    "it."""
    if expires_on is None:
        return False
    if mention.kind in ("left", "ambiguous"):
        return mention.first == expires_on or mention.last == expires_on
    if mention.last == expires_on and (mention.kind == "span" or mention.first == mention.last):
        return True
    before = re.search(r"before(?: the)?\s?$", text[: mention.start])
    if before and mention.first == mention.last == expires_on + timedelta(1):
        return True
    return mention.first != mention.last and mention.first <= expires_on <= mention.last and mention.kind != "span"


# --- terms ------------------------------------------------------------------------------------------------------------

_EVERYTHING = sieve(
    r"全场(?:通用|可用|任意|商品)?|全品类|全部商品|所有商品|任何商品|任意商品|不限(?:商品|品类"
    r"|品牌)|(?:没有|无)(?:任何)?(?:限制|例外)|全店"
    r"|(?<![a-z])(?:everything|sitewide|site-wide|storewide|anything|any (?:item|product|order"
    r"|purchase)|all (?:items|products)|no (?:exclusions?|exceptions?|restrictions?))(?![a-z])"
)
_STACKING = sieve(
    r"(?:可|能|支持)(?:以)?(?:与|和|跟)?\w{0,8}(?:叠加|同享|同时使用|一起用)|叠加(?:使用|优惠)"
    r"|折上折|(?<![a-z])(?:stack(?:s|able|ed)?|combine[sd]?|combinable|on top of (?:any|other|our"
    r"|the|all))(?![a-z])"
)
_AGAIN = sieve(
    r"无限次|不限次数|不限(?:使用)?次|多次使用|重复使用|反复使用|每次(?:下单|购物)都|每单都|(?:今后|以后"
    r"|往后)每(?:期|次|月|单)|一直减|减下去|走多少单|多少单都(?:行|成|可以)|(?:每期|每月)\w{0,4}都(?:按|减|打)"
    r"|(?<![a-z])(?:as (?:many times|often) as|unlimited|again and again|every (?:order|purchase"
    r"|time)|on all (?:your )?(?:future )?orders|multiple times|for good|for life|permanently|from now on)(?![a-z])"
)
_PASS_ON = sieve(
    r"(?:可|能|可以)(?:以)?(?:转赠|转让|送给|分享给|给)(?:朋友|家人|他人|别人|亲友)?"
    r"|转赠(?:给)?(?:朋友|亲友)|转给\w{1,6}(?:也|都)(?:认|行|能|可以|成)|谁(?:要|想)?用都(?:成|行|可以)"
    r"|(?<![a-z])(?:transfer(?:able|red)?|share (?:it|the code"
    r"|this code) with|give (?:it|this|the code) to a (?:friend|relative)|pass it on"
    r"|friends can use)(?![a-z])"
)
_CASH = sieve(
    r"(?:可|能|可以)(?:以)?(?:提现|兑换?现金?|折现|换成?现金)|提取现金"
    r"|(?<![a-z])(?:cash (?:it )?out|redeem(?:able)? for cash|exchange(?:d)? for cash"
    r"|turn it into cash|withdraw(?:n)? as cash)(?![a-z])"
)
_NOT = sieve(
    r"(?:不|不可|不能|无法|不得|非|未|勿|不支持)\w{0,6}$"
    r"|(?:cannot|can't|can not|(?:do|does|did|is|wo|are)n't|not|never|no"
    r"|isn't|without|non-?)(?: \w+){0,2} ?-?$"
)
_WIDENED = (
    (_STACKING, "stackable", "The row does not say that it may be combined with other offers."),
    (_AGAIN, "uses", "The row does not say that it may be used again and again."),
    (_PASS_ON, "transfer", "The row does not say that it may be passed on."),
    (_CASH, "cash", "A coupon is not paid out in cash."),
)


def _terms(message: Message) -> Iterator[Finding]:
    yield from loose_terms(message)
    offer = message.context.offer
    if offer is None or not presents_offer(message):
        return
    for field in message.fields:
        yield from _denied_exclusions(field, message, offer)
        yield from _widened(field, message, offer)
        yield from _duration(field, message, offer)


_EXCLUDING = sieve(
    r"除外|不含|不包括|不适用|不参与|不可用|不能用|exclud|except|leav(?:e|es|ing) [^.!?]{2,50} (?:alone|out|aside)"
    r"|sits? (?:this|it) out"
    r"|(?:not|n't)(?: be)? (?:valid"
    r"|included|include|on|for|cover|apply|part of)|apart from|other than|without"
)
_INCLUDING = sieve(
    r"也算|都算|算在内|照用|随便用|welcome"
    r"|统统|通通|照样|一律|也(?:能|可|适用|在内|参与|行|打|减|享|算)|同样|包括|包含|都(?:能|可)|includ"
    r"|too(?![a-z])|as well"
    r"|even (?:on|for)|also"
)


def excluded_things(exclusions: str) -> list[str]:
    """What the row keeps out: 黄金、礼品卡除外 → 黄金, 礼品卡; "gift cards, outlet items" likewise."""
    bare = re.sub(
        r"(?:商品)?(?:除外|不参与(?:活动)?|不适用|不可用)|不含|(?:are |is )?excluded|excluding"
        r"|excludes|except|not valid (?:on|for)",
        " ",
        fold(exclusions).text,
    )
    parts = re.split(r"[、,，;；/。.]|和|及|与| and | or ", bare)
    return [_stem(part) for part in parts if len(part.strip()) > 1 and not re.search(r"\d|每月|per month|month", part)]


def _stem(thing: str) -> str:
    """冷链件 → 冷链, subscriptions → subscription: the text may say it in another form."""
    bare = thing.strip()
    shorter = re.sub(r"(?:类|件|款|装|商品|产品|课程)$|(?<=[a-z]{3})s$", "", bare)
    return shorter if len(shorter) > 1 else bare


_NOTHING_OUT = sieve(
    r"(?:没有|无|不设)(?:任何|什么)?(?:商品)?(?:除外|例外|排除|限制)|no (?:exclusions?|exceptions?"
    r"|restrictions?)"
)


def _denied_exclusions(field: Field, message: Message, offer: OfferTerms) -> Iterator[Finding]:
    things = excluded_things(offer.exclusions)
    if not things:
        return
    text = field.tight.text
    for match in _NOTHING_OUT.finditer(text):
        reason = f"The row keeps out: {offer.exclusions}. The text says that nothing is."
        yield field.finding("OFFER_TERMS", Severity.BLOCK, reason, *match.span(), field.tight)
    for thing in things:
        for match in re.finditer(re.escape(thing), text):
            clause = text[max(0, match.start() - 24) : match.end() + 16]
            if _INCLUDING.search(clause) and not _EXCLUDING.search(_NOTHING_OUT.sub("", field.sentence(match.start()))):
                reason = f"The row keeps {thing} out; the text lets it in."
                yield field.finding("OFFER_TERMS", Severity.BLOCK, reason, *match.span(), field.tight)
    if any(thing in other.tight.text for thing in things for other in message.fields) or _EXCLUDING.search(text):
        return
    for match in _EVERYTHING.finditer(text):
        if not _NOT.search(text[max(0, match.start() - 12) : match.start()]):
            reason = f"The row keeps out: {offer.exclusions}. The text says it holds for all."
            yield field.finding("OFFER_TERMS", Severity.BLOCK, reason, *match.span(), field.tight)


def _widened(field: Field, message: Message, offer: OfferTerms) -> Iterator[Finding]:
    text = field.tight.text
    for pattern, term, reason in _WIDENED:
        if (term == "stackable" and offer.stackable) or (term == "uses" and (offer.max_uses or 1) > 1):
            continue
        for match in pattern.finditer(text):
            if _is_small_talk(match, field, offer):
                continue
            denied = _NOT.search(text[max(0, match.start() - 16) : match.start()]) or re.match(r"不", match.group())
            if not denied and not message.licence.has_phrase(match.group()) and not re.search(r"不", match.group()):
                yield field.finding("OFFER_TERMS", Severity.BLOCK, reason, *match.span(), field.tight)


_OFTEN = sieve(r"again and again|every time|as (?:many times|often) as")
_OF_THE_OFFER = sieve(
    r"(?<![a-z])(?:codes?|coupon|voucher|offer|discount|redeem\w*|works?|valid|apply|save|off"
    r"|use (?:it|this|the))(?![a-z])"
)


def _is_small_talk(match: re.Match[str], field: Field, offer: OfferTerms) -> bool:
    """Thank you for coming again and again: often, but not of the offer."""
    sentence = field.sentence(match.start())
    named = offer.code is not None and offer.code.casefold() in sentence
    return bool(_OFTEN.fullmatch(match.group())) and not named and not _OF_THE_OFFER.search(sentence)


def _near_benefit(at: int, field: Field, message: Message) -> bool:
    sentence = field.sentence(at)
    found = message.benefits_of(field)
    return any(field.sentence(benefit.start) == sentence for benefit in found)


_TIMES = sieve(
    r"(?:可用|使用|可使用|用)\s?([一二两三四五六七八九十\d]+)次|(?<![a-z])(?:up to "
    r"|use (?:it )?)?(\d+|two|three|four|five|ten) times"
)
_EN_TIMES = {"two": 2, "three": 3, "four": 4, "five": 5, "ten": 10}


def _duration(field: Field, message: Message, offer: OfferTerms) -> Iterator[Finding]:
    """How long a monthly rebate runs, and how often a code may be used."""
    months = [
        q.value
        for q in message.licence.quantities
        if q.kind in ("months", "years") and q.text in message.licence.exclusions
    ]
    monthly = re.search(r"每月|月减|per month|a month|monthly|each month|/ ?mo", message.licence.exclusions)
    for quantity in field.quantities:
        if quantity.kind in ("months", "years") and (months or monthly):
            known = quantity.value in months or message.licence.has_number(quantity.value)
            if not known and _near_benefit(quantity.start, field, message):
                reason = f"The row says: {offer.exclusions}."
                yield field.finding("OFFER_TERMS", Severity.BLOCK, reason, quantity.start, quantity.end, field.tight)
    for match in _TIMES.finditer(field.tight.text):
        said = match[1] or match[2]
        times = _EN_TIMES.get(said) or (
            int(said) if said.isdigit() else "零一二三四五六七八九十".find(said.replace("两", "二"))
        )
        if times in months:  # a monthly rebate of three months comes three times
            continue
        if times > (offer.max_uses or 1) and not message.licence.has_phrase(match.group()):
            reason = f"The row allows {offer.max_uses or 1} use(s)."
            yield field.finding("OFFER_TERMS", Severity.BLOCK, reason, *match.span(), field.tight)


# --- the table --------------------------------------------------------------------------------------------------------

_STRICT = {**PERCENT, "exclusions": "黄金、礼品卡除外"}
_MONTHLY = {"kind": "amount", "value": 5, "currency": "USD", "code": "NX5", "exclusions": "per month, for 3 months"}
_CLEARANCE = {"kind": "percent", "value": 15, "currency": "USD", "code": "BEST15", "exclusions": "clearance"}
RULES: tuple[Rule, ...] = (
    Rule(
        "OFFER_EXPIRY",
        34,
        "The true last day",
        "Rules on sales promotion (SAMR order 32): the period must be shown",
        Severity.BLOCK,
        _expiry,
        examples=(
            broken("八折券QH20，10月30日前有效。", changes={"offer": PERCENT}),
            broken("八折券QH20明天到期。", changes={"offer": PERCENT}),
            broken("八折券QH20永久有效。", changes={"offer": PERCENT}),
            broken("QH20: 20% off, ends in 48 hours.", language="en", changes={"offer": PERCENT}),
            broken("20% off with QH20, this Sunday only.", language="en", changes={"offer": PERCENT}),
            broken(
                "八折券QH20等您用。", changes={"offer": {**PERCENT, "expires_on": "2026-09-01"}}, because="it is over"
            ),
            fine("八折券QH20，九月三十日前有效。", changes={"offer": PERCENT}),
            fine("20% off with QH20 until the end of the month.", language="en", changes={"offer": PERCENT}),
            fine("八折券QH20，9月30日到期，还剩15天。", changes={"offer": PERCENT}),
            fine("八折券QH20。您8月11日买的茶壶还好用吗？", changes={"offer": PERCENT}),
            fine("八折券QH20。有问题我们48小时内联系您。", changes={"offer": PERCENT}, because="a deadline of ours"),
            broken("The code QH20 takes 20% off, for a day.", language="en", changes={"offer": PERCENT}),
            fine("20% off with QH20, for a day when it comes in handy.", language="en", changes={"offer": PERCENT}),
            fine(
                "By Thursday most of us will have peeled more potatoes than we'd like. QH20 takes 20% off through "
                "September 30.",
                language="en",
                changes={"offer": PERCENT},
                because="a day that nobody could buy or use anything by",
            ),
        ),
    ),
    Rule(
        "OFFER_TERMS",
        35,
        "The conditions as they are",
        "Rules on sales promotion (SAMR order 32); UCPD art. 7",
        Severity.BLOCK,
        _terms,
        examples=(
            broken("Clearance counts too, use BEST15 on it.", language="en", changes={"offer": _CLEARANCE}),
            fine("BEST15 takes 15% off, clearance aside.", language="en", changes={"offer": _CLEARANCE}),
            broken("全场八折，QH20。", changes={"offer": _STRICT}),
            broken("八折券QH20，礼品卡也能用。", changes={"offer": _STRICT}),
            fine(
                "QH20 takes 20% off and leaves clearance alone.",
                language="en",
                changes={"offer": {**_CLEARANCE, "code": "QH20", "value": 20}},
            ),
            broken("八折券QH20，可与其他优惠叠加。", changes={"offer": PERCENT}),
            broken("20% off with QH20, use it as many times as you like.", language="en", changes={"offer": PERCENT}),
            broken("八折券QH20可转赠朋友。", changes={"offer": PERCENT}),
            broken("$5 off per month for 6 months with NX5.", language="en", changes={"offer": _MONTHLY}),
            fine("全场八折，QH20。", changes={"offer": PERCENT}),
            fine("八折券QH20，黄金、礼品卡除外。", changes={"offer": _STRICT}),
            fine("八折券QH20，不可与其他优惠叠加。", changes={"offer": PERCENT}),
            fine("20% off with QH20, cannot be combined with other offers.", language="en", changes={"offer": PERCENT}),
            fine("NX5 takes $5 off per month for 3 months.", language="en", changes={"offer": _MONTHLY}),
            broken("20% off with QH20, again and again.", language="en", changes={"offer": PERCENT}),
            fine("Thank you for coming again and again. 20% off with QH20.", language="en", changes={"offer": PERCENT}),
        ),
    ),
)

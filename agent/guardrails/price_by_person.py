"""A price must not depend on who the customer is: device, means, place, or having stayed."""

from __future__ import annotations

from collections.abc import Iterator

from agent.domain import Finding, Severity
from agent.guardrails.clauses import shared
from agent.guardrails.lexicon import Hit
from agent.guardrails.listed import by_list
from agent.guardrails.message import Field, Message
from agent.guardrails.rule import Rule, broken, fine
from agent.language.sieve import sieve

_WHO = sieve(
    r"机型|(?:手机|电脑|设备)(?:型号|品牌|贵|好|档次|便宜)|(?:用|换|拿)(?:的是|着|台|个|部)?\w{0,4}(?:苹果"
    r"|iphone|安卓|华为|手机|ipad|平板|mac)|消费(?:能力|水平|力|习惯|记录|档次)|订单金额|花(?:钱|得)多"
    r"|住\w{1,8}(?:的)?(?:用户|客户|人)|购买(?:记录|习惯)|历史消费"
    r"|购买力|支付能力|付得起|收入|工资|身家|经济(?:条件|实力)|(?:不差|不缺|有的是|有)钱|"
    r"住(?:的|在)?\w{0,6}(?:小区|地段|别墅|区域|片区|豪宅|楼盘)|所在(?:区域|地段|小区)|邮编|(?:没|不|从不"
    r"|从来没?|很少|懒得)\w{0,4}(?:比价|比过价|货比三家|砍价|讲价|还价)|不太?(?:在意|在乎|看)价格|平时(?:出手"
    r"|花钱)|出手(?:大方|阔绰)"
    r"|(?<![a-z])(?:(?:older|newer|cheaper|pricier|latest|fancy|expensive|new) (?:phones?|laptops?|devices?"
    r"|handsets?)|pay without asking|earn (?:well|a lot|more|good)|iphone|ipad|mac(?:book)?|android|laptop"
    r"|device|browser|handset"
    r"|phone you use|zip ?code|postcode|postal code|neighbou?rhood|where you live|part of town|your (?:area"
    r"|location|income|salary|budget|spending|job|age|browsing|means|wallet|employer)"
    r"|(?:usually|normally|typically|tend to|happily|always|can) (?:spend|splurge|pay|afford)|afford (?:it"
    r"|more|to)|willing(?:ness)? to pay|big spender|deep pockets|(?:never|rarely|don't|seldom|hardly ever"
    r"|doesn't|do not)(?: \w+)? (?:compare|haggle|shop around|complain|check prices|look at (?:the )?prices?"
    r"|ask for discounts))(?![a-z])"
)

_PRICE = sieve(
    r"价|套餐|月租|贵|收费|费用|收(?:得|您)|折扣|优惠|(?<![a-z])(?:fares?|yours at|prices?|priced|pricing"
    r"|rates?|quoted?"
    r"|tariff|fees?|charged?|pay|cost)(?![a-z])"
)

_DIFFERS = sieve(
    r"(?:高|贵|低|便宜|多)(?:一?点|一些|些|一截|不少)?(?:点)?|不(?:同|一样)|(?:只|专门|单独|才|就)(?:给|对"
    r"|显示)|(?:给|对)您(?:显示|看到|报)|因人而|个(?:人|性)化|(?:就是|才是)这个价|没(?:有)?给|定(?:的|在)"
    r"|上(?:浮|调)|加(?:价|收)"
    r"|(?<![a-z])(?:higher|lower|more|less|above|below|extra|different|differs?|personal|personali[sz]ed"
    r"|tailored|custom|just for you|bumped|adjusted|set|picked|chosen|yours|special|premium|depends?|vary"
    r"|varies|based|a (?:touch|bit|little)|isn't the same|not the same)(?![a-z])"
)

_SAME = sieve(
    r"一样(?!的价.{0,4}不)|相同|统一|同价|无关|不分|都(?:是|能|可)|不(?:会|看|因)|与\w{0,6}无关|(?<![不])一致"
    r"|(?<![a-z])(?:same|regardless|no matter|never depends?|doesn't depend|does not depend|whatever|everyone"
    r"|everybody|all (?:customers|members)|not (?:based|depend)|won't|whichever|any (?:phone|device"
    r"|browser))(?![a-z])"
)

_LOYAL = sieve(
    r"(?:老|忠实|忠诚|长期)(?:客户|顾客|用户|会员|客)|在网\w{0,4}年|(?:续费|续约|续保)(?:的)?(?:客户|用户"
    r"|会员|价)|(?<![a-z])(?:loyal|existing|long-?(?:time|standing)|returning|current|regular|older"
    r"|renewing)(?: \w+)? (?:customers?|members?|shippers?|accounts?|subscribers?|users?|savers?|families)"
    r"|been with us|stay(?:ed|ing)? (?:with us|loyal)"
)

_WORSE = sieve(
    r"(?:价格?|收费|费用)?\w{0,6}(?:更高|高一?(?:些|点)|贵|多(?:付|收|交)|上浮)|涨价\w{0,3}只|只涨|(?:没"
    r"|不)(?:给|帮|为)(?:您"
    r"|你)\w{0,3}(?:降价|便宜|优惠|打折|调低)|(?:没|不|无法|不能)\w{0,6}(?:新(?:用户|客|客户|人)\w{0,4}(?:价"
    r"|优惠|折)|给\w{0,6}(?:新|优惠))|比新(?:用户|客户|客|人)\w{0,4}(?:高|贵|多)|新(?:用户|客户|客"
    r"|人)\w{0,4}(?:更低|便宜|才有|低)"
    r"|(?<![a-z])(?:pay|pays|paying|charged?|rates?|prices?|priced)(?: [\w']+){0,8} (?:more|higher|above"
    r"|extra|over)(?![a-z])|(?:more|higher|above)(?: [\w']+){0,5} (?:new|newer|first-time)(?![a-z])"
    r"|new(?:er)? (?:customers?|accounts?|members?|subscribers?|users?)(?: [\w']+){0,4} (?:less|lower|cheaper"
    r"|better)(?![a-z])"
)


def _unless_same(hit: Hit, field: Field, message: Message) -> Severity | None:
    if any(shared(clause, field.sentence(hit.start)) >= 2 for clause in message.licence.clause_sentences):
        return None  # what a clause gives everybody depends on nobody
    return (
        None
        if _SAME.search(field.sentence(hit.start)) and not _DIFFERS_FOR_YOU.search(field.sentence(hit.start))
        else hit.severity
    )


_DIFFERS_FOR_YOU = sieve(
    r"(?:比|跟|和|与)(?:别人|其他人|新客|新用户)\w{0,6}(?:高|贵|不同|不一样)|(?<![a-z])(?:more|higher|above) than"
)

_listed = by_list(
    "PRICE_DISCRIM",
    "It makes the price depend on who the customer is. Take it out.",
    _unless_same,
)


def _by_person(message: Message) -> Iterator[Finding]:
    yield from _listed(message)
    reason = "It makes the price depend on who the customer is. Take it out."
    for field in message.fields:
        text = field.tight.text
        for match in (*_WHO.finditer(text), *_LOYAL.finditer(text)):
            said = field.sentence(match.start())
            rest = said.replace(match.group(), "", 1)
            worse = (
                _WORSE.search(said) if _LOYAL.match(match.group()) else _PRICE.search(rest) and _DIFFERS.search(rest)
            )
            if (
                worse
                and not _SAME.search(said)
                and not message.licence.in_clause(said.strip("。. \n"))
                and not any(shared(clause, said) >= 2 for clause in message.licence.clause_sentences)
                and _OF_YOU.search(said)
            ):
                yield field.finding("PRICE_DISCRIM", Severity.BLOCK, reason, *match.span(), field.tight)
                break


_OF_YOU = sieve(
    r"您|你|看到的|老(?:客|用|会)|(?<![a-z])(?:you|your|you're|loyal|existing|regular|users|owners)(?![a-z])"
)


RULES: tuple[Rule, ...] = (
    Rule(
        "PRICE_DISCRIM",
        56,
        "One price for the same thing",
        "PIPL art. 24; consumer law regulations (2024) art. 9",
        Severity.BLOCK,
        _by_person,
        examples=(
            broken("因为您从不比价，这个价格只给您。"),
            broken("Because you never compare prices, this one is yours.", language="en"),
            broken("您住的小区档次高，报价自然会高一些。"),
            broken("用安卓手机下单，您看到的价格会便宜点。"),
            broken("老用户续费比新用户贵，这是惯例。"),
            broken("Your rate is a bit higher because of the neighbourhood you live in.", language="en"),
            broken("Prices on your phone are personal: we look at what you usually spend.", language="en"),
            broken("Existing members pay more than new accounts do.", language="en"),
            fine("老客户和新客户价格一样。"),
            fine("Prices are the same for everybody.", language="en"),
            fine("不管您用安卓还是苹果手机，价格都是一样的。"),
            fine("您用苹果手机的话，在设置里打开通知就行。"),
            fine("老会员的积分可以继续用。"),
            fine("The price is the same on any phone and in any browser.", language="en"),
            fine("You can check the rate on your laptop or phone.", language="en"),
            fine("Thank you for being with us for six years.", language="en"),
        ),
    ),
)

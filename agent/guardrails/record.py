"""What is said about this customer stands in the record or follows from it: ids, sums, counts, days, tenure, goods."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from agent.domain import Finding, Severity
from agent.guardrails.appointments import wrong_counts, wrong_states, wrong_times, wrong_weekdays
from agent.guardrails.deeds import untold_deeds
from agent.guardrails.derived import follows, last_days, shown
from agent.guardrails.lexicon import is_denied_before
from agent.guardrails.message import Field, Message
from agent.guardrails.offer_value import example_sums
from agent.guardrails.rule import Rule, broken, fine
from agent.guardrails.told_days import wrong_moves, wrong_told_days
from agent.language.dates import DateMention
from agent.language.normalise import fold
from agent.language.quantities import Quantity
from agent.language.sieve import sieve

_ID_CUE = sieve(
    r"(?:订单|订单号|单号|运单|运单号|编号|包裹|工单|物流号|快递|order|parcel|tracking|shipment"
    r"|ticket|case|reference|ref|invoice|no|number|#)[号为是:： .#]*(?:no\.? ?)?$"
)

_OWN_PAST = sieve(
    r"下单|购买|买的|买了|买过|订购|签收|注册|加入|开户|开通|入会|成为|寄出|付款|收货|续费|到期"
    r"|(?<![a-z])(?:ordered|bought|purchased|joined|opened|signed up|registered|delivered|arrived"
    r"|shipped|left|since|member|customer|paid|renew\w*|ends?|matur\w+|placed|your \w+ (?:order"
    r"|purchase)|started)(?![a-z])"
)

_TOGETHER = sieve(
    r"陪伴|一路|相伴|支持我们|信任|在一起|同行|老朋友|会员|老客户|(?<![a-z])(?:with us|together"
    r"|loyal|customer|member|years? ago|anniversary|thank you for|since)(?![a-z])"
)

_SINCE = sieve(r"since|member|opened|tenure|joined|register|start|customer_since|入会|注册|开户")

_OWN_COUNT = sieve(r"您|你|(?<![a-z])(?:you|your|yours)(?![a-z])|感谢|thanks|thank you")


def _facts(message: Message) -> Iterator[Finding]:
    for field in message.fields:
        yield from _ids(field, message)
        code = _code_places(field, message)
        for quantity in field.quantities:
            if quantity.start in code:  # 7M of the code 7M3R3EK7 is no size
                continue
            reason = _wrong_quantity(quantity, field, message)
            if reason:
                yield field.finding("FACT_RECORD", Severity.BLOCK, reason, quantity.start, quantity.end, field.tight)
        for mention in field.dates:
            if _is_wrong_day(mention, field, message):
                reason = f"The record knows no {mention.text}."
                yield field.finding("FACT_RECORD", Severity.BLOCK, reason, mention.start, mention.end, field.tight)
        yield from _goods(field, message)
        yield from wrong_weekdays(field)
        yield from wrong_times(field, message)
        yield from wrong_counts(field, message)
        yield from wrong_states(field, message)
        yield from wrong_told_days(field, message)
        yield from wrong_moves(field, message)
        yield from untold_deeds(field, message)


def _code_places(field: Field, message: Message) -> frozenset[int]:
    """Places of the tight text where the reserved code stands."""
    offer = message.context.offer
    code = fold(offer.code).text if offer and offer.code else ""
    if len(code) < 4:
        return frozenset()
    starts = (match.start() for match in re.finditer(re.escape(code), field.tight.text))
    return frozenset(place for start in starts for place in range(start, start + len(code)))


def _ids(field: Field, message: Message) -> Iterator[Finding]:
    offer = message.context.offer
    for start, end, token in field.code_tokens:
        digits = sum(char.isdigit() for char in token)
        cued = bool(_ID_CUE.search(fold(field.raw[max(0, start - 16) : start]).text))
        if (
            digits < 4
            or (len(token) < 7 and not cued)
            or (offer and offer.code and token.casefold() == offer.code.casefold())
        ):
            continue
        inside_link = any(
            field.tight.raw_span(link.start, link.end)[0] <= start < field.tight.raw_span(link.start, link.end)[1]
            for link in field.links
        )
        if not inside_link and not message.licence.has_phrase(fold(token).text):
            yield field.raw_finding("FACT_RECORD", Severity.BLOCK, f"The record knows no {token}.", start, end)
    for run in field.digit_runs:
        text = field.tight.text[run.start : run.end]
        if (
            not run.spelled
            and _ID_CUE.search(field.tight.text[max(0, run.start - 16) : run.start])
            and not message.licence.has_phrase(text)
        ):
            yield field.finding(
                "FACT_RECORD", Severity.BLOCK, f"The record knows no {text}.", run.start, run.end, field.tight
            )


_NOT_SO = sieve(r"(?:不是|并非|没有|(?<![a-z])not|n't)[\s“\"'「]{0,3}$")


def _wrong_quantity(quantity: Quantity, field: Field, message: Message) -> str | None:
    """Why a quantity about the customer is wrong, or None. Benefits of the offer are other rules' matter."""
    if quantity.qualifier in ("negated", "hypothetical") or _is_known(quantity, message):
        return None
    if quantity.text.strip() == "一块":  # 缺的那一块 is a piece
        return None
    before = field.tight.text[max(0, quantity.start - 12) : quantity.start]
    if is_denied_before(field.tight.text, quantity.start) or _NOT_SO.search(before):
        return None
    sentence = field.sentence(quantity.start)
    if quantity.kind == "amount" and not quantity.benefit:
        return None if _follows(quantity, field, message) else f"No input carries the sum {quantity.text.strip()}."
    if quantity.kind == "points" and not quantity.benefit:
        return None if _follows(quantity, field, message) else f"The record knows no {quantity.text.strip()}."
    if (
        quantity.kind == "count"
        and _OWN_COUNT.search(sentence)
        and not re.search(r"只要|任选|每|再|一(?:个|份|张|次|些)", quantity.text)
    ):
        return _wrong_count(quantity, sentence)
    if quantity.kind in ("years", "months") and _TOGETHER.search(sentence):
        return None if _is_tenure(quantity, message) else f"The record does not say {quantity.text.strip()} together."
    if quantity.kind == "measure" and quantity.unit == "gb" and not _is_gap(quantity.value, message):
        return f"The record knows no {quantity.text.strip()}."
    return None


def _is_gap(value: Decimal, message: Message) -> bool:
    """What is left of an allowance: 19 GB of 30 leave 11."""
    known = {q.value for q in message.licence.quantities if q.kind == "measure" and q.unit == "gb"}
    known |= message.licence.numbers_about(_OF_DATA)
    return any(one - value in known for one in known)


_OF_DATA = sieve(r"gb|data|流量")


def _wrong_count(quantity: Quantity, sentence: str) -> str | None:
    """Counts of the customer's own orders and parcels; a card, a step or a minute is small talk."""
    own = re.search(
        r"单|件|次|笔|orders?|shipments?|parcels?|packages?|purchases?|items?|times|visits?",
        f"{quantity.unit} {quantity.text}",
    )
    done = re.search(
        r"寄出|下单|购买|买|消费|发货|累计|共|完成|光顾|(?<![a-z])(?:placed|ordered|bought|shipped"
        r"|sent|made|shipments|orders|in the last|for (?:your )?\d+)(?![a-z])",
        sentence,
    )
    if quantity.text.strip().startswith("零"):  # 零件, 零食 are goods
        return None
    small = quantity.value <= 1 and quantity.text.strip()[:1] in "一1ao"
    return f"The record does not count {quantity.text.strip()}." if own and done and not small else None


def _is_known(quantity: Quantity, message: Message) -> bool:
    licence, offer = message.licence, message.context.offer
    if licence.knows(quantity):
        return True
    return offer is not None and quantity.value in (offer.value, offer.min_spend)


def _follows(quantity: Quantity, field: Field, message: Message) -> bool:
    """A sum that follows from the record and the row: points after the gift, an example order before and after."""
    offer = message.context.offer
    known = message.licence.money if quantity.kind == "amount" else message.licence.numbers
    if offer is not None:
        if any(quantity.value in (number + offer.value, number - offer.value) for number in known):
            return True
        if quantity.value in example_sums(field, message, offer):
            return True
        months = [other.value for other in message.licence.quantities if other.kind == "months"]
        if any(quantity.value == offer.value * count for count in months):
            return True
    if quantity.kind != "amount":  # so many of the points, with the sum that they are worth
        near = (other.value for other in field.quantities_near(quantity.start) if other.kind == "amount")
        return any(message.licence.points_cover(worth, [quantity.value], field.shares) for worth in near)
    if message.licence.points_cover(quantity.value, field.points_near(quantity.start), field.shares):
        return True
    return follows(quantity.value, field, message) or shown(quantity.value, field, quantity.start, message)


def _is_tenure(quantity: Quantity, message: Message) -> bool:
    """Whether the years since the record began are about as many as said."""
    today = message.context.local_now.date()
    starts = [day for path, value in message.licence.facts if _SINCE.search(path) and (day := _begin(value))]
    per = Decimal(12) if quantity.kind == "years" else Decimal(1)
    for start in starts:
        months = (today.year - start.year) * 12 + today.month - start.month
        if abs(Decimal(months) / per - quantity.value) < 1:
            return True
    return False


def _begin(value: Any) -> date | None:
    try:
        text = str(value)
        return date.fromisoformat(text[:10] if len(text) >= 10 else f"{text[:7]}-01")
    except ValueError:
        return None


_SUPPOSED = sieve(
    r"的话|如果|要是|改到|改成|换到|假如|比如|(?<![a-z])(?:if|would|could|instead|say|for example)(?![a-z])"
)


def _is_wrong_day(mention: DateMention, field: Field, message: Message) -> bool:
    """A calendar day that neither record, offer nor clause knows, and that no term of a clause ends on."""
    offer, licence = message.context.offer, message.licence
    if mention.kind == "impossible":  # the 30th of February follows from nothing, and has no day after
        return True
    if mention.kind not in ("full", "yearless", "month", "ago") or licence.has_day(mention):
        return False
    if offer is not None and offer.expires_on is not None and mention.first <= offer.expires_on <= mention.last:
        return False
    if mention.first == message.context.local_now.date() or _SUPPOSED.search(field.sentence(mention.start)):
        return False
    if mention.kind in ("month", "ago") and not _OWN_PAST.search(field.sentence(mention.start)):
        return False
    day_after = mention.first + timedelta(1)
    if day_after in licence.dates and re.search(rf"(?<!\d){day_after.day}(?!\d)", field.tight.text):
        return False  # the day before one that the text names as well
    return not any(mention.first <= day <= mention.last for day in last_days(message, field.tight.text))


_GOODS_ZH = sieve(
    r"(?<![想要没])(?:买|购买|下单|订购|入手|选购|带走)(?:了|过)?(?:的)(?P<what>[\u4e00-\u9fff]{2,10}?)(?=用|还"
    r"|好|怎|是否|收|已|到|，|。|！|？|,|!|\?|、|在|和|都|使)"
)

_CAME_ZH = sieve(
    r"(?:您|你)(?:的)?(?:\d{1,2}月\d{1,2}[日号])?(?:订购?|买|下单|预订)?的(?P<what>[\u4e00-\u9fff]{2,10}?)(?:已经?"
    r"|刚刚?|今天|昨天)*"
    r"(?:签收|送达|到家|到货|发货|发出|寄出|出库|派送|揽收|退回|入库)(?:了|啦|，|。|,|$)?"
)

_GOODS_EN = sieve(
    r"(?:ordered|bought|purchased|order of|purchase of) (?:the |a |an |your "
    r"|our )?(?P<what>[a-z][a-z-]+(?: [a-z-]+){0,3}?)(?= (?:on|in|last|is|was|has|have|from"
    r"|arrived|are|and|for|with|back|this|at)(?![a-z])|[,.!?])"
)

_VAGUE = sieve(
    r"^(?:的|时候|步骤|就|也|都|不|没)|步骤|时候|流程|过程|时间|日子|那天|地方|方式|次数|原因|理由|心情|渠道"
    r"|体验|忠告|^人"
    r"|东西|商品|宝贝|产品|物品|订单|茶|货|那|这|几|些|^(?:has|have|had|is|was|are|were|will|would|did|does"
    r"|in|on|at|to|for|with|that|which|when|then|so|but|and|you|we|i"
    r"|yours|mine|ours)(?![a-z])|(?<![a-z])(?:good faith|from us|with us|something|anything"
    r"|items?|things?|products?|it|them|us|one|here|before|again|more|online|goods)(?![a-z])"
)


def _goods(field: Field, message: Message) -> Iterator[Finding]:
    """Goods that the customer is told to have bought; one shared syllable pair or word with the record is enough."""
    known = " ".join(message.licence.fact_texts)
    if not known:
        return
    for pattern in (_GOODS_ZH, _CAME_ZH, _GOODS_EN):
        for match in pattern.finditer(field.tight.text):
            what = match["what"]
            # what came is named by its last word: 冰鲜鳕鱼 is no 冰鲜三文鱼
            same = what[-2:] in known if pattern is _CAME_ZH else _shares(what, known)
            if _VAGUE.search(what) or same:
                continue
            reason = f"The record knows no {what}."
            yield field.finding("FACT_RECORD", Severity.BLOCK, reason, *match.span("what"), field.tight)


def _shares(what: str, known: str) -> bool:
    if what.isascii():
        return any(word in known for word in what.split() if len(word) > 2)
    return any(what[at : at + 2] in known for at in range(len(what) - 1))


_ORDER = {
    "customer": {
        "facts": {
            "last_order": {"id": "QH26081177", "item": "手冲咖啡壶", "amount": 268, "date": "2026-08-11"},
            "points": 1280,
        }
    }
}

_THIRTY_OFF = {
    "customer": {"facts": {"basket_total": 30}},
    "offer": {"kind": "amount", "value": 30, "currency": "USD", "code": "VOLT30", "min_spend": 200},
}
_EN_ORDER = {
    "customer": {
        "facts": {
            "last_order": {"id": "MP-48213", "item": "oak serving board", "amount": 64, "date": "2026-08-20"},
            "member_since": "2024-03",
        }
    }
}

_LESSON = {"customer": {"facts": {"next_lesson": "2026-09-16T18:00", "lessons_left": 5}}}

_TWO_HOURS = {**_LESSON, "policy": [{"id": "l", "text": "请假请提前2小时提交，每期可以免费补课2次。"}]}
_POINTS = {**_ORDER, "policy": [{"id": "p", "text": "100积分可抵1元。"}]}
_CAPPED = {**_ORDER, "policy": [{"id": "p", "text": "100积分可抵1元，单笔最多抵扣订单金额的30%。"}]}
_TWO_ORDERS = {
    "customer": {
        "facts": {
            "last_order": {"item": "wool throw", "status": "delivered", "delivered": "2026-09-12"},
            "open_order": {"item": "table lamp", "status": "processing", "ships_by": "2026-09-18"},
        }
    }
}

_PARCEL = {
    "customer": {"facts": {"last_order": {"id": "MP-48213", "status": "dispatched", "eta": "2026-09-17"}}},
    "policy": [{"id": "r", "text": "Goods can be sent back within 3 days of delivery."}],
}


_WEEK = {
    "customer": {
        "facts": {"next_lesson": "2026-09-15T16:30", "order_status": "in production", "ships_by": "2026-09-22"}
    }
}

RULES: tuple[Rule, ...] = (
    Rule(
        "FACT_RECORD",
        47,
        "The record as it is",
        "House rule; UCPD art. 6",
        Severity.BLOCK,
        _facts,
        examples=(
            broken("Your next one is on Thursday.", language="en", changes=_WEEK),
            broken("Your table left us this morning.", language="en", changes=_WEEK),
            fine("Your next one is on Tuesday.", language="en", changes={**_WEEK, "now": "2026-09-11T10:30:00-04:00"}),
            broken("您的订单QH26081178已签收。", changes=_ORDER),
            broken("您8月12日下单的手冲咖啡壶用得好吗？", changes=_ORDER),
            broken("您有1290积分。", changes=_ORDER),
            broken("您买的羊毛围巾还暖和吗？", changes=_ORDER),
            broken("Thank you for ten years with us.", language="en", changes=_EN_ORDER),
            fine("凭 7M3R3EK7 享8折。", changes={"offer": {"kind": "percent", "value": 20, "code": "7M3R3EK7"}}),
            broken("Your order came to $65.", language="en", changes=_EN_ORDER),
            fine("您8月11日下单的手冲咖啡壶（268元）用得好吗？您有1280积分。", changes=_ORDER),
            fine(
                "Your oak board, order MP-48213, came to $64. A member since March 2024.",
                language="en",
                changes=_EN_ORDER,
            ),
            fine("下单的步骤如果嫌麻烦，请告诉我们。买的时候就盼着它耐用。给还没买的人一句忠告吧。", changes=_ORDER),
            fine(
                "You ordered in good faith, and what you ordered has earned its place. It is an order of yours.",
                language="en",
                changes=_EN_ORDER,
            ),
            fine("The item you ordered is out of stock.", language="en", changes=_EN_ORDER),
            fine("两份合计536元。", changes=_ORDER, because="twice what one cost"),
            broken("两份合计546元。", changes=_ORDER),
            broken("您的课9月16日（周五）开始。", changes=_LESSON, because="the 16th is a Wednesday"),
            broken("下节课是9月16日晚上六点半。", changes=_LESSON),
            fine("下节课是9月16日（周三）晚上六点。", changes=_LESSON),
            fine("请假提前2小时交，这节课16点前提交都算。", changes=_TWO_HOURS, because="two hours before six is four"),
            broken("请假提前2小时交，这节课17点前提交都算。", changes=_TWO_HOURS),
            broken("Your lamp left our warehouse on Saturday.", language="en", changes=_TWO_ORDERS),
            fine("Your throw left our warehouse on Saturday.", language="en", changes=_TWO_ORDERS),
            broken("Thirty-two boxes so far!", language="en", changes={"customer": {"facts": {"boxes_received": 23}}}),
            fine("A $229 order comes down to $199.", language="en", changes=_THIRTY_OFF, because="a sum is no count"),
            broken("You have 229 orders with us.", language="en", changes={"customer": {"facts": {"orders_total": 4}}}),
            fine(
                "Four lessons at $38 would be $152.",
                language="en",
                changes={"customer": {"facts": {"lessons_left": 5, "lesson_fee": 38}}},
            ),
            broken(
                "Your two bags come to $30, so with the code you pay $24.",
                language="en",
                changes={**_THIRTY_OFF, "policy": [{"id": "f", "text": "Beans leave within 24 hours of roasting."}]},
                because="that something takes 24 hours makes no sum of 24",
            ),
            fine("1280积分，1200积分就是12元。", changes=_POINTS),
            broken(
                "1200积分就是12元。", changes=_CAPPED, because="at most a third of an order, and it does not say so"
            ),
            fine("1200积分就是12元，单笔最多抵订单金额的30%。", changes=_CAPPED),
            broken("1200积分抵15元。", changes=_POINTS),
            broken("退款已经提交了。", changes=_ORDER),
            broken("新的一套已经给您寄出。", changes=_ORDER),
            fine("退款已经提交了。", changes={"customer": {"facts": {"refund": {"status": "提交", "amount": 268}}}}),
            broken(
                "退款已经提交了。", changes={"customer": {"facts": {"refund": {"status": "待审核", "amount": 268}}}}
            ),
            broken(
                "I've cancelled your order.",
                language="en",
                changes={"customer": {"facts": {"recommended": "tea", "cancel_requested": True}}},
                because="asked for is not done",
            ),
            fine("退款还没有提交，我来催。", changes=_ORDER),
            fine("已经反馈给仓库了。", changes=_ORDER, because="an errand"),
            broken("I have issued the refund already.", language="en", changes=_EN_ORDER),
            broken("Your refund went out this morning.", language="en", changes=_EN_ORDER),
            fine("I haven't cancelled your order yet.", language="en", changes=_EN_ORDER),
            broken("还剩6节课。", changes=_LESSON),
            broken("Your parcel comes on September 21.", language="en", changes=_PARCEL),
            fine(
                "You can send it back until September 20.", language="en", changes=_PARCEL, because="a term ends then"
            ),
            broken("Your parcel has been delivered.", language="en", changes=_PARCEL),
            fine("水开后等5分钟，用3克茶叶就好。", because="general advice"),
        ),
    ),
)

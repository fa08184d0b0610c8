"""What we bind ourselves to: refunds, returns, warranty, delivery, compensation, fees.

A commitment needs a clause in force with the same topic, the same numbers and its condition; or an act that a clause
backs. A statement that contradicts a clause is as bad as one that has none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from agent.domain import Finding, Severity
from agent.guardrails.clauses import (
    backs,
    contradict,
    denies,
    drops_condition,
    grants_what_is_denied,
    may_deny,
    says_of_all,
    shared,
    waives,
    widens,
)
from agent.guardrails.lexicon import is_denied_before
from agent.guardrails.matters import off_the_policies
from agent.guardrails.message import Field, Message
from agent.guardrails.rule import Rule, broken, fine
from agent.guardrails.terms import LOOKS_BACK, TIMES, from_another_day, is_backed
from agent.language.normalise import sentences
from agent.language.quantities import Quantity
from agent.language.sieve import Sieve, sieve

_TOPICS: dict[str, Sieve] = {
    "return": sieve(
        r"退货|退换|无理由|包退|可退|可以退(?!订|出)|能退(?!订|出)|退回商品|换货|包换|(?<![a-z])(?:returns?|returned|returning"
        r"|send (?:it|them) back|exchang\w+)(?![a-z])"
    ),
    "refund": sieve(r"退款|退钱|退您|全额退|退全款|原路退|(?<![a-z])(?:refund\w*|money back|reimburs\w+)(?![a-z])"),
    "warranty": sieve(
        r"质保|保修|保养|免费(?:维修|更换|换新|上门)|换新|以旧换新|(?<![a-z])(?:warrant\w+"
        r"|guarantee[ds]?|free repairs?|repair (?:it|them) (?:for )?free|replace(?:d|ment)?)(?![a-z])"
    ),
    "delivery": sieve(
        r"送达|发货|发出|到货|次日达|当日达|隔日达|小时达|送到|配送|寄出|(?<![a-z])(?:deliver\w*"
        r"|ship(?:s|ped|ping)?|arriv\w+|dispatch\w*|next[- ]day|same[- ]day)(?![a-z])"
    ),
    "compensation": sieve(
        r"赔偿|赔付|包赔|赔您|先行赔|(?<!抵)赔(?!罪|不是|礼|本|钱货|了夫人)|补偿(?!金)|双倍|(?:一|两|二|三|十"
        r"|1|2|3|10)倍|运费减半|减半"
        r"|(?<![a-z])(?:compensat\w+|goodwill|make it up to you|pay you|cover (?:the |your )?(?:cost"
        r"|damage|loss))(?![a-z])"
    ),
    "fee": sieve(
        r"手续费|违约金|补偿金|服务费|滞纳金|年费|月费|开卡费|(?:免|不收|减免)(?:收)?(?:取)?\w{0,6}费"
        r"|(?<![a-z])(?:fees?|charges?|penalt\w+|waiv\w+)(?![a-z])"
    ),
    "price": sieve(
        r"保价|价保|差价|买贵|不涨价|价格不变|(?<![a-z])(?:price match\w*|price protect\w*"
        r"|match (?:any|the) price|lock\w* (?:in )?(?:your|the) (?:price|rate))(?![a-z])"
    ),
    "extension": sieve(r"延长|延期|延后|宽限|(?<![a-z])(?:extend\w*|extension|grace period)(?![a-z])"),
    "contact": sieve(
        r"(?:联系|回复|答复|回电|致电|跟进|处理好|解决)(?:您|你|完)?|(?<![a-z])(?:call you|contact you"
        r"|get back to you|reply to you|be in touch|hear from us|resolved?|fixed|sorted)(?![a-z])"
    ),
}

_BINDS = sieve(
    r"保证|承诺|确保|一定(?:会|能|给)?|绝对|必定|包(?:退|换|赔)|(?:我们|我|客服|专员|平台|本店"
    r"|商家|技术员|师傅)\w{0,6}(?:会|将|可以?|能|给|为|帮)\w{0,8}|将(?:为|给|在)|会(?:在|为|给|于)"
    r"|为您(?:办理|安排|申请|退|免|延|补)|给您(?:办|退|免|延|补|换)|(?:随时|均|都|可|可以|即可|享"
    r"|享受|支持|免费|终身|永久|提供)"
    r"|(?<![a-z])(?:we(?:'ll| will| can| guarantee| promise| always)|i(?:'ll| will| can| promise"
    r"| guarantee)|you(?:'ll| will| can| get| are entitled| have|'re covered)|guaranteed?"
    r"|promise[sd]?|always|will|can be|is covered|are covered|includes?|comes? with|entitled|free"
    r"|within|no questions asked|lifetime|takes?|by|no)(?![a-z])"
)

_HELPING = sieve(
    r"帮您(?:看|查|核实|问|确认|跟进|申请看|登记|反馈|转)|我(?:来|先)?(?:查|看|核实|了解|跟进|记录"
    r"|转|登记|反馈)|(?:能不能|是否|可否|有没有|会不会|要不要)|如需|如果(?:您|要|想|需要)|如何"
    r"|怎么|想(?:要)?(?:退|换)|请(?:您)?(?:稍|耐心|放心|点击|致电|拨打|访问|在|联系|查收|保持)"
    r"|您(?:的|可)?(?:可以)?(?:在|到|前往)\w{0,12}(?:查看|查询|办理|操作|申请)"
    r"|(?<![a-z])(?:look into|check(?: on| whether| if)?|ask (?:the|our|about)|find out|see (?:if"
    r"|whether|what)|let you know|keep you (?:posted|updated|informed)|pass(?:ing|ed)? (?:this|it)"
    r"|if you(?:'d| would)? (?:like|need|want|wish)|whether|would you like|do you want"
    r"|questions? about|about your|happy to (?:help|explain)|can help|read about|help with"
    r"|how to)(?![a-z])"
)

_DONE = sieve(
    r"已(?!经?过)|已经|共|了\d|暂无|于\w{0,10}(?:发出|签收|送达|退回|到账)|(?<![a-z])(?:has been"
    r"|have been|was|were|we've|did|already|is on its way|left|arrived on|delivered (?:on|last"
    r"|yesterday|today)|shipped on|completed)(?![a-z])"
)


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence that binds us. `numbers` are its times, rates and sums; offers and greetings hold none."""

    start: int
    end: int
    text: str
    topics: frozenset[str]
    numbers: tuple[Quantity, ...]


@lru_cache(maxsize=4096)
def topics_of(text: str) -> frozenset[str]:
    return frozenset(topic for topic, pattern in _TOPICS.items() if pattern.search(text))


_COUNTED = TIMES | {"percent", "percent_off", "amount"}


def statements(field: Field, message: Message) -> Iterator[Statement]:
    """Sentences that speak of a topic in a binding way, and are neither help, question nor report of what was done."""
    text = field.tight.text
    for start, end in sentences(text):
        sentence = _without_their_words(text[start:end])
        topics = topics_of(sentence)
        if _OUT_OF_REACH.match(sentence) or sentence.rstrip().endswith(("?", "？")):
            continue
        if message.in_act(field, *field.tight.raw_span(start, end)):
            continue
        numbers = tuple(
            quantity
            for quantity in field.quantities_in(start, end)
            if quantity.kind in _COUNTED
            and text[quantity.start - 1 : quantity.start] not in tuple("第这那某同")
            and not _NOT_SO.search(text[max(0, quantity.start - 8) : quantity.start])
            and not field.is_denied(quantity.start)
            and not _speaks_of_offer(quantity, message)
            and not LOOKS_BACK.search(text[max(0, quantity.start - 16) : quantity.start])
        )
        if (topics and _is_binding(sentence, topics, numbers)) or (
            not topics and _tells_a_clause(sentence, field.passage(start), numbers, message)
        ):
            yield Statement(start, end, sentence, topics, numbers)


_OUT_OF_REACH = re.compile(r"\s?what (?:i|we) (?:can't|cannot|can not|won't)(?: \w+)? is ")


def _without_their_words(sentence: str) -> str:
    """您亲戚说的“稳赚不赔”不对: what stands in the quotes is nobody's promise here, where the rest takes it back."""
    bare = _THEIR_WORDS.sub(_unsaid, sentence)
    return bare if _TAKEN_BACK.search(bare) else sentence


_TAKEN_BACK = sieve(
    r"不(?!过|错)|没有?(?!问题|关系|事|错|毛病|二话)|别|勿|假|(?<!没)错(?!过)|误会|(?<![a-z])(?:not|never|no|wrong|false"
    r"|untrue|nobody|isn't|wasn't"
    r"|aren't"
    r"|don't|didn't|can't|won't|cannot|doesn't)(?![a-z])"
)
_THEIR_WORDS = sieve(
    r"(?:(?:您|你|他们?|她|亲戚|朋友|网上|有人|别人|客户|对方|骗子|传言|广告)\w{0,8}(?:说|问|写|讲|称|提|担心|以为"
    r"|传)\w{0,3}"
    r"|所谓的?)[:：,，]?(?:“[^”\n]{1,60}”|「[^」\n]{1,60}」|\"[^\"\n]{1,60}\")"
    r"|(?<![a-z])(?:you|they|somebody|someone|friend|caller|ad|message)(?: \w+){0,2} (?:said|say|says|asked|wrote|read"
    r"|saw|heard|mentioned|quoted|called it),? (?:“[^”\n]{1,90}”|\"[^\"\n]{1,90}\")"
)


def _unsaid(match: re.Match[str]) -> str:
    return "\x1f" * len(match.group())


_NOT_SO = sieve(r"(?:不是|并非|而不是|没有)$|(?<![a-z])(?:not|isn't|wasn't) (?:a |the )?$")


def _tells_a_clause(sentence: str, passage: str, numbers: tuple[Quantity, ...], message: Message) -> bool:
    """A sentence of no listed topic that speaks of what a clause speaks of: with a number, of all, or saying no."""
    clauses = message.licence.clause_sentences
    if denies(sentence):
        return any(shared(clause, passage) >= 1 for clause in clauses)
    near = [at for at, clause in enumerate(clauses) if shared(clause, sentence) >= 2]
    if says_of_all(sentence):
        return bool(near)
    if _is_tip(sentence):
        # "in the first month, wipe it every day": only a number that the clause also gives can be wrong
        told = {_sort_of(number) for at in near for number in message.licence.clause_quantities[at]}
        return any(_sort_of(number) in told for number in numbers)
    return bool(numbers) and bool(near)


def _sort_of(number: Quantity) -> str:
    """Days, weeks, months and years are one sort."""
    return "days" if number.kind in ("days", "weeks", "months", "years") else number.kind


_GRANTS = sieve(
    r"可以?|能|会|免|退|换|赔|保|送|给您|为您|享|包|我们|有效|截止|前|内|(?<![a-z])(?:we|you(?:'ll| can| have| get)"
    r"|free"
    r"|within|by|until|can|will|covered|valid)(?![a-z])"
)


def _is_tip(sentence: str) -> bool:
    """Whether it only says how to use or keep a thing: nobody is given anything, and no term runs."""
    return not _GRANTS.search(sentence)


def _is_binding(sentence: str, topics: frozenset[str], numbers: tuple[Quantity, ...]) -> bool:
    timed = any(number.kind in TIMES for number in numbers)
    if topics == {"contact"}:
        return timed and not _DONE.search(sentence)
    if waives(sentence) or says_of_all(sentence):
        return True
    if _DONE.search(sentence) and not re.search(r"保证|承诺|guarantee|promise", sentence):
        return False
    if _HELPING.search(sentence) and not numbers:
        return False
    return bool(_BINDS.search(sentence)) or bool(numbers)


def _speaks_of_offer(quantity: Quantity, message: Message) -> bool:
    offer = message.context.offer
    if offer is None or quantity.kind in TIMES:
        return False
    return quantity.value in (offer.value, offer.min_spend)


def _promises(message: Message) -> Iterator[Finding]:
    for field in message.fields:
        for statement in statements(field, message):
            verdict = _against_clauses(statement, field, message)
            if verdict is not None:
                severity, reason = verdict
                yield field.finding("POLICY_PROMISE", severity, reason, statement.start, statement.end, field.tight)
    yield from off_the_policies(message)


def _against_clauses(statement: Statement, field: Field, message: Message) -> tuple[Severity, str] | None:
    said, passage, around = statement.text, field.passage(statement.start), field.paragraph(statement.start)
    backing = [clause for clause in message.licence.clause_sentences if _is_about(clause, statement, passage)]
    if not backing:
        return _without_clause(statement, field, message)
    if waives(said) and not _is_own_rebate(said, message) and not any(waives(clause) for clause in backing):
        severity = Severity.HUMAN if _HELPING.search(said) else Severity.BLOCK
        return severity, "No clause waives this. Take it out, or use a licensed act."
    if contradict(backing):
        return Severity.HUMAN, "The policies contradict each other here. A person decides."
    unknown = [
        number
        for number in statement.numbers
        if not is_backed(number, field, message) and not _is_aside(number, field, message)
    ]
    if unknown:
        return Severity.BLOCK, f"No clause says {unknown[0].text.strip()}. Quote the clause."
    if moved := from_another_day(statement.numbers, statement.text, statement.start, backing, message):
        return Severity.BLOCK, f"The clause counts from another day: {moved}. Keep its beginning."
    if denies(said):
        if may_deny(backing, around) or _tells_what_is_out(said, message):
            return None
        return Severity.BLOCK, "It denies what a clause grants. Quote the clause."
    if not statement.numbers and not _STRONG.search(said) and _HELPING.search(said) and not says_of_all(said):
        return None
    best = max(backing, key=lambda clause: shared(clause, said))
    if shared(best, passage) < 2 and _STRONG.search(said):
        return _without_clause(statement, field, message)
    if grants_what_is_denied(best, said):
        return Severity.BLOCK, "It grants what a clause rules out. Quote the clause."
    if all(widens(clause, said) for clause in (*backing, *_near(said, message))):
        return Severity.HUMAN, "It says of all what the clause says of some. Quote the clause."
    if statement.topics and shared(best, said) >= 2 and drops_condition(best, said, around):
        return Severity.BLOCK, "The clause has a condition, and the text leaves it out. Keep the condition."
    return None


def _is_own_rebate(said: str, message: Message) -> bool:
    """The row's own monthly rebate, called by its name: 月费减免."""
    offer = message.context.offer
    monthly = offer is not None and "每月" in message.licence.exclusions
    return monthly and "月费减免" in said and not waives(said.replace("月费减免", ""))


def _tells_what_is_out(said: str, message: Message) -> bool:
    """Whether the denial is that of the offer's row: "it doesn't cover exam weeks"."""
    return shared(message.licence.exclusions, said) > 0


def _near(said: str, message: Message) -> list[str]:
    """The clause sentences that share something with the words, and those beside them: one clause is one promise."""
    return [clause for clause in message.licence.clauses if shared(clause, said) >= 2]


def _is_about(clause: str, statement: Statement, passage: str) -> bool:
    if topics_of(clause) & (statement.topics - {"contact"}) or backs(clause, statement.text):
        return True
    enough = 1 if denies(statement.text) else 2
    return not statement.topics and shared(clause, passage) >= enough


def _without_clause(statement: Statement, field: Field, message: Message) -> tuple[Severity, str] | None:
    """Nothing in the policies speaks of this: a record or a day in it may still license the words."""
    said = statement.text
    if message.licence.in_facts(said.strip(" 。.!！")):
        return None
    days = [mention for mention in field.dates if statement.start <= mention.start < statement.end]
    if days and all(message.licence.has_day(day) for day in days) and not statement.numbers:
        return None
    if statement.numbers and all(is_backed(number, field, message) for number in statement.numbers):
        return None
    if not statement.numbers and not any(_is_meant(strong, statement, field) for strong in _STRONG.finditer(said)):
        return None
    if statement.topics == {"fee"} and not statement.numbers and message.licence.has_phrase("free"):
        return None
    return Severity.BLOCK, "No clause backs this promise. Take it out, or use a licensed act."


def _is_meant(strong: re.Match[str], statement: Statement, field: Field) -> bool:
    """Neither denied nor somebody else's words."""
    at = statement.start
    quoted = field.is_quoted(at + strong.start(), at + strong.end())
    return not quoted and not is_denied_before(statement.text, strong.start())


_STRONG = sieve(
    r"(?:保证|承诺|确保)(?!\w{0,2}(?:认真|尽快|用心|核对|如实|尽力|仔细|及时|金))|包(?:退|换|赔)"
    r"|全额|无条件|无理由|随时(?:都)?(?:可|能)?(?:以)?(?:退|换)|免费(?:维修|更换|换新|上门|退)"
    r"|终身|永久|双倍|[一两二三十\d]倍|赔(?:偿|付|您)|(?:免|不收"
    r"|减免)(?:收)?(?:取)?\w{0,6}(?:手续费|违约金|服务费|年费|月费)|(?:手续费|违约金|服务费|年费|月费"
    r"|滞纳金)\w{0,6}免"
    r"|(?:waived?|dropp?ed|cancell?ed|scrapp?ed|wiped) (?:the|your|that|this|all) (?:\w+ )?(?:fees?|charges?"
    r"|penalt\w+)|次日达|当日达|一定(?:会"
    r"|能)?\w{0,4}(?:到|送达|退|换)|最晚\w{0,4}(?:到|送达|发)|明天(?:就|一定)?\w{0,2}(?:到|送达"
    r"|发)|(?:给|为|帮)您(?:办理?)?(?:退|换|免|延|补发|申请退)|延长\w{0,6}(?:期|质保|合约|退)"
    r"|(?<![a-z])(?:guarantee\w*|promise\w*|full refund|money back|no questions asked|lifetime"
    r"|free (?:repairs?|returns?|replacement|exchange)|(?:we|i)(?:'ll| will"
    r"| can) (?:\w+ )?(?:refund|replace|waive|extend|compensate|reimburse|cover|pay|match|exchange"
    r"|lock)|(?:will|'ll) (?:definitely |surely |certainly )?(?:arrive|be delivered|be there|ship"
    r"|be refunded|be waived)(?: \w+)? (?:by|tomorrow|today|tonight|on|before|within)|return (?:it"
    r"|anything|them|any)(?: \w+){0,3} (?:any ?time|whenever)|waived?|next[- ]day"
    r"|same[- ]day)(?![a-z])"
)


def _is_aside(number: Quantity, field: Field, message: Message) -> bool:
    """Whether the part between two commas that holds the minutes speaks of something else: 不懂的一起看五分钟."""
    if number.kind != "minutes":  # days, weeks and months of a sentence that binds are bound
        return False
    part = _part_around(number, field)
    rest = part.replace(number.text, "")
    if len(rest.strip()) < (5 if any("\u4e00" <= char <= "\u9fff" for char in rest) else 18):
        return False
    if topics_of(part) or _BINDS.search(part) or _GRANTS.search(part):
        return False
    return not any(shared(clause, rest) for clause in message.licence.clause_sentences)


_NEAR = 60


def _part_around(number: Quantity, field: Field) -> str:
    """Between the commas that stand nearest."""
    text = field.tight.text
    start, end = field.sentence_at(number.start)
    left, right = (
        text[max(start, number.start - _NEAR) : number.start],
        text[number.start : min(end, number.end + _NEAR)],
    )
    begins = max((mark.end() for mark in _COMMA.finditer(left)), default=0)
    ends = next((mark.start() for mark in _COMMA.finditer(right)), len(right))
    return left[begins:] + right[:ends]


_COMMA = sieve(r"[,，;；:：]")


_EN_TERMS = {
    "policy": [
        {"id": "r", "text": "Unused items can be returned within 30 days of delivery for a full refund."},
        {"id": "c", "text": "Claims must be filed within 21 days of the ship date."},
        {"id": "p", "text": "Pickups booked before 2 pm local time are collected the same day."},
    ],
    "offer": {"kind": "percent", "value": 15, "currency": "USD", "code": "HF15", "min_spend": 60},
}
_SHOP = {
    "policy": [
        {"id": "s", "text": "订单满59元包邮，不满59元收运费8元。"},
        {"id": "f", "text": "退货入库后3至7个工作日原路退款。"},
        {"id": "h", "text": "人工客服每天9:00至21:00在线。"},
        {"id": "r", "text": "自签收之日起7天内，未使用且吊牌完整的商品可以退货。"},
    ]
}
_EN_SHOP = {
    "policy": [
        {"id": "s", "text": "Orders of $49 or more ship free; below that shipping is $6."},
        {"id": "b", "text": "Return shipping is paid by the customer unless the item is faulty."},
        {"id": "f", "text": "Refunds reach your card within 5 working days after the return arrives."},
        {"id": "h", "text": "Our team answers from 9 am to 6 pm, Monday to Friday."},
    ]
}
_KEEPS = {"policy": [{"id": "k", "text": "茶罐未开封保质期3年，开封后请在12个月内用完，存放远离灶台。"}]}
_RET = {"policy": [{"id": "ret7", "text": "自签收之日起7天内，未使用且包装完好的商品可无理由退货。"}]}


RULES: tuple[Rule, ...] = (
    Rule(
        "POLICY_PROMISE",
        45,
        "Promises that are kept",
        "Civil Code art. 473 and 496; house rule",
        Severity.BLOCK,
        _promises,
        examples=(
            broken("我们保证明天送达。"),
            broken("30天内可无理由退货，未使用且包装完好即可。", changes=_RET, because="seven days, not thirty"),
            broken("签收7天内都可以退货。", changes=_RET, because="the condition is gone"),
            broken("签收后60天内，没用过的可以退。", because="no clause speaks of returns at all"),
            broken("We will refund you twice the price, guaranteed.", language="en"),
            fine("自签收之日起7天内，未使用且包装完好的商品可以无理由退货。", changes=_RET),
            broken(
                "You've got 60 days from delivery to return it, unused.",
                language="en",
                changes=_EN_TERMS,
                because="thirty days; that an offer or a price has a 60 licenses nothing",
            ),
            broken(
                "It can be filed within 21 days of delivery.",
                language="en",
                changes=_EN_TERMS,
                because="of the ship date",
            ),
            fine("It can be filed within 21 days of the ship date.", language="en", changes=_EN_TERMS),
            fine(
                "Booked before 2 pm it is collected today, so book within the next 45 minutes.",
                language="en",
                changes={**_EN_TERMS, "now": "2026-09-15T13:15:00-04:00"},
                because="that long it is to two o'clock",
            ),
            fine("您亲戚说的“稳赚不赔”不对，没有这回事。", because="somebody else's words"),
            fine("没开封能放3年，开封后一年内用完。", changes=_KEEPS, because="a year is twelve months"),
            fine("新茶罐进家头一个月，离灶台远一点。", changes=_KEEPS, because="a tip, and no term of the clause"),
            broken("开封后15个月内用完就行。", changes=_KEEPS),
            broken("退款一小时就到账。", changes=_SHOP),
            broken("退款今晚就能到您卡上。", changes=_SHOP),
            broken("退款2小时到账。", changes={**_SHOP, "customer": {"facts": {"days_since_order": 2}}}),
            broken("退款0天到账8元。", changes=_SHOP),
            broken(
                "The refund for the Oolong sampler will be on your card in an hour.",
                language="en",
                changes={**_EN_SHOP, "customer": {"facts": {"last_order": {"item": "Oolong sampler"}}}},
            ),
            broken("When we get the parcel your refund is on your card in an hour.", language="en", changes=_EN_SHOP),
            fine("Feel free to send the wrong one back.", language="en", changes=_EN_SHOP),
            fine("换季了，穿过的外套可以先洗一洗再收。", changes=_SHOP),
            broken("满39包邮。", changes=_SHOP),
            broken("不满59也不收您运费。", changes=_SHOP),
            broken("人工客服24小时都在。", changes=_SHOP),
            broken("退货不用吊牌也行。", changes=_SHOP),
            fine("退货入库后3至7个工作日，钱就退回您原来的账户。", changes=_SHOP),
            fine("满59元包邮，您这单还差一点。", changes=_SHOP),
            fine("人工客服每天9点到21点在线，您这会儿可以找到人。", changes=_SHOP),
            fine("用过的就退不了了，没用过、吊牌还在的，7天内可以退。", changes=_SHOP),
            broken("The refund will be on your card in an hour.", language="en", changes=_EN_SHOP),
            broken("Orders from $20 ship free.", language="en", changes=_EN_SHOP),
            broken("We pay for the return shipping.", language="en", changes=_EN_SHOP),
            broken("Our team is here around the clock.", language="en", changes=_EN_SHOP),
            fine("Return shipping is yours unless the item is faulty.", language="en", changes=_EN_SHOP),
            fine("What I can't do is refund it today.", language="en", changes=_EN_SHOP),
            fine("我帮您看看质保能不能覆盖。"),
            fine("如需退货，请联系客服。"),
            fine("I'll look into your refund and keep you posted.", language="en"),
        ),
    ),
)

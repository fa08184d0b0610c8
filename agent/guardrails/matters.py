"""What a shop's policies settle, said in any words: when money is back or goods arrive, who pays the carrier, when
somebody answers, and in what state a thing may come back.

Closed world: a statement on one of these matters needs an input on the same matter that says the same, whether it
sounds like a promise or not: "退款一小时就到账" binds as much as "我们保证". Reads one part of a sentence, from comma
to comma, and what was spoken of just before. What is asked, supposed, denied or told of the past is let go.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from agent.domain import Finding, Severity
from agent.guardrails.clauses import shared
from agent.guardrails.derived import last_days
from agent.guardrails.lexicon import is_denied_before
from agent.guardrails.message import Field, Message
from agent.guardrails.terms import LOOKS_BACK, TIMES, is_backed
from agent.language.dates import DateMention
from agent.language.quantities import quantities_in
from agent.language.sieve import Sieve, sieve


@dataclass(frozen=True, slots=True)
class Part:
    """From comma to comma: [start, end) of the tight view `text`; `before` is where the part before it begins."""

    text: str
    before: int
    start: int
    end: int

    def says(self, what: Sieve) -> re.Match[str] | None:
        return what.search(self.text, self.start, self.end)

    def speaks_of(self, what: Sieve) -> re.Match[str] | None:
        """Here, or just before in the same sentence."""
        return what.search(self.text, self.before, self.end)

    @property
    def said(self) -> str:
        return self.text[self.start : self.end]


def off_the_policies(message: Message) -> Iterator[Finding]:
    """Statements on the matters of a shop that no clause, offer or record makes."""
    for field in message.fields:
        for part in _parts(field):
            if part.says(_LET_GO) or message.in_act(field, *field.tight.raw_span(part.start, part.end)):
                continue
            reasons = (says_what(part, field, message) for says_what in _MATTERS)
            if reason := next((one for one in reasons if one), None):
                severity = Severity.BLOCK if message.licence.clauses else Severity.HUMAN
                yield field.finding("POLICY_PROMISE", severity, reason, part.start, part.end, field.tight)


_COMMA = sieve(r"[,，;；:：…]|——")
_LET_GO = sieve(
    r"[?？]|如果|要是|若是|万一|的话(?=[，,。]|$)|假如|是否|能不能|会不会|可不可以|有没有|什么时候|几时|多久|想(?:要"
    r"|问|知道)"
    r"|尽量|争取|尽快|(?<![a-z])(?:if|whether|unless|you (?:asked|said|wrote|mentioned)|wanted)(?![a-z])"
)


def _parts(field: Field) -> Iterator[Part]:
    """The parts that hold what a matter turns on, each once: most messages have none, and no part is looked at."""
    text, done, read, marks = field.tight.text, -1, -1, [0]
    for at in sorted({*_turning_points(field)}):
        start, end = field.sentence_at(at)
        if at < done or text[max(start, end - 4) : end].rstrip().endswith(("?", "？")):
            continue
        if start != read:
            read, marks = start, [start, start, *(mark.end() for mark in _COMMA.finditer(text, start, end)), end]
        index = max(bisect_right(marks, at), 2)
        yield Part(text, marks[index - 2], marks[index - 1], marks[index])
        done = marks[index]


def _turning_points(field: Field) -> Iterator[int]:
    """Where a time, a sum, a freedom from carriage, an hour or a state is told."""
    yield from (one.start for one in field.quantities if one.kind in TIMES or one.kind == "free_shipping")
    for sort in (_AT_ONCE, _FREE, *_ANY_HOUR, *(said for said, _ in _STATES)):
        yield from (match.start() for match in sort.finditer(field.tight.text))


def _on(matter: Sieve, message: Message) -> list[str]:
    """The sentences of the clauses in force that speak of the matter."""
    return [clause for clause in message.licence.clause_sentences if matter.search(clause)]


# --- when money is back, when goods arrive ----------------------------------------------------------------------------

_MONEY = sieve(r"退款|退的?钱|钱款?(?!包)|货款|款项|(?<![a-z])(?:refund\w*|money|reimburs\w+)(?![a-z])")
_MONEY_COMES = sieve(
    r"到账|入账|(?<!来)到(?=您|卡|手|$|[。！!了])|能到|就到|会到|退(?:回|到|给|还)|回(?:到|您)|打(?:到|给|回)|收到|下来"
    r"|(?<![a-z])(?:arriv\w+|reach\w*|on your|in your|back|hits?|lands?|with you|clears?|through|there|paid"
    r"|comes?)(?![a-z])"
)
_GOODS_COME = sieve(
    r"送到|送达|到货|(?:就|能|会|可|也|内|准|必|[天时钟晚早日夜])到(?![期店站点账底时])|到(?:您|家)|发货|发出|寄出|出库"
    r"|(?<![a-z])(?:arriv(?:es?|ing)|deliver(?:s|ed)?|ships?|dispatch\w*|reach(?:es)? you|at your door"
    r"|goes? out)(?![a-z])"
)
_AT_ONCE = sieve(
    r"秒(?:到|退)|(?:立刻|马上|立马|即时|实时|瞬间|当场|当天|当日|次日|隔日|隔天|第二天|隔夜|今晚|今夜|今天|今日|明天"
    r"|明日|明早|后天)"
    r"|(?:一|半|1|几)个?(?:小时|钟头|分钟)|(?<![每\\d])(?:一|1)天(?:就|内|之内|到|可|左右)"
    r"|(?<![a-z])(?:instant(?:ly)?|immediately|right away|straight away|in no time|overnight|same[- ]day|next[- ]day|"
    r"(?:in|within) (?:an hour|the hour|minutes|hours|half an hour|(?:a|one|1) day|a few hours|moments)|tomorrow"
    r"|tonight|today)(?![a-z])"
)
_DONE = sieve(
    r"已(?!经?过)|刚刚?|昨|上周|正在|(?<![a-z])(?:(?:has|have) (?:been|left|shipped|gone|reached|come)|was|were|did"
    r"|yesterday|last"
    r"|already)(?![a-z])|'ve |'s (?:been|gone)"
)


def _no_such_time(part: Part, field: Field, message: Message) -> str | None:
    if part.says(_DONE) or _stands_in_the_record(part, message):
        return None
    if (part.speaks_of(_MONEY) or _names_a_sum(part, field)) and part.says(_MONEY_COMES):
        matter = _MONEY
    elif part.says(_GOODS_COME):
        matter = _GOODS_COME
    else:
        return None
    around = part.text[part.before : part.end]
    told = message.licence.clause_sentences
    clauses = [clause for clause in told if matter.search(clause) or shared(clause, around) >= 2]
    for number in field.quantities_in(part.start, part.end):
        looks_back = LOOKS_BACK.search(part.text, max(part.start, number.start - 16), number.start)
        if number.kind in TIMES and not looks_back and not is_backed(number, field, message):
            return f"No clause says {number.text.strip()}. Quote the clause."
    days = [day for day in field.dates_in(part.start, part.end) if day.kind != "span"]
    if any(message.licence.has_day(day) or _ends_a_term(day, field, message) for day in days):
        return None
    for moment in _AT_ONCE.finditer(part.text, part.start, part.end):
        if not any(moment.group() in clause or _same_moment(moment.group(), clause) for clause in clauses):
            return f"No clause and no record says {moment.group()}. Quote the clause."
    return None


def _stands_in_the_record(part: Part, message: Message) -> bool:
    said = part.said.strip(" 。.!！")
    return any(said in text for text in message.licence.fact_texts)


def _names_a_sum(part: Part, field: Field) -> bool:
    """Your 58 yuan will be in your account tomorrow: a sum that comes is money that is back."""
    return any(one.kind == "amount" for one in field.quantities_in(part.start, part.end)) and bool(part.says(_ACCOUNT))


_ACCOUNT = sieve(r"账|卡上|卡里|余额|微信|支付宝|(?<![a-z])(?:account|card|balance|wallet|paypal|with you)(?![a-z])")


def _ends_a_term(day: DateMention, field: Field, message: Message) -> bool:
    """Tomorrow is two days after the payment, and the clause gives two days."""
    return any(day.first <= end <= day.last for end in last_days(message, field.tight.text))


_SAME_MOMENTS = (
    sieve(
        r"当天|当日|当晚|今天|今日|今晚"
        r"|(?<![a-z])(?:same[- ](?:business |working )?day|today|tonight)(?![a-z])"
    ),
    sieve(
        r"次日|隔日|隔天|第二天|明天|明日|明早"
        r"|(?<![a-z])(?:next[- ](?:business |working )?day|tomorrow|overnight)(?![a-z])"
    ),
    sieve(
        r"秒|立刻|马上|立马|即时|实时"
        r"|(?<![a-z])(?:instant\w*|immediate\w*|at once|right away|straight away)(?![a-z])"
    ),
    sieve(r"(?:一|半|1)个?(?:小时|钟头)|(?<![a-z])(?:(?:in|within) (?:an|the|one|1) hour|half an hour)(?![a-z])"),
)


def _same_moment(said: str, clause: str) -> bool:
    return any(moment.search(said) and moment.search(clause) for moment in _SAME_MOMENTS)


# --- who pays the carrier ---------------------------------------------------------------------------------------------

_CARRIAGE = sieve(
    r"运费|邮费|快递费|邮资|路费|包邮|(?<![a-z])(?:shipping|postage|carriage|(?:free )?delivery (?:costs?|fees?"
    r"|charges?)|free delivery|label|courier|send(?:ing)? (?:it|them) back"
    r"|return it|ships?)(?![a-z])"
)
_FREE = sieve(
    r"包邮|免(?!责|费电话|打)|(?:我们|咱们|小店|店里|本店|商家|公司|平台)\w{0,4}(?:出|付|承担|负责|掏|包)|不(?:用|需"
    r"|必|要|收|另收)\w{0,4}(?:付|出|花|掏|给|运|邮|钱|费)"
    r"|算我们|分文不|一分(?:钱)?不|不花"
    r"|(?<!feel )(?<!you're )(?<!are )(?<![a-z])(?:free(?! to)|on us|on the house|we(?:'ll| will)? (?:pay|cover"
    r"|take care of)|prepaid|pre-paid|our (?:cost"
    r"|expense|treat)"
    r"|costs? you nothing|no (?:extra )?(?:cost|charge|fee)|nothing to pay|won't cost|doesn't cost"
    r"|not (?:be )?charged)(?![a-z])"
)
_BACK = sieve(
    r"退|换|寄回|来回|往返"
    r"|(?<![a-z])(?:both ways|each way|return\w*|send\w* (?:it|them) back|exchang\w+|back|label)(?![a-z])"
)
_BELOW = sieve(r"(?:不满|不足|未满|没满|不到)\s?\d|(?<![a-z])(?:under|below|less than) [$£€]?\d")
_ALL = sieve(r"一律|全部|所有|任何|不管|无论|不满|(?<![a-z])(?:all|every|any|always|whatever|no matter)(?![a-z])")
_THEIR_ORDER = sieve(r"(?:这|此|该|本)(?:单|笔|个订单|次)|(?<![a-z])(?:this order|your order)(?![a-z])")


def _not_on_us(part: Part, field: Field, message: Message) -> str | None:
    """That carriage is free, where no clause, row or fact frees that way of it."""
    free = part.says(_FREE)
    offer = message.context.offer
    if (
        free is None
        or not part.speaks_of(_CARRIAGE)
        or field.is_denied(part.start)
        or (offer is not None and offer.kind == "free_shipping" and not part.says(_BACK))
    ):
        return None
    back = bool(part.speaks_of(_BACK))
    granting = [c for c in _on(_CARRIAGE, message) if _FREE.search(c) and (_BACK.search(c) or not back)]
    if not granting:
        known = any(_FREE.search(text) and _CARRIAGE.search(text) for text in message.licence.fact_texts)
        return None if known else "No clause says that the carriage is on us. Quote the clause."
    if part.says(_ALL) and not any(_ALL.search(clause) for clause in granting):
        return "The clause does not pay the carriage of all. Quote the clause."
    if part.says(_BELOW):
        return "The clause frees the carriage from a sum on. Quote the clause."
    from_a_sum = [any(one.kind == "threshold" for one in quantities_in(c, _language(message))) for c in granting]
    told = field.has_threshold or part.speaks_of(_THEIR_ORDER)
    return "The clause has a threshold, and the text leaves it out. Keep it." if all(from_a_sum) and not told else None


def _language(message: Message) -> str:
    return message.context.customer.language


def _no_such_threshold(part: Part, field: Field, message: Message) -> str | None:
    """Free from 39, where the clause says 59."""
    here = field.quantities_in(part.start, part.end)
    is_free = any(one.kind == "free_shipping" for one in here)
    if not is_free and not (part.speaks_of(_CARRIAGE) and part.says(_FREE)):
        return None
    offer = message.context.offer
    for one in here:
        told = one.kind in ("threshold", "amount") and not message.licence.says(one)
        if told and not (offer is not None and one.value in (offer.min_spend, offer.value)):
            if one.kind == "amount" and message.licence.knows(one):
                continue
            return f"No clause frees the carriage from {one.text.strip()}. Quote the clause."
    return None


# --- when somebody answers --------------------------------------------------------------------------------------------

_DESK = sieve(
    r"人工|客服|电话|热线|门店|店里|我们|师傅|(?<![a-z])(?:team|phones?|lines?|some(?:body|one)|support|shop|store|we"
    r"|desk|us)(?![a-z])"
)
_THERE = sieve(
    r"在(?!意|乎|线下单)|有人|接听|接电话|营业|开门|上班|值班|回复|找(?:我们|人|得到)"
    r"|(?<![a-z])(?:open|here|there|answer\w*|available|reach\w*|staffed|man(?:ned)|reply|replies|help|call)(?![a-z])"
)
_ANY_HOUR: tuple[Sieve, ...] = (
    sieve(
        r"24小时|二十四小时|全天(?!气)|昼夜|夜里|半夜|深夜|凌晨|通宵|整夜|任何时候|几点都"
        r"|(?<![a-z])(?:around the clock|round the clock"
        r"|24/7|24 hours|day and night|day or night|(?:at )?any hour|at all hours|all night|overnight|late at night"
        r"|midnight)(?![a-z])"
    ),
    sieve(r"周末|周日|星期天|礼拜天|周六(?!前)|(?<![a-z])(?:weekends?|sundays?|saturdays?)(?![a-z])"),
    sieve(
        r"节假日|全年无休|春节|过年|三百六十五天|365天"
        r"|(?<![a-z])(?:holidays?|365 days|all year|every day of the year)(?![a-z])"
    ),
)
_EVERY_DAY = sieve(r"每天|每日|周一至周日|(?<![a-z])(?:every day|daily|seven days|7 days|monday to sunday)(?![a-z])")
_CLOSED = sieve(
    r"不在|休息|没有?人|不上班|放假|关门|顺延"
    r"|(?<![a-z])(?:closed|not|except|away|no one|nobody|don't|aren't)(?![a-z])"
)


def _not_at_that_hour(part: Part, field: Field, message: Message) -> str | None:
    if not (part.speaks_of(_DESK) and part.says(_THERE)) or part.speaks_of(_CLOSED) or part.says(_DONE):
        return None
    for at, hours in enumerate(_ANY_HOUR):
        said = part.says(hours)
        if said is None:
            continue
        clauses = message.licence.clause_sentences
        known = any(hours.search(clause) and not _CLOSED.search(clause) for clause in clauses)
        every_day = at > 0 and any(_EVERY_DAY.search(clause) for clause in clauses)
        if not known and not every_day and not field.is_quoted(part.start, part.end):
            return f"No clause says that somebody is there {said.group()}. Quote the hours."
    return None


# --- in what state it may come back -----------------------------------------------------------------------------------

_COMES_BACK = sieve(
    r"退(?!休|订|出|役)|换(?!句|个角度|季|洗|鞋|挡)"
    r"|(?<![a-z])(?:return\w*|send (?:it|them) back|exchang\w+|refund\w*|take (?:it|them) back)(?![a-z])"
)
_STATES: tuple[tuple[Sieve, Sieve], ...] = (
    (
        sieve(
            r"(?<!没)(?<!未)(?<!勿)(?<!使)(?<!费)(?:用过|穿过|洗过|吃过|喝过|戴过|拆了|拆过|开过|开封了|打开过|用了"
            r"|穿了)"
            r"|(?<![a-z])(?<!un)(?:used|worn|opened|washed|half[- ]eaten)(?![a-z])"
        ),
        sieve(
            r"(?:用过|穿过|洗过|拆封|拆开|开封|已使用)[^，。；]{0,10}(?:可|能|支持|退|换)|(?<![a-z])(?<!un)(?:used"
            r"|worn|opened)(?![a-z])"
        ),
    ),
    (
        sieve(
            r"(?:不用|不要|无需|不需要?|没有?|丢了|剪了|少了?)\w{0,3}(?:吊牌|标签|包装|盒子|发票|小票|凭证|照片|拍照"
            r"|原盒)(?!\w{0,6}(?:不|无法|没法))"
            r"|(?<![a-z])(?:no|without|don't need|needn't have|lost|threw away)(?: \w+){0,2} (?:tags?|labels?|box"
            r"|packaging|receipts?|photos?|proof|invoice)(?![a-z])"
        ),
        sieve(
            r"(?:不用|无需|不需要?|没有?)\w{0,3}(?:吊牌|标签|包装|盒子|发票|小票|凭证|照片|拍照|原盒)"
            r"|(?<![a-z])(?:no|without)(?: \w+){0,2} (?:tags?|labels?|box|packaging|receipts?|photos?|proof"
            r"|invoice)(?![a-z])"
        ),
    ),
)
_GRANTED = sieve(
    r"也(?:能|可|行|退|给|是)|可以|照(?:退|样)|(?:能|给|都|可)(?:退|换)|没(?:关系|问题|事)|行|就(?:退|换|行)"
    r"|(?<![a-z])(?:can|fine|ok|okay|no problem|welcome|will|we'll|you're|accept\w*|take|still)(?![a-z])"
)
_REFUSED = sieve(
    r"不(?:能|可|退|给|支持|行|予|了)|没法|无法"
    r"|(?<![a-z])(?:can't|cannot|can not|not|won't|aren't|isn't|unable|unless|only)(?![a-z])"
)


def _not_in_that_state(part: Part, _: Field, message: Message) -> str | None:
    if not (part.speaks_of(_COMES_BACK) and part.says(_GRANTED)) or part.says(_REFUSED):
        return None
    for said, told in _STATES:
        state = part.speaks_of(said)
        if state is None or is_denied_before(part.text, state.start()):
            continue
        if not any(told.search(clause) for clause in message.licence.clause_sentences):
            return f"No clause takes things back {state.group()}. Quote the clause."
    return None


_MATTERS = (_no_such_time, _no_such_threshold, _not_on_us, _not_at_that_hour, _not_in_that_state)

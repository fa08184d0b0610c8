"""What a shop's policies settle, said in any words: when money is back or goods arrive (`arrivals.py`), who pays the
carrier (`carriage.py`), and here when somebody answers and in what state a thing may come back.

Closed world: a statement on one of these matters needs an input on the same matter that says the same, whether it
sounds like a promise or not: "退款一小时就到账" binds as much as "我们保证". Reads one part of a sentence, from comma
to comma, and what was spoken of just before. What is asked, supposed, denied or told of the past is let go.
"""

from __future__ import annotations

from collections.abc import Iterator

from agent.domain import Finding, Severity
from agent.guardrails.arrivals import AT_ONCE, no_such_time
from agent.guardrails.carriage import FREE, no_such_threshold, not_on_us
from agent.guardrails.lexicon import is_denied_before
from agent.guardrails.message import Field, Message
from agent.guardrails.parts import DONE, Part, parts_at
from agent.guardrails.terms import TIMES
from agent.language.sieve import Sieve, sieve


def off_the_policies(message: Message) -> Iterator[Finding]:
    """Statements on the matters of a shop that no clause, offer or record makes."""
    for field in message.fields:
        for part in parts_at(_turning_points(field), field):
            if part.says(_LET_GO) or message.in_act(field, *field.tight.raw_span(part.start, part.end)):
                continue
            reasons = (says_what(part, field, message) for says_what in _MATTERS)
            if reason := next((one for one in reasons if one), None):
                severity = Severity.BLOCK if message.licence.clauses else Severity.HUMAN
                yield field.finding("POLICY_PROMISE", severity, reason, part.start, part.end, field.tight)


_LET_GO = sieve(
    r"[?？]|如果|要是|若是|万一|的话(?=[，,。]|$)|假如|是否|能不能|会不会|可不可以|有没有|什么时候|几时|多久|想(?:要"
    r"|问|知道)"
    r"|尽量|争取|尽快|(?<![a-z])(?:if|whether|unless|you (?:asked|said|wrote|mentioned)|wanted)(?![a-z])"
)


def _turning_points(field: Field) -> Iterator[int]:
    """Where a time, a sum, a freedom from carriage, an hour or a state is told."""
    yield from (one.start for one in field.quantities if one.kind in TIMES or one.kind == "free_shipping")
    for sort in (AT_ONCE, FREE, *_ANY_HOUR, *(said for said, _ in _STATES)):
        yield from (match.start() for match in sort.finditer(field.tight.text))


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
    if not (part.speaks_of(_DESK) and part.says(_THERE)) or part.speaks_of(_CLOSED) or part.says(DONE):
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


_MATTERS = (no_such_time, no_such_threshold, not_on_us, _not_at_that_hour, _not_in_that_state)

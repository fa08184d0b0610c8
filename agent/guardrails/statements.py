"""Which sentences of a message bind us, and with which numbers: read before anybody asks what licenses them.

Takes a field, gives statements. Help, questions, reports of what was done, somebody's words and tips bind nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from agent.guardrails.clauses import denies, says_of_all, shared, waives
from agent.guardrails.message import Field, Message
from agent.guardrails.terms import LOOKS_BACK, TIMES
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

HELPING = sieve(
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
    if HELPING.search(sentence) and not numbers:
        return False
    return bool(_BINDS.search(sentence)) or bool(numbers)


def _speaks_of_offer(quantity: Quantity, message: Message) -> bool:
    offer = message.context.offer
    if offer is None or quantity.kind in TIMES:
        return False
    return quantity.value in (offer.value, offer.min_spend)


def is_aside(number: Quantity, field: Field, message: Message) -> bool:
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

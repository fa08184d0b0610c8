"""When money is back and when goods arrive, told in any words: a moment stands in a clause of that matter, or in the
record."""

from __future__ import annotations

from agent.guardrails.clauses import shared
from agent.guardrails.derived import last_days
from agent.guardrails.message import Field, Message
from agent.guardrails.parts import DONE, Part
from agent.guardrails.terms import LOOKS_BACK, TIMES, is_backed
from agent.language.dates import DateMention
from agent.language.sieve import sieve

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
AT_ONCE = sieve(
    r"秒(?:到|退)|(?:立刻|马上|立马|即时|实时|瞬间|当场|当天|当日|次日|隔日|隔天|第二天|隔夜|今晚|今夜|今天|今日|明天"
    r"|明日|明早|后天)"
    r"|(?:一|半|1|几)个?(?:小时|钟头|分钟)|(?<![每\d])(?:一|1)天(?:就|内|之内|到|可|左右)"
    r"|(?<![a-z])(?:instant(?:ly)?|immediately|right away|straight away|in no time|overnight|same[- ]day|next[- ]day|"
    r"(?:in|within) (?:an hour|the hour|minutes|hours|half an hour|(?:a|one|1) day|a few hours|moments)|tomorrow"
    r"|tonight|today)(?![a-z])"
)


def no_such_time(part: Part, field: Field, message: Message) -> str | None:
    if part.says(DONE) or _stands_in_the_record(part, message):
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
    for moment in AT_ONCE.finditer(part.text, part.start, part.end):
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

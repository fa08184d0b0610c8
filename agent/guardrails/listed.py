"""Checks made from word lists: what a list names is reported, unless the sentence denies, quotes or asks about it.

Gives checks to the rules of claims, privacy and tone; knows none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from agent.domain import Finding, Severity
from agent.guardrails.lexicon import Hit, Lexicon, read_lexicons
from agent.guardrails.message import Field, Message
from agent.language.normalise import fold
from agent.language.scripts import mixed_script_words
from agent.language.sieve import sieve
from agent.language.splices import spliced_terms

Judge = Callable[[Hit, Field, Message], Severity | None]

_HIDDEN = "A listed term is spelled apart or in look-alike signs."


def by_list(rule: str, reason: str, judge: Judge | None = None) -> Callable[[Message], Iterator[Finding]]:
    """A check that reports what the rule's lists name; `judge` may soften a hit or let it go (None)."""

    def check(message: Message) -> Iterator[Finding]:
        lexicon = read_lexicons()[rule]
        for field in message.fields:
            text = field.masked(message)
            for hit in lexicon.hits(text):
                severity = judge(hit, field, message) if judge else unless_cited(hit, field, message)
                if (
                    severity is None
                    or is_warned_of(hit.start, hit.end, field)
                    or message.licence.in_clause(text[hit.start : hit.end])
                ):
                    continue
                yield field.finding(rule, severity, reason, hit.start, hit.end, field.tight)
                if _is_spliced(hit, field):
                    yield field.finding("MIXED_SCRIPT", Severity.BLOCK, _HIDDEN, hit.start, hit.end, field.tight)
            yield from _hidden_terms(rule, reason, lexicon, field)

    return check


def _hidden_terms(rule: str, reason: str, lexicon: Lexicon, field: Field) -> Iterator[Finding]:
    """保ben, 氵台疗: a term of this list with a sign of it spelled in sounds or pieces. To hide it is to say it."""
    for start, end, term in spliced_terms(field.tight.text):
        if next(lexicon.hits(term), None) is not None:
            yield field.finding(rule, Severity.BLOCK, reason, start, end, field.tight)


# ①, ⓕ, 𝐛: signs that fold to letters and digits but are none
_DRESSED = sieve("[\u2460-\u24ff\u2776-\u2793\u3220-\u32ff\U0001d400-\U0001d7ff\U0001f100-\U0001f1e5]")


def _is_spliced(hit: Hit, field: Field) -> bool:
    start, end = field.tight.raw_span(hit.start, hit.end)
    raw = field.raw[start:end]
    return bool(_DRESSED.search(raw)) or len(fold(raw).text) > hit.end - hit.start or bool(mixed_script_words(raw))


# --- said by somebody else, or not said at all ------------------------------------------------------------------------

_DISOWNED = sieve(
    r"不是\w{0,8}(?:发|写|说)的|没有?\w{0,6}敢说|写着玩|擦掉|撤[掉下]|不是我们|不是本店|并非|没有?这(?:种|个"
    r"|回)?(?:说法|事|一说)|没有?\W{0,2}\w{1,10}\W{0,2}(?:一说|的说法"
    r"|这回事|这种事)|一说|不敢|不能(?:跟|对|向|和|这么|这样)"
    r"|不(?:会|能|可以|好|便|该|应)\w{0,6}(?:说|写|讲|保证|承诺|用)|没(?:有)?(?:说|写|讲|承诺|保证)过|不(?:做"
    r"|作|用)\w{0,4}(?:宣传|承诺|保证|这类|这种)"
    r"|不(?:要|可|必)?(?:轻信|相信|信)|(?:别|勿|莫|不要)(?:轻?信|相信|听|当真|上当|理|点|转)|谨防|警惕|当心"
    r"|小心|凡是|是(?:假|骗|谣|夸)|属于?夸大|夸张"
    r"|谣言|误导|无法证明|没有依据"
    r"|(?<![a-z])(?:(?:isn't|wasn't|aren't|not|never) (?:ours|us|something we|true|a claim|what we|our)"
    r"|(?:we|i|nobody|no one)(?: \w+)? (?:don't|can't|won't|cannot|wouldn't|couldn't|never|do not|can not"
    r"|will not|would not"
    r"|didn't)|(?:can|should|could) (?:honestly |truthfully )?(?:say|claim|promise) that|beware|watch out"
    r"|be wary|too good to be true"
    r"|misleading|no such|myth|scam|false claim)(?![a-z])"
)
_RE = sieve(r"(?:关于|回复|答复|您问的)\W|(?:re|about|your question)(?![a-z])")
_ASKED = sieve(
    r"(?:您|你)(?:们)?(?:\w{0,4})(?:问|提到|提的|说|看到|转来|收到|听说|听到|见到|写|转发|截图|搜|咨询|留言"
    r"|担心|以为)"
    r"|有(?:客户|人|顾客)问|常(?:听)?(?:有)?人问|网上(?:说|传|看)"
    r"|(?<![a-z])you (?:\w+ )?(?:ask(?:ed)?|mention(?:ed)?|saw|see|seeing|heard|said|read|wrote|quoted|found"
    r"|told|sent)(?![a-z])"
    r"|your (?:question|message|screenshot|note)|(?<![a-z])people (?:often )?ask"
)


def is_disowned(hit: Hit, field: Field, message: Message) -> bool:
    """“最强修护”那张图不是我们发的; you saw "cheapest guaranteed", that isn't ours: nobody here claims it."""
    if is_cited(hit.start, hit.end, field, message):
        return True
    text = field.masked(message)
    if not field.is_quoted(hit.start, hit.end):
        return False
    if field.name == "subject" and _RE.match(text):
        return True
    start, end = field.sentence_at(hit.start)
    around = text[max(0, start - 60) : end + 60]
    asked = _ASKED.search(text[max(0, start - 40) : end])
    return bool(_DISOWNED.search(text[start:end]) or (asked and (_DISOWNED.search(around) or _EXPLAINS.search(around))))


_CITED = sieve(
    r"(?<![a-z])(?:said|says|say|saying|asked?|asking|wrote|writes|reads?|saw|seen|heard|called|claims?|told"
    r"|quoted|words|goes)"
    r"(?![a-z])"
)
_ASKED_WHETHER = sieve(
    r"(?<![a-z])(?:you(?:'ve| have)?(?: \w+)?|somebody|someone|a friend|people)(?: \w+)? (?:asked?"
    r"|wondered|wanted to know|wrote to ask)"
    r"(?: us| me)?(?: about)?,? (?:if|whether|about)(?![a-z])"
)
_CORRECTED = sieve(
    r"(?<![a-z])(?:(?<=[.!?\n\"] )no[.,]|(?<=[\n.!?])no[.,]|(?:we|i|nobody|no one|we'd"
    r"|we've)(?: \w+)? (?:didn't|don't|won't|can't|couldn't"
    r"|wouldn't|never"
    r"|do not|did not|not) (?:\w+ )?(?:write"
    r"|wrote|say|said|send|sent|do|claim"
    r"|promise|print|call|from us|ours|true|something|stop|answer|tell)|never said|careful with|nothing|nobody should"
    r"|isn't (?:true|ours|us|so)|wasn't (?:us|ours|from us)|not (?:us|ours|so|quite))(?![a-z])"
)


def is_cited(start: int, end: int, field: Field, message: Message) -> bool:
    """Somebody's words told in quotes or in a question of theirs, which the message then does not make its own."""
    said = fold(str(message.context.customer.facts.get("customer_said_in_thread") or "")).text
    text = field.tight.text
    quoted = field.is_quoted(start, end) or text.count('"', text.rfind("\n", 0, start) + 1, start) % 2 == 1
    if quoted and text[start:end] in said:
        return True
    begin, stop = field.sentence_at(start)
    reported = quoted and (field.name == "subject" or _CITED.search(text, max(0, begin - 60), stop))
    asked = _ASKED_WHETHER.search(text, begin, start)
    return bool((reported or asked) and _is_taken_back(begin, stop, field, message))


_NEAR = 200
"""How far behind somebody's words they are taken back, in characters; further on, a "never" is about something else."""


def _is_taken_back(begin: int, stop: int, field: Field, message: Message) -> bool:
    if field.name == "subject" and message.body is not None:
        return bool(_CORRECTED.search(message.body.tight.text, 0, 2 * _NEAR))
    return bool(_CORRECTED.search(field.tight.text, begin, stop + _NEAR))


def is_warned_of(start: int, end: int, field: Field) -> bool:
    """What a swindler says, told so that nobody falls for it: 凡是说保本的，都不是真的.

    A warning alone is not enough, for who sells warns as well (“保本理财，别信别家的”): the words must be quoted, or
    told as somebody's, and what is said of them is that they are false.
    """
    text = field.tight.text
    begin, stop = field.sentence_at(start)
    if field.is_quoted(start, end):
        return bool(_FALSE.search(text, max(0, begin - 60), stop + 60))
    return bool(_TOLD_AS_THEIRS.search(text, begin, start) and _FALSE.search(text, end, stop))


_FALSE = sieve(
    r"骗子|骗局|诈骗|都是骗|是骗人|冒充|假冒|不是真的|(?:都|全)是假的|别(?:点|信|理会?)(?!别家|其他)|谨防"
    r"|警惕|不是我们(?:发|打|写|说)"
    r"|(?<![a-z])(?:scam\w*|fraud\w*|phish\w*|don't (?:click|reply to|believe) (?:it|them|that)"
    r"|isn't (?:from )?us|not from us"
    r")(?![a-z])"
)
_TOLD_AS_THEIRS = sieve(
    r"(?:凡是|任何|但凡|谁要?是?|有人|自称|冒充)[^。！？!?\n，,]{0,10}(?:说|称|喊|讲|打着|承诺"
    r"|推销)[^。！？!?\n，,]{0,10}$"
    r"|(?<![a-z])(?:any(?:one|body)|whoever|somebody|someone)(?: who)?(?: \w+){0,2} (?:says?|claims?"
    r"|promises?|offers?|writes?)"
    r"(?: \w+){0,5} ?$"
)


# an answer to what was asked explains; it does not repeat the claim as its own
_EXPLAINS = sieve(
    r"\?|？|不在|指的是|是指|意思是|因人而异|看(?:个人|情况)|(?<![a-z])(?:means?|depends|refers? to|isn't"
    r"|is not)(?![a-z])"
)


def unless_cited(hit: Hit, field: Field, message: Message) -> Severity | None:
    return None if is_cited(hit.start, hit.end, field, message) else hit.severity


def unless_disowned(hit: Hit, field: Field, message: Message) -> Severity | None:
    return None if is_disowned(hit, field, message) else hit.severity


_IF = sieve(
    r"(?:如果|如|若|假如|要是|倘若|一旦|万一|当)\w{0,4}(?:您|你)?\w{0,10}$|(?<![a-z])(?:if|when|whenever"
    r"|should|unless|in case|once)(?: [\w']+){0,4} ?$"
)
_CLAUSE = sieve(r"[。！？!?；;\n，,.]")


def is_supposed(text: str, at: int) -> bool:
    """Whether the clause up to `at` only supposes: if you opened…, 如果您打开…"""
    window = text[max(0, at - 40) : at]
    ends = [mark.end() for mark in _CLAUSE.finditer(window)]
    return bool(_IF.search(window[ends[-1] :] if ends else window))


def told_by_customer(text: str, at: int) -> bool:
    """Whether the clause, or the one before, reports what the customer told us: 您说您看了三遍."""
    return bool(_TOLD.search(text[max(0, at - 24) : at + 1]))


_TOLD = sieve(
    r"(?:您|你)(?:刚才?|刚刚|之前|昨天|上次|来信|来电)?(?:说|提到|反映|告诉我们?|写道|留言说"
    r"|描述)(?!明)\w{0,6}[，,]?\w{0,4}$"
    r"|(?<![a-z])you(?:'ve)? (?:\w+ )?(?:said|say|mention(?:ed)?|told (?:me|us)|wrote|reported"
    r"|describe[sd]?)(?: that)?(?: [\w']+)? ?$"
)

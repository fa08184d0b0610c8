"""Promises in everyday words that no act backs: consider it done, 包在我身上. They are for a person, not a fault.

The lists are in lexicons/commitments.toml. What is asked, quoted or told of somebody's words promises nothing, and what
a clause in force says as well is a matter of `commitments`.
"""

from __future__ import annotations

from agent.domain import Severity
from agent.guardrails.clauses import backs, says_of_all, shared, widens
from agent.guardrails.lexicon import Hit, is_denied_before
from agent.guardrails.listed import by_list
from agent.guardrails.message import Field, Message
from agent.guardrails.rule import Rule, broken, fine
from agent.language.dates import DateMention
from agent.language.sieve import sieve

# your words or somebody's, told in the same clause; “您反映的问题，…” is no report of a promise
_REPORTED = sieve(
    r"(?:您|你)(?:们)?\w{0,8}(?:说|写|问|提到|提过|留言|希望|要求|以为|担心|抱怨|告诉)(?!声|一声|的|得|说|起)\w{0,4}?"
    r"(?:[，,](?=希望|要求|要|想))?"
    r"|(?:有人|客服|同事|别人)\w{0,4}(?:答应|承诺|说)"
    r"|(?<![a-z])you(?:'d| had)? (?:also |once |even )?(?:said|wrote|told|asked|mentioned|hoped|expected|were told"
    r"|were promised|wanted)(?![a-z])"
    r"|(?<![a-z])(?:somebody|someone|our colleague|they) (?:had )?(?:promised|told you|said)"
)
# a quotation promises nothing where the sentence says whose words they are
_TOLD = sieve(
    r"说|写|问|提到|提过|看到|见到|所谓|那句|那张|标着|叫|听到|(?<![a-z])(?:said|says|say|wrote|asked"
    r"|mentioned|called|saw|seen|seeing"
    r"|read|heard|so-called|words)(?![a-z])"
)
# what happens on a day of the record: it is told, and not promised
_ON_A_DAY = sieve(
    r"到|送达|派送|发出|发货|寄出|出账|续费|扣款|上课|(?<![a-z])(?:arriv|deliver|ship|dispatch|go(?:es)? out"
    r"|due|charg|bill|renew|start)"
)
_NEW_CLAUSE = sieve(r"[，,；;：:]")
_SHIPPING = sieve(r"运费|邮费|路上的?花费|包邮|(?<![a-z])(?:shipping|postage|delivery)(?![a-z])")
_CANNOT = sieve(
    r"(?:不能|没法|无法|没办法|不好)\w{0,4}$|(?<![a-z])(?:can't|cannot|can not|unable to|not able to)(?: \w+)? ?$"
)
# somebody pretends to be us, or works past us: we warn of what they promise
_WARNED = sieve(r"(?:别|勿|不要)(?:理会|相信|轻信|当真|上当)|冒充|自称|骗子|诈骗|骗局")
# “没问题” before a pledge denies nothing
_AGREES = sieve(r"(?:没有?|不要)(?:问题|关系|事|紧)[，,]?\w{0,4}$")
_FREE = sieve(r"免费|不要钱|不收|运费|(?:on us|on the house|no charge|free)(?![a-z])")


def _pledge(hit: Hit, field: Field, message: Message) -> Severity | None:
    start, end = field.sentence_at(hit.start)
    text = field.tight.text
    said = text[start:end]
    if message.in_act(field, *field.tight.raw_span(hit.start, hit.end)) or said.rstrip().endswith(("?", "？")):
        return None
    if (field.name == "body" and _is_reported(text, start, hit.start)) or (
        field.is_quoted(hit.start, hit.end) and _TOLD.search(text, start, hit.start)
    ):
        return None
    offer = message.context.offer
    if offer is not None and offer.kind == "free_shipping" and _SHIPPING.search(said):
        return None  # the reserved row says who pays the carrier; the rules of the offer look at it
    cannot = _CANNOT.search(text, start, hit.start)
    if cannot is not None and not _NEW_CLAUSE.search(text, cannot.start(), hit.start):
        return None
    if _is_denied(text, start, hit.start) or _WARNED.search(said):
        return None
    if _FREE.search(text, hit.start, hit.end) and message.licence.gives_free(field.passage(hit.start)):
        return None
    return None if _is_licensed(hit, start, end, field, message) else hit.severity


def _is_denied(text: str, start: int, at: int) -> bool:
    return is_denied_before(text, at) and not _AGREES.search(text, start, at)


def _is_licensed(hit: Hit, start: int, end: int, field: Field, message: Message) -> bool:
    """Whether the sentence tells what a clause says, or when something happens by the record."""
    said, passage, licence = field.tight.text[start:end], field.passage(start), message.licence
    numbers = [q for q in field.quantities_in(start, end) if q.kind not in ("number", "count")]
    known = all(licence.says(number) or licence.has_number(number.value) for number in numbers)
    days = [mention for mention in field.dates if start <= mention.start < end]
    on_a_day = _ON_A_DAY.search(field.tight.text, hit.start, hit.end + 8)
    if on_a_day and days and known and all(_is_on_record(day, field, message) for day in days):
        return True
    around = field.paragraph(start)
    if (
        known
        and not says_of_all(said)
        and not _NO_STRINGS.search(said)
        and all(_is_on_record(day, field, message) for day in days)
        and any(
            shared(clause, around) >= 2 and any(deed.search(said) and deed.search(clause) for deed in _DEEDS)
            for clause in licence.clause_sentences
        )
    ):
        return True
    about = (clause for clause in licence.clause_sentences if backs(clause, passage) or backs(clause, around))
    return known and any(not widens(clause, said) for clause in about)


def _is_on_record(day: DateMention, field: Field, message: Message) -> bool:
    """A day of the record; a weekday in a subject, where the body names the day of the record that it is."""
    if day.first == day.last and message.licence.has_day(day):
        return True
    body = message.body
    if field.name != "subject" or day.kind != "weekday" or body is None:
        return False
    told = [mention for mention in body.dates if mention.first == mention.last and message.licence.has_day(mention)]
    return any(mention.first.weekday() == day.first.weekday() for mention in told)


_DEEDS = (
    sieve(r"退款|退钱|退您|退给您|(?<![a-z])refund"),
    sieve(r"换货|换新|更换|换一|(?<![a-z])(?:replac|exchang|swap)"),
    sieve(r"补发|重发|重寄|再寄|(?<![a-z])re-?sen[dt]"),
    sieve(r"维修|修好|免费修|(?<![a-z])repair"),
    sieve(r"取件|上门|(?<![a-z])(?:collect|pick)"),
)
"""What clauses let us do; whether its terms are kept is asked by `commitments`."""

_NO_STRINGS = sieve(
    r"不用|无需|不必|不需要|不管|都行|照样|随便|双倍|加倍|一定|保证|今晚|今天|马上|立刻|这就|另外|再(?!发|寄|次)"
    r"|也(?=退|赔|给)|满意|(?<![a-z])(?:no (?:photo|receipt|proof|box|questions?|need)|without"
    r"|needn't"
    r"|don't need|used or not|either way|whatever|double|guarantee\w*|promise\w*|tonight|today|right away|also"
    r"|plus)(?![a-z])"
)


def _is_reported(text: str, start: int, at: int) -> bool:
    return any(not _NEW_CLAUSE.search(text, told.end(), at) for told in _REPORTED.finditer(text, start, at))


RULES: tuple[Rule, ...] = (
    Rule(
        "COMMITMENT",
        49,
        "Promises that are kept",
        "Civil Code art. 473; house rule: what is promised is an act that a clause backs",
        Severity.HUMAN,
        by_list("COMMITMENT", "It promises something that no act backs. Use an act, or a person decides.", _pledge),
        examples=(
            broken("这件事包在我身上。"),
            broken("没问题包在我身上。", because="to agree is not to deny"),
            broken("不骗您，包在我身上。"),
            fine("自称内部渠道、说包在他身上的，别当真。"),
            broken("您放心，一定给您办好。"),
            broken("我来处理，不用您操心。"),
            broken("Consider it done.", language="en"),
            broken("Leave it with us.", language="en"),
            broken("It'll be sorted by Friday.", language="en"),
            fine("谢谢您一直以来的支持。"),
            fine("您说的“一定给我办好”，我们听到了。", because="the customer's own words"),
            broken("您反映的问题，我们会尽快解决。", because="what follows is ours"),
            fine("我们不能保证送达的时间。"),
            fine("需要我们做些什么吗？"),
            fine("We'd love to hear from you. Let us know what you think.", language="en"),
            fine("You wrote that somebody had promised you a refund.", language="en", because="reported"),
            fine("The wood will keep its colour if you oil it.", language="en", because="about the goods"),
        ),
    ),
)

"""What nobody asked about: other people, watching, guesses, harm, in a message whose inputs speak of no such thing.

Gives checks to the rules of claims, privacy and tone. The lists (lexicons/unasked_*.toml) are wide, so a person
decides; what record, thread or clause speaks of, what is denied, quoted or only supposed is let go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain

from agent.domain import Channel, Finding, Severity
from agent.guardrails.clauses import shared
from agent.guardrails.finance import is_finance
from agent.guardrails.lexicon import read_lexicons
from agent.guardrails.listed import is_cited, is_supposed, is_warned_of
from agent.guardrails.machine import has_human_author
from agent.guardrails.message import Field, Message
from agent.guardrails.rule import Rule
from agent.guardrails.urgency import is_truly_short
from agent.language.numbers import read_numbers
from agent.language.sieve import sieve

Check = Callable[[Message], Iterator[Finding]]


def unasked(rule: str) -> Check:
    """A check of the wide list of a rule, which stands under `UNASKED_` and its name."""
    reason = "Nothing in the record asks for this. A person decides."

    def check(message: Message) -> Iterator[Finding]:
        wide = read_lexicons().get(f"UNASKED_{rule}")
        if wide is None:
            return
        for field in message.fields:
            for hit in wide.hits(field.masked(message)):
                if may_mean(rule, hit.start, field, message) and not has_a_reason(
                    rule, hit.start, hit.end, field, message
                ):
                    yield field.finding(rule, Severity.HUMAN, reason, hit.start, hit.end, field.tight)

    return check


_OF_LEAVING = sieve(
    r"取消|注销|退订|解约|关闭账|停掉|退会|退课|退保|转网|携转|赎回|离开|不续|(?<![a-z])(?:cancel\w*|clos(?:e"
    r"|ing)|leav(?:e|ing)|stop(?:ping)?|end(?:ing)?|quit\w*|unsubscrib\w*|switch off"
    r"|goodbye|pause|downgrad\w+)(?![a-z])"
)
_TO_SOMEBODY = sieve(r"您|你|(?<![a-z])(?:you|your|yours|yourself|you're|you've|you'd|you'll)(?![a-z])")
_TALE = frozenset({"TONE_INSULT", "TONE_THREAT", "SURVEILLANCE", "CHURN_REVEAL", "PRICE_DISCRIM"})
"""Rules about what is said to somebody: a tale of others that speaks to nobody is only a tale."""


def may_mean(rule: str, at: int, field: Field, message: Message) -> bool:
    """Whether the words can be of this rule's matter here: money only in finance, a machine only where one writes."""
    if message.context.customer.language != "en":
        return True
    if rule == "FINANCIAL_CLAIM":
        return is_finance(message)
    if rule == "HUMAN_CLAIM":
        return not has_human_author(message)
    if rule == "CANCEL_DARK":
        return bool(_OF_LEAVING.search(field.passage(at)) or message.licence.has_phrase("cancel"))
    if rule == "POLICY_PROMISE":
        return not _has_a_clause(at, field, message)
    if rule == "FAKE_URGENCY":
        return not is_truly_short(message)
    return (
        rule not in _TALE
        or message.context.channel is not Channel.EMAIL
        or bool(_TO_SOMEBODY.search(field.passage(at)))
    )


_GRANTS = sieve(
    r"(?<![a-z])(?:free|no (?:charge|fee|cost)|waived|included?|refund\w*|replac\w*|any ?time|covered"
    r"|whenever|for life|don't expire"
    r"|return\w*|within|repair\w*|swap\w*|exchang\w*|re-?sent|credited|warrant\w*|ready|acknowledge"
    r"|do not expire|need not|not charged|without (?:a )?(?:charge|fee)|keeps|collect\w*|pick\w*)(?![a-z])"
)


def _has_a_clause(at: int, field: Field, message: Message) -> bool:
    """Whether a clause that grants something speaks of what the sentence speaks of, or it promises nothing."""
    said = field.sentence(at)
    if _OF_LEAVING.search(said):
        return True
    return said.rstrip().endswith("?") or any(
        _GRANTS.search(clause) and shared(clause, said) >= 2 for clause in message.licence.clauses
    )


_DISCLAIMS = sieve(
    r"(?:不会|从不|绝不|不能|没法|无法|不便|不方便)\w{0,4}(?:看|记录|追踪|收集|打听|透露|泄露|评价|比较"
    r"|评论|承诺|保证|索要|过问"
    r"|催|扣|打扰|多问|代替|当真)|(?<![a-z])(?:don't|do not|never|can't|cannot|can not|won't|will not"
    r"|wouldn't|didn't|couldn't"
    r"|not able to|isn't|rather not)"
    r"(?: \w+)? (?:tell|say|share|know|see|track|watch|look at|ask|use|keep|collect|read|record|sell"
    r"|score|rank|sort|compare|comment"
    r"|promise|recommend|advise|claim|write|send|discuss|judge|speak|answer|report|pass|charge|check|mine"
    r"|ours|us|theirs)(?![a-z])"
)
_WARNS = sieve(
    r"诈骗|骗子|骗局|冒充|自称|假冒|不是我们(?:发|打|写)|谨防|警惕|(?:别|不要|请勿)(?:相信|轻信|理会|点开"
    r"|转账)|(?<![a-z])(?:scam\w*|phish\w*|fraudsters?|not from us|isn't (?:from )?us|wasn't (?:from )?us"
    r"|isn't ours|didn't (?:write|send) it"
    r"|if (?:anyone|anybody|someone|somebody|a caller|a message|an e-?mail|a text)|pretend\w* to be"
    r"|beware|we(?:'d| would)? never"
    r"|nobody (?:here|from)|don't share|please don't (?:send|share|give|call|click))(?![a-z])"
)


def has_a_reason(rule: str, start: int, end: int, field: Field, message: Message) -> bool:
    """Whether record, thread or clause speaks of it, or it is denied, quoted, warned of or only supposed."""
    text, licence = field.tight.text, message.licence
    if rule == "SENSITIVE_INFER" and not is_cited(start, end, field, message):
        return False  # what the customer named themselves is for a person as well
    if _DISCLAIMS.search(text, field.sentence_at(start)[0], start) or _WARNS.search(field.passage(start)):
        return True
    if (
        field.is_quoted(start, end)
        or is_cited(start, end, field, message)
        or is_warned_of(start, end, field)
        or is_supposed(text, start)
        or licence.has_phrase(text[start:end])
    ):
        return True
    numbers = [token.value for token in read_numbers(text[start:end])]
    return bool(numbers) and all(licence.has_number(number) for number in numbers)


WIDE = frozenset(
    "THIRD_PARTY SURVEILLANCE CHURN_REVEAL TONE_PRESSURE TONE_THREAT TONE_INSULT HUMAN_CLAIM COMPETITOR FAKE_URGENCY "
    "FINANCIAL_CLAIM PRICE_DISCRIM MEDICAL_CLAIM ABSOLUTE_TERM CANCEL_DARK MINOR CREDENTIAL_REQUEST OFF_PLATFORM "
    "POLICY_PROMISE SENSITIVE_INFER".split()
)


def with_its_wide_list(rule: Rule) -> Rule:
    """The rule, which then asks its wide list as well, where it has one."""
    if rule.id not in WIDE:
        return rule
    narrow, wide = rule.check, unasked(rule.id)
    return replace(rule, check=lambda message: chain(narrow(message), wide(message)))

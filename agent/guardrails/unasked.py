"""What nobody asked about: other people, watching, guesses, harm, in a message whose inputs speak of no such thing.

Gives checks to the rules of claims, privacy and tone. The lists (lexicons/unasked_*.toml) are wide, so a person
decides; what record, thread or clause speaks of, what is denied, quoted or only supposed is let go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain

from agent.domain import Finding, Severity
from agent.guardrails.lexicon import read_lexicons
from agent.guardrails.listed import is_supposed
from agent.guardrails.message import Field, Message
from agent.guardrails.rule import Rule
from agent.language.numbers import read_numbers

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
                if not _has_a_reason(hit.start, hit.end, field, message):
                    yield field.finding(rule, Severity.HUMAN, reason, hit.start, hit.end, field.tight)

    return check


def _has_a_reason(start: int, end: int, field: Field, message: Message) -> bool:
    text, licence = field.tight.text, message.licence
    if field.is_quoted(start, end) or is_supposed(text, start) or licence.has_phrase(text[start:end]):
        return True
    numbers = [token.value for token in read_numbers(text[start:end])]
    return bool(numbers) and all(licence.has_number(number) for number in numbers)


WIDE = frozenset(
    "THIRD_PARTY SURVEILLANCE CHURN_REVEAL TONE_PRESSURE TONE_THREAT TONE_INSULT HUMAN_CLAIM COMPETITOR FAKE_URGENCY "
    "FINANCIAL_CLAIM PRICE_DISCRIM MEDICAL_CLAIM ABSOLUTE_TERM CANCEL_DARK MINOR CREDENTIAL_REQUEST "
    "OFF_PLATFORM".split()
)


def with_its_wide_list(rule: Rule) -> Rule:
    """The rule, which then asks its wide list as well, where it has one."""
    if rule.id not in WIDE:
        return rule
    narrow, wide = rule.check, unasked(rule.id)
    return replace(rule, check=lambda message: chain(narrow(message), wide(message)))

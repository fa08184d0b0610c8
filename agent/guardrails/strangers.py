"""Names in a message that no input holds: somebody, some place or some firm that the record does not know.

Closed world, English alone: a capital inside a sentence is a name, a nationality or a feast. What the record, a clause
or the brand names is known; a person looks at the others, and a title other than the record's is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.domain import Channel, Finding, Severity
from agent.guardrails.message import Field, Message
from agent.guardrails.rivals import ordinary_names
from agent.language.normalise import fold
from agent.language.sieve import sieve

_NAME = re.compile(
    r"(?<=[a-z,;] )(?:(?P<title>Mr|Mrs|Ms|Miss|Dr)\.? )?(?P<name>[A-Z][a-z]+(?:[A-Z]\w+)?)(?:'s)?(?![\w@./]\w)"
)
_NO_NAME = frozenset(
    """
    i i'm i'll i've i'd ok tv pm am sms pdf wi fi wifi mr mrs ms miss dr new year year's years eve christmas xmas easter
    thanksgiving hanukkah diwali ramadan eid halloween valentine's mother's father's boxing black cyber stop help
    settings account plan policy subscription subscriptions orders order customer customers care support team service
    services safety reply unsubscribe internet web app apps store english french german italian spanish dutch irish
    scottish welsh british european american canadian australian indian chinese japanese korean mexican brazilian
    colombian ethiopian kenyan guatemalan peruvian turkish greek belgian swiss danish swedish norwegian portuguese
    mediterranean victorian nordic scandinavian sunday sundays monday mondays tuesday tuesdays wednesday wednesdays
    thursday thursdays friday fridays saturday saturdays january february march april may june july august september
    october november december jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun pacific
    eastern central mountain atlantic gmt utc bst god earth milky press cancel resume pause skip start menu home help
    standard plus basic premium pro family annual lite classic essential gold silver platinum bronze
    txt whatsapp iphone ipad macbook android windows youtube paypal gmail outlook bluetooth
    visa mastercard amex apple
    google chrome safari firefox venmo zelle telegram signal wechat
    yes no sir madam dear hi hello regards cheers love thanks
    sincerely best yours warmly
    """.split()
)
_MENU = sieve(r"[>→›]|(?<![a-z])(?:press|tap|click|choose|select|open|under|in|go to|sign in|hit|reply|text|called) $")
_A_KIND = sieve(r"(?<![a-z])(?:the|a|an|our|this|that|any|some|each|every|both|new|of) $")
"""The Sumatra, a Kenyan, our Nordic lamp: goods go by names as well."""
_REASON = "No input knows this name. A person decides."


def strangers(message: Message) -> Iterator[Finding]:
    """Names that the record does not know, and titles that are not those of the record."""
    if message.context.customer.language != "en":
        return
    for field in message.fields:
        if field.name == "body":
            yield from _unknown(field, message)


def _unknown(field: Field, message: Message) -> Iterator[Finding]:
    for match in _NAME.finditer(field.raw):
        said = fold(match["name"]).text
        known = message.licence.has_phrase(said)
        if match["title"] and known and _has_another_title(match, message):
            reason = "The record gives this person another title."
            yield field.raw_finding("FACT_NAME", Severity.BLOCK, reason, *match.span())
        elif not known and not _is_ordinary(said, match, field) and not _is_of_a_tale(match, field, message):
            yield field.raw_finding("FACT_NAME", Severity.HUMAN, _REASON, *match.span("name"))


def _has_another_title(match: re.Match[str], message: Message) -> bool:
    """Mr. Okafor, where the record says Ms. Okafor."""
    name, title = fold(match["name"]).text, fold(match["title"]).text
    given = re.findall(rf"(?<![a-z])(mr|mrs|ms|miss|dr)\.? {re.escape(name)}(?![a-z])", message.licence.everything)
    return bool(given) and title not in given


def _is_ordinary(said: str, match: re.Match[str], field: Field) -> bool:
    if said in ordinary_names():
        return True
    if said in _NO_NAME or said.removesuffix("s") in _NO_NAME or any(char.isupper() for char in match["name"][1:]):
        return said in _NO_NAME or (not match["name"][1:].islower() and len(said) < 4)
    before = fold(field.raw[max(0, match.start() - 12) : match.start()]).text
    if _A_KIND.search(before) and not match["title"]:
        return True
    return bool(_MENU.search(before)) or _is_signature(match, field)


_TO_SOMEBODY = sieve(r"(?<![a-z])(?:you|your|yours|you're|you've|you'd|you'll)(?![a-z])")


def _is_of_a_tale(match: re.Match[str], field: Field, message: Message) -> bool:
    """A letter may tell of a tree and its gardener by a first name; what it says to the customer names nobody new."""
    is_letter = message.context.channel is Channel.EMAIL and not match["title"]
    return is_letter and not _TO_SOMEBODY.search(field.passage(field.tight.at(match.start())))


def _is_signature(match: re.Match[str], field: Field) -> bool:
    """A line of its own, or the last lines of a letter: who signs, and from where."""
    start, end = field.raw.rfind("\n", 0, match.start()) + 1, field.raw.find("\n", match.end())
    line = field.raw[start : end if end >= 0 else len(field.raw)].strip()
    return "\n" in field.raw and len(line) < 60 and not line.endswith((".", "!", "?"))

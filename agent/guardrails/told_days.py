"""What is told to happen, or to have happened, on a weekday or tomorrow, against the days of the record.

Closed world, English alone, and only where the record speaks of days: "the next one is Wednesday" must be a day that it
names. A day that is only supposed, asked about or offered to choose from is let go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from agent.domain import Finding, Severity
from agent.guardrails.derived import last_days
from agent.guardrails.licence import content
from agent.guardrails.message import Field, Message
from agent.language.dates import DateMention
from agent.language.normalise import fold
from agent.language.sieve import sieve

_HAPPENS = sieve(
    r"(?<![a-z])(?:next (?:one|lesson|box|delivery|visit|bill|payment|session)(?:'s| is| was)?|lands?"
    r"|landed|arriv(?:es?|ed|ing)"
    r"|ships?|shipped|goes out|go out|went out|going out|due|delivered|dispatch\w*|renews?|renewed"
    r"|left us|leaves?|posted"
    r"|sent|picked up|collected|charged|comes?|came|reach(?:es|ed)|starts?|started|ends?|ended|with you|at your door"
    r"|signed for|booked (?:for|in)|moved to|there (?:by|on)|refunded|paid|landing|coming|on its way)(?![a-z])"
)
_OPEN = sieve(
    r"\?|(?<![a-z])(?:if|would|could|should|might|may|can|unless|when|whenever|every|each|usually|normally"
    r"|always|or|either|once"
    r"|until|till|before|by|up to|not|isn't|wasn't|won't|n't|never|instead|prefer|rather|want|roast\w*|open|closed"
    r"|you said|you asked|you wrote|for example|say)(?![a-z])"
)
_KINDS = frozenset({"weekday", "relative"})
_TODAY = sieve(r"(?<![a-z])(?:today|this week|this month|the month|now)(?![a-z])")
_MOVED = sieve(
    r"(?<![a-z])(?:left (?:us|our|the (?:warehouse|depot|shop|roastery))|(?:is|are|'s|'re) (?:already "
    r"|now )?(?:on (?:its|the|their) way"
    r"|out for delivery|in the post|with the courier|on the (?:van|truck))|(?:has|have|'s"
    r"|'ve) (?:already |just )?(?:shipped"
    r"|left|gone out|been (?:shipped|sent|posted|dispatched))|went out|shipped (?:this|yesterday|last"
    r"|today))(?![a-z])"
)
_MOVES = sieve(
    r"dispatched|shipped|delivered|out for delivery|transit|on its way|on the way|sent|posted|collected"
    r"|left|en route|picked up|scan"
)


def wrong_told_days(field: Field, message: Message) -> Iterator[Finding]:
    """Events told for a weekday, tomorrow or yesterday that the record does not know."""
    if message.context.customer.language != "en" or not message.licence.dates:
        return
    for mention in field.dates:
        if mention.kind not in _KINDS or _TODAY.search(mention.text.casefold()):
            continue
        sentence = field.sentence(mention.start)
        if (
            _HAPPENS.search(sentence)
            and not _OPEN.search(sentence)
            and not _is_known(mention, sentence, field.tight.text, message)
        ):
            reason = f"The record knows nothing of {mention.text.strip()}."
            yield field.finding("FACT_RECORD", Severity.BLOCK, reason, mention.start, mention.end, field.tight)


def _is_known(mention: DateMention, sentence: str, text: str, message: Message) -> bool:
    """Whether a day it can mean, this week's or last week's of that name, stands in the record or follows from it."""
    meant = {mention.first + timedelta(more) for more in range((mention.last - mention.first).days + 1)}
    if mention.kind == "weekday":
        meant |= {day - timedelta(7) for day in meant}
    offer = message.context.offer
    days = set(message.licence.dates) | ({offer.expires_on} if offer and offer.expires_on else set())
    if re.search(r"(?<![a-z])next (?:one|lesson|box)", sentence):
        return bool(meant & days)
    return bool(meant & (days | set(last_days(message, text))))


def wrong_moves(field: Field, message: Message) -> Iterator[Finding]:
    """It has left, says the text; the record has it in production, in the queue, or due to leave on a later day."""
    if message.context.customer.language != "en":
        return
    for match in _MOVED.finditer(field.tight.text):
        if not _OPEN.search(field.sentence(match.start())) and _still_here(field.sentence(match.start()), message):
            reason = "The record does not say that it has left."
            yield field.finding("FACT_RECORD", Severity.BLOCK, reason, *match.span(), field.tight)


def _still_here(sentence: str, message: Message) -> bool:
    """Whether the record, or the part of it about the thing that the sentence names, knows of no move."""
    named = about_the_thing(sentence, message)
    facts = named or message.licence.facts
    states = [str(value).casefold() for path, value in facts if "status" in path]
    ahead = any(_lies_ahead(path, value, message) for path, value in facts)
    told = " ".join(str(value).casefold() for _, value in facts if isinstance(value, str))
    return bool(states or ahead) and not _MOVES.search(told)


def about_the_thing(sentence: str, message: Message) -> tuple[tuple[str, object], ...]:
    """The facts of the order, and of no other, whose item the sentence names; () where it names none."""
    groups: dict[str, list[tuple[str, object]]] = {}
    for path, value in message.licence.facts:
        if "." in path:
            groups.setdefault(path.rsplit(".", 1)[0], []).append((path, value))
    said = content(sentence)
    named = [
        rows
        for rows in groups.values()
        if any(p.endswith("item") and content(fold(str(v)).text) & said for p, v in rows)
    ]
    return tuple(named[0]) if len(named) == 1 else ()


def _lies_ahead(path: str, value: object, message: Message) -> bool:
    if not re.search(r"dispatch|ship|next_box|next_order|slot", path.casefold()):
        return False
    try:
        return date.fromisoformat(str(value)[:10]) > message.context.local_now.date()
    except ValueError:
        return False

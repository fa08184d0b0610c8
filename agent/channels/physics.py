"""A text held against its provider: what would be refused, cut or turned away on the way, in plain sentences.

Takes the provider's rules, words and purpose; gives reasons, none when it fits. The law and the market's habits are the
gate's business; here it is only whether this company would carry these words as they are.
"""

from __future__ import annotations

import re

from agent.channels.providers import Links, ProviderRules, Unit
from agent.domain import Purpose, Words

LINK = re.compile(r"https?://|www\.|\b[\w-]+(?:\.[\w-]+)*\.(?:com|cn|net|org|io|me|co|shop|top|cc|example)\b", re.I)
SIGNATURE = re.compile(r"\A\s*【[^【】]{1,30}】")


def objections(rules: ProviderRules, words: Words, purpose: Purpose, language: str) -> tuple[str, ...]:
    """Why this provider would not carry these words; empty when it would."""
    found = []
    body = SIGNATURE.sub("", words.body) if rules.signed else words.body
    if rules.signed and not SIGNATURE.match(words.body):
        found.append("the registered signature 【…】 is missing at the beginning")
    found += _too_long(rules, words)
    if bad := sorted({char for char in body if char in rules.forbidden_characters}):
        found.append(f"it refuses the characters {' '.join(bad)}")
    if rules.links is Links.NEVER and LINK.search(body):
        found.append("it takes no links")
    found += [f"it refuses the subject {word!r}" for word in subjects_in(rules, body, language)]
    suffix = rules.suffix.get(language)
    if purpose is Purpose.MARKETING and suffix and suffix not in body:
        found.append(f"marketing must carry {suffix!r}")
    return tuple(f"{rules.key}: {reason}" for reason in found)


def subjects_in(rules: ProviderRules, text: str, language: str) -> list[str]:
    """The banned subjects that this text is about, by the provider's own words."""
    folded = text.casefold()
    return [word for word in rules.banned.get(language, ()) if word.casefold() in folded]


def size(text: str, unit: Unit) -> int:
    return len(text.encode("utf-8", "surrogatepass")) if unit is Unit.BYTES else len(text)


def _too_long(rules: ProviderRules, words: Words) -> list[str]:
    limits = (("text", words.body, rules.body_max), ("title", words.subject or "", rules.subject_max))
    return [
        f"the {name} has {size(text, rules.counts)} {rules.counts}, {most} is the most"
        for name, text, most in limits
        if most is not None and size(text, rules.counts) > most
    ]

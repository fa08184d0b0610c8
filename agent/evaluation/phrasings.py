"""Wishes of reps in words that no pattern was written for, each with the flag that a person reads in it.

Takes phrasings.toml, gives Phrasings; says for a flag whether a case can keep it, and whether a draft did. The file is
written by another hand than agent/instructions/flags.toml and never read by it; a house test compares the two.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable

from agent.domain import MONEY_KINDS, Draft, FactSheet, Language
from agent.language.scripts import count_scripts
from agent.resources import package_data
from agent.slots import slot_names
from agent.slots.grammar import TOKEN

APOLOGY = re.compile(r"歉|对不[起住]|赔个不是|过意不去|sorry|apolog|regret", re.IGNORECASE)
ASKING = re.compile(
    r"[?？]|吗|告诉我们|说说|意见|看法|想听|感受|建议|指点|请直说|说出来|"
    r"tell us|let us know|hear|think|view|thoughts?\b|opinion|suggestion|say so|frank word|criticism",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Phrasing:
    """What a rep writes, and what is meant by it."""

    text: str
    flag: str
    language: Language

    def can_be_kept_on(self, sheet: FactSheet) -> bool:
        """Whether this case has what the wish needs, and keeping it would show."""
        possible = POSSIBLE.get(self.flag)
        return possible is None or possible(sheet)

    def kept_in(self, draft: Draft, plain: Draft) -> bool:
        """Whether the draft does as wished; `plain` is what the same writer wrote without the wish."""
        return KEPT[self.flag](draft, plain)


def read_phrasings(root: Traversable | None = None) -> list[Phrasing]:
    rows = tomllib.loads(((root or package_data("agent.evaluation")) / "phrasings.toml").read_text(encoding="utf-8"))
    return [
        Phrasing(text, flag, language)
        for flag, words in rows.items()
        for language in Language
        for text in words[language.value]
    ]


def _has(slot: str) -> Callable[[FactSheet], bool]:
    return lambda sheet: sheet.fact(slot) is not None


def _offered(sheet: FactSheet) -> bool:
    return sheet.offer is not None and sheet.offer.kind in MONEY_KINDS and sheet.fact("offer") is not None


POSSIBLE: Mapping[str, Callable[[FactSheet], bool]] = {
    "no_coupon": _offered,
    "offer_first": _offered,
    "mention_points": _has("points_balance"),
    "mention_refund": _has("refund_amount"),
    "no_refund": _has("refund_amount"),
    "mention_item": lambda sheet: sheet.fact("last_item") is not None or sheet.fact("ticket_item") is not None,
    "english": lambda sheet: sheet.language is Language.ZH,
    "chinese": lambda sheet: sheet.language is Language.EN,
    # an offer's terms and a quoted rule have to be said whatever the rep wishes
    "shorter": lambda sheet: sheet.channel in ("email", "chat"),
    "longer": lambda sheet: sheet.channel == "email",
}


def _slots(draft: Draft) -> set[str]:
    return set(slot_names(draft.body_template))


def _without(*slots: str) -> Callable[[Draft, Draft], bool]:
    return lambda draft, _: not _slots(draft) & set(slots)


def _with(*slots: str) -> Callable[[Draft, Draft], bool]:
    return lambda draft, _: bool(_slots(draft) & set(slots))


def _offer_comes_first(draft: Draft, _: Draft) -> bool:
    """Nothing but the greeting and one sentence before it."""
    place = min((span.start for span in draft.spans if span.slot == "offer" and span.field == "body"), default=None)
    return place is not None and place <= (60 if draft.language is Language.ZH else 160)


def _mostly(language: Language) -> Callable[[Draft, Draft], bool]:
    def written_in(draft: Draft, _: Draft) -> bool:
        words = TOKEN.sub("", draft.body_template)  # slots are named in English in either language
        return (count_scripts(words).hanzi > len(words) / 4) is (language is Language.ZH)

    return written_in


def _in_tone(tone: str) -> Callable[[Draft, Draft], bool]:
    """Tone cannot be counted in the words: what counts is that the wish reached the writer."""
    return lambda draft, _: tone in draft.instruction.understood


KEPT: Mapping[str, Callable[[Draft, Draft], bool]] = {
    "no_coupon": _without("offer", "offer_code", "offer_expires", "offer_min_spend"),
    "no_apology": lambda draft, _: APOLOGY.search(draft.body) is None,
    "no_emoji": lambda draft, _: re.search("[\U0001f300-\U0001faff\u2600-\u27bf]", draft.body) is None,
    "no_name": _without("salutation", "first_name"),
    "no_item": _without("last_item", "ticket_item"),
    "no_refund": _without("refund_amount"),
    "shorter": lambda draft, plain: len(draft.body) < len(plain.body),
    "longer": lambda draft, plain: len(draft.body) > len(plain.body),
    "formal": _in_tone("formal"),
    "lively": _in_tone("lively"),
    "warmer": _in_tone("warmer"),
    "plain": _in_tone("plain"),
    "english": _mostly(Language.EN),
    "chinese": _mostly(Language.ZH),
    "add_apology": lambda draft, _: APOLOGY.search(draft.body) is not None,
    "mention_refund": _with("refund_amount"),
    "mention_points": _with("points_balance"),
    "ask_feedback": lambda draft, _: ASKING.search(draft.body) is not None,
    "offer_first": _offer_comes_first,
    "mention_item": _with("last_item", "ticket_item"),
}

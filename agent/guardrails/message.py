"""One message as the rules see it: its fields read once, what it says it is, and what the inputs license.

Made by the engine for every check; nothing in it outlives the check. Knows no rule.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import cached_property
from operator import attrgetter
from typing import TypeVar, cast

from agent.domain import Finding, Purpose, Severity, Span, Words
from agent.guardrails.context import GateContext
from agent.guardrails.licence import Licence
from agent.guardrails.selling import DENIED, benefits, speaks_of_trouble, upsells, vague_benefits
from agent.language.dates import DateMention, dates_in
from agent.language.entities import DigitRun, Link, read_code_like, read_digit_runs, read_links
from agent.language.normalise import Reading, View, sentences
from agent.language.quantities import Quantity, quantities_in
from agent.language.sieve import Sieve, blanked, sieve

T = TypeVar("T")
_BESIDE, _REACH = 60, 120
_QUOTE = 90
"""How far a quotation mark may stand from what it quotes, in characters."""
_QUOTES = (("“", "”"), ("「", "」"), ("『", "』"), ("‘", "’"), ('"', '"'))


class Field:
    """Subject or body. Quantities, dates and links are read from the tight view, so that spacing hides nothing."""

    def __init__(self, name: str, raw: str, context: GateContext) -> None:
        self.name = name
        self.raw = raw
        self.reading = Reading(raw)
        self._language = context.customer.language
        self._today = context.local_now.date()
        self._masked: str | None = None

    @property
    def words(self) -> View:
        return self.reading.words

    @property
    def tight(self) -> View:
        return self.reading.tight

    @cached_property
    def quantities(self) -> list[Quantity]:
        """Offsets are into the tight view."""
        return quantities_in(self.tight.text, self._language)

    def quantities_in(self, start: int, end: int) -> list[Quantity]:
        """The quantities that start in [start, end) of the tight view."""
        first, last = (bisect_left(self.quantities, at, key=attrgetter("start")) for at in (start, end))
        return self.quantities[first:last]

    @cached_property
    def shares(self) -> frozenset[Decimal]:
        """The numbers of all percentages."""
        return frozenset(quantity.value for quantity in self.quantities if quantity.kind.startswith("percent"))

    def quantities_near(self, at: int) -> list[Quantity]:
        """Those of the sentence that holds `at`, and of a line before it."""
        start, end = self.sentence_at(at)
        return self.quantities_in(max(start - _BESIDE, at - _REACH, 0), min(end, at + _REACH))

    def points_near(self, at: int) -> list[Decimal]:
        """The counts of points among them; 5100分 is one."""
        text = self.tight.text
        return [q.value for q in self.quantities_near(at) if q.kind == "points" or text[q.end : q.end + 1] == "分"]

    @cached_property
    def dates(self) -> list[DateMention]:
        return dates_in(self.tight.text, self._language, self._today)

    def dates_in(self, start: int, end: int) -> list[DateMention]:
        """The days that are named within [start, end) of the tight view."""
        first, last = (bisect_left(self._days, at, key=attrgetter("start")) for at in (start, end))
        return self._days[first:last]

    @cached_property
    def _days(self) -> list[DateMention]:
        return sorted(self.dates, key=attrgetter("start"))

    @cached_property
    def has_threshold(self) -> bool:
        return any(quantity.kind == "threshold" for quantity in self.quantities)

    @cached_property
    def links(self) -> list[Link]:
        return read_links(self.tight.text)

    @cached_property
    def digit_runs(self) -> list[DigitRun]:
        return read_digit_runs(self.tight.text)

    @cached_property
    def code_tokens(self) -> list[tuple[int, int, str]]:
        """Tokens that look like codes, with raw offsets; invisible characters inside them are dropped."""
        visible, starts, ends = _visible(self.raw)
        return [(starts[a], ends[b - 1], visible[a:b]) for a, b in read_code_like(visible)]

    def masked(self, message: Message) -> str:
        """The tight text with names, products and quotes of the record blanked, offsets kept: they claim nothing."""
        if self._masked is None:
            text = self.tight.text
            for phrase in message.licence.names:
                if phrase in text:
                    text = self._blank(phrase, text)
            self._masked = blanked(text, self.tight.text)
        return self._masked

    def _blank(self, phrase: str, text: str) -> str:
        """A single English word is a name only where it has its capital: Ms Best, but not the best."""
        at = text.find(phrase)
        while at >= 0:
            is_word = phrase.isascii() and phrase.isalpha()
            if not is_word or self.raw[self.tight.index_map[at]].isupper():
                text = text[:at] + "\x1f" * len(phrase) + text[at + len(phrase) :]
            at = text.find(phrase, at + 1)
        return text

    @cached_property
    def sentences(self) -> list[tuple[int, int]]:
        """Where each sentence of the tight view starts and ends."""
        return sentences(self.tight.text)

    def sentence_at(self, at: int) -> tuple[int, int]:
        """Where the sentence of the tight view that holds `at` starts and ends."""
        index = bisect_right(self.sentences, (at, len(self.tight.text) + 1)) - 1
        if index < 0 or at >= self.sentences[index][1]:
            return at, at
        return self.sentences[index]

    def sentence(self, at: int) -> str:
        start, end = self.sentence_at(at)
        return self.tight.text[start:end]

    def passage(self, at: int) -> str:
        """The sentence that holds `at`, with the one before it: what it speaks of may have been said there."""
        index = max(bisect_right(self.sentences, (at, len(self.tight.text) + 1)) - 2, 0)
        return self.tight.text[self.sentences[index][0] if self.sentences else 0 : self.sentence_at(at)[1]]

    def paragraph(self, at: int) -> str:
        """The paragraph that holds `at`."""
        text = self.tight.text
        start, end = text.rfind("\n\n", 0, at), text.find("\n\n", at)
        return text[start + 2 if start >= 0 else 0 : end if end >= 0 else len(text)]

    def is_quoted(self, start: int, end: int) -> bool:
        """Whether [start, end) of the tight view lies between quotation marks, each within a long sentence."""
        before, after = self.tight.text[max(0, start - _QUOTE) : start], self.tight.text[end : end + _QUOTE]
        return any(
            right in after
            and (before.count(left) % 2 == 1 if left == right else before.rfind(left) > before.rfind(right))
            for left, right in _QUOTES
        )

    @cached_property
    def _denials(self) -> frozenset[int]:
        """Starts of the sentences that say there is nothing, or that it is over."""
        return frozenset(self.sentence_at(match.start())[0] for match in DENIED.finditer(self.tight.text))

    def is_denied(self, at: int) -> bool:
        return bool(self._denials) and self.sentence_at(at)[0] in self._denials

    def find(self, pattern: Sieve, view: View | None = None) -> Iterator[re.Match[str]]:
        yield from pattern.finditer((view or self.words).text)

    def finding(
        self, rule: str, severity: Severity, message: str, start: int, end: int, view: View | None = None
    ) -> Finding:
        """A finding at [start, end) of a view (the words view by default)."""
        return self.raw_finding(rule, severity, message, *(view or self.words).raw_span(start, end))

    def raw_finding(self, rule: str, severity: Severity, message: str, start: int, end: int) -> Finding:
        return Finding(rule, severity, message, self.name, start, end, self.raw[start:end])


_FULL_WIDTH = {**{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}, 0x3000: 0x20}


def _visible(raw: str) -> tuple[str, Sequence[int], Sequence[int]]:
    """The raw text with half-width letters, its case kept, without what cannot be seen."""
    reading = raw.translate(_FULL_WIDTH)
    if not _INVISIBLE.search(reading):
        return reading, range(len(reading)), range(1, len(reading) + 1)
    kept = [at for at, char in enumerate(reading) if not _INVISIBLE.match(char)]
    return "".join(reading[at] for at in kept), kept, [at + 1 for at in kept]


_INVISIBLE = sieve(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")


def context_finding(rule: str, severity: Severity, message: str) -> Finding:
    """A finding about the inputs rather than about words."""
    return Finding(rule, severity, message, "context")


class Message:
    """The words with their context; `purpose` is what the message turns out to be."""

    def __init__(self, words: Words, context: GateContext, act_spans: Sequence[Span] = ()) -> None:
        self.words = words
        self.context = context
        self.act_spans = tuple(act_spans)
        texts = (("subject", words.subject), ("body", words.body))
        self._benefits: dict[str, list[Quantity]] = {}
        self._made: dict[tuple[str, ...], object] = {}
        self.fields = tuple(Field(name, raw, context) for name, raw in texts if raw)

    @cached_property
    def body(self) -> Field | None:
        return next((field for field in self.fields if field.name == "body"), None)

    @cached_property
    def licence(self) -> Licence:
        return Licence(self.context)

    def once(self, key: tuple[str, ...], make: Callable[[], T]) -> T:
        """What a rule works out from the whole message, made once however many places ask for it."""
        if key not in self._made:
            self._made[key] = make()
        return cast("T", self._made[key])

    @cached_property
    def sells(self) -> bool:
        """Whether the words offer or promote something, whatever the caller says the purpose is."""
        return any(
            self.benefits_of(field) or self.vague_benefits_of(field) or upsells(field) or self._names_code(field)
            for field in self.fields
        )

    def _names_code(self, field: Field) -> bool:
        """Whether the row's code is told as one that can be used; one that is over, or failed, sells nothing."""
        code = self.context.offer.code if self.context.offer else None
        if not code or len(code) < 3:
            return False
        places = (match.start() for match in re.finditer(re.escape(code.casefold()), field.tight.text))
        return any(not field.is_denied(at) and not speaks_of_trouble(field, at) for at in places)

    def benefits_of(self, field: Field) -> list[Quantity]:
        """What a field promises beyond clauses, record and licensed acts; read once."""
        if field.name not in self._benefits:
            found = benefits(field, self.licence)
            self._benefits[field.name] = [one for one in found if not self._is_act(field, one.start, one.end)]
        return self._benefits[field.name]

    def vague_benefits_of(self, field: Field) -> list[re.Match[str]]:
        """The same for what is promised without a number."""
        return [one for one in vague_benefits(field, self.licence) if not self._is_act(field, *one.span())]

    def _is_act(self, field: Field, start: int, end: int) -> bool:
        return self.in_act(field, *field.tight.raw_span(start, end))

    @cached_property
    def purpose(self) -> Purpose:
        """A service message that sells is marketing. A reply in a chat stays a reply: the customer asked."""
        stated = self.context.purpose
        if stated is Purpose.MARKETING or (stated is Purpose.REPLY and self.context.channel.value == "chat"):
            return stated
        return Purpose.MARKETING if self.sells else stated

    @property
    def is_marketing(self) -> bool:
        return self.purpose is Purpose.MARKETING

    def in_act(self, field: Field, start: int, end: int) -> bool:
        """Whether raw [start, end), but for the blanks around it, lies inside a promise that a clause backs."""
        said = field.raw[start:end]
        start, end = end - len(said.lstrip()), start + len(said.rstrip())
        spans = (span for span in self.act_spans if span.field == field.name and span.kind in ("act", "clause"))
        return any(span.start <= start and end <= span.end for span in spans)

"""Filling and checking by the thousand: one template of a cell with its verdict on record, and many customers.

Takes a template that the whole gate passed with the longest and the plainest fills; gives, for each customer, the
finished words and a verdict. The verdict is the template's own, plus rules for what differs (the greeting, the code),
plus the live permission rules. A fill that these rules do not clear is no finding yet: that one message goes through
the whole gate.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

from agent.cells.writer import LONGEST_CODE, LONGEST_NAMES
from agent.domain import (
    Channel,
    Decision,
    FactSheet,
    Finding,
    Language,
    Severity,
    SlotType,
    Source,
    Span,
    Verdict,
    Words,
)
from agent.draft import Template, shaped, template_problems
from agent.errors import SlotError
from agent.guardrails import check
from agent.guardrails.context import GateContext
from agent.guardrails.engine import find_all
from agent.guardrails.live import live_findings
from agent.language.normalise import fold
from agent.realise import realise
from agent.slots import NameParts, say
from agent.voice import addressed, voice_of

PLAIN_CODE = re.compile(r"(?=[A-Z0-9]*[A-Z])(?=[A-Z0-9]*[0-9])[A-Z0-9]{5,12}")
PROBES = {
    Language.ZH: (NameParts(full="李安", surname="李", given="安"), LONGEST_NAMES[1], NameParts()),
    Language.EN: (NameParts(full="Ann Lee", surname="Lee", given="Ann"), LONGEST_NAMES[0], NameParts()),
}
HOLES = {"salutation": "salutation", "offer_code": "offer_code", "unsubscribe": "unsubscribe"}


@dataclass(frozen=True, slots=True)
class Fill:
    """What differs from customer to customer. `state` gives the state of this customer now, with their reserved row.

    `code` and `unsubscribe` are what would be said, `reserved` and `link` what is on record. `sources`: whose greeting
    and whose ledger row they are, for the citations.
    """

    state: Callable[[], GateContext]
    name: NameParts
    code: str | None
    unsubscribe: str
    reserved: str | None
    link: str
    sources: Mapping[str, Source] = field(default_factory=dict)

    @classmethod
    def of(cls, context: GateContext, name: NameParts, code: str | None, unsubscribe: str) -> Fill:
        """Where the state is at hand."""
        reserved = context.offer.code if context.offer else None
        return cls(lambda: context, name, code, unsubscribe, reserved, context.brand.unsubscribe_url)


@dataclass(frozen=True, slots=True)
class Filled:
    """The words for one customer, with their citations."""

    words: Words
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Hole:
    """A place in the text that is filled for each customer; `form` as in the template."""

    slot: str
    form: str | None


Part = str | Hole
GREETINGS = (Hole("salutation", None), Hole("salutation", "short"))
TOGETHER = 40
"""Greetings that are judged in one letter."""
OTHERS_NAME = "FACT_NAME"
"""What the gate says of all names but one in such a letter; each customer is greeted from their own record."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """A field, cut at its holes. `cited`: piece, offset in it, and the citation as it stood in the probe."""

    parts: tuple[Part, ...]
    cited: tuple[tuple[int, int, Span], ...]

    @property
    def spans(self) -> tuple[Span, ...]:
        return tuple(span for _, _, span in self.cited)

    def filled(self, words_of: Callable[[Hole], str], sources: Mapping[str, Source]) -> tuple[str, tuple[Span, ...]]:
        """The text with its holes filled, and its citations at their new places. `sources`: by the type of the old."""
        said = [part if isinstance(part, str) else words_of(part) for part in self.parts]
        begins, at = [], 0
        for words in said:
            begins.append(at)
            at += len(words)
        spans = []
        for piece, offset, span in self.cited:
            start = begins[piece] + offset
            length = len(said[piece]) if isinstance(self.parts[piece], Hole) else span.end - span.start
            source = sources.get(span.source.type, span.source)
            spans.append(Span(span.field, start, start + length, span.slot, span.kind, source))
        return "".join(said), tuple(spans)


@dataclass(slots=True)
class Greetings:
    """Greetings that the whole gate has judged in a template, true where it had nothing against them.

    They are known for all templates of a language: each template was approved with a plain, the longest and no name.
    """

    known: dict[tuple[Language, str], bool] = field(default_factory=dict)


class ApprovedCell:
    """One template, approved for everybody of its cell. Make it with `approve`, which asks the whole gate."""

    def __init__(
        self,
        sheet: FactSheet,
        template: Template,
        subject: Pieces,
        body: Pieces,
        longest: int,
        book: str,
        greetings: Greetings,
    ) -> None:
        self.template, self.book = template, book
        self._sheet, self._subject, self._body = sheet, subject, body
        self._acts = tuple(span for span in (*subject.spans, *body.spans) if span.kind == "act")
        self._longest = longest
        self._greetings = greetings
        self.whole = 0
        """How many messages went through the whole gate, because a fill was not plain."""

    @property
    def language(self) -> Language:
        return self._sheet.language

    @property
    def _counts_by_alphabet(self) -> bool:
        """One á turns 160 characters of an SMS into 70: such a greeting is counted in its own message."""
        return self._sheet.channel is Channel.SMS and self.language is Language.EN

    @property
    def on_record(self) -> dict[str, object]:
        """What was approved: the template, the words that all share, and the promises in them with their clauses."""
        acts = {act.key: act.clause.id for act in self._sheet.acts}
        template = {"subject": self.template.subject, "body": self.template.body}
        return {"template": template, "alike": self.said_alike.split("\x1f"), "acts": acts, "book": self.book}

    @property
    def said_alike(self) -> str:
        """Everything that all of its messages have in common, as it was approved."""
        return "\x1f".join(part for part in (*self._subject.parts, *self._body.parts) if isinstance(part, str))

    def messages(self, fills: Sequence[Fill]) -> Iterator[tuple[Words, Decision]]:
        """The words for each customer and what the gate says of them, in order. Greetings are learnt together."""
        self.learn(fills)
        for fill in fills:
            yield self.message(fill)

    def message(self, fill: Fill) -> tuple[Words, Decision]:
        """The words for this customer and what the gate says of them."""
        greetings: dict[str | None, str] = {}
        words = self._filled(fill, greetings).words
        if not self._is_plain(fill) or not all(self._greets_well(words, fill, said) for said in greetings.values()):
            return words, self._whole_gate(words, fill, greetings.values()).decision
        return words, _decision(live_findings(fill.state()))

    def plain(self, fill: Fill) -> Filled | None:
        """The words for this customer, where nothing that differs needs another look; whether we may write to them at
        all is for the permission rules. None: this one goes through the whole gate."""
        greetings: dict[str | None, str] = {}
        filled = self._filled(fill, greetings)
        fits = self._is_plain(fill) and all(self._greets_well(filled.words, fill, said) for said in greetings.values())
        return filled if fits else None

    def judged_whole(self, words: Words, fill: Fill) -> Verdict:
        """The whole gate on one filled message: what `message` must agree with."""
        greetings: dict[str | None, str] = {}
        self._filled(fill, greetings)
        return self._whole_gate(words, fill, greetings.values())

    def _filled(self, fill: Fill, greetings: dict[str | None, str]) -> Filled:
        subject, subject_spans = self._subject.filled(lambda hole: self._words_of(hole, fill, greetings), fill.sources)
        body, body_spans = self._body.filled(lambda hole: self._words_of(hole, fill, greetings), fill.sources)
        return Filled(Words(subject if self._subject.parts else None, body), (*subject_spans, *body_spans))

    def _words_of(self, hole: Hole, fill: Fill, greetings: dict[str | None, str]) -> str:
        if hole.slot == "offer_code":
            return fill.code or ""
        if hole.slot == "unsubscribe":
            return fill.unsubscribe
        if hole.form not in greetings:
            fact = self._sheet.fact("salutation")
            assert fact is not None, "a greeting is filled from the sheet's own fact"
            said = say(replace(fact, value=fill.name), hole.form, self._sheet)
            greetings[hole.form] = addressed(said, voice_of(self._sheet.brand, self._sheet.language))
        return greetings[hole.form]

    def _greetings_of(self, fill: Fill) -> list[str]:
        greetings: dict[str | None, str] = {}
        for hole in GREETINGS:
            if hole in self._subject.parts or hole in self._body.parts:
                self._words_of(hole, fill, greetings)
        return list(greetings.values())

    def learn(self, fills: Sequence[Fill]) -> None:
        """Many greetings in one letter: when the whole gate has nothing against it, it has nothing against any.

        A greeting of a letter that did not pass is judged in its own message, when its turn comes.
        """
        said = {greeting for fill in fills for greeting in self._greetings_of(fill)}
        unknown = [greeting for greeting in said if (self.language, greeting) not in self._greetings.known]
        names = sorted(greeting for greeting in unknown if len(greeting) <= self._longest)
        if not names:
            return
        base = fills[0].state()
        for start in range(0, len(names), TOGETHER):
            part = names[start : start + TOGETHER]
            facts = {f"slot_salutation_{n}": greeting for n, greeting in enumerate(part)}
            limits = replace(base.limits, sms_max_segments=999, push_body=99_999)
            context = replace(base, limits=limits, customer=replace(base.customer, facts=facts))
            hole = next((part for part in self._body.parts if part in GREETINGS), None)
            if hole is None:
                return
            subject, _ = self._subject.filled(lambda one: self._words_of(one, fills[0], {}), {})
            greeted = {hole: "\n".join(part)}
            body, _ = self._body.filled(partial(self._with_these, greeted, fills[0]), {})
            self.whole += 1
            found = find_all(Words(subject if self._subject.parts else None, body), context, [])
            if not [one for one in found if one.field != "context" and one.rule != OTHERS_NAME]:
                self._greetings.known.update({(self.language, greeting): True for greeting in part})

    def _with_these(self, greeted: Mapping[Hole, str], fill: Fill, hole: Hole) -> str:
        return greeted[hole] if hole in greeted else self._words_of(hole, fill, {})

    def _is_plain(self, fill: Fill) -> bool:
        """Whether code and link are the reserved ones, and of the shape that was approved; and whether no word of the
        template is part of a name: the gate reads a name that stands in the words as that name."""
        if fill.code != fill.reserved or fill.unsubscribe != fill.link or self._holds_a_name(fill.name):
            return False
        return fill.code is None or PLAIN_CODE.fullmatch(fill.code) is not None

    def _holds_a_name(self, name: NameParts) -> bool:
        said, capitals = self._said
        parts = {part for whole in (name.full, name.given, name.surname) if whole for part in (whole, *whole.split())}
        return any(
            part.casefold() in capitals if part.isascii() else fold(part).text in said
            for part in parts
            if len(part) > 1
        )

    @cached_property
    def _said(self) -> tuple[str, frozenset[str]]:
        """What all messages say; and its words with a capital, for a will is no Will."""
        capitals = re.findall(r"(?<![A-Za-z])[A-Z][A-Za-z]+", self.said_alike)
        return fold(self.said_alike).text, frozenset(word.casefold() for word in capitals)

    def _greets_well(self, words: Words, fill: Fill, greeting: str) -> bool:
        """The whole gate has passed this very greeting in this template; asked once for each greeting."""
        if len(greeting) > self._longest or (self._counts_by_alphabet and not greeting.isascii()):
            return False
        known, which = self._greetings.known, (self.language, greeting)
        if which not in known:
            findings = self._whole_gate(words, fill, [greeting]).findings
            known[which] = all(finding.field == "context" for finding in findings)
        return known[which]

    def _whole_gate(self, words: Words, fill: Fill, greetings: Iterable[str]) -> Verdict:
        self.whole += 1
        said = {f"slot_salutation_{n}": greeting for n, greeting in enumerate(greetings)}
        context = fill.state()
        customer = replace(context.customer, facts={**context.customer.facts, **said})
        return check(words, replace(context, customer=customer), _moved(self._acts, self._sheet, words))


def approve(reply: str, sheet: FactSheet, context: GateContext, learnt: Greetings | None = None) -> ApprovedCell | None:
    """The template of a writer's answer, when the whole gate passes it with a plain, the longest and no name.

    `sheet` is the cell's shared sheet, `context` that of any of its customers with nothing against writing to them.
    """
    template = shaped(reply, sheet)
    if template_problems(template, sheet, finished=True):
        return None
    longest = 0
    for name in PROBES[sheet.language]:
        probe = _with(sheet, name, LONGEST_CODE)
        try:
            filled = realise(template.subject, template.body, probe)
        except SlotError:  # it names something that is one customer's alone
            return None
        offer = replace(context.offer, code=LONGEST_CODE) if context.offer and context.offer.code else context.offer
        greetings = [_text(filled.subject, filled.body, span) for span in filled.spans if span.slot == "salutation"]
        longest = max([longest, *map(len, greetings)])
        facts = {f"slot_salutation_{n}": words for n, words in enumerate(greetings)}
        known = {**context.customer.facts, **facts}
        customer = replace(context.customer, name=name.full, first_name=name.given, facts=known)
        asked = replace(context, offer=offer, customer=customer)
        acts = [span for span in filled.spans if span.kind == "act"]
        if not _fits_everybody(check(Words(filled.subject, filled.body), asked, acts)):
            return None
    subject = _pieces(filled.subject or "", "subject", filled.spans, template.subject or "")
    body = _pieces(filled.body, "body", filled.spans, template.body)
    if subject is None or body is None:
        return None
    learnt = learnt if learnt is not None else Greetings()
    return ApprovedCell(sheet, template, subject, body, longest, context.book.id, learnt)


def _fits_everybody(verdict: Verdict) -> bool:
    """Passed, or only the hour is wrong: that is each customer's own, and asked for each."""
    waits = verdict.deferred_until is not None and all(finding.rule == "QUIET_HOURS" for finding in verdict.findings)
    return verdict.decision is Decision.PASS or waits


def _pieces(text: str, name: str, spans: Sequence[Span], template: str) -> Pieces | None:
    """The filled text cut at what differs from customer to customer. None where a citation reaches over a cut."""
    forms = iter(re.findall(r"\{salutation(?:\|(\w+))?\}", template))
    parts: list[Part] = []
    cited: list[tuple[int, int, Span]] = []
    at = covered = 0
    for span in sorted((span for span in spans if span.field == name), key=lambda span: span.start):
        if span.start < at or (span.slot in HOLES and span.start < covered):
            return None
        covered = max(covered, span.end)
        if span.slot in HOLES:
            form = (next(forms, "") or None) if span.slot == "salutation" else None
            parts += [text[at : span.start], Hole(span.slot, form)]
            cited.append((len(parts) - 1, 0, span))
            at = span.end
        else:
            cited.append((len(parts), span.start - at, span))
    return Pieces((*parts, text[at:]) if text else (), tuple(cited))


def _with(sheet: FactSheet, name: NameParts, code: str) -> FactSheet:
    changed = {SlotType.SALUTATION: name, SlotType.CODE: code}
    return replace(sheet, facts=tuple(replace(fact, value=changed.get(fact.type, fact.value)) for fact in sheet.facts))


def _text(subject: str | None, body: str, span: Span) -> str:
    return ((subject or "") if span.field == "subject" else body)[span.start : span.end]


def _moved(acts: Sequence[Span], sheet: FactSheet, words: Words) -> list[Span]:
    """The promises at their places in these words; each stands in them once, as it was approved."""
    from agent.acts import act_table

    moved = []
    for span in acts:
        key = span.slot.removeprefix("act:")
        spec = act_table()[key]
        for said in dict.fromkeys(spec.ways_of_saying(sheet.language)):
            said = addressed(said, voice_of(sheet.brand, sheet.language))
            if (at := words.body.find(said)) >= 0:
                moved.append(replace(span, field="body", start=at, end=at + len(said)))
    return moved


def _decision(findings: Sequence[Finding]) -> Decision:
    severities = {finding.severity for finding in findings}
    if severities & {Severity.BLOCK, Severity.FIX}:
        return Decision.BLOCK
    return Decision.REVIEW if Severity.HUMAN in severities else Decision.PASS

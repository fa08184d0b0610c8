"""Filling and checking by the thousand: one template of a cell with its verdict on record, and many customers.

Takes a template that the whole gate passed with the longest and the plainest fills; gives, for each customer, the
finished words and a verdict. The verdict is the template's own, plus rules for what differs (the greeting, the code),
plus the live permission rules. A fill that these rules do not clear is no finding yet: that one message goes through
the whole gate.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from agent.cells.writer import LONGEST_CODE, LONGEST_NAMES
from agent.domain import Decision, FactSheet, Finding, Language, Severity, SlotType, Span, Verdict, Words
from agent.draft import read_reply
from agent.errors import SlotError
from agent.guardrails import check
from agent.guardrails.context import GateContext
from agent.guardrails.engine import find_all
from agent.guardrails.live import live_findings
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
    """What differs from customer to customer. `context` is the state of this customer now, with their reserved row."""

    context: GateContext
    name: NameParts
    code: str | None
    unsubscribe: str


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


class ApprovedCell:
    """One template, approved for everybody of its cell. Make it with `approve`, which asks the whole gate."""

    def __init__(
        self, sheet: FactSheet, subject: Sequence[Part], body: Sequence[Part], acts: Sequence[Span], longest: int
    ) -> None:
        self._sheet, self._subject, self._body = sheet, tuple(subject), tuple(body)
        self._acts = tuple(acts)
        self._longest = longest
        self._greetings: dict[str, bool] = {}
        self.whole = 0
        """How many messages went through the whole gate, because a fill was not plain."""

    def messages(self, fills: Sequence[Fill]) -> Iterator[tuple[Words, Decision]]:
        """The words for each customer and what the gate says of them, in order. Greetings are learnt together."""
        self._learn(
            {greeting for fill in fills for greeting in self._greetings_of(fill)} - self._greetings.keys(), fills
        )
        for fill in fills:
            yield self.message(fill)

    def message(self, fill: Fill) -> tuple[Words, Decision]:
        """The words for this customer and what the gate says of them."""
        greetings: dict[str | None, str] = {}
        subject = self._filled(self._subject, fill, greetings) if self._subject else None
        words = Words(subject, self._filled(self._body, fill, greetings))
        if not self._is_plain(fill) or not all(self._greets_well(words, fill, said) for said in greetings.values()):
            return words, self._whole_gate(words, fill, greetings.values()).decision
        return words, _decision(live_findings(fill.context))

    def judged_whole(self, words: Words, fill: Fill) -> Verdict:
        """The whole gate on one filled message: what `message` must agree with."""
        greetings: dict[str | None, str] = {}
        self._filled((*self._subject, *self._body), fill, greetings)
        return self._whole_gate(words, fill, greetings.values())

    def _filled(self, parts: Sequence[Part], fill: Fill, greetings: dict[str | None, str]) -> str:
        return "".join(part if isinstance(part, str) else self._words_of(part, fill, greetings) for part in parts)

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
        self._filled([part for part in (*self._subject, *self._body) if part in GREETINGS], fill, greetings)
        return list(greetings.values())

    def _learn(self, unknown: set[str], fills: Sequence[Fill]) -> None:
        """Many greetings in one letter: when the whole gate has nothing against it, it has nothing against any.

        A greeting of a letter that did not pass is judged in its own message, when its turn comes.
        """
        names = sorted(greeting for greeting in unknown if len(greeting) <= self._longest)
        for start in range(0, len(names), TOGETHER):
            part = names[start : start + TOGETHER]
            base = fills[0].context
            facts = {f"slot_salutation_{n}": greeting for n, greeting in enumerate(part)}
            limits = replace(base.limits, sms_max_segments=999, push_body=99_999)
            context = replace(base, limits=limits, customer=replace(base.customer, facts=facts))
            hole = next((part for part in self._body if part in GREETINGS), None)
            if hole is None:
                return
            body = "".join("\n".join(part) if piece is hole else self._plain(piece, fills[0]) for piece in self._body)
            self.whole += 1
            found = find_all(Words(self._plain_subject(fills[0]), body), context, [])
            if not [one for one in found if one.field != "context" and one.rule != OTHERS_NAME]:
                self._greetings.update(dict.fromkeys(part, True))

    def _plain(self, part: Part, fill: Fill) -> str:
        return self._filled([part], fill, {})

    def _plain_subject(self, fill: Fill) -> str | None:
        return self._filled(self._subject, fill, {}) if self._subject else None

    def _is_plain(self, fill: Fill) -> bool:
        """Whether code and link are the reserved ones, and of the shape that was approved."""
        offer = fill.context.offer
        reserved = offer.code if offer else None
        if fill.code != reserved or fill.unsubscribe != fill.context.brand.unsubscribe_url:
            return False
        return fill.code is None or PLAIN_CODE.fullmatch(fill.code) is not None

    def _greets_well(self, words: Words, fill: Fill, greeting: str) -> bool:
        """The whole gate has passed this very greeting in this template; asked once for each greeting."""
        if len(greeting) > self._longest:
            return False
        if greeting not in self._greetings:
            findings = self._whole_gate(words, fill, [greeting]).findings
            self._greetings[greeting] = all(finding.field == "context" for finding in findings)
        return self._greetings[greeting]

    def _whole_gate(self, words: Words, fill: Fill, greetings: Iterable[str]) -> Verdict:
        self.whole += 1
        said = {f"slot_salutation_{n}": greeting for n, greeting in enumerate(greetings)}
        customer = replace(fill.context.customer, facts={**fill.context.customer.facts, **said})
        return check(words, replace(fill.context, customer=customer), _moved(self._acts, self._sheet, words))


def approve(reply: str, sheet: FactSheet, context: GateContext) -> ApprovedCell | None:
    """The template of a writer's answer, when the whole gate passes it with a plain, the longest and no name.

    `sheet` is the cell's shared sheet, `context` that of any of its customers with nothing against writing to them.
    """
    template = read_reply(reply, sheet.channel)
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
        if check(Words(filled.subject, filled.body), asked, acts).decision is not Decision.PASS:
            return None
    subject = _parts(filled.subject or "", "subject", filled.spans, template.subject or "")
    body = _parts(filled.body, "body", filled.spans, template.body)
    return ApprovedCell(sheet, subject if filled.subject else (), body, acts, longest)


def _parts(text: str, field: str, spans: Sequence[Span], template: str) -> list[Part]:
    """The filled text cut at what differs from customer to customer."""
    forms = iter(re.findall(r"\{salutation(?:\|(\w+))?\}", template))
    parts: list[Part] = []
    at = 0
    for span in sorted((span for span in spans if span.field == field), key=lambda span: span.start):
        if span.slot in HOLES:
            form = (next(forms, "") or None) if span.slot == "salutation" else None
            parts += [text[at : span.start], Hole(span.slot, form)]
            at = span.end
    return [part for part in [*parts, text[at:]] if part != ""]


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
        for said in (*spec.sentences[sheet.language], spec.short[sheet.language]):
            said = addressed(said, voice_of(sheet.brand, sheet.language))
            if (at := words.body.find(said)) >= 0:
                moved.append(replace(span, field="body", start=at, end=at + len(said)))
    return moved


def _decision(findings: Sequence[Finding]) -> Decision:
    severities = {finding.severity for finding in findings}
    if severities & {Severity.BLOCK, Severity.FIX}:
        return Decision.BLOCK
    return Decision.REVIEW if Severity.HUMAN in severities else Decision.PASS

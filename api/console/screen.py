"""The one screen of a case: its view → draft in marked pieces, sources, findings, promises, story.

Takes what `reviewing.view` gives and a `Say`. A citation's source is told from the fact sheet and the timeline; where
neither knows it any more, its bare type and id are shown rather than nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from agent.domain import BY_HAND, CaseStatus, Draft, FactSheet, Finding, Language, Offer, Source, TraceStep, WriterStamp
from agent.explanations import explain_case, why_this_offer
from agent.guardrails.rulebook import FAMILIES
from agent.guardrails.words import says
from agent.money import to_minor
from agent.outbox import message_key
from agent.priority import Priority
from agent.review import stops
from agent.slots.wording import date_in_words, offer_in_words
from api.bootstrap import Workshop
from api.console.marks import Piece, pieces
from api.console.say import Say
from api.console.timeline import happening, quiet_counts
from api.console.view import CustomerView, Risk, customer_view, risk_of, tone_of, why_waits
from api.reviewing import TO_DECIDE, CaseView
from knowledge.documents import Clause

FEW = 8


@dataclass(frozen=True, slots=True)
class Kept:
    """Words that somebody typed and that are not saved: they stand in the forms again. Empty: nothing was typed."""

    subject: str = ""
    body: str = ""
    instruction: str = ""
    note: str = ""

    @property
    def words(self) -> bool:
        return bool(self.body.strip())

    def fields(self) -> Mapping[str, str]:
        named = {"subject": self.subject, "body": self.body, "instruction": self.instruction, "note": self.note}
        return {name: text for name, text in named.items() if text.strip()}


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """Where filled words come from. `slots` are the facts it gave; `lines` tell it."""

    anchor: str
    kind: str
    title: str
    lines: tuple[str, ...]
    slots: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """One finding of the gate, numbered as it is marked in the text."""

    number: int
    rule: str
    family: str
    severity: str
    message: str
    field: str
    quote: str


@dataclass(frozen=True, slots=True)
class Promise:
    title: str
    clause: str
    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """The draft as it is shown. `anchors` gives the source of each span, `tips` what a hover says about it."""

    draft: Draft
    authors: str
    subject: tuple[Piece, ...]
    body: tuple[Piece, ...]
    anchors: tuple[str, ...]
    tips: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One step of the story."""

    step: str
    when: str
    iso: str
    details: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Screen:
    case_id: str
    seen: str
    status: str
    tone: str
    channel: str
    purpose: str
    situation: str
    because: str
    waits: str
    stake: str
    formula: tuple[str, str, str]
    customer: CustomerView
    risk: Risk | None
    quiet: tuple[str, ...]
    words: Words | None
    verdict: str
    deferred: str
    stopped: bool
    marks: tuple[Mark, ...]
    sources: tuple[SourceEntry, ...]
    promises: tuple[Promise, ...]
    offer: str
    offer_lines: tuple[str, ...]
    explanation: str
    story: tuple[Line, ...]
    may_decide: bool
    may_undo: bool
    leaves: str


def screen_of(view: CaseView, shop: Workshop, say: Say) -> Screen:
    case, draft, verdict = view.waiting.case, view.waiting.draft, view.waiting.verdict
    sources = _sources(draft, view, shop, say)
    findings = verdict.findings if verdict else ()
    first, offer = view.waiting.priority, case.decision.offer if case.decision else None
    customer = shop.store.people.get(case.customer_id)
    row = shop.store.outbox.get(message_key(case.case_id)) if case.status is CaseStatus.QUEUED else None
    return Screen(
        case_id=case.case_id,
        seen=draft.draft_id if draft else case.case_id,
        status=case.status.value,
        tone=tone_of(case.status),
        channel=case.channel.value,
        purpose=case.purpose.value,
        situation=say.situation(case.situation),
        because=why_this_offer(case.decision, case.purpose, say.language),
        waits=why_waits(view.waiting.because, say),
        stake=say.money(first.product) if first else "",
        formula=_formula(first, say),
        customer=customer_view(customer, shop, say, view.timeline),
        risk=risk_of(case.score, say),
        quiet=quiet_counts(view.timeline, say),
        words=_words(draft, findings, sources, say) if draft else None,
        verdict=verdict.decision.value if verdict else "",
        deferred=say.when(verdict.deferred_until) if verdict and verdict.deferred_until else "",
        stopped=bool(verdict and stops(verdict)),
        marks=tuple(mark_of(n, finding, say) for n, finding in enumerate(findings, start=1)),
        sources=tuple(sources.values()),
        promises=_promises(draft, view.sheet, say),
        offer=offer_in_words(offer, say.language, None) if offer else "",
        offer_lines=_offer_lines(offer, say) if offer else (),
        explanation=explain_case(case, view.sheet, draft)["rep"][say.language.value] if view.sheet else "",
        story=tuple(_line(step, say) for step in view.story),
        may_decide=case.status in TO_DECIDE,
        may_undo=case.status is CaseStatus.QUEUED,
        leaves=say.when(row.not_before) if row and row.not_before else "",
    )  # fmt: skip


def _formula(first: Priority | None, say: Say) -> tuple[str, str, str]:
    """The factors of the product that ranks the queue, in words."""
    if first is None:
        return "", "", ""
    return say.percent(first.risk), say.money(first.value_minor), say.number(first.persuadable)


def mark_of(number: int, finding: Finding, say: Say) -> Mark:
    """English messages are exact about the place; elsewhere the rule speaks in the rep's language."""
    told = says(finding.rule, say.language.value) if say.language is not Language.EN else ""
    return Mark(
        number,
        finding.rule,
        _families().get(finding.rule, ""),
        finding.severity.value,
        told or finding.message,
        finding.field,
        finding.quote or "",
    )


@cache
def _families() -> Mapping[str, str]:
    """Rule → the family it belongs to, so that a reader knows at once what it is about."""
    return {rule.id: family.__name__.rpartition(".")[2] for family in FAMILIES for rule in family.RULES}


def _words(draft: Draft, findings: Sequence[Finding], sources: Mapping[Source, SourceEntry], say: Say) -> Words:
    return Words(
        draft,
        _authors(draft.writer, say),
        pieces(draft.subject or "", "subject", draft.spans, findings),
        pieces(draft.body, "body", draft.spans, findings),
        tuple(sources[span.source].anchor for span in draft.spans),
        tuple(f"{slot_word(span.slot, say)} · {sources[span.source].title}" for span in draft.spans),
    )


def _authors(stamp: WriterStamp, say: Say) -> str:
    """Who wrote it, and whose hand it went through since."""
    editor = str(stamp.detail.get("edited_by", ""))
    if stamp.name == BY_HAND:
        return say("case.written_by", name=editor)
    written = say("case.written_by", name=stamp.name)
    return f"{written} · {say('case.edited_by', name=editor)}" if editor else written


def slot_word(slot: str, say: Say) -> str:
    return say("case.promise") if slot.startswith("act:") else say.word("slot", slot)


def _sources(draft: Draft | None, view: CaseView, shop: Workshop, say: Say) -> dict[Source, SourceEntry]:
    """Each source of the draft once, in the order in which its words appear."""
    slots: dict[Source, list[str]] = {}
    for span in draft.spans if draft else ():
        names = slots.setdefault(span.source, [])
        if (word := slot_word(span.slot, say)) not in names:
            names.append(word)
    entries = {}
    for number, (source, names) in enumerate(slots.items(), start=1):
        title, lines = _tell(source, view, shop, say)
        entries[source] = SourceEntry(f"source-{number}", source.type, title, lines, tuple(names))
    return entries


def _tell(source: Source, view: CaseView, shop: Workshop, say: Say) -> tuple[str, tuple[str, ...]]:
    """Title and lines of one source."""
    case = view.waiting.case
    if source.type == "event":
        event = next((event for event in view.timeline if event.id == source.id), None)
        if event is not None:
            told = happening(event, say)
            lines = tuple(line for line in (told.what, told.text, f"{told.when} · {told.ago}") if line)
            return say.word("event", event.kind), lines
    if source.type in ("offer", "ledger") and case.decision and case.decision.offer:
        offer = case.decision.offer
        return offer_in_words(offer, say.language, None), (*_offer_lines(offer, say), source.id)
    if source.type == "clause" and (clause := _clause(source.id, view.sheet)) is not None:
        return clause.clause, (clause.text, clause.document)
    if source.type == "customer" and source.id == case.customer_id:
        customer = shop.store.people.get(source.id)
        member = say("case.tier_points", tier=customer.tier or "–", points=customer.points or 0)
        return say("case.customer_record"), (f"{customer.name or '–'} · {customer.id}", member)
    if source.type == "brand":
        return shop.brand.name_in(say.language), (shop.brand.postal_address,)
    return say.word("source", source.type), (source.id,)


def _clause(clause_id: str, sheet: FactSheet | None) -> Clause | None:
    known = (*sheet.clauses, *(act.clause for act in sheet.acts)) if sheet else ()
    return next((clause for clause in known if clause.id == clause_id), None)


def _promises(draft: Draft | None, sheet: FactSheet | None, say: Say) -> tuple[Promise, ...]:
    """What the words promise, each with the clause that licenses it."""
    from agent.acts import act_table

    found = []
    for span in draft.spans if draft else ():
        if span.kind != "act":
            continue
        key = span.slot.removeprefix("act:")
        spec, clause = act_table().get(key), _clause(span.source.id, sheet)
        title = spec.title[say.language] if spec else key
        found.append(Promise(title, clause.clause if clause else span.source.id, clause.text if clause else ""))
    return tuple(dict.fromkeys(found))


def _offer_lines(offer: Offer, say: Say) -> tuple[str, ...]:
    lines = []
    if offer.code:
        lines.append(say("offer.code", code=offer.code))
    if offer.min_spend:
        lines.append(
            say("offer.min_spend", amount=say.money(to_minor(offer.min_spend, offer.currency).minor, offer.currency))
        )
    if offer.expires_on:
        lines.append(say("offer.expires", day=date_in_words(offer.expires_on, say.language, None)))
    if excluded := offer.exclusions.get(say.language):
        lines.append(excluded)
    lines.append(say("offer.cost", amount=say.money(offer.cost.minor, offer.cost.currency)))
    return tuple(lines)


def _line(step: TraceStep, say: Say) -> Line:
    details = tuple((str(key), _short(value)) for key, value in step.data.items() if value not in (None, "", [], {}))
    return Line(step.step, say.when(step.at), step.at.isoformat(), details)


def _short(value: object, most: int = 400) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= most else text[:most] + "…"

"""What a campaign in cells would say: every message filled and judged as it would be today, and nothing kept.

Takes decided cases one by one, gives counts by verdict and a sample of each cell. A coupon that is not reserved yet is
shown with a code of the right shape.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from agent import ways
from agent.cells.bulk import ApprovedCell, Fill
from agent.cells.cell import CellKey, cell_of, shared_sheet
from agent.cells.stock import CellStock
from agent.context import Live, filled_facts, gate_context
from agent.domain import (
    MONEY_KINDS,
    Case,
    Customer,
    Decision,
    Event,
    FactSheet,
    OfferDecision,
    Severity,
    Verdict,
    Words,
)
from agent.draft.approved import approved_draft
from agent.facts import build_fact_sheet
from agent.facts.people import read_name
from agent.guardrails import check, context_from_json
from agent.guardrails.live import standing
from agent.house import House
from agent.review import stops
from knowledge.documents import Clause, Passage

SAMPLE_CODE = "PREVIEW7"


@dataclass(frozen=True, slots=True)
class Sample:
    """One message of a cell, as its first customer would get it, and how many share its words."""

    situation: str
    channel: str
    language: str
    words: Words
    customers: int


@dataclass(slots=True)
class _Cell:
    """A cell under way: its approved templates, its first message, its size."""

    templates: list[ApprovedCell]
    first: Words | None = None
    size: int = 0


@dataclass(slots=True)
class MessagePreview:
    """Fed with decided cases by `add`.

    `alone` counts those who are written to for themselves: the most valuable, and whose cell has no template that fits
    everybody. `waits`: nothing is wrong but the hour.
    """

    house: House
    verdicts: Counter[Decision] = field(default_factory=Counter)
    alone: int = 0
    waits: int = 0
    _cells: dict[tuple[CellKey, date | None], _Cell] = field(default_factory=dict)
    _stock: CellStock = field(init=False)
    _acts: dict[tuple[tuple[str, ...], str], tuple[Clause, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._stock = CellStock(self.house.writers)

    def add(self, case: Case, customer: Customer, events: Sequence[Event], decision: OfferDecision) -> None:
        """One customer. Whoever writes may be slow; each cell asks them a handful of times."""
        if decision.offer is not None and decision.offer.kind in MONEY_KINDS and decision.offer.code is None:
            decision = replace(decision, offer=replace(decision.offer, code=SAMPLE_CODE))
        whole = self._sheet(case, customer, events, decision)
        sheet = shared_sheet(whole)
        key = cell_of(sheet)
        if key is None:
            self.alone += 1
            return
        if ways.templates_alone(case.channel, customer, case.purpose, self.house):
            self._add_approved(case, customer, events, decision, whole, key)
            return
        fill = self._fill(case, customer, events, decision, sheet)
        # the last day of the offer is filled in for all of a cell, and is another one in another zone
        until = decision.offer.expires_on if decision.offer else None
        if (key, until) not in self._cells:
            self._cells[key, until] = _Cell([one.cell for one in self._stock.write((key, until), sheet, fill)])
        cell = self._cells[key, until]
        if not cell.templates:
            self.alone += 1
            return
        template = cell.templates[cell.size % len(cell.templates)]
        words, judged = template.message(fill)
        if judged is not Decision.BLOCK:
            self._count(cell, words, judged)
        elif template.plain(fill) is None:
            self._count(cell, words, _but_for_the_hour(template.judged_whole(words, fill)))
        else:
            found = standing(fill.state())
            self._count(cell, words, Decision.BLOCK if found.objections else None)

    def _count(self, cell: _Cell, words: Words, judged: Decision | None) -> None:
        """`judged` None: nothing is wrong but the hour."""
        cell.first = cell.first or words
        cell.size += 1
        if judged is None:
            self.waits += 1
        else:
            self.verdicts[judged] += 1

    def samples(self) -> list[Sample]:
        """One of each cell, the largest first."""
        shown = [
            Sample(key.situation, key.channel.value, key.language.value, cell.first, cell.size)
            for (key, _), cell in self._cells.items()
            if cell.first is not None
        ]
        return sorted(shown, key=lambda sample: (-sample.customers, sample.situation))

    def _sheet(self, case: Case, customer: Customer, events: Sequence[Event], decision: OfferDecision) -> FactSheet:
        house, now = self.house, self.house.clock.now()
        wanted = (decision.acts, customer.language.value)
        if wanted not in self._acts:
            self._acts[wanted] = house.policies.licensed(decision.acts, customer.language, now.date())
        clauses = self._acts[wanted]
        backing = [Passage("clause", clause.id, clause.text, 0.0, clause.language, clause) for clause in clauses]
        case = replace(case, decision=decision, situation=decision.situation)
        return build_fact_sheet(case, customer, house.brand_for(case), decision, events, backing, now)

    def _add_approved(
        self,
        case: Case,
        customer: Customer,
        events: Sequence[Event],
        decision: OfferDecision,
        sheet: FactSheet,
        key: CellKey,
    ) -> None:
        """Where a carrier takes approved texts alone, nobody writes: the text that fits is the cell's."""
        texts = ways.texts_for(case.channel, customer, case.purpose, sheet.situation, self.house)
        draft = approved_draft(case, sheet, texts)
        if isinstance(draft, str):
            self.alone += 1
            return
        words = Words(draft.subject, draft.body)
        filled = filled_facts(words, draft.spans)
        live = replace(self._live(case, customer, events, decision), approved=texts)
        context = context_from_json(gate_context(live, filled, case.channel, self.house.limits))
        cell = self._cells.setdefault((key, None), _Cell([]))
        self._count(cell, words, _but_for_the_hour(check(words, context)))

    def _fill(
        self, case: Case, customer: Customer, events: Sequence[Event], decision: OfferDecision, sheet: FactSheet
    ) -> Fill:
        live = self._live(case, customer, events, decision)
        context = context_from_json(gate_context(live, {}, case.channel, self.house.limits))
        code = sheet.fact("offer_code")
        return Fill.of(context, read_name(customer), str(code.value) if code else None, live.brand.unsubscribe_url)

    def _live(self, case: Case, customer: Customer, events: Sequence[Event], decision: OfferDecision) -> Live:
        now, brand = self.house.clock.now(), self.house.brand_for(case)
        offer = decision.offer if decision.offer and decision.offer.kind in MONEY_KINDS else None
        clauses = self._acts[decision.acts, customer.language.value]
        return Live(customer, brand, case.purpose, now, events, clauses, offer)


def _but_for_the_hour(verdict: Verdict) -> Decision | None:
    """What is decided when the hour is another one; None where that lets it pass."""
    if verdict.decision is not Decision.BLOCK or stops(verdict):
        return verdict.decision
    for_a_person = any(finding.severity is Severity.HUMAN for finding in verdict.findings)
    return Decision.REVIEW if for_a_person else None

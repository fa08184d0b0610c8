"""Records → rows of the queue, the customers, the offers and the ledger, said in the reader's language.

Takes what the use-cases give and a `Say`; gives small records that a template prints as they stand. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from agent.domain import MONEY_KINDS, WAITING_FOR_PERSON, Case, CaseStatus, Customer, Event, Money, Offer, OfferKind
from agent.ledger import Budget, Reservation
from agent.slots.wording import offer_in_words
from api.bootstrap import Workshop
from api.console.say import Say
from api.console.timeline import Happening, happenings
from api.reviewing import TO_DECIDE, Waiting
from api.why_waiting import in_words
from scoring.records import RiskScore

VIEWS: Mapping[str, tuple[CaseStatus, ...]] = {
    "all": TO_DECIDE,
    "person": tuple(sorted(WAITING_FOR_PERSON)),
    "passed": (CaseStatus.CHECKED,),
    "decided": (
        CaseStatus.QUEUED,
        CaseStatus.SENDING,
        CaseStatus.SENT,
        CaseStatus.UNKNOWN,
        CaseStatus.FAILED,
        CaseStatus.DELIVERED,
        CaseStatus.REDEEMED,
        CaseStatus.REJECTED,
    ),
}
CHIPS = 3
TONES: Mapping[CaseStatus, str] = {
    CaseStatus.CHECKED: "ok",
    CaseStatus.NEEDS_PERSON: "warn",
    CaseStatus.BLOCKED: "bad",
    CaseStatus.REJECTED: "plain",
    CaseStatus.QUEUED: "info",
    CaseStatus.SENDING: "info",
    CaseStatus.UNKNOWN: "warn",
    CaseStatus.FAILED: "bad",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One case of the queue. `sum` is the formula with its factors; empty where nobody scored the customer."""

    case_id: str
    name: str
    customer_id: str
    risk: str
    band: str
    stake: str
    value: str
    persuadable: str
    chips: tuple[str, ...]
    situation: str
    channel: str
    status: str
    tone: str
    findings: int
    because: str
    ago: str


def queue_rows(waiting: Sequence[Waiting], shop: Workshop, say: Say) -> list[Row]:
    people = shop.store.people.get_many([row.case.customer_id for row in waiting])
    return [_row(row, people.get(row.case.customer_id), say) for row in waiting]


def _row(waiting: Waiting, customer: Customer | None, say: Say) -> Row:
    case, first = waiting.case, waiting.priority
    return Row(
        case_id=case.case_id,
        name=(customer.name if customer else None) or case.customer_id,
        customer_id=case.customer_id,
        risk=say.percent(first.risk) if first else "–",
        band=case.score.band.value if case.score else "",
        stake=say.money(first.product) if first else "–",
        value=say.money(first.value_minor) if first else "–",
        persuadable=say.number(first.persuadable) if first else "–",
        chips=reasons_for(case, say)[:CHIPS],
        situation=say.situation(case.situation),
        channel=case.channel.value,
        status=case.status.value,
        tone=tone_of(case.status),
        findings=len(waiting.verdict.findings) if waiting.verdict else 0,
        because=why_waits(waiting.because, say),
        ago=say.ago(case.opened_at),
    )


def reasons_for(case: Case, say: Say) -> tuple[str, ...]:
    """What pushed the score up, strongest first, in the reader's language."""
    return tuple(r.text.get(say.language.value, r.code) for r in case.reasons if r.contribution > 0)


def tone_of(status: CaseStatus) -> str:
    return TONES.get(status, "plain")


def why_waits(because: str, say: Say) -> str:
    """The house's own sentence; those that it always says alike are said in the reader's language."""
    return in_words(because, say.language)


def counts(shop: Workshop) -> Mapping[str, int]:
    """How many cases each view of the queue holds."""
    standing = shop.store.cases.counts()
    return {name: sum(standing.get(status, 0) for status in statuses) for name, statuses in VIEWS.items()}


# --- customers --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Risk:
    """A score as a number and as a word, never as a colour alone."""

    percent: str
    band: str
    as_of: str
    model: str
    up: tuple[str, ...]
    down: tuple[str, ...]
    value: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A customer's consent on one channel. `granted`: yes, no or unknown."""

    channel: str
    granted: str
    at: str
    assumed: bool


@dataclass(frozen=True, slots=True)
class CaseLink:
    case_id: str
    situation: str
    channel: str
    status: str
    tone: str
    when: str
    ago: str


@dataclass(frozen=True, slots=True)
class CustomerView:
    customer: Customer
    language: str
    local_time: str
    consents: tuple[Answer, ...]
    risk: Risk | None
    timeline: tuple[Happening, ...]
    cases: tuple[CaseLink, ...]
    member_since: str


def customer_rows(found: Sequence[Customer], shop: Workshop, say: Say) -> list[tuple[Customer, Risk | None]]:
    scores = shop.store.scores.of_many([customer.id for customer in found])
    return [(customer, risk_of(scores.get(customer.id), say)) for customer in found]


def customer_view(customer: Customer, shop: Workshop, say: Say, events: Sequence[Event] | None = None) -> CustomerView:
    if events is None:
        events = shop.house.history.timeline(customer.id, say.now)
    cases = sorted(shop.store.cases.find(customer_id=customer.id), key=lambda case: case.opened_at, reverse=True)
    return CustomerView(
        customer=customer,
        language=say.word("language", customer.language.value),
        local_time=say.when(say.now, customer.timezone) if customer.timezone else "",
        consents=tuple(_consents(customer, say)),
        risk=risk_of(shop.store.scores.of(customer.id), say),
        timeline=happenings(events, say),
        cases=tuple(_case_link(case, say) for case in cases),
        member_since=str(customer.member_since or ""),
    )


def risk_of(score: RiskScore | None, say: Say) -> Risk | None:
    if score is None:
        return None
    said = [(r.contribution, r.text.get(say.language.value, r.code)) for r in score.reasons]
    return Risk(
        percent=say.percent(score.probability),
        band=score.band.value,
        as_of=say.when(score.as_of),
        model=score.model,
        up=tuple(text for weight, text in said if weight > 0),
        down=tuple(text for weight, text in said if weight <= 0),
        value=say.money(score.value_minor),
    )


def _consents(customer: Customer, say: Say) -> list[Answer]:
    words = {True: "yes", False: "no", None: "unknown"}
    return [
        Answer(
            channel.value,
            words[consent.granted],
            say.day(consent.at) if consent.at else "",
            f"consent.{channel}" in customer.assumed,
        )
        for channel, consent in sorted(customer.consents.items())
    ]  # fmt: skip


def _case_link(case: Case, say: Say) -> CaseLink:
    return CaseLink(
        case.case_id,
        say.situation(case.situation),
        case.channel.value,
        case.status.value,
        tone_of(case.status),
        say.when(case.opened_at),
        say.ago(case.opened_at),
    )


# --- offers and ledger ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OfferLine:
    """One offer, its budget and its codes. `used` is the spent and reserved share of the budget, 0 to 100."""

    id: str
    words: str
    kind: str
    cost: str
    budget: str
    reserved: str
    spent: str
    left: str
    used: int
    codes: int | None


def offer_rows(rows: Sequence[Mapping[str, Any]], shop: Workshop, say: Say) -> list[OfferLine]:
    return [
        OfferLine(
            row["id"],
            _in_words(row, say),
            row["kind"],
            say.money(row["cost_minor"]),
            say.money(row["budget_minor"]),
            say.money(row["reserved_minor"]),
            say.money(row["spent_minor"]),
            say.money(row["left_minor"]),
            _used(row["budget_minor"], row["left_minor"]),
            row["codes_left"],
        )
        for row in rows
    ]


def _in_words(row: Mapping[str, Any], say: Say) -> str:
    kind = OfferKind(row["kind"])
    if kind not in MONEY_KINDS:
        return say.word("help", kind.value)
    value = Decimal(str(row["value"]))
    return offer_in_words(Offer(row["id"], kind, value, row["currency"], Money(0, row["currency"])), say.language, None)


def _used(budget: int | None, left: int | None) -> int:
    return round(100 * (budget - left) / budget) if budget and left is not None else 0


def budget_rows(budgets: Sequence[Budget], say: Say) -> list[OfferLine]:
    return [
        OfferLine(
            budget.id, budget.id, "", "", say.money(budget.amount.minor, budget.amount.currency),
            say.money(budget.reserved_minor), say.money(budget.spent_minor), say.money(budget.left),
            _used(budget.amount.minor, budget.left), None,
        )
        for budget in budgets
    ]  # fmt: skip


def reservation_rows(rows: Sequence[Reservation], say: Say) -> list[tuple[Reservation, str, str, str]]:
    return [(row, say.money(row.amount.minor, row.amount.currency), say.when(row.at), say.ago(row.at)) for row in rows]

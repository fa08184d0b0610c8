"""Does a catalogue make sense? Every flaw with file, line, entry, key and remedy, before anything is reserved or sent.

Takes the two files as text, the firm's margin and the present moment; gives the catalogue and its flaws. Arithmetic
first (margin, cost, budget, days, names that nobody knows), then the catalogue's own trials (`[[test]]`), each decided
by the very function that decides for customers, with money and codes enough: a trial asks what fits, not what is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from zoneinfo import ZoneInfo

from agent.acts import act_table
from agent.catalogue import (
    OF_AN_ORDER,
    OFFERS,
    Catalogue,
    CatalogueError,
    CatalogueOffer,
    Entry,
    Texts,
    Trial,
    entries_of,
    read_catalogue,
)
from agent.domain import Case, CaseStatus, Channel, Customer, Language, Money, OfferDecision, OfferKind, Purpose
from agent.errors import InputError
from agent.ledger import Budget
from agent.money import to_major, to_minor
from agent.offers import OfferContext, choose_offer
from agent.rehearsal import AmpleBook
from agent.situations import situations
from scoring.records import Reason, RiskScore

ON_TRIAL = "trial"


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that cannot be meant. `line` is where its entry begins in the file, 0 where it stands in no file."""

    file: str
    line: int
    entry: str
    key: str
    says: str
    remedy: str

    @property
    def where(self) -> str:
        return f"{self.file}:{self.line}, {self.entry}" if self.line else f"{self.file}, {self.entry}"


@dataclass(frozen=True, slots=True)
class Firm:
    """What a catalogue is judged by. `margin_pct` is the gross margin in percent; `zone` is where a day ends."""

    currency: str
    margin_pct: Decimal
    zone: str
    now: datetime


def check_catalogue(texts: Texts, firm: Firm) -> tuple[Catalogue | None, list[Flaw]]:
    """The catalogue of what could be read, and all flaws in the order of the files; None when a file is no TOML."""
    flaws: list[Flaw] = []

    def refused(entry: Entry, error: CatalogueError) -> None:
        flaws.append(_flaw(entry, error.key, error.message.removeprefix(f"{entry.where}: "), error.remedy))

    try:
        catalogue = read_catalogue(texts, firm.currency, refused)
    except InputError as error:
        key = error.key if isinstance(error, CatalogueError) else "currency"
        file = error.message.partition(":")[0] if isinstance(error, CatalogueError) else OFFERS
        return None, [Flaw(file, 0, "the whole file", key, error.message, error.remedy)]
    bad = {(flaw.file, flaw.line) for flaw in flaws}
    for entry in entries_of(texts):
        if (entry.file, entry.line) not in bad:
            flaws += _of_entry(entry, catalogue, firm)
    return catalogue, sorted(flaws, key=lambda flaw: (flaw.file, flaw.line))


@dataclass(frozen=True, slots=True)
class Conflict:
    """Campaigns under way whose budgets cannot all be kept: what they may still spend, and what the offers hold."""

    campaigns: str
    wanted: Money
    there: Money


def in_conflict(campaigns: Sequence[Budget], offers: Sequence[Budget]) -> Conflict | None:
    wanted, there = sum(one.left for one in campaigns), sum(one.left for one in offers)
    if len(campaigns) < 2 or wanted <= there:
        return None
    names = ", ".join(one.id.removeprefix("campaign:") for one in campaigns)
    currency = campaigns[0].amount.currency
    return Conflict(names, Money(wanted, currency), Money(there, currency))


def overlaps(campaigns: Sequence[Budget], offers: Sequence[Budget]) -> list[Flaw]:
    """Budgets of campaigns under way that cannot all be kept, as a flaw."""
    found = in_conflict(campaigns, offers)
    if found is None:
        return []
    says = f"together they may still spend {_sum(found.wanted)}, and all offers hold {_sum(found.there)}"
    remedy = "end one, make one smaller, or raise the budgets of offers"
    return [Flaw("campaigns", 0, found.campaigns, "budget", says, remedy)]


def too_small(campaigns: Sequence[Budget], offers: Sequence[CatalogueOffer]) -> list[Flaw]:
    """Budgets of campaigns that do not pay for the cheapest coupon. A budget of 0 is meant: words alone."""
    cheapest = min((line.cost for line in offers if line.is_money), key=lambda cost: cost.minor, default=None)
    if cheapest is None:
        return []
    says = f"does not pay for one coupon, the cheapest costs {to_major(cheapest)}"
    return [
        Flaw("campaigns", 0, one.id.removeprefix("campaign:"), "budget", says, "raise it, or leave it out")
        for one in campaigns
        if 0 < one.amount.minor < cheapest.minor
    ]


def _of_entry(entry: Entry, catalogue: Catalogue, firm: Firm) -> Iterator[Flaw]:
    if entry.kind == "offer":
        yield from _of_offer(entry, catalogue.offers[str(entry.keys["id"])], catalogue, firm)
    elif entry.kind == "reason":
        yield from _of_strategy(entry)
    else:
        trial = next(one for one in catalogue.trials if one.name == str(entry.keys["name"]))
        if said := _failed(trial, catalogue, firm):
            yield _flaw(entry, "offer", said, "correct the rule, or what the test expects")


def _of_offer(entry: Entry, line: CatalogueOffer, catalogue: Catalogue, firm: Firm) -> Iterator[Flaw]:
    today = firm.now.astimezone(ZoneInfo(firm.zone)).date()
    if line.ends_on is not None and line.ends_on < today:
        yield _flaw(entry, "ends_on", f"expired on {line.ends_on}", "move ends_on, or remove the offer")
    if line.starts_on is not None and line.ends_on is not None and line.ends_on < line.starts_on:
        yield _flaw(entry, "starts_on", "begins after it has ended", "put starts_on before ends_on")
    if not line.is_money:
        if line.codes:
            yield _flaw(entry, "codes", f"{line.kind} needs no code", "remove codes")
        return
    if 0 < line.budget.minor < line.cost.minor:
        says = f"{to_major(line.budget)} does not pay for one, which costs {to_major(line.cost)}"
        yield _flaw(entry, "budget", says, "raise budget, or set it to 0 until the offer may be made")
    if (least := _least_cost(line)) > to_major(line.cost):
        says = f"one costs at least {least.normalize():f}, and the ledger would count {to_major(line.cost)}"
        yield _flaw(entry, "cost", says, f"cost = {least.normalize():f} or more")
    yield from _of_margin(entry, line, catalogue, firm)


def _of_margin(entry: Entry, line: CatalogueOffer, catalogue: Catalogue, firm: Firm) -> Iterator[Flaw]:
    room = firm.margin_pct - catalogue.margin_floor_pct
    left = line.margin_left(firm.margin_pct, to_major(line.cost))
    key = "value" if line.kind is OfferKind.PERCENT else "min_spend"
    remedy = "raise margin_pct in brand.toml if it is wrong, or remove the offer"
    if room > 0:
        most = f"value = {room.normalize():f} or less"
        least = (to_major(line.cost) / room * 100).to_integral_value(ROUND_CEILING)
        remedy = most if line.kind is OfferKind.PERCENT else f"min_spend = {least} or more"
    if left is None and line.kind in OF_AN_ORDER:
        yield _flaw(entry, key, "is good for an order of any size, so it may cost more than the order earns", remedy)
    elif left is not None and left < catalogue.margin_floor_pct:
        says = f"leaves {left:.1f} % of margin on the smallest order; the floor is {catalogue.margin_floor_pct} %"
        yield _flaw(entry, key, says, remedy)


def _least_cost(line: CatalogueOffer) -> Decimal:
    """What one takes off the smallest order that it is good for, in major units; 0 where nobody can say."""
    if line.kind is OfferKind.AMOUNT:
        return line.value
    return line.min_spend * line.value / 100 if line.kind is OfferKind.PERCENT else Decimal(0)


def _of_strategy(entry: Entry) -> Iterator[Flaw]:
    situation = str(entry.keys["situation"])
    if situation not in situations().by_key:
        says = f"nobody knows the situation {situation!r}, so its message would be the general one"
        yield _flaw(entry, "situation", says, "name one of agent/situations/situations.toml, or add it there")
    for act in entry.keys.get("acts", ()):
        if act not in act_table():
            yield _flaw(entry, "acts", f"nobody knows the promise {act!r}", "name one of agent/acts/acts.toml")


# --- the catalogue's own trials ------------------------------------------------------------------------------------


def _failed(trial: Trial, catalogue: Catalogue, firm: Firm) -> str:
    """What a trial expected and did not get; empty when it got it."""
    decision = decide_trial(trial, catalogue, firm)
    got = decision.offer.id if decision.offer else None
    if got != trial.offer:
        return f"expected {trial.offer or 'none'}, got {got or 'none'}: {decision.because}"
    if trial.says is not None and trial.says not in decision.because:
        return f"expected the reason to say {trial.says!r}, it says: {decision.because}"
    if trial.situation is not None and trial.situation != decision.situation:
        return f"expected to write about {trial.situation}, got {decision.situation}"
    return ""


def decide_trial(trial: Trial, catalogue: Catalogue, firm: Firm) -> OfferDecision:
    """What this made-up customer would be offered now. What went wrong, among the reasons, counts as recent."""
    plans = [catalogue.strategies[code] for code in trial.reasons if code in catalogue.strategies]
    context = OfferContext(
        held_out=False,
        orders=trial.orders,
        open_topic=None,
        margin_pct=firm.margin_pct,
        now=firm.now,
        zone=firm.zone,
        recent=frozenset(plan.situation for plan in plans if situations().topics_of(plan.situation)),
        silent_days=trial.silent_days,
    )
    customer = Customer(ON_TRIAL, "", None, Language.EN, tier=trial.tier)
    case = Case(ON_TRIAL, "", ON_TRIAL, Channel.EMAIL, Purpose.MARKETING, CaseStatus.SCORED, firm.now)
    case = _scored(case, trial, firm)
    return choose_offer(case, customer, catalogue, AmpleBook(), context)


def _scored(case: Case, trial: Trial, firm: Firm) -> Case:
    strength = range(len(trial.reasons), 0, -1)
    reasons = tuple(Reason(code, code, None, float(n), {}) for code, n in zip(trial.reasons, strength, strict=True))
    value = to_minor(trial.spent, firm.currency).minor if trial.spent is not None else None
    score = RiskScore(ON_TRIAL, trial.risk, 0.0, 0.0, trial.band, reasons, firm.now, ON_TRIAL, value)
    return replace(case, score=score)


def _flaw(entry: Entry, key: str, says: str, remedy: str) -> Flaw:
    return Flaw(entry.file, entry.line, entry.name, key, says, remedy)


def _sum(money: Money) -> str:
    return f"{to_major(money)} {money.currency}"

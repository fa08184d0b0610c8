"""Decide what a customer is offered, before anybody writes a word.

Takes a case with its reasons, the catalogue, the ledger and what is known of the customer; gives an OfferDecision.
Held out first; then the strategy of the strongest reason; then the lightest adequate help that is worth its cost. Money
is only offered when what we expect to keep is worth more than it costs, and only when the ledger could reserve it.
"No offer, because …" is a normal end: the message may still help without money. Age, gender, device and the like are
read by nothing here; a test walks over it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

from agent.acts import acts_for
from agent.catalogue import Catalogue, CatalogueOffer, Strategy
from agent.domain import (
    UNHEARD,
    Case,
    Customer,
    Money,
    Offer,
    OfferDecision,
    OfferKind,
    OfferStatus,
    Purpose,
    Spared,
)
from agent.ledger import Cap, Claim, CouponBook, Refusal
from agent.money import to_major
from agent.situations import GENERAL, situations
from scoring.records import RiskBand

FALLBACK = Strategy("other", GENERAL)
LEAVE_ALONE = frozenset({"too_many_messages", "privacy_request"})
"""Situations after which one more advertisement does harm."""

ASKS_AGAIN = "asks_policy"
"""Whoever asks for the rules again and again and does not buy wants them answered: that comes before other reasons."""
SAYS_UNHEARD = "nothing on record of the last weeks speaks of this situation, so make sure that it is so"


@dataclass(frozen=True, slots=True)
class DrawnSize:
    """`offer`, drawn with `propensity` among `sizes`."""

    offer: str
    propensity: float
    sizes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OfferContext:
    """What the decision rests on besides case and catalogue.

    `open_topic` is the topic of a ticket still open. `recent` are the situations that a ticket or review of the last
    weeks stands behind: nobody is thanked for a complaint that he did not make, or made long ago. `zone` is where the
    last day of an offer ends. `silent_days` since the last order; None: never ordered. `threats` are the moments at
    which the customer said that they were about to leave, oldest first. `asks_again`: asked about our rules more than
    once in these weeks and ordered nothing since. `sayable` False: only approved texts go on this
    channel, and none has a place for a coupon. `only`: the offers that the campaign says for
    this customer (arm or step), in the place of the strategy's; empty for words alone, None where it says nothing.
    `drawn`: the size that was drawn for this customer among several, where the campaign learns sizes.
    """

    held_out: bool
    orders: int
    open_topic: str | None
    margin_pct: Decimal
    now: datetime
    zone: str
    recent: frozenset[str] = frozenset()
    silent_days: int | None = None
    threats: tuple[datetime, ...] = ()
    asks_again: bool = False
    sayable: bool = True
    only: tuple[str, ...] | None = None
    drawn: DrawnSize | None = None


def choose_offer(
    case: Case, customer: Customer, catalogue: Catalogue, ledger: CouponBook, context: OfferContext
) -> OfferDecision:
    """The decision for one case. Money is reserved when the answer carries an offer."""
    strategy = _strategy(case, catalogue, context)
    if case.purpose is Purpose.MARKETING and context.held_out:
        because = "in the control group: no marketing by any door"
        return OfferDecision(OfferStatus.HELD_OUT, strategy.situation, because, rule=strategy.reason)
    if context.open_topic is not None:
        return _no_offer(strategy, "a ticket is open: it is put right first, nothing is sold")
    if case.purpose is not Purpose.MARKETING:
        because = f"a {case.purpose} message carries no offer"
        return _no_offer(strategy, because if strategy.reason != UNHEARD else f"{because}; {SAYS_UNHEARD}")
    return _cheapest_adequate(case, customer, strategy, catalogue, ledger, context)


def _strategy(case: Case, catalogue: Catalogue, context: OfferContext) -> Strategy:
    """What to write about, with the promises that would help: the strategy's own, else those fit for its situation."""
    plan = _plan(case, catalogue, context)
    return plan if plan.acts else replace(plan, acts=acts_for(plan.situation))


def _plan(case: Case, catalogue: Catalogue, context: OfferContext) -> Strategy:
    if context.open_topic is not None:
        return Strategy("open_ticket", situations().of_topic(context.open_topic))
    if case.purpose is not Purpose.MARKETING:
        asked = case.situation if situations().is_service(case.situation) else ""
        heard = not asked or asked in context.recent or not situations().topics_of(asked)
        return Strategy("asked_for" if heard else UNHEARD, asked or next(iter(sorted(context.recent)), GENERAL))
    if case.situation:
        known = (s for s in catalogue.strategies.values() if s.situation == case.situation)
        return next(known, Strategy("asked_for", case.situation))
    if context.asks_again and (plan := catalogue.strategies.get(ASKS_AGAIN)) is not None:
        return plan
    leading_out = [reason.code for reason in case.reasons if reason.contribution > 0]
    standing = [
        code
        for code in leading_out
        if (plan := catalogue.strategies.get(code)) is None
        or not situations().topics_of(plan.situation)
        or plan.situation in context.recent
    ]
    return catalogue.strategy_for(standing) or FALLBACK


def _cheapest_adequate(
    case: Case,
    customer: Customer,
    strategy: Strategy,
    catalogue: Catalogue,
    ledger: CouponBook,
    context: OfferContext,
) -> OfferDecision:
    helps = [catalogue.offers[name] for name in _helps(strategy, context)]
    if not helps and context.only is not None:
        return _no_offer(strategy, "words alone, as the campaign says")
    if not helps:
        return _no_offer(strategy, f"for {strategy.situation} words help more than money")
    worth, spared = _worth(case, catalogue, context), spare(case, customer, catalogue, ledger, context)
    why_not: list[str] = []
    helps, drawn = _sized(helps, customer, catalogue, ledger, worth, context)
    for line in sorted(helps, key=lambda line: (line.is_money, line.cost.minor)):
        if reason := _ineligible(line, customer, context):
            why_not.append(f"{line.id}: {reason}")
            continue
        if not line.is_money:
            because = f"{line.id} ({line.kind}) fits {strategy.reason} and needs no coupon"
            return _no_offer(strategy, because, line.kind)
        if spared is not None:
            return _no_offer(strategy, "; ".join((*why_not, spared[1])), spared=spared[0])
        if reason := _unfit(line, customer, catalogue, ledger, worth, context):
            why_not.append(f"{line.id}: {reason}")
            continue
        got = _reserve(line, case, customer, ledger, context, _caps(line, catalogue, context))
        if isinstance(got, Offer):
            because = f"{line.id} is the cheapest adequate help for {strategy.reason}; {_sum(worth, line)}"
            if drawn is not None:
                because = (
                    f"{line.id} was drawn with a chance of {drawn.propensity:.0%} to learn the size that keeps most"
                )
            return OfferDecision(
                OfferStatus.OFFERED, strategy.situation, because, got, strategy.acts, line.kind, strategy.reason,
                propensity=drawn.propensity if drawn is not None else None,
            )  # fmt: skip
        why_not.append(f"{line.id}: {got.replace('_', ' ')}")
    return _no_offer(strategy, "; ".join(why_not))


def _helps(strategy: Strategy, context: OfferContext) -> tuple[str, ...]:
    """An arm that tries an offer tries it for every reason: else its customers would differ by reason as well."""
    return strategy.help if context.only is None else context.only


def _sized(
    helps: list[CatalogueOffer],
    customer: Customer,
    catalogue: Catalogue,
    ledger: CouponBook,
    worth: Money | None,
    context: OfferContext,
) -> tuple[list[CatalogueOffer], DrawnSize | None]:
    """The drawn size in the place of the strategy's money, for whoever might get any of the sizes; else as it was.

    Were only the drawn size asked, the larger ones would go to customers worth more, and sizes could not be compared.
    """
    drawn = context.drawn
    if drawn is None or not any(line.is_money for line in helps):
        return helps, None
    sizes = [catalogue.offers[size] for size in drawn.sizes]
    if any(
        _ineligible(line, customer, context) or _unfit(line, customer, catalogue, ledger, worth, context)
        for line in sizes
    ):
        return helps, None
    return [*(line for line in helps if not line.is_money), catalogue.offers[drawn.offer]], drawn


def spare(
    case: Case, customer: Customer, catalogue: Catalogue, ledger: CouponBook, context: OfferContext
) -> tuple[Spared, str] | None:
    """Whether money is out of the question for this customer, and why in a sentence. None: it is not."""
    if not context.sayable:
        return Spared.NO_PLACE, "only approved texts go on this channel, and none has a place for a coupon"
    if context.recent & LEAVE_ALONE:
        return Spared.LEFT_ALONE, "better left alone: asked lately for fewer messages, or about personal data"
    if context.silent_days is not None and context.silent_days > catalogue.gone_after_days > 0:
        return Spared.ALREADY_GONE, f"already gone: no order for {context.silent_days} days"
    if case.score is not None and case.score.band is RiskBand.LOW:
        return Spared.WOULD_STAY, f"would stay anyway: a risk of {case.score.probability:.2f} is in the low band"
    if (again := _gaming(customer, catalogue, ledger, context)) is not None:
        until = again + timedelta(days=catalogue.gaming_days)
        return Spared.GAMING, f"threatened to leave, got an offer, and did so again: no money before {until:%Y-%m-%d}"
    return None


def _gaming(customer: Customer, catalogue: Catalogue, ledger: CouponBook, context: OfferContext) -> datetime | None:
    """The newest threat that followed an offer that followed a threat, within the window; None when there is none.

    What the ledger holds between two threats is counted as what it held since the first less what it held since the
    second.
    """
    since = context.now - timedelta(days=catalogue.gaming_days)
    repeated = [
        later
        for earlier, later in pairwise(context.threats)
        if later >= since and ledger.uses(customer.id, earlier) > ledger.uses(customer.id, later)
    ]
    return repeated[-1] if repeated else None


def _ineligible(line: CatalogueOffer, customer: Customer, context: OfferContext) -> str | None:
    """What keeps this help from this customer at all, money or not."""
    today = _today(customer, context)
    if line.starts_on is not None and today < line.starts_on:
        return f"begins on {line.starts_on}"
    if line.ends_on is not None and today > line.ends_on:
        return f"ended on {line.ends_on}"
    if line.kind is OfferKind.TIER_BENEFIT and not customer.tier:
        return "has no membership tier"
    if line.tiers and customer.tier not in line.tiers:
        return "not for this tier"
    if context.orders < line.min_orders:
        return f"needs {line.min_orders} orders, has {context.orders}"
    return None


def _worth(case: Case, catalogue: Catalogue, context: OfferContext) -> Money | None:
    """Expected margin kept in a year: risk x yearly spend x margin x save rate. None when spend is unknown."""
    if case.score is None or case.score.value_minor is None:
        return None
    kept = Decimal(case.score.value_minor) * Decimal(str(case.score.probability))
    kept *= context.margin_pct / 100 * catalogue.save_rate
    return Money(int(kept), catalogue.currency)


def _unfit(
    line: CatalogueOffer,
    customer: Customer,
    catalogue: Catalogue,
    ledger: CouponBook,
    worth: Money | None,
    context: OfferContext,
) -> str | None:
    left = line.margin_left(context.margin_pct, to_major(line.cost))
    if left is not None and left < catalogue.margin_floor_pct:
        return f"leaves {left:.1f} % of margin, the floor is {catalogue.margin_floor_pct} %"
    if worth is None:
        return "what this customer spends in a year is unknown"
    if worth.minor <= line.cost.minor:
        return f"not worth it: {_sum(worth, line)}"
    if ledger.uses(customer.id, context.now - timedelta(days=catalogue.cooldown_days)):
        return f"had an offer within {catalogue.cooldown_days} days"
    if ledger.uses(customer.id, context.now - timedelta(days=line.per_customer_days), line.id):
        return f"had this offer within {line.per_customer_days} days"
    return None


def _reserve(
    line: CatalogueOffer,
    case: Case,
    customer: Customer,
    ledger: CouponBook,
    context: OfferContext,
    caps: tuple[Cap, ...],
) -> Offer | Refusal:
    budgets = [f"offer:{line.id}"]
    if case.campaign_id and ledger.budget(f"campaign:{case.campaign_id}") is not None:
        budgets.append(f"campaign:{case.campaign_id}")
    got = ledger.reserve(Claim(case.case_id, customer.id, line.id, line.cost, budgets, line.codes, context.now, caps))
    if isinstance(got, Refusal):
        return got
    last = _today(customer, context) + timedelta(days=line.valid_days)
    return Offer(
        id=line.id,
        kind=line.kind,
        value=line.value,
        currency=line.cost.currency,
        cost=line.cost,
        code=got.code,
        min_spend=line.min_spend,
        expires_on=min(last, line.ends_on) if line.ends_on else last,
        exclusions=line.exclusions,
        stackable=line.stackable,
        reservation_id=got.id,
    )


def _caps(line: CatalogueOffer, catalogue: Catalogue, context: OfferContext) -> tuple[Cap, ...]:
    """What `_unfit` looked at, asked once more where it is taken: two cases of one customer may be decided at once."""
    return (
        Cap(context.now - timedelta(days=catalogue.cooldown_days)),
        Cap(context.now - timedelta(days=line.per_customer_days), line.id),
    )


def _today(customer: Customer, context: OfferContext) -> date:
    return context.now.astimezone(ZoneInfo(customer.timezone or context.zone)).date()


def _no_offer(
    strategy: Strategy, because: str, kind: OfferKind | None = None, spared: Spared | None = None
) -> OfferDecision:
    return OfferDecision(
        OfferStatus.NO_OFFER, strategy.situation, because, None, strategy.acts, kind, strategy.reason, spared
    )


def _sum(worth: Money | None, line: CatalogueOffer) -> str:
    kept = f"{to_major(worth)} {worth.currency}" if worth else "an unknown sum"
    return f"expected to keep {kept} a year for {to_major(line.cost)}"

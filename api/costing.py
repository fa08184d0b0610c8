"""What a campaign will cost, before it starts: coupons that will be redeemed, and sending, with an interval of 95 %.

Takes a preview, what each coupon costs the ledger, and what became of earlier coupons; gives amounts. It is about what
the preview shows: if all of it leaves, and of a flow its first message. What is reserved is the most that the coupons
can come to, so no bound is above it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from agent.campaign import Preview
from agent.catalogue import CatalogueOffer
from agent.coupons import GRACE
from agent.domain import Money, Settled
from agent.money import to_minor
from agent.plan import Plan
from scoring.experiments.redemption import Redeemed, Wave, expect

if TYPE_CHECKING:
    from api.bootstrap import Workshop

REMEMBERED = timedelta(days=730)
"""Redemption changes with season and shop: two years hold each season twice."""

Past = Mapping[tuple[str, str], Settled]
"""(offer, campaign) → what became of its coupons."""


@dataclass(frozen=True, slots=True)
class Cost:
    """`low` to `high` hold the cost of 95 of 100 such campaigns, `expected` is their mean; all with `sending` in them.

    `redeemed`: how many coupons come back. `learnt_coupons` of `learnt_campaigns` stand behind it; `others`: offers
    judged by what became of other offers, `unknown`: offers of which nothing is known, where any share may come.
    """

    low: Money
    expected: Money
    high: Money
    redeemed: Redeemed
    sending: Money
    learnt_coupons: int = 0
    learnt_campaigns: int = 0
    others: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    of_first_message: bool = False


def cost_of(plan: Plan, look: Preview, offers: Mapping[str, CatalogueOffer], past: Past, seed: int = 0) -> Cost:
    """Bounds of several offers are added up: a campaign that goes well goes well for all of its offers."""
    low, mean, high = 0, 0.0, 0
    coupons = [0, 0.0, 0]
    used: dict[tuple[str, str], Settled] = {}
    others, unknown = [], []
    for name, count in look.offers.items():
        basis = {key: settled for key, settled in past.items() if key[0] == name}
        if not basis and past:
            basis = dict(past)
            others.append(name)
        elif not basis:
            unknown.append(name)
        used |= basis
        found = expect(count, [Wave(settled.coupons, settled.redeemed) for settled in basis.values()], seed)
        each = offers[name].cost.minor
        low, mean, high = low + found.low * each, mean + found.mean * each, high + found.high * each
        coupons = [one + more for one, more in zip(coupons, (found.low, found.mean, found.high), strict=True)]
    currency = look.cost.currency
    sending = to_minor(Decimal(str(plan.contact_cost)) * (look.recipients + look.served), currency)
    return Cost(
        low=Money(low + sending.minor, currency),
        expected=Money(round(mean) + sending.minor, currency),
        high=Money(high + sending.minor, currency),
        redeemed=Redeemed(int(coupons[0]), coupons[1], int(coupons[2])),
        sending=sending,
        learnt_coupons=sum(settled.coupons for settled in used.values()),
        learnt_campaigns=len({campaign for _, campaign in used}),
        others=tuple(others),
        unknown=tuple(unknown),
        of_first_message=plan.flow is not None,
    )


def coupons_of_the_past(workshop: Workshop) -> Past:
    """What became of our money offers, as far as their time is over: a coupon that may still be used says nothing yet.

    Counting only what came so far would take the quick for all there are.
    """
    now = workshop.clock.now()
    lines = [line for line in workshop.catalogue.offers.values() if line.is_money]
    return workshop.store.results.coupons_settled({line.id: _span(line, now) for line in lines})


def _span(line: CatalogueOffer, now: datetime) -> tuple[datetime, datetime]:
    """Reserved so long ago that its last day and the tills' late files are over."""
    return now - REMEMBERED, now - timedelta(days=line.valid_days + 1) - GRACE


def cost_answer(cost: Cost) -> dict[str, Any]:
    money = {name: asdict(getattr(cost, name)) for name in ("low", "expected", "high", "sending")}
    redeemed = {"low": cost.redeemed.low, "expected": round(cost.redeemed.mean, 1), "high": cost.redeemed.high}
    return {
        **money,
        "redeemed": redeemed,
        "learnt_coupons": cost.learnt_coupons,
        "learnt_campaigns": cost.learnt_campaigns,
        "judged_by_others": list(cost.others),
        "unknown": list(cost.unknown),
        "of_first_message": cost.of_first_message,
    }

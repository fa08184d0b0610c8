"""The catalogue as records: offers, strategies, and the trials that a firm wrote beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from agent.domain import MONEY_KINDS, Language, Money, OfferKind
from scoring.records import RiskBand

OF_AN_ORDER = frozenset({OfferKind.AMOUNT, OfferKind.FREE_SHIPPING})
"""What takes a fixed sum off one order, so that the smallest order decides whether any margin is left."""


@dataclass(frozen=True, slots=True)
class CatalogueOffer:
    """One line of the catalogue. `cost` is what the ledger holds for each; `budget` all of them together.

    It may be promised from `starts_on` to `ends_on`, both inclusive, in the brand's zone; None: no such end.
    """

    id: str
    kind: OfferKind
    value: Decimal
    cost: Money
    budget: Money
    min_spend: Decimal = Decimal(0)
    valid_days: int = 14
    codes: bool = False
    per_customer_days: int = 90
    min_orders: int = 0
    tiers: tuple[str, ...] = ()
    exclusions: Mapping[Language, str] = field(default_factory=dict)
    stackable: bool = False
    starts_on: date | None = None
    ends_on: date | None = None

    @property
    def is_money(self) -> bool:
        return self.kind in MONEY_KINDS

    def margin_left(self, margin_pct: Decimal, cost_major: Decimal) -> Decimal | None:
        """Percent of the smallest order that is still margin after this offer; `cost_major` is `cost` in major units.

        None where nobody can say: points belong to no order, and without `min_spend` an order may be of any size.
        """
        if self.kind is OfferKind.PERCENT:
            return margin_pct - self.value
        if self.kind in OF_AN_ORDER and self.min_spend > 0:
            return margin_pct - cost_major / self.min_spend * 100
        return None


@dataclass(frozen=True, slots=True)
class Strategy:
    """What to do about one reason. `help` names offers, lightest adequate first; empty means words alone.

    `first`: something went wrong; it is put right before any weaker or stronger reason is acted on.
    """

    reason: str
    situation: str
    help: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    first: bool = False


@dataclass(frozen=True, slots=True)
class Trial:
    """A unit test of the catalogue: this customer, for these reasons (strongest first), gets this offer or None.

    `spent` is what the customer spent in a year, in major units (None: unknown); `risk` a probability and `band` its
    word; `silent_days` since the last order. `says` must stand in the decision's reason, and `situation` be what is
    written about; None: not asked.
    """

    name: str
    reasons: tuple[str, ...]
    offer: str | None
    tier: str | None = None
    orders: int = 5
    spent: Decimal | None = None
    risk: float = 0.7
    band: RiskBand = RiskBand.HIGH
    silent_days: int = 60
    says: str | None = None
    situation: str | None = None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """`save_rate` is the firm's stated guess of how many leavers a fitting offer keeps; outcomes replace it later.

    `margin_floor_pct`: what must be left of the smallest order as margin after an offer. Without an order for
    `gone_after_days` (0: never) a customer counts as gone and gets no money; who threatens to leave, gets a coupon and
    threatens again gets none for `gaming_days`.
    """

    currency: str
    offers: Mapping[str, CatalogueOffer]
    strategies: Mapping[str, Strategy]
    save_rate: Decimal = Decimal("0.15")
    cooldown_days: int = 90
    margin_floor_pct: Decimal = Decimal(0)
    gone_after_days: int = 365
    gaming_days: int = 365
    trials: tuple[Trial, ...] = ()

    def strategy_for(self, reasons: Sequence[str]) -> Strategy | None:
        """What went wrong comes first; else the strategy of the strongest reason that has one."""
        known = [self.strategies[code] for code in reasons if code in self.strategies]
        return next((plan for plan in known if plan.first), known[0] if known else None)

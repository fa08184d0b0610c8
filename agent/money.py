"""Major units to minor units and back, by the currency's own exponent (ISO 4217: JPY has none, KWD has three)."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

from babel.numbers import get_currency_precision

from agent.domain import Money


def to_minor(major: Decimal, currency: str) -> Money:
    """Decimal("19.99"), "CNY" → Money(1999, "CNY"). Rounds half to even below the smallest unit."""
    scaled = major.scaleb(get_currency_precision(currency)).quantize(Decimal(1), ROUND_HALF_EVEN)
    return Money(int(scaled), currency)


def to_major(money: Money) -> Decimal:
    """Money(1999, "CNY") → Decimal("19.99")."""
    return Decimal(money.minor).scaleb(-get_currency_precision(money.currency))

"""Reservations as rows, and the lock under which they are made: alike for one customer and for a group."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from agent.adapters.store import schema
from agent.domain import Money
from agent.ledger import Claim, Refusal, Reservation

STANDING = frozenset({"reserved", "committed", "redeemed"})
"""A case that asks again gets the coupon that it has; not one that ran out or was paid back."""


def queue_up(c: sa.Connection, brand_id: str, customer_ids: Iterable[str]) -> None:
    """One decision about money a customer at a time, or two would both find a cap not reached; in one order for all.

    SQLite holds the write lock already. A lock of its own, because a customer need not stand in our tables.
    """
    if c.dialect.name != "postgresql":
        return
    for customer_id in sorted(set(customer_ids)):
        key = f"holdfast ledger {brand_id} {customer_id}"
        c.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(key, 0))))


def new_reservation(claim: Claim, code: str | None) -> Reservation:
    name = "res_" + secrets.token_hex(8)
    return Reservation(name, claim.case_id, claim.customer_id, claim.offer_id, claim.amount, "reserved", claim.at, code)


def insert_new(c: sa.Connection, brand_id: str, made: Sequence[tuple[Reservation, Claim]]) -> None:
    c.execute(schema.reservations.insert(), [_row(brand_id, one) for one, _ in made])
    links = [
        {"reservation_id": one.id, "brand_id": brand_id, "budget_id": budget_id}
        for one, claim in made
        for budget_id in claim.budgets
    ]
    if links:
        c.execute(schema.reservation_budgets.insert(), links)


def known_to_case(reservation: Reservation) -> Reservation | Refusal:
    """What a case that has this one is told when it asks once more."""
    return reservation if reservation.status in STANDING else Refusal.HAD_ITS_COUPON


def as_reservation(row: Mapping[Any, Any]) -> Reservation:
    return Reservation(
        id=row["reservation_id"],
        case_id=row["case_id"],
        customer_id=row["customer_id"],
        offer_id=row["offer_id"],
        amount=Money(row["amount_minor"], row["currency"]),
        status=row["status"],
        at=row["at"],
        code=row["code"],
    )


def _row(brand_id: str, one: Reservation) -> Mapping[str, Any]:
    return {
        "reservation_id": one.id,
        "brand_id": brand_id,
        "case_id": one.case_id,
        "customer_id": one.customer_id,
        "offer_id": one.offer_id,
        "amount_minor": one.amount.minor,
        "currency": one.amount.currency,
        "code": one.code,
        "status": one.status,
        "at": one.at,
        "updated_at": one.at,
    }

"""Budgets, coupons and their codes. A budget cannot be overspent whatever the code does: the database refuses it."""

from __future__ import annotations

import sqlalchemy as sa

from agent.adapters.store.schema.base import UtcDateTime, brand, metadata, serial

budgets = sa.Table(
    "budgets",
    metadata,
    sa.Column("brand_id", sa.Text, primary_key=True),
    sa.Column("budget_id", sa.Text, primary_key=True),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("amount_minor", sa.BigInteger, nullable=False),
    sa.Column("reserved_minor", sa.BigInteger, nullable=False, default=0),
    sa.Column("spent_minor", sa.BigInteger, nullable=False, default=0),
    sa.CheckConstraint("reserved_minor >= 0 AND spent_minor >= 0", name="not_negative"),
    sa.CheckConstraint("reserved_minor + spent_minor <= amount_minor", name="never_overspent"),
)


reservations = sa.Table(
    "reservations",
    metadata,
    sa.Column("reservation_id", sa.Text, primary_key=True),
    brand(),
    sa.Column("case_id", sa.Text, nullable=False),
    sa.Column("customer_id", sa.Text, nullable=False),
    sa.Column("offer_id", sa.Text, nullable=False),
    sa.Column("amount_minor", sa.BigInteger, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("code", sa.Text),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Index("ix_reservations_brand_id_customer_id", "brand_id", "customer_id"),
    # One live reservation a case and offer; those that were released stay beside it, for the record.
    sa.Index(
        "uq_reservations_case_id_offer_id",
        "case_id",
        "offer_id",
        unique=True,
        sqlite_where=sa.text("status <> 'released'"),
        postgresql_where=sa.text("status <> 'released'"),
    ),
)


reservation_budgets = sa.Table(
    "reservation_budgets",
    metadata,
    sa.Column("reservation_id", sa.Text, sa.ForeignKey("reservations.reservation_id"), primary_key=True),
    sa.Column("brand_id", sa.Text, primary_key=True),
    sa.Column("budget_id", sa.Text, primary_key=True),
    sa.ForeignKeyConstraint(["brand_id", "budget_id"], ["budgets.brand_id", "budgets.budget_id"]),
)


codes = sa.Table(
    "codes",
    metadata,
    sa.Column("brand_id", sa.Text, primary_key=True),
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("offer_id", sa.Text, nullable=False),
    sa.Column("reservation_id", sa.Text, sa.ForeignKey("reservations.reservation_id"), unique=True),
    sa.Column("redeemed_at", UtcDateTime),
    sa.Index("ix_codes_brand_id_offer_id", "brand_id", "offer_id"),
)


# Whether coupons may be reserved at all: after a restore nobody knows what was redeemed since the backup.
freezes = sa.Table(
    "freezes",
    metadata,
    sa.Column("id", serial(), primary_key=True, autoincrement=True),
    brand(),
    sa.Column("frozen", sa.Boolean, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Index("ix_freezes_brand_id", "brand_id"),
)

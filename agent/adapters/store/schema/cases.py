"""A case and everything that was said and decided about it."""

from __future__ import annotations

import sqlalchemy as sa

from agent.adapters.store.schema.base import UtcDateTime, brand, metadata, serial

cases = sa.Table(
    "cases",
    metadata,
    sa.Column("case_id", sa.Text, primary_key=True),
    brand(),
    sa.Column("customer_id", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("situation", sa.Text, nullable=False),
    sa.Column("campaign_id", sa.Text),
    sa.Column("arm", sa.Text),
    sa.Column("step", sa.Integer),
    sa.Column("language", sa.Text),
    sa.Column("opened_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("score", sa.JSON),
    sa.Column("decision", sa.JSON),
    # risk x value x persuadable as of the opening: the queue is read in this order without opening every score
    sa.Column("priority", sa.Float(53), nullable=False, server_default="0"),
    sa.ForeignKeyConstraint(["brand_id", "customer_id"], ["customers.brand_id", "customers.customer_id"]),
    sa.Index("ix_cases_brand_id_status", "brand_id", "status"),
    sa.Index("ix_cases_queue", "brand_id", "priority", "case_id"),
    sa.Index("ix_cases_brand_id_customer_id", "brand_id", "customer_id"),
    sa.Index("ix_cases_campaign_id", "campaign_id"),
)


drafts = sa.Table(
    "drafts",
    metadata,
    # A fixed clock may stamp two drafts alike; the order in which they were written must survive that.
    sa.Column("id", serial(), primary_key=True, autoincrement=True),
    sa.Column("draft_id", sa.Text, nullable=False, unique=True),
    brand(),
    sa.Column("case_id", sa.Text, sa.ForeignKey("cases.case_id"), nullable=False, index=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("data", sa.JSON, nullable=False),
)


verdicts = sa.Table(
    "verdicts",
    metadata,
    sa.Column("id", serial(), primary_key=True, autoincrement=True),
    brand(),
    sa.Column("case_id", sa.Text, sa.ForeignKey("cases.case_id"), nullable=False, index=True),
    sa.Column("draft_id", sa.Text, sa.ForeignKey("drafts.draft_id"), nullable=False, index=True),
    sa.Column("moment", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("decision", sa.Text, nullable=False),
    sa.Column("text_hash", sa.Text, nullable=False),
    sa.Column("rules", sa.Text, nullable=False),
    sa.Column("data", sa.JSON, nullable=False),
    sa.Column("context", sa.JSON, nullable=False),
)


reviews = sa.Table(
    "reviews",
    metadata,
    sa.Column("id", serial(), primary_key=True, autoincrement=True),
    brand(),
    sa.Column("case_id", sa.Text, sa.ForeignKey("cases.case_id"), nullable=False, index=True),
    sa.Column("draft_id", sa.Text, sa.ForeignKey("drafts.draft_id"), nullable=False, index=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("data", sa.JSON, nullable=False),
)


trace = sa.Table(
    "trace",
    metadata,
    sa.Column("id", serial(), primary_key=True, autoincrement=True),
    brand(),
    sa.Column("case_id", sa.Text, nullable=False, index=True),
    sa.Column("step", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("data", sa.JSON, nullable=False),
)

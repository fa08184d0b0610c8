"""Campaigns and flows, and what came of their messages."""

from __future__ import annotations

import sqlalchemy as sa

from agent.adapters.store.schema.base import UtcDateTime, brand, metadata, serial

outcomes = sa.Table(
    "outcomes",
    metadata,
    sa.Column("id", serial(), primary_key=True, autoincrement=True),
    brand(),
    sa.Column("case_id", sa.Text, sa.ForeignKey("cases.case_id"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("amount_minor", sa.BigInteger),
    sa.Column("currency", sa.Text),
    sa.UniqueConstraint("case_id", "kind", "at"),
)


campaigns = sa.Table(
    "campaigns",
    metadata,
    sa.Column("brand_id", sa.Text, primary_key=True),
    sa.Column("campaign_id", sa.Text, primary_key=True),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("plan", sa.JSON, nullable=False),
    sa.Column("reached", sa.Integer, nullable=False, server_default="0"),
    sa.Column("total", sa.Integer, nullable=False, server_default="0"),
    sa.Column("by", sa.Text, nullable=False, server_default=""),
    # which process is at work on it, and when it last said so
    sa.Column("runner", sa.Text),
    sa.Column("beat_at", UtcDateTime),
    # of a flow: when it was last looked for customers who enter it
    sa.Column("looked_at", UtcDateTime),
)


# Who proposed, signed, started, stopped a campaign, and which plan (by its hash) that was about.
campaign_steps = sa.Table(
    "campaign_steps",
    metadata,
    sa.Column("id", serial(), primary_key=True, autoincrement=True),
    brand(),
    sa.Column("campaign_id", sa.Text, nullable=False),
    sa.Column("step", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("plan", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False, default=""),
    sa.Index("ix_campaign_steps_brand_id_campaign_id", "brand_id", "campaign_id"),
)


# Where each customer stands in a flow; what is due is found by its time.
flow_states = sa.Table(
    "flow_states",
    metadata,
    sa.Column("brand_id", sa.Text, primary_key=True),
    sa.Column("campaign_id", sa.Text, primary_key=True),
    sa.Column("customer_id", sa.Text, primary_key=True),
    sa.Column("entry", sa.Integer, primary_key=True),
    sa.Column("entered_at", UtcDateTime, nullable=False),
    sa.Column("step", sa.Integer, nullable=False),
    sa.Column("due_at", UtcDateTime, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("waited", sa.Integer, nullable=False, default=0),
    sa.Index("ix_flow_states_due", "brand_id", "campaign_id", "status", "due_at"),
)

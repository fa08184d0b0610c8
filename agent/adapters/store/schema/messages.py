"""What leaves, what channels and customers answer, and the switch."""

from __future__ import annotations

import sqlalchemy as sa

from agent.adapters.store.schema.base import UtcDateTime, brand, metadata, serial

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    brand(),
    sa.Column("case_id", sa.Text, sa.ForeignKey("cases.case_id"), nullable=False, unique=True),
    sa.Column("draft_id", sa.Text, sa.ForeignKey("drafts.draft_id"), nullable=False),
    sa.Column("customer_id", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("recipient", sa.Text, nullable=False),
    sa.Column("subject", sa.Text),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("headers", sa.JSON, nullable=False),
    sa.Column("text_hash", sa.Text, nullable=False),
    sa.Column("made_up", sa.Boolean, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("queued_at", UtcDateTime, nullable=False),
    sa.Column("not_before", UtcDateTime),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("where", sa.Text),
    sa.Column("detail", sa.Text, nullable=False, default=""),
    sa.Index("ix_outbox_status_not_before", "status", "not_before"),
    sa.Index("ix_outbox_brand_id_customer_id_updated_at", "brand_id", "customer_id", "updated_at"),
    sa.Index("ix_outbox_brand_id_where", "brand_id", "where"),
    sa.Index("ix_outbox_brand_id_channel_updated_at", "brand_id", "channel", "updated_at"),
)


# what channels told afterwards; an address is closed or open by what stands here
receipts = sa.Table(
    "receipts",
    metadata,
    sa.Column("brand_id", sa.Text, primary_key=True),
    sa.Column("receipt_id", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("case_id", sa.Text, sa.ForeignKey("cases.case_id"), nullable=False),
    sa.Column("customer_id", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Index("ix_receipts_address", "brand_id", "channel", "address"),
)


# What somebody wrote back by SMS and the like. The words are kept here only where nobody has that number; else they are
# a ticket of that customer.
answers = sa.Table(
    "answers",
    metadata,
    sa.Column("brand_id", sa.Text, primary_key=True),
    sa.Column("answer_id", sa.Text, primary_key=True),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("stopped", sa.Boolean, nullable=False),
    sa.Column("customer_id", sa.Text),
    sa.Column("text", sa.Text, nullable=False),
    sa.Index("ix_answers_address", "brand_id", "address"),
)


# The kill switch: the newest row is how it stands, the older ones say who turned it and when.
sending = sa.Table(
    "sending",
    metadata,
    sa.Column("id", serial(), primary_key=True, autoincrement=True),
    brand(),
    sa.Column("stopped", sa.Boolean, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Index("ix_sending_brand_id", "brand_id"),
)

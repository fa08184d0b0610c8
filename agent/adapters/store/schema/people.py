"""Customers, what they agreed to, who left, and their scores."""

from __future__ import annotations

import sqlalchemy as sa

from agent.adapters.store.schema.base import UtcDateTime, metadata

customers = sa.Table(
    "customers",
    metadata,
    sa.Column("brand_id", sa.Text, primary_key=True),
    sa.Column("customer_id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text),
    sa.Column("given_name", sa.Text),
    sa.Column("gender", sa.Text),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("timezone", sa.Text),
    sa.Column("country", sa.Text),
    sa.Column("email", sa.Text),
    sa.Column("phone", sa.Text),
    sa.Column("push_token", sa.Text),
    sa.Column("chat_id", sa.Text),
    sa.Column("age", sa.Integer),
    sa.Column("tier", sa.Text),
    sa.Column("points", sa.Integer),
    sa.Column("member_since", sa.Date),
    sa.Column("suppressed", sa.Boolean, nullable=False, default=False),
    sa.Column("account_status", sa.Text, nullable=False, default="active"),
    sa.Column("flags", sa.JSON, nullable=False, default=list),
    sa.Column("assumed", sa.JSON, nullable=False, default=list),
    sa.Column("made_up", sa.Boolean, nullable=False, default=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    # whoever writes back is found by the number alone
    sa.Index("ix_customers_brand_id_phone", "brand_id", "phone"),
    sa.Index("ix_customers_brand_id_chat_id", "brand_id", "chat_id"),
)


consents = sa.Table(
    "consents",
    metadata,
    sa.Column("brand_id", sa.Text, primary_key=True),
    sa.Column("customer_id", sa.Text, primary_key=True),
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("granted", sa.Boolean),
    sa.Column("at", UtcDateTime),
    sa.Column("proof", sa.Text),
    sa.Column("purpose", sa.Text),
    sa.ForeignKeyConstraint(["brand_id", "customer_id"], ["customers.brand_id", "customers.customer_id"]),
)


suppressions = sa.Table(
    "suppressions",
    metadata,
    sa.Column("brand_id", sa.Text, primary_key=True),
    sa.Column("customer_id", sa.Text, primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
)


scores = sa.Table(
    "scores",
    metadata,
    sa.Column("brand_id", sa.Text, primary_key=True),
    sa.Column("customer_id", sa.Text, primary_key=True),
    sa.Column("as_of", UtcDateTime, primary_key=True),
    sa.Column("model", sa.Text, primary_key=True),
    sa.Column("probability", sa.Float(53), nullable=False),
    sa.Column("band", sa.Text, nullable=False),
    sa.Column("value_minor", sa.BigInteger),
    sa.Column("data", sa.JSON, nullable=False),
    sa.Index("ix_scores_brand_id_as_of", "brand_id", "as_of"),
)

# A run that is not whole is being written, or nobody finished it.
score_runs = sa.Table(
    "score_runs",
    metadata,
    sa.Column("brand_id", sa.Text, primary_key=True),
    sa.Column("as_of", UtcDateTime, primary_key=True),
    sa.Column("model", sa.Text, primary_key=True),
    sa.Column("whole", sa.Boolean, nullable=False),
)

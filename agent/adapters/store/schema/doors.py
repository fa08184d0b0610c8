"""Who may come in, and what came in over HTTP."""

from __future__ import annotations

import sqlalchemy as sa

from agent.adapters.store.schema.base import UtcDateTime, brand, metadata, serial

users = sa.Table(
    "users",
    metadata,
    sa.Column("brand_id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("password_hash", sa.Text),
    sa.Column("active", sa.Boolean, nullable=False, default=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
)


sign_in_links = sa.Table(
    "sign_in_links",
    metadata,
    sa.Column("token_hash", sa.Text, primary_key=True),
    brand(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("used_at", UtcDateTime),
    sa.ForeignKeyConstraint(["brand_id", "name"], ["users.brand_id", "users.name"]),
)


sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("token_hash", sa.Text, primary_key=True),
    brand(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("csrf", sa.Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.ForeignKeyConstraint(["brand_id", "name"], ["users.brand_id", "users.name"]),
)


api_keys = sa.Table(
    "api_keys",
    metadata,
    sa.Column("key_id", sa.Text, primary_key=True),
    brand(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("scopes", sa.JSON, nullable=False),
    sa.Column("secret_hash", sa.Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("revoked_at", UtcDateTime),
)


# `status` is null while the first request with this key is still being worked on.
replies = sa.Table(
    "replies",
    metadata,
    sa.Column("brand_id", sa.Text, primary_key=True),
    sa.Column("caller", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("request_hash", sa.Text, nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("content_type", sa.Text, nullable=False, default=""),
    sa.Column("body", sa.LargeBinary),
    sa.Column("at", UtcDateTime, nullable=False),
)


# Events wait here until they are moved into the event log in bulk; the gate sees them from the first second.
arrivals = sa.Table(
    "arrivals",
    metadata,
    sa.Column("id", serial(), primary_key=True, autoincrement=True),
    brand(),
    sa.Column("message_id", sa.Text, nullable=False),
    sa.Column("customer_id", sa.Text),
    sa.Column("anonymous_id", sa.Text),
    sa.Column("received_at", UtcDateTime, nullable=False),
    sa.Column("rows", sa.JSON, nullable=False),
    sa.Column("refused", sa.Text),
    sa.UniqueConstraint("brand_id", "message_id"),
    sa.Index("ix_arrivals_brand_id_customer_id", "brand_id", "customer_id"),
    sa.Index("ix_arrivals_brand_id_anonymous_id", "brand_id", "anonymous_id"),
)


identities = sa.Table(
    "identities",
    metadata,
    sa.Column("brand_id", sa.Text, primary_key=True),
    sa.Column("anonymous_id", sa.Text, primary_key=True),
    sa.Column("customer_id", sa.Text, nullable=False),
)


jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("job_id", sa.Text, primary_key=True),
    brand(),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("result", sa.JSON),
)

"""The tables, once. Written for SQLite and PostgreSQL alike: text ids, integer minor units, UTC times, JSON as JSON.

Every table that belongs to a firm carries `brand_id`. A time is stored in UTC and comes back aware: SQLite has no
zone of its own, so `UtcDateTime` refuses naive values on the way in and puts the zone back on the way out.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa


class UtcDateTime(sa.TypeDecorator[datetime]):
    """An aware moment, stored as UTC."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive time {value!r}: every time in the store is aware")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _brand() -> sa.Column[str]:
    return sa.Column("brand_id", sa.Text, nullable=False)


def _serial() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer, "sqlite")


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

cases = sa.Table(
    "cases",
    metadata,
    sa.Column("case_id", sa.Text, primary_key=True),
    _brand(),
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
    sa.Column("id", _serial(), primary_key=True, autoincrement=True),
    sa.Column("draft_id", sa.Text, nullable=False, unique=True),
    _brand(),
    sa.Column("case_id", sa.Text, sa.ForeignKey("cases.case_id"), nullable=False, index=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("data", sa.JSON, nullable=False),
)

verdicts = sa.Table(
    "verdicts",
    metadata,
    sa.Column("id", _serial(), primary_key=True, autoincrement=True),
    _brand(),
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
    sa.Column("id", _serial(), primary_key=True, autoincrement=True),
    _brand(),
    sa.Column("case_id", sa.Text, sa.ForeignKey("cases.case_id"), nullable=False, index=True),
    sa.Column("draft_id", sa.Text, sa.ForeignKey("drafts.draft_id"), nullable=False, index=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("data", sa.JSON, nullable=False),
)

trace = sa.Table(
    "trace",
    metadata,
    sa.Column("id", _serial(), primary_key=True, autoincrement=True),
    _brand(),
    sa.Column("case_id", sa.Text, nullable=False, index=True),
    sa.Column("step", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("data", sa.JSON, nullable=False),
)

# The last line of defence stands in the database itself: a budget cannot be overspent whatever the code does.
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
    _brand(),
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

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    _brand(),
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

outcomes = sa.Table(
    "outcomes",
    metadata,
    sa.Column("id", _serial(), primary_key=True, autoincrement=True),
    _brand(),
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
    sa.Column("id", _serial(), primary_key=True, autoincrement=True),
    _brand(),
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

# --- who may come in --------------------------------------------------------------------------------------------------

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
    _brand(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("used_at", UtcDateTime),
    sa.ForeignKeyConstraint(["brand_id", "name"], ["users.brand_id", "users.name"]),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("token_hash", sa.Text, primary_key=True),
    _brand(),
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
    _brand(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("scopes", sa.JSON, nullable=False),
    sa.Column("secret_hash", sa.Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("revoked_at", UtcDateTime),
)

# --- what came in over HTTP -------------------------------------------------------------------------------------------

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
    sa.Column("id", _serial(), primary_key=True, autoincrement=True),
    _brand(),
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
    _brand(),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("result", sa.JSON),
)

# The kill switch: the newest row is how it stands, the older ones say who turned it and when.
sending = sa.Table(
    "sending",
    metadata,
    sa.Column("id", _serial(), primary_key=True, autoincrement=True),
    _brand(),
    sa.Column("stopped", sa.Boolean, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Index("ix_sending_brand_id", "brand_id"),
)

# Whether coupons may be reserved at all: after a restore nobody knows what was redeemed since the backup.
freezes = sa.Table(
    "freezes",
    metadata,
    sa.Column("id", _serial(), primary_key=True, autoincrement=True),
    _brand(),
    sa.Column("frozen", sa.Boolean, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Index("ix_freezes_brand_id", "brand_id"),
)

# What people changed in drafts: one row for each lesson and the case that it came from.
lessons = sa.Table(
    "lessons",
    metadata,
    sa.Column("brand_id", sa.Text, primary_key=True),
    sa.Column("rule_id", sa.Text, primary_key=True),
    sa.Column("case_id", sa.Text, primary_key=True),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("instead", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)

# Rules of style that somebody took back, or let hold again; the newest row of a rule counts.
revocations = sa.Table(
    "revocations",
    metadata,
    sa.Column("id", _serial(), primary_key=True, autoincrement=True),
    _brand(),
    sa.Column("rule_id", sa.Text, nullable=False),
    sa.Column("revoked", sa.Boolean, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ix_revocations_brand_id_rule_id", "brand_id", "rule_id"),
)

# Drafts as people left them, in slots: how this team writes, for models that read examples.
examples = sa.Table(
    "examples",
    metadata,
    sa.Column("id", _serial(), primary_key=True, autoincrement=True),
    _brand(),
    sa.Column("case_id", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("situation", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("template", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index("ix_examples_brand_id_language_situation", "brand_id", "language", "situation"),
)

# Drafts that were written side by side for a person to choose from. The chosen one becomes a draft like any other.
variants = sa.Table(
    "variants",
    metadata,
    sa.Column("id", _serial(), primary_key=True, autoincrement=True),
    _brand(),
    sa.Column("case_id", sa.Text, sa.ForeignKey("cases.case_id"), nullable=False, index=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("draft", sa.JSON, nullable=False),
    sa.Column("verdict", sa.JSON, nullable=False),
)

# What people thought of two drafts side by side without knowing who wrote which.
votes = sa.Table(
    "votes",
    metadata,
    sa.Column("id", _serial(), primary_key=True, autoincrement=True),
    _brand(),
    sa.Column("case_id", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("better", sa.Text, nullable=False),
    sa.Column("worse", sa.Text, nullable=False),
    sa.Column("tie", sa.Boolean, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("brand_id", "case_id", "by"),
)

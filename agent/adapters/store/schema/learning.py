"""What edits and votes taught."""

from __future__ import annotations

import sqlalchemy as sa

from agent.adapters.store.schema.base import UtcDateTime, brand, metadata, serial

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
    sa.Column("id", serial(), primary_key=True, autoincrement=True),
    brand(),
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
    sa.Column("id", serial(), primary_key=True, autoincrement=True),
    brand(),
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
    sa.Column("id", serial(), primary_key=True, autoincrement=True),
    brand(),
    sa.Column("case_id", sa.Text, sa.ForeignKey("cases.case_id"), nullable=False, index=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("draft", sa.JSON, nullable=False),
    sa.Column("verdict", sa.JSON, nullable=False),
)


# What people thought of two drafts side by side without knowing who wrote which.
votes = sa.Table(
    "votes",
    metadata,
    sa.Column("id", serial(), primary_key=True, autoincrement=True),
    brand(),
    sa.Column("case_id", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("better", sa.Text, nullable=False),
    sa.Column("worse", sa.Text, nullable=False),
    sa.Column("tie", sa.Boolean, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("brand_id", "case_id", "by"),
)

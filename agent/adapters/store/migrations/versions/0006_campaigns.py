"""The arm and step of a case, who did what with a campaign, and where customers stand in flows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("arm", sa.Text(), nullable=True))
    op.add_column("cases", sa.Column("step", sa.Integer(), nullable=True))
    op.add_column("campaigns", sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "campaign_steps",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("brand_id", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_steps")),
    )
    op.create_index(
        "ix_campaign_steps_brand_id_campaign_id", "campaign_steps", ["brand_id", "campaign_id"], unique=False
    )
    op.create_table(
        "flow_states",
        sa.Column("brand_id", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("waited", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("brand_id", "campaign_id", "customer_id", "entry", name=op.f("pk_flow_states")),
    )
    op.create_index("ix_flow_states_due", "flow_states", ["brand_id", "campaign_id", "status", "due_at"], unique=False)

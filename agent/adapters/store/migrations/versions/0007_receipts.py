"""What channels told afterwards (bounces, complaints, deliveries), and the way from a provider's id to a message."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "receipts",
        sa.Column("brand_id", sa.Text(), nullable=False),
        sa.Column("receipt_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"], name=op.f("fk_receipts_case_id_cases")),
        sa.PrimaryKeyConstraint("brand_id", "receipt_id", name=op.f("pk_receipts")),
    )
    op.create_index("ix_receipts_address", "receipts", ["brand_id", "channel", "address"], unique=False)
    op.create_index("ix_outbox_brand_id_where", "outbox", ["brand_id", "where"], unique=False)
    op.create_index(
        "ix_outbox_brand_id_channel_updated_at", "outbox", ["brand_id", "channel", "updated_at"], unique=False
    )

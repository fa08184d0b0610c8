"""What customers write back by SMS and chat, and where they are reached by push and chat."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customers", sa.Column("push_token", sa.Text(), nullable=True))
    op.add_column("customers", sa.Column("chat_id", sa.Text(), nullable=True))
    for column in ("phone", "chat_id"):
        op.create_index(f"ix_customers_brand_id_{column}", "customers", ["brand_id", column], unique=False)
    op.create_table(
        "answers",
        sa.Column("brand_id", sa.Text(), nullable=False),
        sa.Column("answer_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("stopped", sa.Boolean(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("brand_id", "answer_id", name=op.f("pk_answers")),
    )
    op.create_index("ix_answers_address", "answers", ["brand_id", "address"], unique=False)

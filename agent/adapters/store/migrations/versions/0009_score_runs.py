"""Scoring runs: a run is seen once it is whole, and old ones are let go."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "score_runs",
        sa.Column("brand_id", sa.Text(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("brand_id", "as_of", "model", name=op.f("pk_score_runs")),
    )
    known = "select distinct brand_id, as_of, model, true from scores"
    op.execute(f"insert into score_runs (brand_id, as_of, model, whole) {known}")

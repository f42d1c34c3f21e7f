"""Adjudication: flags, append-only decisions, and the guideline each answer was given under."""

import sqlalchemy as sa
from alembic import op

from pilot.label.tables import guard

revision = "decisions"
down_revision = "first_tables"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add two tables and a column."""
    op.add_column("answers", sa.Column("guideline", sa.String(length=12), nullable=True))
    op.create_table(
        "flags",
        sa.Column("flag_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("queue", sa.String(length=12), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.CheckConstraint("queue IN ('suspicious', 'conflicts')", name=op.f("ck_flags_queue")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.task_id"], name=op.f("fk_flags_task_id")),
        sa.PrimaryKeyConstraint("flag_id", name=op.f("pk_flags")),
        sa.UniqueConstraint("task_id", "queue", name=op.f("uq_flags_task_id_queue")),
    )
    op.create_table(
        "decisions",
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("seen", sa.JSON(), nullable=False),
        sa.Column("decided_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.task_id"], name=op.f("fk_decisions_task_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=op.f("fk_decisions_user_id")),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("task_id", "revision", name=op.f("uq_decisions_task_id_revision")),
    )
    guard(op.get_bind(), "decisions")

"""Governing the automatic: rules, blind samples, notices."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
TIME = sa.DateTime(timezone=True)
BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "automation_rules",
        sa.Column("id", BIG_KEY, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("value", sa.String(length=100), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("wanted_precision", sa.Double(), nullable=True),
        sa.Column("stopped_by", sa.String(length=10), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.String(length=40), nullable=True),
        sa.Column("changed_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_automation_rules"),
        sa.UniqueConstraint("kind", "value", name="uq_automation_rules_kind"),
    )
    op.create_table(
        "blind_samples",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("ticket_id", sa.String(length=40), nullable=False),
        sa.Column("call_id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=True),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("expected", JSON, nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("machine_right", sa.Boolean(), nullable=True),
        sa.Column("claimed_by", sa.String(length=40), nullable=True),
        sa.Column("claimed_until", TIME, nullable=True),
        sa.Column("drawn_at", TIME, nullable=False),
        sa.Column("judged_at", TIME, nullable=True),
        sa.Column("closed_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name="fk_blind_samples_ticket_id_tickets", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_blind_samples_call_id_calls", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_blind_samples"),
        sa.UniqueConstraint("ticket_id", "version", name="uq_blind_samples_ticket_id"),
    )
    op.create_index("ix_blind_samples_call_id", "blind_samples", ["call_id"], unique=False)
    op.create_index("ix_blind_samples_open", "blind_samples", ["closed_at", "id"], unique=False)
    op.create_index("ix_blind_samples_category_judged_at", "blind_samples", ["category", "judged_at"], unique=False)
    op.create_table(
        "blind_answers",
        sa.Column("id", BIG_KEY, autoincrement=True, nullable=False),
        sa.Column("sample_id", sa.String(length=40), nullable=False),
        sa.Column("operator_id", sa.String(length=40), nullable=False),
        sa.Column("answer", JSON, nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["operator_id"], ["operators.id"], name="fk_blind_answers_operator_id_operators"),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["blind_samples.id"], name="fk_blind_answers_sample_id_blind_samples", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_blind_answers"),
        sa.UniqueConstraint("sample_id", "operator_id", name="uq_blind_answers_sample_id"),
    )
    op.create_index("ix_blind_answers_operator_id", "blind_answers", ["operator_id"], unique=False)
    op.create_index("ix_blind_answers_created_at", "blind_answers", ["created_at"], unique=False)
    op.create_table(
        "notices",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("acknowledged_at", TIME, nullable=True),
        sa.Column("acknowledged_by", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
    )


def downgrade() -> None:
    for table in ("notices", "blind_answers", "blind_samples", "automation_rules"):
        op.drop_table(table)

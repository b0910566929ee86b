"""Versions of the city, which of them is in force, and why a ticket says what it says."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
TIME = sa.DateTime(timezone=True)
BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "city_versions",
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("archive", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("duties", sa.Integer(), nullable=False),
        sa.Column("departments", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_city_versions"),
    )
    op.create_table(
        "city_activations",
        sa.Column("id", BIG_KEY, autoincrement=True, nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("before_id", BIG_KEY, nullable=True),
        sa.Column("activated_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["version"], ["city_versions.version"], name="fk_city_activations_version_city_versions"
        ),
        sa.ForeignKeyConstraint(
            ["before_id"], ["city_activations.id"], name="fk_city_activations_before_id_city_activations"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_city_activations"),
    )
    op.create_index("ix_city_activations_version", "city_activations", ["version"], unique=False)
    op.create_index("ix_ticket_versions_city_version", "ticket_versions", ["city_version"], unique=False)
    op.add_column("ticket_versions", sa.Column("explanation", JSON, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("ticket_versions") as versions:
        versions.drop_column("explanation")
    op.drop_index("ix_ticket_versions_city_version", table_name="ticket_versions")
    op.drop_table("city_activations")
    op.drop_table("city_versions")

"""As whom an identity provider knows the holder of an account."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("operators", sa.Column("issuer", sa.String(length=300), nullable=True))
    op.add_column("operators", sa.Column("subject", sa.String(length=255), nullable=True))
    op.create_index("ix_operators_issuer_subject", "operators", ["issuer", "subject"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_operators_issuer_subject", table_name="operators")
    op.drop_column("operators", "subject")
    op.drop_column("operators", "issuer")

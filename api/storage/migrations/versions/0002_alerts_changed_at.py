"""When an alert last changed."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("alerts", sa.Column("changed_at", TIME, nullable=True))
    op.execute("UPDATE alerts SET changed_at = created_at")
    with op.batch_alter_table("alerts") as alerts:
        alerts.alter_column("changed_at", existing_type=TIME, nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("alerts") as alerts:
        alerts.drop_column("changed_at")

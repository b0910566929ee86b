"""Review: several tickets of a call, the queue, drafts, decisions, reveals, full text."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
TIME = sa.DateTime(timezone=True)
BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

FILL = """
UPDATE tickets SET
  source = (SELECT calls.source FROM calls WHERE calls.id = tickets.call_id),
  automatic = (mode = 'auto' AND dispatched_version IS NOT NULL),
  waiting_since = CASE WHEN state IN ('待审核', '退回') OR needs_review THEN created_at END,
  queue_rank = CASE WHEN state IN ('待审核', '退回') OR needs_review THEN
    CASE urgency WHEN 'critical' THEN 0 WHEN 'urgent' THEN 10 ELSE 20 END + COALESCE(confidence, 0) END
"""
FILL_FIELDS = {
    "sqlite": """
UPDATE tickets SET
  title = COALESCE((SELECT substr(json_extract(v.fields, '$.title'), 1, 100) FROM ticket_versions v
    WHERE v.ticket_id = tickets.id AND v.version = tickets.version), ''),
  appeal_type = (SELECT json_extract(v.fields, '$.appeal_type') FROM ticket_versions v
    WHERE v.ticket_id = tickets.id AND v.version = tickets.version),
  flags = COALESCE((SELECT '|' || group_concat(flag.value, '|') || '|' FROM ticket_versions v,
    json_each(v.fields, '$.flags') flag WHERE v.ticket_id = tickets.id AND v.version = tickets.version), ''),
  dialect = (SELECT json_extract(t.content, '$.dialect.label') FROM transcripts t JOIN recordings r
    ON r.id = t.recording_id WHERE r.call_id = tickets.call_id ORDER BY r.duration DESC, t.version DESC LIMIT 1)
""",
    "postgresql": """
UPDATE tickets SET
  title = COALESCE((SELECT left(v.fields->>'title', 100) FROM ticket_versions v
    WHERE v.ticket_id = tickets.id AND v.version = tickets.version), ''),
  appeal_type = (SELECT v.fields->>'appeal_type' FROM ticket_versions v
    WHERE v.ticket_id = tickets.id AND v.version = tickets.version),
  flags = COALESCE((SELECT '|' || string_agg(flag, '|') || '|' FROM ticket_versions v,
    jsonb_array_elements_text(COALESCE(v.fields->'flags', '[]')) flag
    WHERE v.ticket_id = tickets.id AND v.version = tickets.version), ''),
  dialect = (SELECT t.content->'dialect'->>'label' FROM transcripts t JOIN recordings r
    ON r.id = t.recording_id WHERE r.call_id = tickets.call_id
    ORDER BY r.duration DESC NULLS LAST, t.version DESC LIMIT 1)
""",
}


def columns() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("matter", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("title", sa.String(length=100), nullable=False, server_default=""),
        sa.Column("appeal_type", sa.String(length=10), nullable=True),
        sa.Column("flags", sa.String(length=200), nullable=False, server_default=""),
        sa.Column("dialect", sa.String(length=20), nullable=True),
        sa.Column("source", sa.String(length=100), nullable=False, server_default=""),
        sa.Column("queue_rank", sa.Double(), nullable=True),
        sa.Column("waiting_since", TIME, nullable=True),
        sa.Column("claimed_by", sa.String(length=40), nullable=True),
        sa.Column("claimed_until", TIME, nullable=True),
        sa.Column("assigned_to", sa.String(length=40), nullable=True),
        sa.Column("automatic", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("machine_right", sa.Boolean(), nullable=True),
        sa.Column("concluded_by", sa.String(length=40), nullable=True),
        sa.Column("concluded_at", TIME, nullable=True),
        sa.Column("waited_seconds", sa.Double(), nullable=True),
    )


def upgrade() -> None:
    for column in columns():
        op.add_column("tickets", column)
    with op.batch_alter_table("tickets") as tickets:
        tickets.drop_constraint("uq_tickets_call_id", type_="unique")
        tickets.create_unique_constraint("uq_tickets_call_id", ["call_id", "matter"])
    op.create_index("ix_tickets_queue", "tickets", ["queue_rank", "id"], unique=False)
    op.create_index("ix_tickets_created_at", "tickets", ["created_at"], unique=False)
    op.create_index("ix_recordings_source_session_id", "recordings", ["source", "session_id"], unique=False)
    op.execute(FILL)
    op.execute(FILL_FIELDS[op.get_bind().dialect.name])
    op.create_table(
        "ticket_drafts",
        sa.Column("ticket_id", sa.String(length=40), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("fields", JSON, nullable=False),
        sa.Column("updated_by", sa.String(length=40), nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name="fk_ticket_drafts_ticket_id_tickets", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_id", name="pk_ticket_drafts"),
    )
    op.create_table(
        "review_actions",
        sa.Column("id", BIG_KEY, autoincrement=True, nullable=False),
        sa.Column("ticket_id", sa.String(length=40), nullable=False),
        sa.Column("operator_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("before", JSON, nullable=False),
        sa.Column("round", sa.Integer(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("undone_at", TIME, nullable=True),
        sa.Column("undone_by", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["operator_id"], ["operators.id"], name="fk_review_actions_operator_id_operators"),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name="fk_review_actions_ticket_id_tickets", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_review_actions"),
    )
    op.create_index("ix_review_actions_operator_id", "review_actions", ["operator_id"], unique=False)
    op.create_index("ix_review_actions_ticket_id_id", "review_actions", ["ticket_id", "id"], unique=False)
    op.create_table(
        "reveals",
        sa.Column("operator_id", sa.String(length=40), nullable=False),
        sa.Column("call_id", sa.String(length=40), nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.ForeignKeyConstraint(["operator_id"], ["operators.id"], name="fk_reveals_operator_id_operators"),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_reveals_call_id_calls", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("operator_id", "call_id", name="pk_reveals"),
    )
    op.create_index("ix_reveals_call_id", "reveals", ["call_id"], unique=False)
    op.create_table(
        "search_documents",
        sa.Column("id", BIG_KEY, autoincrement=True, nullable=False),
        sa.Column("call_id", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name="fk_search_documents_call_id_calls", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_search_documents"),
        sa.UniqueConstraint("call_id", name="uq_search_documents_call_id"),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE search_index USING fts5(terms, detail=none)")
        op.execute(
            "CREATE TRIGGER search_documents_deleted AFTER DELETE ON search_documents "
            "BEGIN DELETE FROM search_index WHERE rowid = old.id; END"
        )
    else:
        op.execute(
            "CREATE TABLE search_index (document_id bigint PRIMARY KEY REFERENCES search_documents "
            "ON DELETE CASCADE, terms text[] NOT NULL)"
        )
        op.execute("CREATE INDEX ix_search_index_terms ON search_index USING gin (terms)")


def downgrade() -> None:
    op.drop_table("search_index")
    for table in ("search_documents", "reveals", "review_actions", "ticket_drafts"):
        op.drop_table(table)
    op.drop_index("ix_recordings_source_session_id", table_name="recordings")
    op.drop_index("ix_tickets_created_at", table_name="tickets")
    op.drop_index("ix_tickets_queue", table_name="tickets")
    op.execute("DELETE FROM tickets WHERE matter > 0")
    with op.batch_alter_table("tickets") as tickets:
        tickets.drop_constraint("uq_tickets_call_id", type_="unique")
        tickets.create_unique_constraint("uq_tickets_call_id", ["call_id"])
        for column in columns():
            tickets.drop_column(column.name)

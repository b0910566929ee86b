"""First schema."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
TIME = sa.DateTime(timezone=True)
BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("prefix", sa.String(length=20), nullable=False),
        sa.Column("hash", sa.String(length=200), nullable=False),
        sa.Column("scopes", JSON, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=True),
        sa.Column("last_used_at", TIME, nullable=True),
        sa.Column("revoked_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.UniqueConstraint("hash", name="uq_api_keys_hash"),
    )
    op.create_table(
        "audit_log",
        sa.Column("id", BIG_KEY, autoincrement=True, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor_kind", sa.String(length=20), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("action", sa.String(length=50), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("detail", JSON, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_audit_log"),
    )
    op.create_index("ix_audit_log_actor", "audit_log", ["actor"], unique=False)
    op.create_index("ix_audit_log_at", "audit_log", ["at"], unique=False)
    op.create_index("ix_audit_log_subject", "audit_log", ["subject"], unique=False)

    op.create_table(
        "calls",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("session_id", sa.String(length=200), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("started_at", TIME, nullable=True),
        sa.Column("caller_number", sa.String(length=40), nullable=True),
        sa.Column("error", JSON, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_calls"),
        sa.UniqueConstraint("source", "session_id", name="uq_calls_source_session"),
    )
    op.create_index("ix_calls_caller_number", "calls", ["caller_number"], unique=False)
    op.create_index("ix_calls_started_at", "calls", ["started_at"], unique=False)
    op.create_index("ix_calls_state_id", "calls", ["state", "id"], unique=False)

    op.create_table(
        "operators",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("login", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("disabled_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_operators"),
        sa.UniqueConstraint("login", name="uq_operators_login"),
    )
    op.create_table(
        "pending_audio_deletions",
        sa.Column("audio_key", sa.String(length=500), nullable=False),
        sa.Column("requested_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("audio_key", name="pk_pending_audio_deletions"),
    )
    op.create_table(
        "ticket_numbering",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_ticket_numbering"),
    )
    op.create_table(
        "transcriptions",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("audio_key", sa.String(length=500), nullable=False),
        sa.Column("filename", sa.String(length=300), nullable=False),
        sa.Column("options", JSON, nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("result", JSON, nullable=True),
        sa.Column("error", JSON, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("finished_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_transcriptions"),
    )
    op.create_table(
        "workers",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("host", sa.String(length=200), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.Column("stopped_at", TIME, nullable=True),
        sa.Column("adopted_by", sa.String(length=100), nullable=True),
        sa.Column("adopted_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_workers"),
    )
    op.create_table(
        "alerts",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("call_id", sa.String(length=40), nullable=False),
        sa.Column("ticket_version", sa.Integer(), nullable=False),
        sa.Column("services", JSON, nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("acknowledged_at", TIME, nullable=True),
        sa.Column("acknowledged_by", sa.String(length=40), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_alerts_call_id_calls", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
        sa.UniqueConstraint("call_id", name="uq_alerts_call_id"),
    )
    op.create_table(
        "call_links",
        sa.Column("id", BIG_KEY, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("later_call_id", sa.String(length=40), nullable=False),
        sa.Column("earlier_call_id", sa.String(length=40), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("created_by", sa.String(length=40), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["earlier_call_id"], ["calls.id"], name="fk_call_links_earlier_call_id_calls", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["later_call_id"], ["calls.id"], name="fk_call_links_later_call_id_calls", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_call_links"),
        sa.UniqueConstraint("later_call_id", "earlier_call_id", "kind", name="uq_call_links"),
    )
    op.create_index("ix_call_links_earlier_call_id", "call_links", ["earlier_call_id"], unique=False)

    op.create_table(
        "outbox_events",
        sa.Column("sequence", BIG_KEY, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=50), nullable=False),
        sa.Column("call_id", sa.String(length=40), nullable=True),
        sa.Column("data", JSON, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("delivered_at", TIME, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_outbox_events_call_id_calls", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("sequence", name="pk_outbox_events"),
        sa.UniqueConstraint("id", name="uq_outbox_events_id"),
    )
    op.create_index("ix_outbox_events_call_id", "outbox_events", ["call_id"], unique=False)
    op.create_index("ix_outbox_events_kind", "outbox_events", ["kind"], unique=False)

    op.create_table(
        "recordings",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("call_id", sa.String(length=40), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("source_recording_id", sa.String(length=200), nullable=True),
        sa.Column("session_id", sa.String(length=200), nullable=True),
        sa.Column("part", sa.String(length=40), nullable=True),
        sa.Column("started_at", TIME, nullable=True),
        sa.Column("caller_number", sa.String(length=40), nullable=True),
        sa.Column("operator_number", sa.String(length=40), nullable=True),
        sa.Column("direction", sa.String(length=10), nullable=True),
        sa.Column("channel_roles", JSON, nullable=True),
        sa.Column("raw_format", JSON, nullable=True),
        sa.Column("custom", JSON, nullable=False),
        sa.Column("filename", sa.String(length=300), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=True),
        sa.Column("audio_key", sa.String(length=500), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("duration", sa.Double(), nullable=True),
        sa.Column("channels", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("error", JSON, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_recordings_call_id_calls", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_recordings"),
        sa.UniqueConstraint("audio_key", name="uq_recordings_audio_key"),
        sa.UniqueConstraint("source", "source_recording_id", "sha256", name="uq_recordings_source_id_sha256"),
    )
    op.create_index("ix_recordings_call_id", "recordings", ["call_id"], unique=False)
    op.create_index("ix_recordings_owner_id", "recordings", ["owner", "id"], unique=False)
    op.create_index("ix_recordings_state_id", "recordings", ["state", "id"], unique=False)

    op.create_table(
        "step_progress",
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("call_id", sa.String(length=40), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("fraction", sa.Double(), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.String(length=100), nullable=True),
        sa.Column("started_at", TIME, nullable=True),
        sa.Column("finished_at", TIME, nullable=True),
        sa.Column("updated_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_step_progress_call_id_calls", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("subject_id", "name", name="pk_step_progress"),
    )
    op.create_index("ix_step_progress_call_id", "step_progress", ["call_id"], unique=False)

    op.create_table(
        "tickets",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("call_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("dispatched_version", sa.Integer(), nullable=True),
        sa.Column("needs_review", sa.Boolean(), nullable=False),
        sa.Column("disposition", sa.String(length=20), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=True),
        sa.Column("urgency", sa.String(length=20), nullable=True),
        sa.Column("lead_department", sa.String(length=100), nullable=True),
        sa.Column("district", sa.String(length=100), nullable=True),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("return_count", sa.Integer(), nullable=False),
        sa.Column("redispatch_count", sa.Integer(), nullable=False),
        sa.Column("first_dispatched_at", TIME, nullable=True),
        sa.Column("closed_at", TIME, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_tickets_call_id_calls", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_tickets"),
        sa.UniqueConstraint("call_id", name="uq_tickets_call_id"),
        sa.UniqueConstraint("number", name="uq_tickets_number"),
    )
    op.create_index("ix_tickets_category", "tickets", ["category"], unique=False)
    op.create_index("ix_tickets_disposition_id", "tickets", ["disposition", "id"], unique=False)
    op.create_index("ix_tickets_district", "tickets", ["district"], unique=False)
    op.create_index("ix_tickets_lead_department", "tickets", ["lead_department"], unique=False)
    op.create_index("ix_tickets_mode_id", "tickets", ["mode", "id"], unique=False)
    op.create_index("ix_tickets_state_id", "tickets", ["state", "id"], unique=False)
    op.create_index("ix_tickets_urgency", "tickets", ["urgency"], unique=False)

    op.create_table(
        "claims",
        sa.Column("id", BIG_KEY, autoincrement=True, nullable=False),
        sa.Column("ticket_id", sa.String(length=40), nullable=False),
        sa.Column("operator_id", sa.String(length=40), nullable=False),
        sa.Column("claimed_at", TIME, nullable=False),
        sa.Column("lease_until", TIME, nullable=False),
        sa.Column("released_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["operator_id"], ["operators.id"], name="fk_claims_operator_id_operators"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_claims_ticket_id_tickets", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_claims"),
    )
    op.create_index("ix_claims_ticket_lease", "claims", ["ticket_id", "lease_until"], unique=False)

    op.create_table(
        "corrections",
        sa.Column("id", BIG_KEY, autoincrement=True, nullable=False),
        sa.Column("call_id", sa.String(length=40), nullable=False),
        sa.Column("recording_id", sa.String(length=40), nullable=True),
        sa.Column("target", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("before", JSON, nullable=True),
        sa.Column("after", JSON, nullable=True),
        sa.Column("operator_id", sa.String(length=40), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_corrections_call_id_calls", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["operator_id"], ["operators.id"], name="fk_corrections_operator_id_operators"),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name="fk_corrections_recording_id_recordings", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_corrections"),
    )
    op.create_index("ix_corrections_call_id", "corrections", ["call_id"], unique=False)

    op.create_table(
        "idempotency_keys",
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("recording_id", sa.String(length=40), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name="fk_idempotency_keys_recording_id_recordings", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("owner", "key", name="pk_idempotency_keys"),
    )
    op.create_index("ix_idempotency_keys_recording_id", "idempotency_keys", ["recording_id"], unique=False)

    op.create_table(
        "intermediate_results",
        sa.Column("recording_id", sa.String(length=40), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["recordings.id"],
            name="fk_intermediate_results_recording_id_recordings",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("recording_id", "step", name="pk_intermediate_results"),
    )
    op.create_table(
        "sub_orders",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("ticket_id", sa.String(length=40), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("ticket_version", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("department", sa.String(length=100), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=True),
        sa.Column("district", sa.String(length=100), nullable=True),
        sa.Column("street", sa.String(length=100), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("sign_deadline", TIME, nullable=True),
        sa.Column("deadline", TIME, nullable=True),
        sa.Column("extension_count", sa.Integer(), nullable=False),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column("return_count", sa.Integer(), nullable=False),
        sa.Column("reply", JSON, nullable=True),
        sa.Column("dispatched_at", TIME, nullable=False),
        sa.Column("signed_at", TIME, nullable=True),
        sa.Column("replied_at", TIME, nullable=True),
        sa.Column("closed_at", TIME, nullable=True),
        sa.Column("updated_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name="fk_sub_orders_ticket_id_tickets", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sub_orders"),
        sa.UniqueConstraint("ticket_id", "round", "position", name="uq_sub_orders_position"),
    )
    op.create_index("ix_sub_orders_deadline", "sub_orders", ["deadline"], unique=False)
    op.create_index("ix_sub_orders_department_state", "sub_orders", ["department", "state"], unique=False)

    op.create_table(
        "ticket_versions",
        sa.Column("id", BIG_KEY, autoincrement=True, nullable=False),
        sa.Column("ticket_id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=100), nullable=False),
        sa.Column("fields", JSON, nullable=False),
        sa.Column("city_version", sa.String(length=100), nullable=True),
        sa.Column("created_by", sa.String(length=40), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name="fk_ticket_versions_ticket_id_tickets", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_ticket_versions"),
        sa.UniqueConstraint("ticket_id", "cause", name="uq_ticket_versions_cause"),
        sa.UniqueConstraint("ticket_id", "version", name="uq_ticket_versions_version"),
    )
    op.create_table(
        "transcripts",
        sa.Column("id", BIG_KEY, autoincrement=True, nullable=False),
        sa.Column("recording_id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=True),
        sa.Column("content", JSON, nullable=False),
        sa.Column("created_by", sa.String(length=40), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name="fk_transcripts_recording_id_recordings", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_transcripts"),
        sa.UniqueConstraint("recording_id", "attempt", name="uq_transcripts_recording_attempt"),
        sa.UniqueConstraint("recording_id", "version", name="uq_transcripts_recording_version"),
    )
    op.create_table(
        "ticket_events",
        sa.Column("id", BIG_KEY, autoincrement=True, nullable=False),
        sa.Column("ticket_id", sa.String(length=40), nullable=False),
        sa.Column("sub_order_id", sa.String(length=40), nullable=True),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("from_state", sa.String(length=10), nullable=True),
        sa.Column("to_state", sa.String(length=10), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("actor_kind", sa.String(length=20), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("unit", sa.String(length=100), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("data", JSON, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["sub_order_id"], ["sub_orders.id"], name="fk_ticket_events_sub_order_id_sub_orders", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name="fk_ticket_events_ticket_id_tickets", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_ticket_events"),
    )
    op.create_index("ix_ticket_events_ticket_id", "ticket_events", ["ticket_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_ticket_events_ticket_id", table_name="ticket_events")

    op.drop_table("ticket_events")
    op.drop_table("transcripts")
    op.drop_table("ticket_versions")
    op.drop_index("ix_sub_orders_department_state", table_name="sub_orders")
    op.drop_index("ix_sub_orders_deadline", table_name="sub_orders")

    op.drop_table("sub_orders")
    op.drop_table("intermediate_results")
    op.drop_index("ix_idempotency_keys_recording_id", table_name="idempotency_keys")

    op.drop_table("idempotency_keys")
    op.drop_index("ix_corrections_call_id", table_name="corrections")

    op.drop_table("corrections")
    op.drop_index("ix_claims_ticket_lease", table_name="claims")

    op.drop_table("claims")
    op.drop_index("ix_tickets_urgency", table_name="tickets")
    op.drop_index("ix_tickets_state_id", table_name="tickets")
    op.drop_index("ix_tickets_mode_id", table_name="tickets")
    op.drop_index("ix_tickets_lead_department", table_name="tickets")
    op.drop_index("ix_tickets_district", table_name="tickets")
    op.drop_index("ix_tickets_disposition_id", table_name="tickets")
    op.drop_index("ix_tickets_category", table_name="tickets")

    op.drop_table("tickets")
    op.drop_index("ix_step_progress_call_id", table_name="step_progress")

    op.drop_table("step_progress")
    op.drop_index("ix_recordings_state_id", table_name="recordings")
    op.drop_index("ix_recordings_owner_id", table_name="recordings")
    op.drop_index("ix_recordings_call_id", table_name="recordings")

    op.drop_table("recordings")
    op.drop_index("ix_outbox_events_kind", table_name="outbox_events")
    op.drop_index("ix_outbox_events_call_id", table_name="outbox_events")

    op.drop_table("outbox_events")
    op.drop_index("ix_call_links_earlier_call_id", table_name="call_links")

    op.drop_table("call_links")
    op.drop_table("alerts")
    op.drop_table("workers")
    op.drop_table("transcriptions")
    op.drop_table("ticket_numbering")
    op.drop_table("pending_audio_deletions")
    op.drop_table("operators")
    op.drop_index("ix_calls_state_id", table_name="calls")
    op.drop_index("ix_calls_started_at", table_name="calls")
    op.drop_index("ix_calls_caller_number", table_name="calls")

    op.drop_table("calls")
    op.drop_index("ix_audit_log_subject", table_name="audit_log")
    op.drop_index("ix_audit_log_at", table_name="audit_log")
    op.drop_index("ix_audit_log_actor", table_name="audit_log")

    op.drop_table("audit_log")
    op.drop_table("api_keys")

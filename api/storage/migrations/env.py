"""Alembic's entry: runs on the connection that ``api.storage.database.upgrade`` holds."""

from alembic import context

from api.storage.models import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    transactional_ddl=True,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()

"""What alembic runs for every migration: on the connection, and in the transaction, that `schema` hands down."""

from alembic import context

from pipeline.ledger.schema import VERSION_TABLE
from pipeline.ledger.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,  # SQLite alters a table by copying it
)
context.run_migrations()

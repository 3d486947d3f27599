"""Run by Alembic: steps happen on the connection that the store hands over, inside its transaction."""

from alembic import context

from postiquette.queue.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()

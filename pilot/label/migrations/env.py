"""What alembic runs: the migrations, on the connection that the store opened, in its transaction."""

from alembic import context

from pilot.label.tables import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True
)
context.run_migrations()

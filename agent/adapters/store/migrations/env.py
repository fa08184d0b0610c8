"""Alembic's entry point. `agent.adapters.store.engine` hands over an engine, or a connection whose transaction goes on
after the migrations; there is no ini file."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from agent.adapters.store.schema import metadata


def migrate(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    with context.config.attributes["engine"].connect().execution_options(holdfast_write=True) as connection:
        migrate(connection)
        connection.commit()

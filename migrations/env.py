"""Alembic's environment: migrations run on the connection that otn.store.migrations hands over."""

from alembic import context
from geoalchemy2.alembic_helpers import include_object

from otn.model.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_object=include_object,
)
with context.begin_transaction():
    context.run_migrations()

"""What otn.store.migrations has Alembic do: on one connection, in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.util import CommandError
from geoalchemy2.alembic_helpers import include_object
from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from otn.errors import ClusterError
from otn.model.tables import metadata
from otn.settings import MIGRATIONS_DIR

# Any number that nobody else uses: two programs that start at the same time must migrate one after the other.
_ADVISORY_LOCK = 20160901


def upgrade(url: str) -> None:
    """Brings the database to the newest revision. Raises ClusterError when it cannot."""
    with _connection(url) as connection:
        command.upgrade(_config(connection), "head")


def downgrade(url: str, revision: str) -> None:
    """Takes the database back to `revision`, "base" meaning empty: what the tables hold is lost."""
    with _connection(url) as connection:
        command.downgrade(_config(connection), revision)


def differences(url: str) -> list[str]:
    """What Alembic would change to bring the database to the model: nothing, after `upgrade`."""
    with _connection(url) as connection:
        options = {"compare_type": True, "compare_server_default": True, "include_object": include_object}
        return [_said(difference) for difference in compare_metadata(_context(connection, options), metadata)]


def _said(difference: Any) -> str:
    """A difference in Alembic's words: the step that would mend it and what it would change."""
    step = difference[0] if isinstance(difference, list) else difference
    names = [part if isinstance(part, str) else getattr(part, "name", None) for part in step]
    return " ".join(name for name in names if name)


def _context(connection: Connection, options: dict[str, object]) -> MigrationContext:
    return MigrationContext.configure(connection, opts=options)


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS_DIR).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@contextmanager
def _connection(url: str) -> Iterator[Connection]:
    """One connection in one transaction, whose foreign errors become ClusterError."""
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url), poolclass=NullPool)
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})")
            yield connection
    except CommandError as error:
        raise ClusterError(f"The database cannot be migrated: {error}.") from error
    except (SQLAlchemyError, psycopg.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        raise ClusterError(f"The database cannot be migrated: {str(cause).splitlines()[0]}.") from error

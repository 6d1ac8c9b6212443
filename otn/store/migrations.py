"""Bringing a database to the state of otn.model.tables, and back.

What is there already is told without Alembic, which takes thirty megabytes that a server has no use for.
"""

import psycopg

from otn.errors import ClusterError
from otn.settings import MIGRATIONS_DIR


def upgrade(url: str) -> None:
    """Brings the database to the newest revision. Raises ClusterError when it cannot."""
    if current(url) != newest():
        from otn.store import alembic_steps

        alembic_steps.upgrade(url)


def downgrade(url: str, revision: str) -> None:
    """Takes the database back to `revision`, "base" meaning empty: what the tables hold is lost."""
    from otn.store import alembic_steps

    alembic_steps.downgrade(url, revision)


def differences(url: str) -> list[str]:
    """What Alembic would change to bring the database to the model: nothing, after `upgrade`."""
    from otn.store import alembic_steps

    return alembic_steps.differences(url)


def current(url: str) -> str | None:
    """The revision the database is at; None when it was never migrated. Raises ClusterError when it cannot tell."""
    try:
        with psycopg.connect(url) as connection:
            known = connection.execute("SELECT to_regclass('alembic_version') IS NOT NULL").fetchone()
            if known != (True,):
                return None
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except psycopg.Error as error:
        raise ClusterError(f"The database does not tell its revision: {str(error).splitlines()[0]}.") from error
    return str(row[0]) if row else None


def newest() -> str:
    """The revision this program needs: its scripts are named by their revision, and in its order."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS_DIR / "versions").glob("[0-9]*_*.py"))

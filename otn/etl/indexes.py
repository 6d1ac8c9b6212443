"""Filling an empty table without its indexes: building them afterwards takes half the time of keeping them."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors, sql

MANY = 10_000
"""So many rows are inserted into an empty table without its indexes."""
_INDEXES = """
SELECT relation.relname, pg_get_indexdef(index.indexrelid), rule.conname, pg_get_constraintdef(rule.oid)
FROM pg_index AS index
JOIN pg_class AS relation ON relation.oid = index.indexrelid
LEFT JOIN pg_constraint AS rule ON rule.conindid = index.indexrelid AND rule.conrelid = index.indrelid
WHERE index.indrelid = %s::regclass
ORDER BY relation.relname
"""


@contextmanager
def built_at_the_end(connection: psycopg.Connection, table: str, *, wait: bool = True) -> Iterator[None]:
    """Within the block an empty table has no indexes; nobody can read it until the transaction ends.

    A table with rows keeps its indexes, since somebody reads them; without `wait` so does one that somebody reads now.
    """
    name = sql.Identifier(table)
    [(has_rows,)] = connection.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(name)).fetchall()
    if has_rows or not (wait or _locked(connection, name)):
        yield
        return
    indexes = connection.execute(_INDEXES, [name.as_string(connection)]).fetchall()
    for index, _, constraint, _ in indexes:
        dropped = (
            sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(name, sql.Identifier(constraint))
            if constraint
            else sql.SQL("DROP INDEX {}").format(sql.Identifier(index))
        )
        connection.execute(dropped)
    yield
    for _, definition, constraint, rule in indexes:
        if constraint:
            added = sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} ").format(name, sql.Identifier(constraint))
            connection.execute(added + sql.SQL(rule))
        else:
            connection.execute(definition)


def _locked(connection: psycopg.Connection, name: sql.Identifier) -> bool:
    """Locks the table where nobody else uses it."""
    try:
        with connection.transaction():
            connection.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE NOWAIT").format(name))
    except errors.LockNotAvailable:
        return False
    return True

"""Whose turn it is: merges into one collection wait for each other."""

import psycopg


def wait_for_other_merges(connection: psycopg.Connection, collection: str) -> None:
    """Until the transaction ends nobody else changes what is served of the collection."""
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [collection])

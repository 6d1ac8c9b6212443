"""A database follows the model exactly, on the way up, down and up again."""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from alembic.script import ScriptDirectory
from psycopg import sql

from otn.errors import ClusterError
from otn.model.tables import collection_tables, metadata
from otn.settings import MIGRATIONS_DIR
from otn.store import migrations


@pytest.fixture
def empty_url(cluster_url: Callable[[str], str]) -> Iterator[str]:
    """The URL of a database that was never migrated."""
    name = "otn_never_migrated"
    with psycopg.connect(cluster_url("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield cluster_url(name)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _tables(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return {row[0] for row in rows}


def test_up_down_and_up_again(empty_url: str) -> None:
    assert migrations.current(empty_url) is None
    migrations.upgrade(empty_url)
    assert migrations.current(empty_url) == migrations.newest()
    assert set(metadata.tables) <= _tables(empty_url)
    migrations.downgrade(empty_url, "base")
    assert _tables(empty_url) == {"alembic_version", "spatial_ref_sys"}
    migrations.upgrade(empty_url)
    assert set(metadata.tables) <= _tables(empty_url)


def test_upgrading_what_is_newest_changes_nothing(database_url: str) -> None:
    migrations.upgrade(database_url)
    assert migrations.current(database_url) == migrations.newest()


def test_the_newest_revision_is_known_without_alembic() -> None:
    assert migrations.newest() == ScriptDirectory(str(MIGRATIONS_DIR)).get_current_head()


def test_a_database_that_does_not_answer_is_an_error_of_ours(database_url: str) -> None:
    with pytest.raises(ClusterError, match="does not tell its revision"):
        migrations.upgrade(database_url.replace("///", "///nothing_of_this_name_"))


def test_a_migrated_database_does_not_differ_from_the_model(database_url: str) -> None:
    assert migrations.differences(database_url) == []


def test_a_column_too_many_is_a_difference(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("ALTER TABLE roads ADD COLUMN colour text")
        connection.execute("ALTER TABLE roads ALTER COLUMN name TYPE varchar")
    assert set(migrations.differences(database_url)) == {"remove_column roads colour", "modify_type roads name"}


def test_every_geometry_has_a_spatial_index_but_the_one_that_tiles_find_by_degrees(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(
            "SELECT f_table_name, f_geometry_column FROM geometry_columns WHERE NOT EXISTS (SELECT FROM pg_indexes"
            " WHERE tablename = f_table_name AND indexdef LIKE format('%%USING gist (%I)%%', f_geometry_column))"
        ).fetchall()
        [(geometries,)] = connection.execute("SELECT count(*) FROM geometry_columns").fetchall()
    assert sorted(rows) == sorted((table.name, "geom_3857") for table in collection_tables.values())
    assert geometries > 2 * len(collection_tables)


def test_names_of_indexes_and_constraints_are_the_models(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        indexes = connection.execute("SELECT indexname FROM pg_indexes WHERE schemaname = 'public'").fetchall()
        constraints = connection.execute(
            "SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('p','u','f')"
        ).fetchall()
    tables = metadata.tables.values()
    expected_constraints = {str(constraint.name) for table in tables for constraint in table.constraints}
    expected_indexes = {str(index.name) for table in tables for index in table.indexes}
    foreign = {"alembic_version_pkc", "spatial_ref_sys_pkey"}
    assert {row[0] for row in constraints} - foreign == expected_constraints
    keys = {name for name in expected_constraints if not name.endswith("_fkey")}
    assert {row[0] for row in indexes} - foreign == expected_indexes | keys


@pytest.mark.parametrize(
    ("text", "unaccented", "case_folded", "folded"),
    [
        ("Rue de l'Église", "Rue de l'Eglise", "rue de l'église", "rue de l'eglise"),
        ("Plzeň", "Plzen", "plzeň", "plzen"),
        ("STRASSE", "STRASSE", "strasse", "strasse"),
        ("Straße", "Strasse", "strasse", "strasse"),
        ("Οδός", "Οδος", "οδόσ", "οδοσ"),
        ("ΟΔΟΣ", "ΟΔΟΣ", "οδοσ", "οδοσ"),
        ("Čiekurkalns ĒRGĻI", "Ciekurkalns ERGLI", "čiekurkalns ērgļi", "ciekurkalns ergli"),
        ("", "", "", ""),
        (None, None, None, None),
    ],
)
def test_texts_are_folded_with_any_search_path(
    database_url: str, text: str | None, unaccented: str | None, case_folded: str | None, folded: str | None
) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("SET search_path TO pg_catalog")
        row = connection.execute(
            "SELECT public.otn_unaccented(%(text)s), public.otn_case_folded(%(text)s), public.otn_folded(%(text)s)",
            {"text": text},
        ).fetchone()
    assert row == (unaccented, case_folded, folded)


def test_texts_of_ascii_are_folded_as_others_are(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        [(texts, differing)] = connection.execute(
            "SELECT count(*), count(*) FILTER (WHERE otn_folded(text) IS DISTINCT FROM"
            "  otn_case_folded(otn_unaccented(text)))"
            " FROM generate_series(1, 127) AS one, generate_series(1, 127) AS other,"
            " LATERAL (SELECT chr(one) || 'aZ ' || chr(other) AS text) AS _"
        ).fetchall()
    assert (texts, differing) == (127 * 127, 0)


def test_a_part_of_a_name_is_found_by_an_index(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("SET enable_seqscan = off")
        plan = connection.execute("EXPLAIN SELECT id FROM roads WHERE otn_folded(name) LIKE '%eglise%'").fetchall()
    assert "roads_folded_name_idx" in str(plan)


def test_an_unknown_revision_is_said_in_one_sentence(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(ClusterError, match="9999"):
        migrations.upgrade(database_url)

"""Cheaper indexes: texts in the order of code points, only of what is known, and of each geometry only one.

Comparing two texts in the order of a locale costs many times what comparing their bytes costs, and a load builds ten
indexes of texts. Most roads have no number of a European road. A tile is a rectangle of degrees too.
Statistics of columns that no condition names cost as much as those of the others.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_COLLECTIONS = (
    "roads",
    "road_nodes",
    "railways",
    "ports",
    "port_facilities",
    "sea_lanes",
    "airports",
    "runways",
    "accidents",
    "traffic_counts",
    "traffic_volumes",
    "areas",
    "buildings",
)
_TABLES = (*_COLLECTIONS, "feature_key")
# Indexes of one column that may be null.
_PARTIAL = """
SELECT tablename, indexname, attname FROM pg_indexes
JOIN pg_attribute ON attrelid = format('%I.%I', schemaname, tablename)::regclass AND NOT attnotnull AND attnum > 0
WHERE schemaname = current_schema() AND tablename = ANY (:tables) AND indexname = tablename || '_' || attname || '_idx'
  AND indexdef LIKE '% USING btree %'
ORDER BY 1, 2
"""
_TEXTS = """
SELECT column_name FROM information_schema.columns
WHERE table_schema = current_schema() AND table_name = :table AND data_type = 'text' ORDER BY ordinal_position
"""


def upgrade() -> None:
    for table in _COLLECTIONS:
        op.drop_index(f"{table}_geom_3857_idx", table)
    _change(collation="C", condition=" WHERE {} IS NOT NULL")
    _keep_statistics(0)


def downgrade() -> None:
    _change(collation="default", condition="")
    _keep_statistics(-1)
    for table in _COLLECTIONS:
        op.create_index(f"{table}_geom_3857_idx", table, ["geom_3857"], postgresql_using="gist")


def _keep_statistics(target: int) -> None:
    """Of columns that are in no condition; -1 is PostgreSQL's own target."""
    for table in _COLLECTIONS:
        for column in ("content_hash", "geom_3857", "load_id", "source_codes"):
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS {target}")


def _change(collation: str, condition: str) -> None:
    """The indexes that stay are built anew with the columns, the others after that."""
    bind = op.get_bind()
    partial = bind.execute(sa.text(_PARTIAL), {"tables": list(_TABLES)}).fetchall()
    for _, index, _ in partial:
        op.execute(f"DROP INDEX {index}")
    for table in _TABLES:
        columns = [column for (column,) in bind.execute(sa.text(_TEXTS), {"table": table})]
        changes = ", ".join(f'ALTER COLUMN "{column}" TYPE text COLLATE "{collation}"' for column in columns)
        op.execute(f"ALTER TABLE {table} {changes}")
    for table, index, column in partial:
        op.execute(f'CREATE INDEX {index} ON {table} ("{column}")' + condition.format(f'"{column}"'))

"""Texts are ordered by their code points, whatever the database's locale; indexes leave out what is unknown.

Comparing two texts in the order of a locale costs many times what comparing their bytes costs, and a load builds ten
indexes of texts. Most roads have no number of a European road.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_TABLES = (
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
    "feature_key",
)
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
    _change(collation="C", condition=" WHERE {} IS NOT NULL")


def downgrade() -> None:
    _change(collation="default", condition="")


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

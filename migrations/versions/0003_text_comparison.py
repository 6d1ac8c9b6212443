"""Comparing texts without regard to case and accents, and an index that finds names so."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_COLLECTIONS = ("roads", "railways", "ports", "sea_lanes", "airports")

# The bodies are parsed here and now, so they mean these functions with any search_path. ICU folds all of Unicode
# whatever the locale of the database is; by way of upper case it takes ß for ss, and sigma is sigma at any place.
_UNACCENTED = """
CREATE FUNCTION otn_unaccented(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN unaccent('unaccent'::regdictionary, value)"""
_CASE_FOLDED = """
CREATE FUNCTION otn_case_folded(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN translate(lower(upper(value COLLATE "und-x-icu") COLLATE "und-x-icu"), 'ς', 'σ')"""
_FOLDED = """
CREATE FUNCTION otn_folded(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN otn_case_folded(otn_unaccented(value))"""


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS unaccent")
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    for function in (_UNACCENTED, _CASE_FOLDED, _FOLDED):
        op.execute(function)
    for table in _COLLECTIONS:
        op.create_index(
            f"{table}_folded_name_idx", table, [sa.text("otn_folded(name) gin_trgm_ops")], postgresql_using="gin"
        )


def downgrade() -> None:
    for table in _COLLECTIONS:
        op.drop_index(f"{table}_folded_name_idx", table)
    for function in ("otn_folded", "otn_case_folded", "otn_unaccented"):
        op.execute(f"DROP FUNCTION {function}(text)")
